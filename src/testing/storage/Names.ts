/**
 * What a law calls its ids and hashes. They are made anew each time, and say
 * nothing to whoever reads of a violation.
 */
import * as Context from "effect/Context"

export type Names = Map<string, string>

/** Those of the law that runs. */
export const Names = Context.Reference<Names>("effect-oauth/testing/storage/Names", {
  defaultValue: () => new Map()
})

/** The same text with the names in it. */
export const readable = (names: Names, text: string): string => {
  let readable = text
  for (const [value, name] of names) readable = readable.replaceAll(value, name)
  return readable
}
