/**
 * `npm run mutate` breaks the code on purpose, one small thing at a time, and counts how often no test notices.
 *
 * - `npm run mutate -- src/grants/*.ts`: those files only
 * - `npm run mutate -- --changed [base]`: the lines that differ from where the branch left `base` (origin/main)
 * - `--minutes 3`: ends then, with what it has seen
 * - `--stores sql`, `--stores redis`: the stores in a database, which must be there, against their own tests
 * - `--tests test/storage/sqlite.test.ts`: against these tests, and not those of `vitest.config.ts`; may be repeated
 *
 * Fails when fewer than 90 % of a folder's are noticed, and when the time is up, when one was not. Each mutant stands
 * in `.mutation/mutants.jsonl`.
 */
import { execFileSync, spawn } from "node:child_process"
import { generateKeyPairSync } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { harmless } from "./Harmless.ts"
import {
  type Harmless,
  isKilled,
  isSurvivor,
  isThis,
  type Mutant,
  originalOf,
  percent,
  places,
  type Score,
  scores
} from "./Mutant.ts"
import { stores } from "./Stores.ts"

/** Folders, and files where it is not the whole folder. */
const needingNothing = [
  "src/protocol",
  "src/client-authentication",
  "src/grants",
  "src/response-types",
  "src/endpoints",
  "src/storage/memory",
  "src/storage/internal",
  "src/oidc",
  "src/services/JwtAccessTokens.ts",
  "src/services/SigningKeys.ts",
  "src/services/SubjectIdentifiers.ts",
  "src/services/internal/Jose.ts",
  "src/services/internal/KeySchedule.ts",
  "src/services/internal/StoredKeys.ts"
]
const found = ".mutation/mutants.jsonl"

const { values, positionals } = parseArgs({
  options: {
    changed: { type: "boolean", default: false },
    minutes: { type: "string" },
    stores: { type: "string" },
    tests: { type: "string", multiple: true }
  },
  allowPositionals: true
})

const named = values.stores === undefined ? undefined : stores[values.stores]
if (values.stores !== undefined && named === undefined) {
  throw new Error(`There are no stores ${values.stores}, but ${Object.keys(stores).join(" and ")}`)
}
const mutated = named?.mutated ?? needingNothing
const tests = values.tests ?? named?.tests

const git = (...args: ReadonlyArray<string>) =>
  execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim()

// A clone without a remote has nothing to compare with but its last commit.
const defaultBase = () => {
  try {
    return git("merge-base", "HEAD", "origin/main")
  } catch {
    return "HEAD"
  }
}

/** As Stryker wants them: `src/a.ts:3-7`. */
const changedLines = (base: string): ReadonlyArray<string> => {
  let file = ""
  return git("diff", "--unified=0", "--diff-filter=AM", base, "--", ...mutated)
    .split("\n")
    .flatMap((line) => {
      file = /^\+\+\+ b\/(.*)/.exec(line)?.[1] ?? file
      const [, first, count = "1"] = /^@@ \S+ \+(\d+)(?:,(\d+))? @@/.exec(line) ?? []
      if (first === undefined || count === "0" || !file.endsWith(".ts")) return []
      return [`${file}:${first}-${Number(first) + Number(count) - 1}`]
    })
}

const targets = () => {
  if (values.changed) return changedLines(positionals[0] ?? defaultBase())
  return positionals.length > 0
    ? positionals
    : mutated.map((path) => (path.endsWith(".ts") ? path : `${path}/**/*.ts`))
}

/** Enough for any test, in PKCS #8: see `seed.ts`. */
const rsaKeys = (): ReadonlyArray<string> =>
  Array.from({ length: 16 }, () =>
    generateKeyPairSync("rsa", { modulusLength: 2048 })
      .privateKey.export({ format: "der", type: "pkcs8" })
      .toString("base64url")
  )

