/**
 * `npm run mutate:text -- redis` breaks the scripts of the Redis stores, one small thing at a time, and counts how
 * often no test notices; `-- sql` the statements of the SQL stores. What Stryker does for the code around them.
 *
 * - `npm run mutate:text -- redis src/storage/redis/RedisKeyStore.ts:20-30`: of a file, or of lines of one
 * - `--tests test/storage/sqlite.test.ts`: against the contract and these tests; may be repeated
 *
 * Fails when fewer than 90 % of a folder's are noticed. Each mutant stands in `.mutation/texts.jsonl`.
 */
import { appendFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { exit } from "node:process"
import { parseArgs } from "node:util"
import { isKilled, isSurvivor, isThis, type Mutant, originalOf, percent, places, scores } from "../Mutant.ts"
import * as Contract from "./Contract.ts"
import { harmless } from "./Harmless.ts"
import { mutantsOf, type TextMutant } from "./TextMutant.ts"
import * as Vitest from "./Vitest.ts"

interface Stores {
  readonly files: string
  readonly judge: Contract.Judge
  /** Of what the contract does not notice. They want their database to be there. */
  readonly tests: ReadonlyArray<string>
}

const stores: Readonly<Record<string, Stores>> = {
  redis: {
    files: "src/storage/redis/**/*.ts",
    judge: Contract.redis,
    tests: ["flows", "keys", "names", "steps", "expiry", "faults"].map(
      (name) => `test/storage/redis/${name}.test.ts`
    )
  },
  sql: {
    // A table is not judged: what is wrong with one shows where it is used.
    files: "src/storage/sql/**/!(Migrations).ts",
    judge: Contract.sql,
    tests: [
      "test/storage/{failures,interleavings,rows}.test.ts",
      "test/storage/postgres/{locks,postgres}.test.ts"
    ]
  }
}

const found = ".mutation/texts.jsonl"

const { values, positionals } = parseArgs({
  options: { tests: { type: "string", multiple: true } },
  allowPositionals: true
})
const [name = "", ...only] = positionals
const store = stores[name]
if (store === undefined) {
  console.error(`Which stores: ${Object.keys(stores).join(" or ")}?`)
  exit(2)
}
const tests = values.tests ?? store.tests

const sources = new Map(globSync(store.files).map((file) => [file, readFileSync(file, "utf8")]))
const sourceOf = (file: string) => sources.get(file) ?? ""

/** As Stryker takes them: `src/a.ts:3-7`. */
const isMeant = ({ file, location: { start } }: TextMutant): boolean =>
  only.length === 0 ||
  only.some((range) => {
    const [path, from = "1", to = String(Number.POSITIVE_INFINITY)] = range.split(/:|(?<=:\d+)-/)
    return path === file && Number(from) <= start.line && start.line <= Number(to)
  })

const judged: Array<Mutant> = []
/** `failed` says what was noticed: a behaviour, or files. */
const tell = (mutant: TextMutant, status: string, failed: ReadonlyArray<string>) => {
  judged.push({ ...mutant, status })
  appendFileSync(found, `${JSON.stringify({ ...mutant, status, failed })}\n`)
}

const complain = (problem: string) => {
  console.error(problem)
  process.exitCode = 1
}

const mutants = [...sources].flatMap(([file, source]) => mutantsOf(file, source)).filter(isMeant)
console.log(`${mutants.length} mutants`)
const [first] = mutants
if (first === undefined) exit(2)

// Tests that fail all the same tell nothing.
const unbroken = { ...first, end: first.start, replacement: "" }
const broken = await store.judge(unbroken)
if (broken !== undefined) throw new Error(`It is not so that ${broken}`)
const { output, status } = await Vitest.run(tests)
if (status !== "Survived") throw new Error(output)

mkdirSync(".mutation", { recursive: true })
writeFileSync(found, "")
const unnoticed: Array<TextMutant> = []
for (const mutant of mutants) {
  const behaviour = await store.judge(mutant)
  if (behaviour === undefined) unnoticed.push(mutant)
  else tell(mutant, "Killed", [behaviour])
}
console.log(`The contract does not notice ${unnoticed.length}`)
for (const mutant of unnoticed) {
  const { failed, status } = await Vitest.run(tests, mutant)
  tell(mutant, status, failed)
}

const isHarmless = (mutant: Mutant) =>
  harmless.some((excuse) => isThis(mutant, sourceOf(mutant.file), excuse))
const byFolder = scores(judged, isHarmless)
console.table(byFolder.map((score) => ({ ...score, percent: percent(score) })))
for (const mutant of judged.filter((mutant) => isSurvivor(mutant) && !isHarmless(mutant))) {
  const { file, location, replacement } = mutant
  console.log(`${file}:${location.start.line}: ${originalOf(mutant, sourceOf(file))} → ${replacement}`)
}
// A reason for a text that has gone, or for another place too, would hide what comes there.
for (const excuse of harmless.filter(({ file }) => sources.has(file))) {
  const { file, original, replacement } = excuse
  const these = judged.filter((mutant) => isThis(mutant, sourceOf(file), excuse))
  if (places(sourceOf(file), excuse) !== 1)
    complain(`${file}: ${original} → ${replacement} is not in one place`)
  if (these.length > 0 && these.every(isKilled)) {
    complain(`${file}: ${original} → ${replacement} is noticed by a test`)
  }
}
if (byFolder.some((score) => percent(score) < 90)) process.exitCode = 1
// A connection that hangs after a mutant is no reason to stay.
exit()
