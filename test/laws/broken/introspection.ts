import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Logout, Scope } from "effect-oauth"
import type { House } from "../support/House.ts"
import { overGrants } from "./Over.ts"

/** Looks at the token, and not at its grant. */
export const ignoresTheGrant = overGrants((store) => ({
  findAccessToken: (hash) =>
    Effect.map(
      store.findAccessToken(hash),
      Option.map((token) => ({ ...token, grant: { ...token.grant, revokedAt: undefined } }))
    )
}))

/** Lets a token live a moment too long. */
export const expiresLate = overGrants((store) => ({
  findAccessToken: (hash) =>
    Effect.map(
      store.findAccessToken(hash),
      Option.map((token) => ({ ...token, expiresAt: token.expiresAt + 1 }))
    )
}))

/** Sweeps what has not expired. */
export const sweepsTooEarly = overGrants((store) => ({
  sweep: (request) => store.sweep({ ...request, now: request.now + 120_000 })
}))

/** Says that a refresh token is revoked, and does nothing. */
export const revokesOnlyAccessTokens = overGrants((store) => ({
  revoke: (target, now) =>
    target._tag === "RefreshFamily" ? Effect.succeed("Revoked") : store.revoke(target, now)
}))

/** Signs people out, and leaves what clients hold as it was. */
export const signsOutOnly: House = {
  provider: (provider) =>
    Layer.succeed(Logout.Logout, {
      endSession: () => Effect.void,
      endAllSessions: () => Effect.void,
      resume: Effect.void
    }).pipe(Layer.provideMerge(provider))
}

/** Signs clients out that have leave to stay. */
export const overlooksOfflineAccess = overGrants((store) => ({
  grantsOfSubject: (subject, page) =>
    Effect.map(store.grantsOfSubject(subject, page), (grants) =>
      grants.map((grant) => ({ ...grant, scope: Scope.fromTokens(["openid"]) }))
    )
}))
