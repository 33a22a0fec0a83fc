/**
 * Making tokens: what a client receives, and the record of it that goes into the
 * store.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { AuthenticatedClient } from "../client-authentication/AuthenticateClient.ts"
import * as Client from "../protocol/Client.ts"
import * as Scope from "../protocol/Scope.ts"
import * as Secret from "../protocol/Secret.ts"
import type { TokenResponse } from "../protocol/TokenResponse.ts"
import * as AuditLog from "../services/AuditLog.ts"
import { Entropy, identifier, secret } from "../services/Entropy.ts"
import type * as ProtocolExtensions from "../services/ProtocolExtensions.ts"
import { SecretKeys } from "../services/SecretKeys.ts"
import { ServerConfig, type Settings } from "../services/ServerConfig.ts"
import { TokenFactory } from "../services/TokenFactory.ts"
import {
  type AccessToken,
  FamilyId,
  type Grant,
  GrantId,
  GrantStore,
  type RefreshFamily
} from "../storage/GrantStore.ts"
import type { StorageError } from "../storage/StorageError.ts"
import * as RefreshToken from "./RefreshToken.ts"

/**
 * A token and its record.
 *
 * @category models
 * @since 0.1.0
 */
export interface Made<Record> {
  readonly token: Redacted.Redacted<string>
  readonly record: Record
}

/**
 * A new grant. Without a subject the client acts for itself.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeGrant = (options: {
  readonly client: Client.Client
  readonly subject?: string | undefined
  readonly username?: string | undefined
  readonly scope: Scope.Scope
  readonly authenticatedAt?: number | undefined
  readonly extensions?: Readonly<Record<string, string>> | undefined
}): Effect.Effect<Grant> =>
  Effect.withFiberSucceed((fiber) => ({
    id: GrantId(identifier(fiber.getRef(Entropy))),
    clientId: options.client.clientId,
    subject: options.subject,
    username: options.username,
    scope: options.scope,
    createdAt: fiber.getRef(Clock.Clock).currentTimeMillisUnsafe(),
    authenticatedAt: options.authenticatedAt,
    ...(options.extensions && { extensions: options.extensions })
  }))

/**
 * A new access token under a grant.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeAccessToken = (
  client: Client.Client,
  grant: Grant,
  scope: Scope.Scope
): Effect.Effect<Made<AccessToken>, StorageError, ServerConfig> =>
  Effect.contextWith((context: Context.Context<ServerConfig>) => {
    const { lifetimes } = Context.get(context, ServerConfig)
    const id = identifier(Context.get(context, Entropy))
    const issuedAt = Context.get(context, Clock.Clock).currentTimeMillisUnsafe()
    const expiresAt = issuedAt + Duration.toMillis(lifetimes.accessToken)
    return Effect.map(
      Context.get(context, TokenFactory).accessToken({ id, client, grant, scope, issuedAt, expiresAt }),
      (token) => ({ token, record: { hash: Secret.hash(token), id, scope, issuedAt, expiresAt } })
    )
  })

/**
 * The first refresh token of a new family under a grant; none if the server has
 * no refresh token grant, or the client may not use it. A server that offers the
 * scope `offline_access` leaves it to the person: an OpenID request without it gets
 * none (OpenID Connect Core §11).
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeRefreshToken = (
  client: Client.Client,
  grant: Grant
): Effect.Effect<Made<RefreshFamily> | undefined, never, ServerConfig | SecretKeys> =>
  Effect.contextWith((context: Context.Context<ServerConfig | SecretKeys>) => {
    const config = Context.get(context, ServerConfig)
    if (!mayRefresh(config, client, grant.scope)) return Effect.succeed(undefined)
    const { current } = Context.get(context, SecretKeys)
    const entropy = Context.get(context, Entropy)
    const issuedAt = Context.get(context, Clock.Clock).currentTimeMillisUnsafe()
    const refreshToken = RefreshToken.first(current, FamilyId(identifier(entropy)), secret(entropy))
    return Effect.succeed({
      token: refreshToken.text,
      record: {
        id: refreshToken.family,
        scope: grant.scope,
        generation: refreshToken.generation,
        currentHash: refreshToken.hash,
        issuedAt,
        expiresAt: issuedAt + Duration.toMillis(config.lifetimes.refreshToken)
      }
    })
  })

/**
 * Whether a client gets a refresh token together with an access token of this scope.
 *
 * @category predicates
 * @since 0.1.0
 */
export const mayRefresh = (config: Settings, client: Client.Client, scope: Scope.Scope): boolean =>
  config.grantTypes.includes("refresh_token") &&
  !(config.confidentialGrantTypes.includes("refresh_token") && Client.isPublic(client)) &&
  client.grantTypes.includes("refresh_token") &&
  (!Scope.has(config.scopes, "offline_access") ||
    !Scope.has(scope, "openid") ||
    Scope.has(scope, "offline_access"))

/**
 * The response for tokens that have been stored.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeTokenResponse = (
  grant: Grant,
  accessToken: Made<AccessToken>,
  refreshToken?: Redacted.Redacted<string>,
  extensions?: ProtocolExtensions.Members
): Effect.Effect<TokenResponse> =>
  Effect.as(
    AuditLog.record({
      _tag: "TokensIssued",
      clientId: grant.clientId,
      grantId: grant.id,
      subject: grant.subject,
      scope: accessToken.record.scope
    }),
    {
      accessToken: accessToken.token,
      tokenType: "Bearer",
      expiresIn: Duration.millis(accessToken.record.expiresAt - accessToken.record.issuedAt),
      scope: accessToken.record.scope,
      ...(refreshToken && { refreshToken }),
      ...(extensions && { extensions })
    }
  )

/**
 * Stores a new grant of a resource owner with an access token and, where server
 * and client use them, a refresh token. For a grant type of one's own.
 *
 * Fails with `StorageError`.
 *
 * @category steps
 * @since 0.1.0
 */
export const issueTokens = Effect.fnUntraced(function* (options: {
  readonly client: AuthenticatedClient
  readonly subject: string
  readonly username?: string | undefined
  readonly scope: Scope.Scope
  /** When the resource owner proved who they are, in milliseconds since the epoch. Default: now. */
  readonly authenticatedAt?: number
}) {
  const store = yield* GrantStore
  const grant = yield* makeGrant({
    ...options,
    authenticatedAt: options.authenticatedAt ?? (yield* Clock.currentTimeMillis)
  })
  const accessToken = yield* makeAccessToken(options.client, grant, options.scope)
  const refreshToken = yield* makeRefreshToken(options.client, grant)
  yield* store.authorize(grant, {
    accessToken: accessToken.record,
    ...(refreshToken && { refreshFamily: refreshToken.record })
  })
  return yield* makeTokenResponse(grant, accessToken, refreshToken?.token)
})

/**
 * Stores a new grant of the client itself with an access token, and no refresh
 * token (RFC 6749 §4.4.3).
 *
 * Fails with `StorageError`.
 *
 * @category steps
 * @since 0.1.0
 */
export const issueClientTokens = Effect.fnUntraced(function* (options: {
  readonly client: AuthenticatedClient
  readonly scope: Scope.Scope
}) {
  const store = yield* GrantStore
  const grant = yield* makeGrant(options)
  const accessToken = yield* makeAccessToken(options.client, grant, options.scope)
  yield* store.authorize(grant, { accessToken: accessToken.record })
  return yield* makeTokenResponse(grant, accessToken)
})
