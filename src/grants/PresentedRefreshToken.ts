/**
 * The refresh token of a token request, held against what it was issued for
 * (RFC 6749 §6): checks that change nothing.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
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
  const text = yield* Effect.fromResult(Parameters.required(parameters, "refresh_token"))
  const token = RefreshToken.parse((yield* SecretKeys).all, text)
  if (Option.isNone(token)) return yield* unknownToken
  const store = yield* GrantStore
  const family = yield* store.findRefreshFamily(token.value.family)
  if (Option.isNone(family)) return yield* unknownToken
  yield* requireIssuedTo(client, family.value)
  const scope = yield* Effect.fromResult(requireScopeWithin(family.value, parameters))
  const presented: PresentedRefreshToken = { token: token.value, family: family.value, scope }
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

// RFC 6749 §6: "the refresh token is bound to the client to which it was issued"
const requireIssuedTo = (client: Client, family: RefreshFamilyRecord) =>
  family.grant.clientId === client.clientId
    ? Effect.void
    : Effect.fail(new InvalidGrant({ description: "The refresh token was issued to another client" }))

// RFC 6749 §6: "MUST NOT include any scope not originally granted by the resource
// owner, and if omitted is treated as equal to the scope originally granted"
const requireScopeWithin = (
  family: RefreshFamilyRecord,
  parameters: Parameters.Parameters
): Result.Result<Scope.Scope, InvalidScope> => {
  const requested = parameters.get("scope")
  if (requested === undefined) return Result.succeed(family.scope)
  return Result.flatMap(Scope.parse(requested), (scope) =>
    Scope.isSubset(scope, family.scope) ? Result.succeed(scope) : moreThanGranted
  )
}

const moreThanGranted = Result.fail(new InvalidScope({ description: "The scope is more than was granted" }))
