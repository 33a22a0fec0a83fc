/** Whether anything grows with the number of requests, except what is stored. */
import { loadavg } from "node:os"
import type { Options } from "../harness/Options.ts"
import { type Memory, thisRun } from "../harness/Results.ts"
import { Load, Subject } from "../harness/Subject.ts"
import { megabytes, table } from "../harness/Table.ts"
import { supports, type Target } from "../Targets.ts"
import type { WorkloadId } from "../Workloads.ts"

const steps = 5

export const memory = async (options: Options): Promise<Memory> => {
  const run = thisRun(loadavg()[0] ?? 0)
  const figures: Array<Memory["figures"][number]> = []
  for (const target of options.targets) {
    for (const { id, label } of options.workloads) {
      if (!supports(target, id)) continue
      const one = await watch(target, id, options.requests)
      figures.push(one)
      console.log(
        `\n${target.label}, ${label}: MB before and after every ${Math.round(options.requests / steps)} requests\n`
      )
      console.log(
        table(
          ["", ...one.rss.map((_, step) => String(step))],
          [
            ["resident", ...one.rss.map(megabytes)],
            ["heap after a collection", ...one.heap.map(megabytes)]
          ]
        )
      )
    }
  }
  return { run, requests: options.requests, figures }
}

const watch = async (target: Target, workload: WorkloadId, requests: number) => {
  const load = await Load.start()
  const subject = await Subject.start(target, load)
  try {
    await subject.measure(workload, 0.1)
    const samples = [await subject.ask("memory")]
    let sent = 0
    for (let step = 1; step <= steps; step++) {
      while (sent < (requests * step) / steps) sent += (await subject.measure(workload, 2)).requests
      samples.push(await subject.ask("memory"))
    }
    return {
      target: target.id,
      workload,
      rss: samples.map(({ rss }) => rss),
      heap: samples.map(({ heap }) => heap)
    }
  } finally {
    await subject.stop()
    await load.stop()
  }
}
