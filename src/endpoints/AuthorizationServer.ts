/**
 * An authorization server: its settings, and the grant types, response types and
 * client authentication methods that it has installed.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ClientAuthentication from "../client-authentication/ClientAuthenticationMethod.ts"
import { clientSecretBasic } from "../client-authentication/ClientSecretBasic.ts"
import { clientSecretPost } from "../client-authentication/ClientSecretPost.ts"
import { none } from "../client-authentication/None.ts"
import * as Grant from "../grants/Grant.ts"
import * as ResponseType from "../response-types/ResponseType.ts"
import * as ResponseTypes from "../response-types/ResponseTypes.ts"
import type { ConfigurationError } from "../services/ConfigurationError.ts"
import * as ProtocolExtensions from "../services/ProtocolExtensions.ts"
import * as ServerConfig from "../services/ServerConfig.ts"
import { SubjectIdentifiers } from "../services/SubjectIdentifiers.ts"

/**
 * What an authorization server provides to its endpoints.
 *
 * @category models
 * @since 0.1.0
 */
export type AuthorizationServer =
  | ServerConfig.ServerConfig
  | Grant.GrantTypes
  | ResponseType.ResponseTypes
  | ClientAuthentication.ClientAuthenticationMethods

type Grants = ReadonlyArray<Grant.Grant<unknown>>
type Types = ReadonlyArray<ResponseType.ResponseType<unknown>>
type Methods = ReadonlyArray<ClientAuthentication.ClientAuthenticationMethod<unknown>>

const defaultResponseTypes = [ResponseTypes.code] as const
const defaultMethods = [clientSecretBasic, clientSecretPost, none] as const

// What extends the server extends whoever uses it.
const extensions = Layer.mergeAll(
  Layer.effect(
    ProtocolExtensions.ProtocolExtensions,
    Effect.gen(function* () {
      yield* ProtocolExtensions.check(yield* ServerConfig.ServerConfig)
      return yield* ProtocolExtensions.ProtocolExtensions
    })
  ),
  Layer.effect(SubjectIdentifiers, SubjectIdentifiers)
)

/**
 * The server as a Layer. It requires what the installed values require: with
 * `Legacy.password` among the grants a `ResourceOwner`, and without it none.
 *
 * Response types default to `code` where the authorization code grant is
 * installed, and to none where it is not; client authentication to
 * `client_secret_basic`, `client_secret_post` and `none`. A setting that no
 * server could run with is a `ConfigurationError` that names it.
 *
 * @example
 * ```ts
 * import { AuthorizationServer, Grants } from "effect-oauth"
 *
 * const Server = AuthorizationServer.layer({
 *   issuer: "https://auth.example.com",
 *   scopes: ["read", "write"],
 *   grants: [Grants.authorizationCode, Grants.refreshToken, Grants.clientCredentials]
 * })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <
  const G extends Grants,
  const T extends Types = typeof defaultResponseTypes,
  const M extends Methods = typeof defaultMethods
>(
  options: ServerConfig.Options & {
    readonly grants: G & ReadonlyArray<Grant.Grant<Grant.Services<G>>>
    readonly responseTypes?: T & ReadonlyArray<ResponseType.ResponseType<ResponseType.Services<T>>>
    readonly clientAuthentication?: M &
      ReadonlyArray<ClientAuthentication.ClientAuthenticationMethod<ClientAuthentication.Services<M>>>
  }
): Layer.Layer<
  AuthorizationServer,
  ConfigurationError,
  Exclude<
    Grant.Services<G> | ResponseType.Services<T> | ClientAuthentication.Services<M>,
    ServerConfig.ServerConfig
  >
> => {
  const grantTypes = options.grants.map((grant) => grant.grantType)
  const confidential = options.grants.filter((grant) => grant.confidentialOnly === true)
  return Layer.mergeAll(
    Grant.layer(options.grants),
    options.responseTypes === undefined
      ? ResponseType.layer(grantTypes.includes("authorization_code") ? defaultResponseTypes : [])
      : ResponseType.layer(options.responseTypes),
    options.clientAuthentication === undefined
      ? ClientAuthentication.layer(defaultMethods)
      : ClientAuthentication.layer(options.clientAuthentication),
    extensions
  ).pipe(
    Layer.provideMerge(
      ServerConfig.layer(
        options,
        grantTypes,
        confidential.map((grant) => grant.grantType)
      )
    )
  )
}
