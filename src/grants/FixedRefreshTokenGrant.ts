/**
 * The refresh token grant (RFC 6749 §6) without rotation: a client keeps its
 * refresh token, and every use extends its life. For a store that cannot rotate
 * atomically, under `Legacy.fixedRefreshToken`.
 *
 * A stolen token stays good, and nobody notices: RFC 9700 §4.14.2 asks that the
 * refresh tokens of public clients be rotated or bound to their sender, so that
 * these get none here.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ProtocolExtensions from "../services/ProtocolExtensions.ts"
import type { SecretKeys } from "../services/SecretKeys.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { GrantStore } from "../storage/GrantStore.ts"
import type { Grant } from "./Grant.ts"
import { makeAccessToken, makeTokenResponse } from "./IssueTokens.ts"
import { presentedRefreshToken, refuseRefreshToken, unknownToken } from "./PresentedRefreshToken.ts"

/**
 * @category grants
 * @since 0.1.0
 */
export const fixedRefreshToken: Grant<ServerConfig | GrantStore | SecretKeys> = {
  grantType: "refresh_token",
  confidentialOnly: true,
  execute: Effect.fnUntraced(function* ({ client, parameters }) {
    const { lifetimes } = yield* ServerConfig
    const store = yield* GrantStore
    const { family, scope, token } = yield* presentedRefreshToken(client, parameters)

    const accessToken = yield* makeAccessToken(client, family.grant, scope)
    const extensions = yield* ProtocolExtensions.tokenResponse({
      client,
      grant: family.grant,
      scope,
      accessToken: accessToken.token,
      from: "refresh_token"
    })
    const { hash } = token
    const now = yield* Clock.currentTimeMillis
    // The token is its own successor: whoever races here writes the same.
    const outcome = yield* store.rotate({
      family: family.id,
      presented: { hash, generation: token.generation },
      next: { hash, expiresAt: now + Duration.toMillis(lifetimes.refreshToken) },
      now,
      grace: { window: 0, maximumReplays: 0 },
      accessToken: accessToken.record
    })
    if (outcome._tag === "Rotated")
      return yield* makeTokenResponse(family.grant, accessToken, undefined, extensions)
    return yield* outcome._tag === "GraceReplay" ? unknownToken : refuseRefreshToken(client, outcome)
  })
}
