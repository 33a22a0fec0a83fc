/**
 * The userinfo endpoint (OpenID Connect Core §5.3): what an access token lets its
 * client know of the person who granted it.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { Client } from "../protocol/Client.ts"
import type { Claims } from "../protocol/Jwt.ts"
import {
  InsufficientScope,
  InvalidToken,
  type InvalidTokenRequest,
  type MissingToken
} from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"
import * as Scope from "../protocol/Scope.ts"
import * as Secret from "../protocol/Secret.ts"
import type { ResourceOwner } from "../services/ResourceOwner.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { SigningKeys } from "../services/SigningKeys.ts"
import { ClientStore } from "../storage/ClientStore.ts"
import { type AccessTokenRecord, GrantStore } from "../storage/GrantStore.ts"
import type { StorageError } from "../storage/StorageError.ts"
import * as Authentication from "./Authentication.ts"
import { bearerToken } from "./BearerToken.ts"
import { OpenIdProvider } from "./OpenIdProvider.ts"
import { personClaims, requestsOfScope } from "./PersonClaims.ts"

/**
 * Claims, or a JWT of them for a client that registered for one
 * (`userinfo_signed_response_alg`).
 *
 * @category models
 * @since 0.1.0
 */
export type UserInfo =
  | { readonly _tag: "Claims"; readonly claims: Claims }
  | { readonly _tag: "Signed"; readonly jwt: string }

/**
 * @category errors
 * @since 0.1.0
 */
export type UserInfoError =
  | MissingToken
  | InvalidTokenRequest
  | InvalidToken
  | InsufficientScope
  | StorageError

/**
 * Answers with `sub` and the claims that the scope stands for or the client asked
 * for one by one, as far as the application knows them.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const handle: (
  request: OAuthRequest
) => Effect.Effect<
  UserInfo,
  UserInfoError,
  OpenIdProvider | SigningKeys | ResourceOwner | ServerConfig | ClientStore | GrantStore
> = Effect.fn("UserInfoEndpoint.handle")(function* (request) {
  const token = yield* Effect.fromResult(bearerToken(request))
  const record = yield* requireActiveToken(token)
  const client = yield* requireRegisteredClient(record)
  const subject = yield* requireOpenidScope(record)
  const claims = yield* claimsFor(client, subject, record)
  return yield* sign(client, claims)
})

const requireActiveToken = Effect.fnUntraced(function* (token: Redacted.Redacted<string>) {
  const store = yield* GrantStore
  const record = Option.getOrUndefined(yield* store.findAccessToken(Secret.hash(token)))
  const now = yield* Clock.currentTimeMillis
  if (record === undefined) return yield* invalid("The access token is unknown")
  if (record.revokedAt !== undefined || record.grant.revokedAt !== undefined) {
    return yield* invalid("The access token has been revoked")
  }
  if (record.expiresAt <= now) return yield* invalid("The access token has expired")
  return record
})

const requireRegisteredClient = Effect.fnUntraced(function* ({ grant }: AccessTokenRecord) {
  const clients = yield* ClientStore
  const client = Option.getOrUndefined(yield* clients.find(grant.clientId))
  return client ?? (yield* invalid("The client of the access token is not registered any more"))
})

// OpenID Connect Core §5.3: the access token comes from an authentication request
const requireOpenidScope = ({ grant, scope }: AccessTokenRecord) =>
  grant.subject !== undefined && Scope.has(scope, "openid")
    ? Effect.succeed(grant.subject)
    : Effect.fail(
        new InsufficientScope({ description: "The access token has not the scope openid", scope: "openid" })
      )

const claimsFor = Effect.fnUntraced(function* (
  client: Client,
  subject: string,
  { grant, scope }: AccessTokenRecord
) {
  const { scopeClaims, subjects } = yield* OpenIdProvider
  const authentication = yield* Authentication.of(grant)
  const person = yield* personClaims(
    subject,
    { ...requestsOfScope(scopeClaims, scope), ...authentication?.claims?.userinfo },
    authentication?.claimsLocales ?? []
  )
  if (Option.isNone(person)) return yield* invalid("The person is not known any more")
  const claims: Claims = { ...person.value, sub: subjects.subjectFor(client, subject) }
  return claims
})

// OpenID Connect Core §5.3.2: a signed answer has iss and aud
const sign = Effect.fnUntraced(function* (client: Client, claims: Claims) {
  const registered = client.userinfoSignedResponseAlg
  const { issuer } = yield* ServerConfig
  const keys = yield* SigningKeys
  const algorithm = keys.algorithms.find((algorithm) => algorithm === registered)
  const response: UserInfo =
    algorithm === undefined
      ? { _tag: "Claims", claims }
      : {
          _tag: "Signed",
          jwt: yield* keys.sign({
            algorithm,
            type: "JWT",
            claims: { ...claims, iss: issuer, aud: client.clientId }
          })
        }
  return response
})

const invalid = (description: string) => Effect.fail(new InvalidToken({ description }))
