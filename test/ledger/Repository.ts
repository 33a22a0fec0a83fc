/**
 * What the ledger reads of the repository: its specifications, its tests, its
 * sources, and the page that it writes.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { type Covers, coversIn } from "./Coverage.ts"
import type { Specification } from "./Ledger.ts"

export const root = fileURLToPath(new URL("../..", import.meta.url))

export const page = join(root, "docs/conformance.md")

/** All specifications, in the order of their keys. A new one needs only its file. */
export const readSpecifications = async (): Promise<ReadonlyArray<Specification>> => {
  const folder = new URL("./specifications/", import.meta.url)
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts"))
  const modules: ReadonlyArray<{ readonly default: Specification }> = await Promise.all(
    files.map((file) => import(new URL(file, folder).href))
  )
  return modules
    .map((module) => module.default)
    .sort((one, other) => one.key.localeCompare(other.key, "en", { numeric: true }))
}

/** What the tests say that they cover, in the order in which they say it. */
export const readCoverage = (): ReadonlyArray<Covers> =>
  readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    // The ledger's own test has examples in it.
    .filter((file) => file.endsWith(".test.ts") && file !== join("ledger", "ledger.test.ts"))
    .sort()
    .flatMap((file) => {
      const path = join(root, "test", file)
      return coversIn(relative(root, path), readFileSync(path, "utf8"))
    })

const sources = new Map<string, string | undefined>()

const readSource = (file: string): string | undefined => {
  if (!sources.has(file)) {
    let text: string | undefined
    try {
      text = readFileSync(join(root, "src", file), "utf8")
    } catch {
      text = undefined
    }
    sources.set(file, text)
  }
  return sources.get(file)
}

/** Whether the sources have this place: a file below `src/`, and what it declares by that name. */
export const isPlace = (place: string): boolean => {
  const [file = "", name] = place.split("#")
  const text = readSource(file)
  if (text === undefined) return false
  return (
    name === undefined ||
    new RegExp(`^(?:export )?(?:const|class|interface|type|function) ${name}\\b`, "m").test(text) ||
    new RegExp(`^  (?:static|readonly) ${name}\\b`, "m").test(text)
  )
}
