/** Every target on every workload, in alternated rounds. */
import { readFileSync } from "node:fs"
import { loadavg } from "node:os"
import type { Options } from "../harness/Options.ts"
import { root } from "../harness/Prepare.ts"
import { type Comparison, type Figures, thisRun } from "../harness/Results.ts"
import { median } from "../harness/Statistics.ts"
import { Load, type Sample, Subject } from "../harness/Subject.ts"
import { fixed, table } from "../harness/Table.ts"
import { warmUp } from "../harness/WarmUp.ts"
import { ceiling, supports, type Target } from "../Targets.ts"
import type { Workload } from "../Workloads.ts"

export const compare = async (options: Options): Promise<Comparison> => {
  const [before = 0] = loadavg()
  const run = thisRun(before)
  if (before > 0.5)
    console.log(`the machine has something else to do: its load average is ${fixed(before, 2)}`)
  const workloads: Array<Comparison["workloads"][number]> = []
  for (const workload of options.workloads) {
    const figures = await measureWorkload(workload, options)
    workloads.push({ workload: workload.id, figures })
    print(workload, figures, options.targets)
  }
  return { run, rounds: options.rounds, seconds: options.seconds, versions: versions(), workloads }
}

/** What a target took in its turn, and what that is as a multiple of the ceiling around it. */
interface Turn {
  readonly sample: Sample
  readonly ratio: number
}

const measureWorkload = async (workload: Workload, options: Options): Promise<ReadonlyArray<Figures>> => {
  const load = await Load.start()
  try {
    const figures: Array<Figures> = []
    for (const target of options.targets.filter((one) => supports(one, workload))) {
      figures.push(summarize(target, await measureBesideCeiling(target, workload, load, options)))
    }
    return figures
  } finally {
    await load.stop()
  }
}

/**
 * A target and a ceiling of its own take turns, and each turn is compared with the ceiling's before and after it: what
 * else the machine does changes within seconds, and neighbours have most of it in common. Nobody else is there, since
 * V8 takes apart what a process has not done for some seconds: of a dozen servers in one round each would have to warm
 * up again. The ceiling beside a ceiling shows what the machine does to a ratio.
 */
const measureBesideCeiling = async (
  target: Target,
  workload: Workload,
  load: Load,
  { quick, rounds, seconds }: Options
): Promise<ReadonlyArray<Turn>> => {
  const subjects: Array<Subject> = []
  try {
    const start = async (one: Target) => {
      const subject = await Subject.start(one, load, workload.tokens)
      subjects.push(subject)
      if (!quick) await warmUp(subject, workload.id)
      return subject
    }
    const base = await start(ceiling)
    const subject = await start(target)
    await base.measure(workload.id, seconds)
    await subject.measure(workload.id, seconds)

    const turns: Array<Turn> = []
    let before = await base.measure(workload.id, seconds)
    while (turns.length < rounds) {
      const sample = await subject.measure(workload.id, seconds)
      const after = await base.measure(workload.id, seconds)
      turns.push({ sample, ratio: (2 * sample.cpu) / (before.cpu + after.cpu) })
      before = after
    }
    return turns
  } finally {
    await Promise.all(subjects.map((subject) => subject.stop()))
  }
}

const summarize = (target: Target, turns: ReadonlyArray<Turn>): Figures => {
  const samples = turns.map(({ sample }) => sample)
  const ratios = turns.map(({ ratio }) => ratio)
  const medianOf = (figure: (sample: Sample) => number) => median(samples.map(figure))
  return {
    target: target.id,
    cpu: round(
      medianOf(({ cpu }) => cpu),
      1
    ),
    ratio: round(median(ratios), 3),
    spread: [round(Math.min(...ratios), 3), round(Math.max(...ratios), 3)],
    perSecond: Math.round(medianOf(({ perSecond }) => perSecond)),
    p50: round(
      medianOf(({ p50 }) => p50),
      2
    ),
    p99: round(
      medianOf(({ p99 }) => p99),
      2
    )
  }
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))

const print = (workload: Workload, figures: ReadonlyArray<Figures>, targets: ReadonlyArray<Target>): void => {
  console.log(`\n${workload.label}: ${workload.description}\n`)
  console.log(
    table(
      ["", "× ceiling", "lowest–highest", "µs CPU", "req/s", "p50 ms", "p99 ms", "goal"],
      figures.map((one) => [
        targets.find(({ id }) => id === one.target)?.label ?? one.target,
        fixed(one.ratio, 2),
        `${fixed(one.spread[0], 2)}–${fixed(one.spread[1], 2)}`,
        fixed(one.cpu, 0),
        String(one.perSecond),
        fixed(one.p50, 1),
        fixed(one.p99, 1),
        goal(workload, one)
      ])
    )
  )
}

const goal = ({ goals }: Workload, { ratio, target }: Figures): string => {
  const limit = target === "listener" ? goals?.listener : target === "router" ? goals?.router : undefined
  return limit === undefined ? "" : `≤ ${fixed(limit, 2)} ${ratio <= limit ? "met" : "MISSED"}`
}

const versions = (): Readonly<Record<string, string>> => {
  const own: { readonly version: string } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"))
  const peers: { readonly dependencies: Record<string, string> } = JSON.parse(
    readFileSync(`${root}/test/benchmark/peers/package.json`, "utf8")
  )
  const effect: { readonly version: string } = JSON.parse(
    readFileSync(`${root}/node_modules/effect/package.json`, "utf8")
  )
  return { "effect-oauth": own.version, effect: effect.version, ...peers.dependencies }
}
