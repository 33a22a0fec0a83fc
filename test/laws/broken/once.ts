import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { overGrants } from "./Over.ts"

/** Reads a code, decides, and only then marks it: two may have decided by then. */
export const readsThenMarks = overGrants((store) => ({
  redeemCode: Effect.fnUntraced(function* (request) {
    const code = yield* store.findCode(request.hash)
    yield* Effect.yieldNow
    const outcome = yield* store.redeemCode(request)
    const wasFree = Option.isSome(code) && code.value.redeemedAt === undefined
    return wasFree && outcome._tag === "Replayed" ? { _tag: "Redeemed" } : outcome
  })
}))

/** A code that was used is as good as a new one. */
export const forgetsThatItIsUsed = overGrants((store) => ({
  redeemCode: (request) =>
    Effect.map(store.redeemCode(request), (outcome) =>
      outcome._tag === "Replayed" ? { _tag: "Redeemed" } : outcome
    )
}))
