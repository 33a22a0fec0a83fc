/**
 * A server as one program, with what it does not need left out: what somebody deploys who puts a bundler before it, as
 * is usual where processes start often.
 */
import { basename, dirname } from "node:path"
import { build } from "rolldown"
import type { Target } from "../Targets.ts"
import { compiled } from "./Child.ts"

const folder = "bundled"

/** The target, of which the same module is bundled. */
export const bundled = async (target: Target): Promise<Target> => {
  const to = `${folder}/${target.id}`
  await build({
    input: compiled(target.module),
    platform: "node",
    // Databases that nobody has installed, and that a package would use if somebody had.
    external: (id) => id.startsWith("node:"),
    logLevel: "silent",
    output: { dir: dirname(compiled(`${to}/_`)), format: "esm", entryFileNames: basename(target.module) }
  })
  return { ...target, module: `${to}/${basename(target.module)}` }
}