const mutate = (targets: ReadonlyArray<string>) =>
  new Promise<"finished" | "stopped">((resolve, reject) => {
    const stryker = spawn(
      "stryker",
      [
        "run",
        "test/mutation/stryker.config.mjs",
        "--mutate",
        targets.join(","),
        // A mutant that is late counts as noticed. A database that has other work to do must not look like that.
        ...(named ? ["--timeoutMS", "60000"] : [])
      ],
      {
        stdio: "inherit",
        // A group of its own, so that the test runners end with it.
        detached: true,
        env: {
          ...process.env,
          ...(tests && { MUTATION_TESTS: tests.join(" ") }),
          // Without the database no test would notice anything, and all would be said to survive.
          ...(named && { REQUIRE_SERVICES: "1" }),
          MUTATION_RSA_KEYS: rsaKeys().join(" ")
        }
      }
    )
    let stopped = false
    const stop = () => {
      stopped = true
      if (stryker.pid !== undefined) process.kill(-stryker.pid, "SIGKILL")
    }
    const timer = values.minutes && setTimeout(stop, Number(values.minutes) * 60_000)
    process.once("SIGINT", stop)
    stryker.once("error", reject)
    stryker.once("exit", (code) => {
      clearTimeout(timer || undefined)
      if (stopped) resolve("stopped")
      else if (code === 0) resolve("finished")
      else reject(new Error(`stryker ended with ${code}`))
    })
  })

const sources = new Map<string, string>()
const sourceOf = (file: string): string => {
  const source = sources.get(file) ?? readFileSync(file, "utf8")
  sources.set(file, source)
  return source
}

const report = (mutants: ReadonlyArray<Mutant>) => {
  const isHarmless = (mutant: Mutant) =>
    harmless.some((excuse) => isThis(mutant, sourceOf(mutant.file), excuse))
  const byFolder = scores(mutants, isHarmless)
  console.table(byFolder.map((score) => ({ ...score, percent: percent(score) })))
  writeFileSync(".mutation/scores.json", `${JSON.stringify(byFolder, null, 2)}\n`)
  for (const mutant of mutants.filter((mutant) => isSurvivor(mutant) && !isHarmless(mutant))) {
    const { file, location, status, replacement } = mutant
    const original = originalOf(mutant, sourceOf(file))
    console.log(`${status} ${file}:${location.start.line}: ${original} → ${replacement}`)
  }
  return byFolder
}

const complain = (excuse: Harmless, problem: string) => {
  console.error(`harmless: ${excuse.file}: ${excuse.original} → ${excuse.replacement} ${problem}`)
  process.exitCode = 1
}

// A reason for code that has gone, or for another place too, would hide what comes there.
for (const excuse of harmless) {
  const found = existsSync(excuse.file) ? places(sourceOf(excuse.file), excuse) : 0
  if (found !== 1) complain(excuse, `is in ${found} places`)
}

const lines = targets()
if (lines.length === 0) {
  console.log("Nothing changed of what is mutated.")
} else {
  rmSync(".mutation", { recursive: true, force: true })
  mkdirSync(".mutation")
  writeFileSync(found, "")
  const outcome = await mutate(lines)
  rmSync(".stryker-tmp", { recursive: true, force: true })
  const mutants: ReadonlyArray<Mutant> = readFileSync(found, "utf8")
    .split("\n")
    .filter((line) => line.endsWith("}"))
    .map((line) => JSON.parse(line))
  const byFolder = report(mutants)
  for (const excuse of outcome === "finished" ? harmless : []) {
    const these = mutants.filter((mutant) => isThis(mutant, sourceOf(mutant.file), excuse))
    if (these.length > 0 && these.every(isKilled)) complain(excuse, "is noticed by a test")
  }
  if (mutants.length === 0 && !values.changed) {
    console.error(`There is nothing to mutate in ${lines.join(", ")}`)
    process.exitCode = 1
  }
  if (outcome === "stopped") console.log("The time was up: the others were not run.")
  // Those that no test reaches come first: of a run that was ended, the score says nothing, and each survivor counts.
  const isTooLow = (score: Score) => (outcome === "stopped" ? score.survived > 0 : percent(score) < 90)
  if (byFolder.some(isTooLow)) process.exitCode = 1
}
