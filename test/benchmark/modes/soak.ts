/**
 * Mixed traffic for a long time: no error, and no growth. Every minute all that was stored is swept, as if it had
 * expired, so that whatever is left and grows is a leak.
 */
import { loadavg } from "node:os"
import type { Options } from "../harness/Options.ts"
import { type Soak, type SoakFigures, thisRun } from "../harness/Results.ts"
import { Load, Subject } from "../harness/Subject.ts"
import { megabytes } from "../harness/Table.ts"
import { supports, type Target } from "../Targets.ts"
import type { Tokens, Workload } from "../Workloads.ts"

/** In bytes. */
const tolerance = 4 * 2 ** 20

export const soak = async (options: Options): Promise<Soak> => {
  const run = thisRun(loadavg()[0] ?? 0)
  const figures: Array<SoakFigures> = []
  for (const target of options.targets) {
    figures.push(...(await endure(target, options.workloads, options.minutes)))
  }
  if (options.minutes < 2) console.log("\nno error; one minute alone tells nothing about growth")
  for (const { grew, target, tokens } of figures)
    if (grew) console.log(`\n${target}, ${tokens} tokens: it GREW`)
  if (figures.some(({ grew }) => grew)) process.exitCode = 1
  return { run, minutes: options.minutes, figures }
}

/** A server, as long as it lasts. */
interface Runner {
  readonly tokens: Tokens
  readonly subject: Subject
  readonly mix: ReadonlyArray<Workload>
  readonly rss: Array<number>
  readonly heap: Array<number>
  requests: number
}

const endure = async (
  target: Target,
  workloads: ReadonlyArray<Workload>,
  minutes: number
): Promise<ReadonlyArray<SoakFigures>> => {
  const load = await Load.start()
  const runners: Array<Runner> = []
  try {
    for (const tokens of ["opaque", "jwt"] as const) {
      const mix = workloads.filter((workload) => workload.tokens === tokens && supports(target, workload))
      if (mix.length === 0) continue
      const subject = await Subject.start(target, load, tokens)
      runners.push({ tokens, subject, mix, rss: [], heap: [], requests: 0 })
    }
    for (let minute = 1; minute <= minutes; minute++) {
      const end = performance.now() + 60_000
      // A turn is short, so that every minute has all of them many times. An answer that is not the expected one
      // ends it all.
      while (performance.now() < end) {
        for (const runner of runners) {
          for (const { id } of runner.mix) runner.requests += (await runner.subject.measure(id, 0.5)).requests
        }
      }
      for (const runner of runners) await sample(target, runner, minute)
    }
    return runners.map(({ heap, requests, rss, tokens }) => ({
      target: target.id,
      tokens,
      requests,
      rss,
      heap,
      grew: hasGrown(heap)
    }))
  } finally {
    await Promise.all(runners.map(({ subject }) => subject.stop()))
    await load.stop()
  }
}

const sample = async (target: Target, { heap, requests, rss, subject, tokens }: Runner, minute: number) => {
  await subject.sweep()
  const sample = await subject.ask("memory")
  rss.push(sample.rss)
  heap.push(sample.heap)
  console.log(
    `${target.label}, ${tokens} tokens: minute ${minute}, ${requests} requests, ${megabytes(sample.rss)} MB resident, ${megabytes(sample.heap)} MB heap`
  )
}

/** Since the first minute, in which everything was loaded and compiled. */
const hasGrown = (heap: ReadonlyArray<number>): boolean => (heap.at(-1) ?? 0) - (heap[0] ?? 0) > tolerance
