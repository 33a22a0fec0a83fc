/**
 * Whether anything grows with the number of requests, except what is stored. On memory each workload is watched by
 * itself: one that stores nothing has to stay flat, and of one that does nothing may be left when all of it has
 * been swept. On a database all workloads take turns, and the process has to stay flat without a sweep.
 */
import { loadavg } from "node:os"
import type { Options } from "../harness/Options.ts"
import { type Memory, type MemoryFigures, thisRun } from "../harness/Results.ts"
import { Load, Subject } from "../harness/Subject.ts"
import { megabytes, table } from "../harness/Table.ts"
import { labelOf, supports, type Target } from "../Targets.ts"
import { labelsOf, type Tokens, type Workload } from "../Workloads.ts"

const steps = 5
/** In bytes: what a heap may differ by without having grown, such as code compiled late. */
const tolerance = 4 * 2 ** 20

export const memory = async (options: Options): Promise<Memory> => {
  const run = thisRun(loadavg()[0] ?? 0)
  const figures: Array<MemoryFigures> = []
  for (const target of options.targets) {
    for (const workloads of courses(target, options.workloads)) {
      const one = await watch(target, workloads, options.requests)
      figures.push(one)
      print(one)
    }
  }
  const growing = figures.filter(({ grew }) => grew)
  if (growing.length > 0) process.exitCode = 1
  return { run, figures }
}

/** What is watched together. */
const courses = (
  target: Target,
  workloads: ReadonlyArray<Workload>
): ReadonlyArray<ReadonlyArray<Workload>> => {
  const supported = workloads.filter((workload) => supports(target, workload))
  if (target.storage === "memory") return supported.map((workload) => [workload])
  return supported.length === 0 ? [] : [supported]
}

const watch = async (
  target: Target,
  workloads: ReadonlyArray<Workload>,
  wanted: number
): Promise<MemoryFigures> => {
  const tokens: Tokens = workloads[0]?.tokens ?? "opaque"
  const load = await Load.start()
  const subject = await Subject.start(target, load, tokens)
  let requests = 0
  const send = async (until: number) => {
    while (requests < until) {
      for (const { id } of workloads) requests += (await subject.measure(id, 1)).requests
    }
  }
  try {
    // What is compiled and what is kept ready is there before the first sample.
    await send(wanted / 20)
    const stored = target.storage === "memory" && workloads.some(({ stores }) => stores)
    if (stored) await subject.sweep()
    requests = 0
    const samples = [await subject.ask("memory")]
    for (let step = 1; step <= steps; step++) {
      await send((wanted * step) / steps)
      samples.push(await subject.ask("memory"))
    }
    const swept = stored && (await subject.sweep()) ? await subject.ask("memory") : undefined
    const heap = samples.map((sample) => sample.heap)
    const first = heap[0] ?? Number.NaN
    const last = heap.at(-1) ?? Number.NaN
    // A server that cannot sweep is not judged by what it has stored.
    const remaining = swept?.heap ?? (stored ? undefined : last)
    return {
      target: target.id,
      workloads: workloads.map(({ id }) => id),
      requests,
      rss: samples.map(({ rss }) => rss),
      heap,
      ...(swept && { swept: swept.heap }),
      ...(stored && { storedPerRequest: Math.round((last - first) / requests) }),
      grew: remaining !== undefined && remaining - first > tolerance
    }
  } finally {
    await subject.stop()
    await load.stop()
  }
}

const print = (one: MemoryFigures): void => {
  console.log(
    `\n${labelOf(one.target)}, ${labelsOf(one.workloads)}: MB before and after every fifth of ${one.requests} requests\n`
  )
  console.log(
    table(
      ["", ...one.rss.map((_, step) => String(step)), "swept"],
      [
        ["resident", ...one.rss.map(megabytes), ""],
        [
          "heap after a collection",
          ...one.heap.map(megabytes),
          one.swept === undefined ? "" : megabytes(one.swept)
        ]
      ]
    )
  )
  const stored =
    one.storedPerRequest === undefined ? "" : `, ${one.storedPerRequest} bytes are stored for each request`
  console.log(`\n${one.grew ? "it GREW" : "flat"}${stored}`)
}
