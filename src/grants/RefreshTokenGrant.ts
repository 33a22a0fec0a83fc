/**
 * The refresh token grant (RFC 6749 §6) with rotation (RFC 9700 §4.14.2) that
 * survives a lost response: a client that repeats its request within the grace
 * window gets the same refresh token again, and is not taken for a thief.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ProtocolExtensions from "../services/ProtocolExtensions.ts"
import { SecretKeys } from "../services/SecretKeys.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { type AtomicRotation, GrantStore } from "../storage/GrantStore.ts"
import type { Grant } from "./Grant.ts"
import { makeAccessToken, makeTokenResponse } from "./IssueTokens.ts"
import { presentedRefreshToken, refuseRefreshToken, unknownToken } from "./PresentedRefreshToken.ts"

/**
 * Requires a store that can rotate atomically.
 *
 * @category grants
 * @since 0.1.0
 */
export const refreshToken: Grant<ServerConfig | GrantStore | AtomicRotation | SecretKeys> = {
  grantType: "refresh_token",
  execute: Effect.fnUntraced(function* ({ client, parameters }) {
    const { lifetimes, refresh } = yield* ServerConfig
    const store = yield* GrantStore
    const keys = yield* SecretKeys
    const { family, scope, token } = yield* presentedRefreshToken(client, parameters)

    const accessToken = yield* makeAccessToken(client, family.grant, scope)
    const extensions = yield* ProtocolExtensions.tokenResponse({
      client,
      grant: family.grant,
      scope,
      accessToken: accessToken.token,
      from: "refresh_token"
    })
    const next = token.successor(keys.current)
    const now = yield* Clock.currentTimeMillis
    const outcome = yield* store.rotate({
      family: family.id,
      presented: { hash: token.hash, generation: token.generation },
      next: { hash: next.hash, expiresAt: now + Duration.toMillis(lifetimes.refreshToken) },
      now,
      grace: { window: Duration.toMillis(refresh.grace), maximumReplays: refresh.maximumReplays },
      accessToken: accessToken.record
    })
    if (outcome._tag === "Rotated")
      return yield* makeTokenResponse(family.grant, accessToken, next.text, extensions)
    if (outcome._tag !== "GraceReplay") return yield* refuseRefreshToken(client, outcome)
    // The first try may have been answered under another key.
    const child = keys.all
      .map((key) => token.successor(key))
      .find((child) => child.hash === outcome.currentHash)
    if (child === undefined) return yield* unknownToken
    return yield* makeTokenResponse(family.grant, accessToken, child.text, extensions)
  })
}
