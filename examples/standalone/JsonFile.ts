/** The files that hold clients and users: JSON arrays of objects. */
import { Effect, FileSystem, Result, Schema, SchemaIssue } from "effect"
import { SettingError } from "./SettingError.ts"

/** One object of a file, and where it is, in words for people. */
export interface Entry {
  readonly where: string
  readonly value: Readonly<Record<string, unknown>>
}

/** Reads a file that a setting names. `kind` is what its entries are called, `id` the member that names one. */
export const readEntries = Effect.fnUntraced(function* (options: {
  readonly setting: string
  readonly path: string
  readonly kind: string
  readonly id: string
}) {
  const { id, kind, path, setting } = options
  const files = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(
    files.readFileString(path),
    ({ message }) => new SettingError({ setting, problem: `cannot be read: ${message}` })
  )
  const values = yield* Effect.mapError(
    Effect.fromResult(parse(text)),
    (problem) => new SettingError({ setting, problem: `${path} ${problem}` })
  )
  return values.map((value, index): Entry => {
    const name = typeof value[id] === "string" ? ` (${JSON.stringify(value[id])})` : ""
    return { where: `${kind} ${index + 1}${name}`, value }
  })
})

/** The first of a schema's complaints: `redirect_uris[0]: Expected string`. */
export const describe = (error: Schema.SchemaError): string => {
  const [issue] = formatIssue(error.issue).issues
  const path = (issue?.path ?? []).map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
  return [path.join("").replace(/^\./, ""), issue?.message ?? error.message].filter((part) => part).join(": ")
}

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

const decodeEntries = Schema.decodeUnknownResult(Schema.Array(Schema.Record(Schema.String, Schema.Unknown)))

const parse = (text: string) =>
  Result.try({ try: (): unknown => JSON.parse(text), catch: notJson }).pipe(
    Result.flatMap((json) =>
      Result.mapError(decodeEntries(json), (error) => `is not an array of objects: ${describe(error)}`)
    )
  )

// The message may quote the file, and the file holds secrets: only the position is told.
const notJson = (error: unknown) =>
  `is not JSON${/ at position \d+.*$/.exec(error instanceof Error ? error.message : "")?.[0] ?? ""}`
