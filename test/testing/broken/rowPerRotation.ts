/** Keeps every token of a family in a row of its own. */
import * as Effect from "effect/Effect"
import { overGrants } from "./Over.ts"

export const make = () => {
  let rows = 0
  const layer = overGrants((store) => ({
    rotate: (request) =>
      Effect.tap(store.rotate(request), ({ _tag }) =>
        Effect.sync(() => {
          if (_tag === "Rotated") rows++
        })
      )
  }))
  return { layer, countRows: Effect.sync(() => rows) }
}
