/**
 * The refresh token of a token request, held against what it was issued for
 * (RFC 6749 §6): checks that change nothing.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Client } from "../protocol/Client.ts"
import { InvalidGrant, InvalidScope } from "../protocol/OAuthError.ts"
import * as Parameters from "../protocol/Parameters.ts"
import * as Scope from "../protocol/Scope.ts"
import * as AuditLog from "../services/AuditLog.ts"
import { SecretKeys } from "../services/SecretKeys.ts"
import { GrantStore, type RefreshFamilyRecord, type RotateOutcome } from "../storage/GrantStore.ts"
import * as RefreshToken from "./RefreshToken.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface PresentedRefreshToken {
  readonly token: RefreshToken.RefreshToken
  readonly family: RefreshFamilyRecord
  /** The scope that is asked for: the family's, or less. */
  readonly scope: Scope.Scope
}

/**
 * The token that a request presents.
 *
 * Fails with `InvalidRequest` if there is none, `InvalidGrant` if it is unknown
 * or another client's, `InvalidScope` if it asks for more than was granted.
 *
 * @category steps
 * @since 0.1.0
 */
export const presentedRefreshToken = Effect.fnUntraced(function* (
  client: Client,
  parameters: Parameters.Parameters
) {
  const token = yield* parseRefreshToken(parameters)
  const family = yield* findFamily(token)
  yield* requireIssuedTo(client, family)
  const scope = yield* requireScopeWithin(family, parameters)
  const presented: PresentedRefreshToken = { token, family, scope }
  return presented
})

/**
 * What a client is told whose token was not honoured.
 *
 * Always fails, with `InvalidGrant`.
 *
 * @category steps
 * @since 0.1.0
 */
export const refuseRefreshToken = Effect.fnUntraced(function* (
  client: Client,
  outcome: Exclude<RotateOutcome, { readonly _tag: "Rotated" | "GraceReplay" }>
) {
  switch (outcome._tag) {
    case "Reused":
      yield* AuditLog.record({
        _tag: "RefreshTokenReused",
        clientId: client.clientId,
        grantId: outcome.grantId
      })
      return yield* replaced
    case "GraceRefused":
      return yield* replaced
    case "Expired":
      return yield* new InvalidGrant({ description: "The refresh token has expired" })
    case "Revoked":
      return yield* new InvalidGrant({ description: "The refresh token has been revoked" })
    case "Unknown":
      return yield* unknownToken
  }
})

/**
 * @category errors
 * @since 0.1.0
 */
export const unknownToken = new InvalidGrant({ description: "The refresh token is unknown" })

const replaced = new InvalidGrant({ description: "The refresh token has been replaced" })

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
