/** What an installation takes: the packages that a target needs, and all that they need. */
import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { loadavg } from "node:os"
import { join } from "node:path"
import type { Options } from "../harness/Options.ts"
import { root } from "../harness/Prepare.ts"
import { type Size, thisRun } from "../harness/Results.ts"
import { fixed, table } from "../harness/Table.ts"
import type { Target } from "../Targets.ts"

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

export const size = (options: Options): Size => {
  const run = thisRun(loadavg()[0] ?? 0)
  const figures = options.targets
    .filter((target) => target.storage === "memory" && target.packages !== undefined)
    .map((target) => ({ target: target.id, ...measure(target) }))
  console.log("\nwhat an installation takes\n")
  console.log(
    table(
      ["", "MB", "packages"],
      figures.map((one) => [
        options.targets.find(({ id }) => id === one.target)?.label ?? one.target,
        fixed(one.bytes / 2 ** 20, 1),
        String(one.packages)
      ])
    )
  )
  return { run, figures }
}

const measure = (target: Target) => {
  const base = target.kind === "peer" ? join(root, "test/benchmark/peers") : root
  const found = new Set<string>()
  let bytes = 0
  const visit = (from: string, name: string): void => {
    const folder = name === "effect-oauth" ? root : locate(from, name)
    if (folder === undefined || found.has(folder)) return
    found.add(folder)
    bytes += name === "effect-oauth" ? publishedSize() : sizeOf(folder)
    for (const dependency of required(folder)) visit(folder, dependency)
  }
  for (const name of target.packages ?? []) visit(base, name)
  return { bytes, packages: found.size }
}

const required = (folder: string): ReadonlyArray<string> => {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter(
    (name) => manifest.peerDependenciesMeta?.[name]?.optional !== true
  )
  return [...Object.keys(manifest.dependencies ?? {}), ...peers]
}

/** As Node looks for it: in the folder's own `node_modules`, then in those above. */
const locate = (from: string, name: string): string | undefined => {
  for (let folder = from; `${folder}/`.startsWith(root); folder = join(folder, "..")) {
    const candidate = join(folder, "node_modules", name)
    if (existsSync(join(candidate, "package.json"))) return candidate
  }
  return undefined
}

const sizeOf = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === "node_modules") return sum
    const path = join(folder, entry.name)
    return sum + (entry.isDirectory() ? sizeOf(path) : statSync(path).size)
  }, 0)

const publishedSize = (): number => {
  const [packed]: ReadonlyArray<{ readonly unpackedSize: number }> = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: root,
      stdio: ["ignore", "pipe", "ignore"]
    }).toString()
  )
  return packed?.unpackedSize ?? Number.NaN
}
