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
import * as Option from "effect/Option"
import type { Client } from "../protocol/Client.ts"
import { InvalidGrant, InvalidScope } from "../protocol/OAuthError.ts"
import * as Parameters from "../protocol/Parameters.ts"
import * as Scope from "../protocol/Scope.ts"
import * as Secret from "../protocol/Secret.ts"
import * as AuditLog from "../services/AuditLog.ts"
import { SecretKeys } from "../services/SecretKeys.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { GrantStore, type RefreshFamilyRecord } from "../storage/GrantStore.ts"
import type { Grant } from "./Grant.ts"
import { makeAccessToken, makeTokenResponse } from "./IssueTokens.ts"
import * as RefreshToken from "./RefreshToken.ts"

/**
 * @category grants
 * @since 0.1.0
 */
export const refreshToken: Grant<ServerConfig | GrantStore | SecretKeys> = {
  grantType: "refresh_token",
  execute: Effect.fnUntraced(function* ({ client, parameters }) {
    const { lifetimes, refresh } = yield* ServerConfig
    const store = yield* GrantStore
    const keys = yield* SecretKeys
    const presented = yield* parseRefreshToken(parameters)
    const family = yield* findFamily(presented)
    yield* requireIssuedTo(client, family)
    const scope = yield* requireScopeWithin(family, parameters)

    const accessToken = yield* makeAccessToken(client, family.grant, scope)
    const next = RefreshToken.successor(keys.current, presented)
    const now = yield* Clock.currentTimeMillis
    const outcome = yield* store.rotate({
      family: family.id,
      presented: { hash: Secret.hash(presented.text), generation: presented.generation },
      next: { hash: Secret.hash(next.text), expiresAt: now + Duration.toMillis(lifetimes.refreshToken) },
      now,
      grace: { window: Duration.toMillis(refresh.grace), maximumReplays: refresh.maximumReplays },
      accessToken: accessToken.record
    })
    switch (outcome._tag) {
      case "Rotated":
        return yield* makeTokenResponse(family.grant, accessToken, next.text)
      case "GraceReplay": {
        // The first try may have been answered under another key.
        const child = keys.all
          .map((key) => RefreshToken.successor(key, presented))
          .find((child) => Secret.hash(child.text) === outcome.currentHash)
        return child === undefined
          ? yield* unknownToken
          : yield* makeTokenResponse(family.grant, accessToken, child.text)
      }
      case "GraceRefused":
        return yield* new InvalidGrant({ description: "The refresh token has been replaced" })
      case "Reused":
        yield* AuditLog.record({
          _tag: "RefreshTokenReused",
          clientId: client.clientId,
          grantId: outcome.grantId
        })
        return yield* new InvalidGrant({ description: "The refresh token has been replaced" })
      case "Expired":
        return yield* new InvalidGrant({ description: "The refresh token has expired" })
      case "Revoked":
        return yield* new InvalidGrant({ description: "The refresh token has been revoked" })
      case "Unknown":
        return yield* unknownToken
    }
  })
}

const unknownToken = new InvalidGrant({ description: "The refresh token is unknown" })

const parseRefreshToken = Effect.fnUntraced(function* (parameters: Parameters.Parameters) {
  const text = yield* Effect.fromResult(Parameters.requiredSecret(parameters, "refresh_token"))
  const keys = yield* SecretKeys
  const token = RefreshToken.parse(keys.all, text)
  return Option.isSome(token) ? token.value : yield* unknownToken
})

const findFamily = Effect.fnUntraced(function* (token: RefreshToken.RefreshToken) {
  const store = yield* GrantStore
  const family = yield* store.findRefreshFamily(token.family)
  return Option.isSome(family) ? family.value : yield* unknownToken
})

// RFC 6749 §6: "the refresh token is bound to the client to which it was issued"
const requireIssuedTo = (client: Client, family: RefreshFamilyRecord) =>
  family.grant.clientId === client.clientId
    ? Effect.void
    : Effect.fail(new InvalidGrant({ description: "The refresh token was issued to another client" }))

// RFC 6749 §6: "MUST NOT include any scope not originally granted by the resource
// owner, and if omitted is treated as equal to the scope originally granted"
const requireScopeWithin = Effect.fnUntraced(function* (
  family: RefreshFamilyRecord,
  parameters: Parameters.Parameters
) {
  const requested = parameters.get("scope")
  if (requested === undefined) return family.scope
  const scope = yield* Effect.fromResult(Scope.parse(requested))
  if (!Scope.isSubset(scope, family.scope)) {
    return yield* new InvalidScope({ description: "The scope is more than was granted" })
  }
  return scope
})
