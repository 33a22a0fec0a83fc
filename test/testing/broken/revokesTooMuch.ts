/** Answers a replayed code by revoking everything of the person who had it. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { overGrants } from "./Over.ts"

export const revokesTooMuch = overGrants((store) => ({
  redeemCode: Effect.fnUntraced(function* (request) {
    const outcome = yield* store.redeemCode(request)
    const code = Option.getOrUndefined(yield* store.findCode(request.hash))
    if (outcome._tag === "Replayed" && code?.grant.subject !== undefined) {
      for (const { id } of yield* store.grantsOfSubject(code.grant.subject, { limit: 100 })) {
        yield* store.revoke({ _tag: "Grant", id }, request.now)
      }
    }
    return outcome
  })
}))
