/**
 * `npm run test:deep`: the laws and the fuzzers in turn, each time from a fresh
 * seed, for `DEEP_MINUTES` (default: 5). Says how much was tried and what was
 * found, and fails if anything was.
 */
import { randomInt } from "node:crypto"
import { env, exit } from "node:process"
import * as Effect from "effect/Effect"
import { fuzz, show } from "../fuzz/Fuzz.ts"
import { forgeries } from "../fuzz/forgeries.ts"
import { targets as parsers } from "../fuzz/targets.ts"
import { all } from "./all.ts"
import { ours } from "./support/House.ts"

const minutes = Number(env.DEEP_MINUTES ?? 5)
if (!(minutes > 0)) throw new TypeError(`DEEP_MINUTES=${env.DEEP_MINUTES} is no number of minutes`)

const targets = [...parsers, ...(await forgeries())]

const started = performance.now()
const elapsed = () => performance.now() - started
const goesOn = () => elapsed() < minutes * 60_000

const runs = new Map(all.map((law) => [law.sentence, 0]))
const inputs = new Map(targets.map((target) => [target.name, 0]))
const found: Array<string> = []

const count = (counts: Map<string, number>, name: string, more: number) =>
  counts.set(name, (counts.get(name) ?? 0) + more)

/** How long a fuzzer has its turn, in milliseconds. */
const turn = 2000

while (goesOn()) {
  for (const law of all) {
    if (!goesOn()) break
    const checked = await Effect.runPromise(law.check(ours, { runs: 100 }))
    if (checked._tag === "Holds") {
      count(runs, law.sentence, checked.runs)
    } else {
      found.push(checked.message)
      console.error(checked.message)
    }
  }
  for (const target of targets) {
    if (!goesOn()) break
    const seed = randomInt(2 ** 32)
    const until = performance.now() + turn
    const report = await fuzz(target, seed, () => performance.now() < until)
    count(inputs, target.name, report.inputs)
    if (report.found !== undefined) {
      found.push(`${show(report)} (FUZZ_SEED=${seed})`)
      console.error(found.at(-1))
    }
  }
}

const total = (counts: ReadonlyMap<string, number>) =>
  Array.from(counts.values()).reduce((sum, one) => sum + one, 0)
const number = (count: number) => count.toLocaleString("en").padStart(12)

console.log(`${(elapsed() / 60_000).toFixed(1)} minutes`)
console.log(`${number(total(runs))} runs of ${all.length} laws`)
for (const [sentence, count] of runs) console.log(`${number(count)}   ${sentence}`)
console.log(`${number(total(inputs))} inputs of ${targets.length} fuzzers`)
for (const [name, count] of inputs) console.log(`${number(count)}   ${name}`)
console.log(found.length === 0 ? "nothing was found" : `found ${found.length}:\n${found.join("\n\n")}`)
exit(found.length === 0 ? 0 : 1)
