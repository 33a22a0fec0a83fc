/**
 * What a law says of a store's answer.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { StorageError } from "../../storage/StorageError.ts"
import { Broken } from "./Law.ts"

/** An answer is what it must be: as data, so that an absent property is an undefined one. */
export const same = (what: string, actual: unknown, expected: unknown): Effect.Effect<void, Broken> =>
  Effect.suspend(() => {
    const differences = differ(actual, expected)
    return differences.length === 0
      ? Effect.void
      : Effect.fail(new Broken({ problem: `${what}: ${differences.join("; ")}` }))
  })

/** Something holds, whatever exactly the answer is. */
export const holds = (what: string, condition: boolean): Effect.Effect<void, Broken> =>
  condition ? Effect.void : Effect.fail(new Broken({ problem: `${what}: it is not so` }))

/** What was found, or `undefined`. */
export const found = <A, E, R>(
  find: Effect.Effect<Option.Option<A>, E, R>
): Effect.Effect<A | undefined, E, R> => Effect.map(find, Option.getOrUndefined)

/** That a store does not take what it has already, and says so as a `StorageError`. */
export const refused = <A, R>(
  what: string,
  verb: Effect.Effect<A, StorageError, R>
): Effect.Effect<void, Broken, R> =>
  Effect.matchEffect(verb, {
    onFailure: () => Effect.void,
    onSuccess: () => Effect.fail(new Broken({ problem: `${what}: it is taken, and should be refused` }))
  })

/** Where two pieces of data differ, and how. */
export const differ = (actual: unknown, expected: unknown, path = ""): ReadonlyArray<string> => {
  if (Object.is(actual, expected)) return []
  if (isRecord(actual) && isRecord(expected) && Array.isArray(actual) === Array.isArray(expected)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return Array.from(keys).flatMap((key) =>
      differ(actual[key], expected[key], path === "" ? key : `${path}.${key}`)
    )
  }
  return [`${path === "" ? "" : `${path} is `}${shorten(show(actual))} instead of ${shorten(show(expected))}`]
}

const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)

/** Data as text, the same for the same data. */
export const show = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`
  if (!isRecord(value)) return typeof value === "string" ? JSON.stringify(value) : String(value)
  const shown = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${key}: ${show(value[key])}`)
  return `{ ${shown.join(", ")} }`
}

// What is in a set or a map are no properties: to compare those would always succeed.
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && (Array.isArray(value) || !(Symbol.iterator in value))
