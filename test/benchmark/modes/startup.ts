/**
 * How long it takes from the start of a process to its first token, and how much memory it has then: of a server as it
 * is installed, and of the same one bundled.
 */
import { loadavg } from "node:os"
import { setTimeout } from "node:timers/promises"
import { bundled } from "../harness/Bundle.ts"
import type { Options } from "../harness/Options.ts"
import { type Started, type Startup, thisRun } from "../harness/Results.ts"
import { median } from "../harness/Statistics.ts"
import { clientCredentialsForm, Load, Subject } from "../harness/Subject.ts"
import { fixed, megabytes, table } from "../harness/Table.ts"
import type { Target } from "../Targets.ts"

export const startup = async (options: Options): Promise<Startup> => {
  const [before = 0] = loadavg()
  const run = thisRun(before)
  const started = new Map<string, Array<Started>>()
  const servers = [
    ...options.targets.map((target) => ({ target, form: "installed" })),
    ...(await Promise.all(
      options.targets.map(async (one) => ({ target: await bundled(one), form: "bundled" }))
    ))
  ]
  const load = await Load.start()
  try {
    for (let round = 0; round < options.rounds; round++) {
      for (const { form, target } of servers) {
        const key = `${form} ${target.id}`
        started.set(key, [...(started.get(key) ?? []), await start(target, load)])
      }
    }
  } finally {
    await load.stop()
  }
  const medians = (form: string, { id }: Target): Started => {
    const all = started.get(`${form} ${id}`) ?? []
    return {
      firstAnswer: Math.round(median(all.map(({ firstAnswer }) => firstAnswer))),
      rss: median(all.map(({ rss }) => rss))
    }
  }
  const figures = options.targets.map((target) => ({
    target: target.id,
    ...medians("installed", target),
    bundled: medians("bundled", target)
  }))
  console.log("\nfrom the start of the process to the first token, and what is resident then\n")
  console.log(
    table(
      ["", "ms", "MB", "bundled: ms", "MB"],
      figures.map((one) => [
        options.targets.find(({ id }) => id === one.target)?.label ?? one.target,
        fixed(one.firstAnswer, 0),
        megabytes(one.rss),
        fixed(one.bundled.firstAnswer, 0),
        megabytes(one.bundled.rss)
      ])
    )
  )
  return { run, figures }
}

const start = async (target: Target, load: Load): Promise<Started> => {
  const began = performance.now()
  const subject = await Subject.start(target, load)
  await subject.post(clientCredentialsForm)
  const firstAnswer = performance.now() - began
  await setTimeout(500)
  const { rss } = await subject.ask("memory")
  await subject.stop()
  return { firstAnswer, rss }
}
