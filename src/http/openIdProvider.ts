/**
 * OpenID Connect for `createAuthorizationServer`, for those who know no Effect.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as AuthorizationServer from "../endpoints/AuthorizationServer.ts"
import type * as Grants from "../grants/Grants.ts"
import * as BackChannelLogout from "../oidc/BackChannelLogout.ts"
import * as Logout from "../oidc/Logout.ts"
import * as OpenIdConnect from "../oidc/OpenIdConnect.ts"
import * as OpenIdProvider from "../oidc/OpenIdProvider.ts"
import type { Client } from "../protocol/Client.ts"
import * as ResponseTypes from "../response-types/ResponseTypes.ts"
import type { ConfigurationError } from "../services/ConfigurationError.ts"
import type { ResourceOwner } from "../services/ResourceOwner.ts"
import type { SecretKeys } from "../services/SecretKeys.ts"
import type * as ServerConfig from "../services/ServerConfig.ts"
import * as SigningKeys from "../services/SigningKeys.ts"
import type { AtomicRotation } from "../storage/GrantStore.ts"
import type { Storage } from "../storage/Storage.ts"
import type { StorageError } from "../storage/StorageError.ts"
import * as Extensions from "./Extensions.ts"
import * as InteractionPages from "./InteractionPages.ts"
import { jwks } from "./Jwks.ts"
import { backChannelLogout, logout } from "./Logout.ts"
import * as OAuthHandler from "./OAuthHandler.ts"
import { openIdConnect } from "./OpenIdConnect.ts"

/**
 * What a plain server is made of, by those who know what it offers.
 *
 * @category models
 * @since 0.1.0
 */
export interface Parts {
  readonly options: ServerConfig.Options
  readonly grants: readonly [
    typeof Grants.authorizationCode,
    typeof Grants.refreshToken,
    typeof Grants.clientCredentials
  ]
  readonly clients: ReadonlyArray<Client>
}

/**
 * What makes an OpenID provider of a plain server.
 *
 * @category models
 * @since 0.1.0
 */
export interface PlainOpenIdProvider {
  readonly serve: (
    parts: Parts
  ) => Layer.Layer<
    OAuthHandler.OAuthHandler,
    ConfigurationError | StorageError,
    ResourceOwner | Storage | AtomicRotation | SecretKeys
  >
}

/**
 * Makes the server an OpenID provider: with keys that it makes, keeps in its
 * storage and replaces in time (`/jwks`), ID tokens, userinfo, discovery, and
 * `/logout`, where people are asked whether to sign out. Clients that register a
 * `backchannel_logout_uri` are told, for as long as the server runs.
 *
 * It offers the scope `openid`; list `profile`, `email` and the like among the
 * scopes where `users.claims` knows what they stand for.
 *
 * Throws a `ConfigurationError` that names the option, if it is one that no server
 * could run with.
 *
 * @example
 * ```ts
 * import { createAuthorizationServer, memory, openIdProvider } from "effect-oauth/http"
 *
 * const ada = { subject: "1", username: "ada" }
 *
 * const auth = createAuthorizationServer({
 *   issuer: "https://auth.example.com",
 *   scopes: ["profile", "email", "offline_access"],
 *   clients: [{ client_id: "app", client_secret: "0123456789", redirect_uris: ["https://app.example.com/cb"] }],
 *   users: {
 *     authenticate: async (username, password) =>
 *       username === "ada" && password === "lovelace" ? ada : undefined,
 *     find: async (subject) => (subject === "1" ? ada : undefined),
 *     claims: async (subject) => (subject === "1" ? { name: "Ada Lovelace", email: "ada@example.com" } : undefined)
 *   },
 *   storage: memory(),
 *   openId: openIdProvider()
 * })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const openIdProvider = (
  options: Omit<OpenIdProvider.Options, "pairwise"> & {
    /**
     * Lets clients be registered with `subject_type: pairwise`. The salt has 32
     * characters at least, and stays the same for as long as the server has clients.
     */
    readonly pairwise?: { readonly salt: string }
  } = {}
): PlainOpenIdProvider => {
  const { pairwise, ...others } = options
  const settings: OpenIdProvider.Options = {
    ...others,
    ...(pairwise && { pairwise: { salt: Redacted.make(pairwise.salt, { label: "salt" }) } })
  }
  // A mistake in the options shows here, and not at the first request.
  Effect.runSync(OpenIdProvider.check(settings, keys))
  return {
    serve: ({ clients, grants, options }) =>
      OAuthHandler.layer.pipe(
        Layer.provide([
          Extensions.layer([jwks, openIdConnect, logout]),
          clients.some(({ backchannelLogoutUri }) => backchannelLogoutUri !== undefined)
            ? tellingClients
            : Layer.empty
        ]),
        Layer.provide(InteractionPages.layer),
        Layer.provide(
          AuthorizationServer.layer({
            ...options,
            scopes: ["openid", ...(options.scopes ?? [])],
            grants,
            responseTypes: [ResponseTypes.code, OpenIdConnect.idToken]
          })
        ),
        Layer.provide(Logout.layer.pipe(Layer.provideMerge(OpenIdConnect.layer(settings)))),
        Layer.provide(SigningKeys.layer({ ...keys, tokenLifetime: tokenLifetime(options) }))
      )
  }
}

const keys = { algorithms: ["RS256", "ES256"], tokenLifetime: Duration.days(1) } as const

// Keys are published for as long as a session goes on, whose ID tokens are good as hints.
const tokenLifetime = ({ lifetimes }: ServerConfig.Options): Duration.Duration =>
  Duration.max(keys.tokenLifetime, Duration.fromInputUnsafe(lifetimes?.session ?? 0))

const tellingClients = Extensions.layer([backChannelLogout]).pipe(
  Layer.provide(BackChannelLogout.layer()),
  Layer.provide(FetchHttpClient.layer)
)
