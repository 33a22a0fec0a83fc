/**
 * The authorization code grant (RFC 6749 §4.1.3): a code that a resource owner's
 * approval gave to a client becomes tokens, once.
 *
 * Everything is checked before the code is redeemed, so that a wrong verifier
 * does not burn it; redeeming it and storing its tokens are one step, so that it
 * is never spent for nothing.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { Client } from "../protocol/Client.ts"
import { InvalidGrant, type InvalidRequest } from "../protocol/OAuthError.ts"
import * as Parameters from "../protocol/Parameters.ts"
import * as Pkce from "../protocol/Pkce.ts"
import * as AuditLog from "../services/AuditLog.ts"
import * as ProtocolExtensions from "../services/ProtocolExtensions.ts"
import type { SecretKeys } from "../services/SecretKeys.ts"
import type { ServerConfig } from "../services/ServerConfig.ts"
import { type CodeRecord, GrantStore } from "../storage/GrantStore.ts"
import type { Grant } from "./Grant.ts"
import { makeAccessToken, makeRefreshToken, makeTokenResponse } from "./IssueTokens.ts"

/**
 * @category grants
 * @since 0.1.0
 */
export const authorizationCode: Grant<ServerConfig | GrantStore | SecretKeys> = {
  grantType: "authorization_code",
  execute: Effect.fnUntraced(function* ({ client, parameters }) {
    const store = yield* GrantStore
    const hash = yield* Effect.fromResult(Parameters.requiredHash(parameters, "code"))
    const found = yield* store.findCode(hash)
    if (Option.isNone(found)) return yield* unknownCode
    const record = found.value
    yield* requireIssuedTo(client, record)
    yield* Effect.fromResult(requireSameRedirectUri(record, parameters))
    yield* Effect.fromResult(Pkce.verifyCodeVerifier(record.codeChallenge, parameters))

    const accessToken = yield* makeAccessToken(client, record.grant, record.grant.scope)
    const refreshToken = yield* makeRefreshToken(client, record.grant)
    const extensions = yield* ProtocolExtensions.tokenResponse({
      client,
      grant: record.grant,
      scope: record.grant.scope,
      accessToken: accessToken.token,
      from: "code"
    })
    const outcome = yield* store.redeemCode({
      hash,
      now: yield* Clock.currentTimeMillis,
      issue: { accessToken: accessToken.record, ...(refreshToken && { refreshFamily: refreshToken.record }) }
    })
    switch (outcome._tag) {
      case "Redeemed":
        return yield* makeTokenResponse(record.grant, accessToken, refreshToken?.token, extensions)
      case "Replayed":
        yield* AuditLog.record({ _tag: "CodeReplayed", clientId: client.clientId, grantId: outcome.grantId })
        return yield* new InvalidGrant({ description: "The code has been used" })
      case "Expired":
        return yield* new InvalidGrant({ description: "The code has expired" })
      case "Revoked":
        return yield* new InvalidGrant({ description: "The code has been revoked" })
      case "Unknown":
        return yield* unknownCode
    }
  })
}

const unknownCode = new InvalidGrant({ description: "The code is unknown" })

// RFC 6749 §4.1.3: "ensure that the authorization code was issued to the
// authenticated confidential client, or if the client is public, ensure that the
// code was issued to client_id in the request"
const requireIssuedTo = (client: Client, record: CodeRecord) =>
  record.grant.clientId === client.clientId
    ? Effect.void
    : Effect.fail(new InvalidGrant({ description: "The code was issued to another client" }))

// RFC 6749 §4.1.3: required if it was in the authorization request, and identical
const requireSameRedirectUri = (
  record: CodeRecord,
  parameters: Parameters.Parameters
): Result.Result<void, InvalidRequest | InvalidGrant> => {
  if (!record.redirectUriGiven && !parameters.has("redirect_uri")) return Result.void
  return Result.flatMap(Parameters.required(parameters, "redirect_uri"), (redirectUri) =>
    redirectUri === record.redirectUri ? Result.void : anotherRedirectUri
  )
}

const anotherRedirectUri = Result.fail(
  new InvalidGrant({ description: "The redirect_uri is not the one that the code was sent to" })
)
