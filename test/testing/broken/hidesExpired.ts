/** Selects only what has not expired, so that what has expired was never there. */
import * as Effect from "effect/Effect"
import { overFlows } from "./Over.ts"

export const hidesExpired = overFlows((store) => ({
  find: (key, now) =>
    Effect.map(store.find(key, now), (outcome) =>
      outcome._tag === "Expired" ? { _tag: "Unknown" } : outcome
    ),
  consume: (key, now) =>
    Effect.map(store.consume(key, now), (outcome) =>
      outcome._tag === "Expired" ? { _tag: "Unknown" } : outcome
    )
}))
