/**
 * `npm run mutate:text -- redis` breaks the scripts of the Redis stores, one small thing at a time, and counts how
 * often no test notices; `-- sql` the statements of the SQL stores. What Stryker does for the code around them.
 *
 * - `npm run mutate:text -- redis src/storage/redis/RedisKeyStore.ts:20-30`: of a file, or of lines of one
 * - `--tests test/storage/sqlite.test.ts`: against these tests; may be repeated
 *
 * Fails when fewer than 90 % of a folder's are noticed. Each mutant stands in `.mutation/texts.jsonl`.
 */
import { spawn } from "node:child_process"
import { appendFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { env, exit, kill } from "node:process"
import { parseArgs } from "node:util"
import { isKilled, isSurvivor, isThis, type Mutant, originalOf, percent, places, scores } from "../Mutant.ts"
import { harmless } from "./Harmless.ts"
import { mutantsOf, type TextMutant } from "./TextMutant.ts"

interface Stores {
  readonly files: string
  readonly tests: ReadonlyArray<string>
}

/** The tests that need a service want it to be there. */
const stores: Readonly<Record<string, Stores>> = {
  redis: {
    files: "src/storage/redis/**/*.ts",
    tests: [
      "test/storage/redis/redis.test.ts",
      "test/storage/redis/expiry.test.ts",
      "test/storage/redis/faults.test.ts"
    ]
  },
  sql: {
    // A table is not judged: what is wrong there shows when it is used, or in `migrations.test.ts`.
    files: "src/storage/sql/**/!(Migrations).ts",
    tests: [
      "test/storage/sqlite.test.ts",
      "test/storage/failures.test.ts",
      "test/storage/postgres/postgres.test.ts"
    ]
  }
}

/** Tests that take long, and run when no other has noticed. */
const slow = /rotations later|however many shards|many rows of one grant|fifty|the commands that it gave/

const found = ".mutation/texts.jsonl"
const atOnce = 2
/** In milliseconds: what takes longer does not come to an end. */
const patience = 180_000

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

/** Whether tests notice: `Survived` says that all of these passed. */
const run = (which: ReadonlyArray<string>, mutant?: TextMutant) =>
  new Promise<{ readonly status: string; readonly output: string }>((resolve) => {
    let output = ""
    let status = "Killed"
    const vitest = spawn("vitest", ["run", "--config", "test/mutation/text/vitest.config.ts", ...which], {
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that its workers end with it.
      detached: true,
      env: {
        ...env,
        REQUIRE_SERVICES: "1",
        MUTATION_TESTS: tests.join(" "),
        ...(mutant && { MUTATION_TEXT: JSON.stringify(mutant) })
      }
    })
    for (const stream of [vitest.stdout, vitest.stderr]) {
      stream.on("data", (data) => {
        output += data
      })
    }
    const timer = setTimeout(() => {
      status = "Timeout"
      if (vitest.pid !== undefined) kill(-vitest.pid, "SIGKILL")
    }, patience)
    vitest.once("exit", (code) => {
      clearTimeout(timer)
      resolve({ status: code === 0 ? "Survived" : status, output })
    })
  })

const unbroken = async (when: string) => {
  const { output, status } = await run([])
  if (status === "Survived") return
  console.error(`${output}\nThe tests fail ${when}, and tell nothing.`)
  exit(2)
}

const complain = (problem: string) => {
  console.error(problem)
  process.exitCode = 1
}

mkdirSync(".mutation", { recursive: true })
writeFileSync(found, "")
const meant = [...sources].flatMap(([file, source]) => mutantsOf(file, source)).filter(isMeant)
console.log(`${meant.length} mutants`)
await unbroken("before anything is broken")

const judged: Array<Mutant> = []
const queue = meant.values()
const work = async () => {
  for (const mutant of queue) {
    const quick = await run(["--testNamePattern", `^(?!.*(?:${slow.source}))`], mutant)
    const { status } = quick.status === "Survived" ? await run([], mutant) : quick
    judged.push({ ...mutant, status })
    appendFileSync(found, `${JSON.stringify({ ...mutant, status })}\n`)
  }
}
await Promise.all(Array.from({ length: atOnce }, work))
await unbroken("when all has been made whole again")

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
    complain(`${file}: ${original} → ${replacement} is in no place, or more`)
  if (these.length > 0 && these.every(isKilled)) {
    complain(`${file}: ${original} → ${replacement} is noticed by a test`)
  }
}
if (byFolder.some((score) => percent(score) < 90)) process.exitCode = 1
