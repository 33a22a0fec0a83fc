/** How long it takes from the start of a process to its first token, and how much memory it has then. */
import { loadavg } from "node:os"
import { setTimeout } from "node:timers/promises"
import type { Options } from "../harness/Options.ts"
import { type Startup, thisRun } from "../harness/Results.ts"
import { median } from "../harness/Statistics.ts"
import { clientCredentialsForm, Load, Subject } from "../harness/Subject.ts"
import { fixed, megabytes, table } from "../harness/Table.ts"

export const startup = async (options: Options): Promise<Startup> => {
  const [before = 0] = loadavg()
  const run = thisRun(before)
  const times = new Map<string, Array<number>>()
  const memories = new Map<string, Array<number>>()
  const load = await Load.start()
  try {
    for (let round = 0; round < options.rounds; round++) {
      for (const target of options.targets) {
        const began = performance.now()
        const subject = await Subject.start(target, load)
        await subject.post(clientCredentialsForm)
        times.set(target.id, [...(times.get(target.id) ?? []), performance.now() - began])
        await setTimeout(500)
        const { rss } = await subject.ask("memory")
        memories.set(target.id, [...(memories.get(target.id) ?? []), rss])
        await subject.stop()
      }
    }
  } finally {
    await load.stop()
  }
  const figures = options.targets.map((target) => ({
    target: target.id,
    firstAnswer: Math.round(median(times.get(target.id) ?? [])),
    rss: median(memories.get(target.id) ?? [])
  }))
  console.log("\nfrom the start of the process to the first token, and what is resident then\n")
  console.log(
    table(
      ["", "ms", "MB"],
      figures.map((one) => [
        options.targets.find(({ id }) => id === one.target)?.label ?? one.target,
        fixed(one.firstAnswer, 0),
        megabytes(one.rss)
      ])
    )
  )
  return { run, figures }
}
