/**
 * Effect's `Redacted` keeps its values in a `WeakMap`. V8 doubles the table of one for what is made between two
 * collections, and makes it smaller only when something is removed while sixteen are there. Without this a heap tells
 * how busy the server was at its busiest, and not what it keeps.
 */
import * as Redacted from "effect/Redacted"

export const shrinkTable = (): void => {
  const few = Array.from({ length: 32 }, (_, index) => Redacted.make(String(index)))
  for (const one of few) Redacted.wipeUnsafe(one)
}
