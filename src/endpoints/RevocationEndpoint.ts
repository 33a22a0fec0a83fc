/**
 * The revocation endpoint (RFC 7009): a client throws a token away.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { authenticateClient } from "../client-authentication/AuthenticateClient.ts"
import type { ClientAuthenticationMethods } from "../client-authentication/ClientAuthenticationMethod.ts"
import type { InvalidClient, InvalidRequest } from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"
import * as Parameters from "../protocol/Parameters.ts"
import * as AuditLog from "../services/AuditLog.ts"
import type { SecretKeys } from "../services/SecretKeys.ts"
import { traced } from "../services/Traced.ts"
import type { ClientStore } from "../storage/ClientStore.ts"
import { GrantStore, type RevokeTarget } from "../storage/GrantStore.ts"
import type { StorageError } from "../storage/StorageError.ts"
import { type FoundToken, findToken } from "./FindToken.ts"

/**
 * @category errors
 * @since 0.1.0
 */
export type RevocationError = InvalidRequest | InvalidClient | StorageError

/**
 * Revokes an access token, or a refresh token with everything under its grant
 * (RFC 7009 §2.1). A token that is unknown, or another client's, is left alone,
 * and the answer is the same (RFC 7009 §2.2).
 *
 * @category endpoints
 * @since 0.1.0
 */
export const handle: (
  request: OAuthRequest
) => Effect.Effect<
  void,
  RevocationError,
  ClientAuthenticationMethods | ClientStore | GrantStore | SecretKeys
> = Effect.fnUntraced(function* (request) {
  const token = yield* Effect.fromResult(Parameters.requiredSecret(request.parameters, "token"))
  const client = yield* authenticateClient(request)
  const found = yield* findToken(token)
  if (Option.isNone(found) || found.value.record.grant.clientId !== client.clientId) return
  const store = yield* GrantStore
  const outcome = yield* store.revoke(targetOf(found.value), yield* Clock.currentTimeMillis)
  if (outcome === "Revoked") {
    const grantId = found.value.record.grant.id
    yield* AuditLog.record({ _tag: "TokenRevoked", clientId: client.clientId, grantId })
  }
}, traced("RevocationEndpoint.handle"))

const targetOf = (found: FoundToken): RevokeTarget =>
  found._tag === "AccessToken"
    ? { _tag: "AccessToken", hash: found.record.hash }
    : { _tag: "RefreshFamily", id: found.record.id }
