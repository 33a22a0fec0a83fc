/** Reads a flow, and deletes it after somebody else may have read it too. */
import * as Effect from "effect/Effect"
import { overFlows } from "./Over.ts"

export const consumesTwice = overFlows((store) => ({
  consume: Effect.fnUntraced(function* (key, now) {
    const found = yield* store.find(key, now)
    yield* Effect.yieldNow
    const outcome = yield* store.consume(key, now)
    return found._tag === "Found" ? { _tag: "Consumed", value: found.value } : outcome
  })
}))
