/**
 * `npm run bench`: this library beside its peers, on the same work, in the same run.
 *
 *   npm run bench                   everything that is compared; writes results/latest.json and docs/performance.md
 *   npm run bench -- --quick        the same, too short to mean anything: nothing is written
 *   npm run bench -- compare --workload refresh,code --target listener,oidc-provider --rounds 9 --seconds 4
 *   npm run bench -- startup        the start of a process, and its memory at rest
 *   npm run bench -- size           what an installation takes
 *   npm run bench -- memory --requests 1000000
 *   npm run bench -- micro          the parts of a request
 *   npm run bench -- profile --target listener --workload code
 *   npm run bench -- soak --minutes 30
 *   npm run bench -- report         writes docs/performance.md anew from results/latest.json
 *
 * `--save` has a mode write its part of results/latest.json; without a mode, all that is complete is written.
 * `--no-build` measures what has been built before.
 */
import { parseArgs } from "node:util"
import type { Options } from "./harness/Options.ts"
import { prepare } from "./harness/Prepare.ts"
import { type Results, write } from "./harness/Results.ts"
import { isRunning } from "./harness/Services.ts"
import { compare } from "./modes/compare.ts"
import { memory } from "./modes/memory.ts"
import { micro } from "./modes/micro.ts"
import { profile } from "./modes/profile.ts"
import { report } from "./modes/report.ts"
import { size } from "./modes/size.ts"
import { soak } from "./modes/soak.ts"
import { startup } from "./modes/startup.ts"
import { ceiling, type Target, targets } from "./Targets.ts"
import { workloads } from "./Workloads.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    workload: { type: "string" },
    target: { type: "string" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    requests: { type: "string" },
    minutes: { type: "string" },
    quick: { type: "boolean", default: false },
    save: { type: "boolean", default: false },
    "no-build": { type: "boolean", default: false }
  }
})

const modes: Readonly<Record<string, (options: Options) => Promise<Results> | Results>> = {
  compare: async (options) => ({ comparison: await compare(withCeiling(options)) }),
  startup: async (options) => ({ startup: await startup(options) }),
  size: (options) => ({ size: size(options) }),
  memory: async (options) => ({ memory: await memory(options) }),
  micro: async (options) => ({ micro: await micro(options) }),
  soak: async (options) => ({ soak: await soak(options) }),
  profile: async (options) => {
    await profile(options)
    return {}
  },
  report: () => ({})
}

const pick = <A extends { readonly id: string }>(
  all: ReadonlyArray<A>,
  names: string | undefined
): ReadonlyArray<A> => {
  if (names === undefined) return all
  return names.split(",").map((name) => {
    const found = all.find(({ id }) => id === name)
    if (found === undefined) throw new Error(`${name} is none of ${all.map(({ id }) => id).join(", ")}`)
    return found
  })
}

const withCeiling = (options: Options): Options => ({
  ...options,
  targets: [ceiling, ...options.targets.filter(({ id }) => id !== ceiling.id)]
})

const available = async (chosen: ReadonlyArray<Target>): Promise<ReadonlyArray<Target>> => {
  const found: Array<Target> = []
  for (const target of chosen) {
    if (target.needs === undefined || (await isRunning(target.needs))) found.push(target)
    else console.log(`${target.label} is left out: there is no ${target.needs}`)
  }
  return found
}

/** What a mode that takes long is about, unless it is told. */
const defaultTargets: Readonly<Record<string, string>> = {
  memory: "listener,sqlite,postgres,redis",
  micro: "listener,sqlite",
  profile: "listener",
  soak: "listener",
  // What a database adds to the start is its own affair.
  startup: targets
    .filter(({ storage }) => storage === "memory")
    .map(({ id }) => id)
    .join(",")
}

const defaultRounds: Readonly<Record<string, number>> = { compare: 9 }

const number = (value: string | undefined, otherwise: number): number =>
  value === undefined ? otherwise : Number(value)

const [mode] = positionals
const wanted = mode === undefined ? ["compare", "startup", "size"] : [mode]
for (const name of wanted) {
  if (modes[name] === undefined) throw new Error(`${name} is none of ${Object.keys(modes).join(", ")}`)
}

if (mode !== "report") prepare({ build: !values["no-build"] })

for (const name of wanted) {
  const part = await modes[name]?.({
    workloads: pick(workloads, values.workload),
    targets: await available(pick(targets, values.target ?? defaultTargets[name])),
    rounds: number(values.rounds, values.quick ? 2 : (defaultRounds[name] ?? 5)),
    seconds: number(values.seconds, values.quick ? 0.3 : name === "profile" ? 5 : 0.5),
    requests: number(values.requests, 1_000_000),
    minutes: number(values.minutes, 30),
    quick: values.quick
  })
  const complete = values.workload === undefined && values.target === undefined && !values.quick
  if (part !== undefined && (values.save || (mode === undefined && complete))) write(part)
}
if (mode === "report" || values.save || (mode === undefined && !values.quick)) report()
