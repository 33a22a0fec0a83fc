/** Mixed traffic for a long time: no error, and no growth except what is stored. */
import { loadavg } from "node:os"
import type { Options } from "../harness/Options.ts"
import { type Soak, thisRun } from "../harness/Results.ts"
import { Load, Subject } from "../harness/Subject.ts"
import { megabytes } from "../harness/Table.ts"
import { supports, type Target } from "../Targets.ts"
import type { Workload } from "../Workloads.ts"

export const soak = async (options: Options): Promise<Soak> => {
  const run = thisRun(loadavg()[0] ?? 0)
  const figures: Array<Soak["figures"][number]> = []
  for (const target of options.targets) figures.push(await endure(target, options.workloads, options.minutes))
  return { run, minutes: options.minutes, figures }
}

const endure = async (target: Target, workloads: ReadonlyArray<Workload>, minutes: number) => {
  const mix = workloads.filter(({ id }) => supports(target, id))
  const load = await Load.start()
  const subject = await Subject.start(target, load)
  const rss: Array<number> = []
  const heap: Array<number> = []
  let requests = 0
  try {
    for (let minute = 1; minute <= minutes; minute++) {
      const end = performance.now() + 60_000
      // A turn is short, so that every minute has all of them many times. An answer that is not the expected one
      // ends it all.
      while (performance.now() < end) {
        for (const { id } of mix) requests += (await subject.measure(id, 0.5)).requests
      }
      const sample = await subject.ask("memory")
      rss.push(sample.rss)
      heap.push(sample.heap)
      console.log(
        `${target.label}: minute ${minute}, ${requests} requests, ${megabytes(sample.rss)} MB resident, ${megabytes(sample.heap)} MB heap`
      )
    }
    return { target: target.id, requests, errors: 0, rss, heap }
  } finally {
    await subject.stop()
    await load.stop()
  }
}
