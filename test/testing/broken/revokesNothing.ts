/** Recognises a replayed code, and leaves its tokens to whoever has them. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { overGrants } from "./Over.ts"

export const revokesNothing = overGrants((store) => ({
  redeemCode: Effect.fnUntraced(function* (request) {
    const code = Option.getOrUndefined(yield* store.findCode(request.hash))
    return code?.redeemedAt === undefined
      ? yield* store.redeemCode(request)
      : { _tag: "Replayed", grantId: code.grant.id }
  })
}))
