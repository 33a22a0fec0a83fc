/** The parts of a request, each by itself, so that a regression can be placed. */
import { loadavg } from "node:os"
import { Child, compiled } from "../harness/Child.ts"
import type { Options } from "../harness/Options.ts"
import { type Micro, thisRun } from "../harness/Results.ts"
import { fixed, table } from "../harness/Table.ts"

export const micro = async (options: Options): Promise<Micro> => {
  const run = thisRun(loadavg()[0] ?? 0)
  const storages = new Set(
    options.targets.filter(({ kind }) => kind === "ours").map(({ storage }) => storage)
  )
  const [child, answer] = await Child.start({
    name: "micro",
    core: 1,
    args: [compiled("micro.js"), ...storages]
  })
  await child.stop()
  const figures = answer as Micro["figures"]
  console.log("\nthe parts, each by itself\n")
  console.log(
    table(
      ["", "µs"],
      figures.map(({ nanoseconds, part }) => [part, fixed(nanoseconds / 1000, 2)])
    )
  )
  return { run, figures }
}
