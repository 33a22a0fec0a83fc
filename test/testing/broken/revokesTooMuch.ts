/** Answers a replayed code by revoking everything of the person who had it. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { overGrants } from "./Over.ts"

export const revokesTooMuch = overGrants((store) => ({
  redeemCode: Effect.fnUntraced(function* (request) {
    const outcome = yield* store.redeemCode(request)
    const code = Option.getOrUndefined(yield* store.findCode(request.hash))
    if (outcome._tag === "Replayed" && code?.grant.subject !== undefined) {
      yield* Stream.runForEach(store.grantsOfSubject(code.grant.subject), ({ id }) =>
        store.revoke({ _tag: "Grant", id }, request.now)
      )
    }
    return outcome
  })
}))
