import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { overGrants } from "./Over.ts"

/** Revokes the refresh tokens, and lets the access tokens live until they expire. */
export const leavesAccessTokens = overGrants((store) => ({
  findAccessToken: (hash) =>
    Effect.map(
      store.findAccessToken(hash),
      Option.map((token) => ({ ...token, grant: { ...token.grant, revokedAt: undefined } }))
    )
}))

/** Says that a code was replayed, and leaves its grant alone. */
export const leavesReplayedGrants = overGrants((store) => ({
  redeemCode: Effect.fnUntraced(function* (request) {
    const code = yield* store.findCode(request.hash)
    return Option.isSome(code) && code.value.redeemedAt !== undefined
      ? { _tag: "Replayed", grantId: code.value.grant.id }
      : yield* store.redeemCode(request)
  })
}))

/** Says that it is revoked, whatever it is, and does nothing. */
export const finishesNothing = overGrants(() => ({ revoke: () => Effect.succeed("Revoked") }))
