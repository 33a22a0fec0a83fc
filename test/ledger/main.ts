/**
 * `npm run ledger` writes `docs/conformance.md`; with `--check` it writes nothing,
 * and says what is wrong instead.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { problems } from "./Problems.ts"
import { render } from "./Render.ts"
import { isPlace, page, readCoverage, readSpecifications } from "./Repository.ts"

const specifications = await readSpecifications()
const coverage = readCoverage()
const written = render(specifications, coverage)

if (!process.argv.includes("--check")) writeFileSync(page, written)

const found = problems(specifications, coverage, isPlace)
if (readFileSync(page, "utf8") !== written) found.push("docs/conformance.md is out of date: npm run ledger")
if (found.length > 0) {
  console.error(`The ledger (test/ledger):\n${found.map((problem) => `  ${problem}`).join("\n")}`)
  process.exitCode = 1
}
