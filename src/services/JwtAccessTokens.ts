/**
 * Access tokens that are JWTs (RFC 9068): a resource server verifies them by
 * itself, with the keys at `jwks_uri`. They are stored like others, by their
 * hashes, so that they can be introspected and revoked; a resource server that
 * does not ask learns of that when they expire.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Client } from "../protocol/Client.ts"
import type { Claims, SigningAlgorithm } from "../protocol/Jwt.ts"
import type { StorageError } from "../storage/StorageError.ts"
import { ConfigurationError } from "./ConfigurationError.ts"
import * as ProtocolExtensions from "./ProtocolExtensions.ts"
import { provideRequestContext } from "./RequestContext.ts"
import { ServerConfig, type Settings } from "./ServerConfig.ts"
import { SigningKeys } from "./SigningKeys.ts"
import { SubjectIdentifiers } from "./SubjectIdentifiers.ts"
import { type AccessTokenRequest, TokenFactory } from "./TokenFactory.ts"

/**
 * The `typ` of a JWT access token (RFC 9068 §2.1).
 *
 * @category constants
 * @since 0.1.0
 */
export const type = "at+jwt"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options<out R = never> {
  /** What to sign with. Default: the first algorithm of the keys. */
  readonly algorithm?: SigningAlgorithm
  /**
   * Further claims of the application's own, for example `roles` (RFC 9068
   * §2.2.3.1). They do not replace those that the server makes, and everybody who
   * gets the token reads them.
   */
  readonly claims?: (request: AccessTokenRequest) => Effect.Effect<Claims, StorageError, R>
}

/**
 * Makes JWT access tokens, in the place of opaque ones.
 *
 * Fails with a `ConfigurationError` if no key signs with the algorithm, or if
 * access tokens live longer than the keys that verify them are published.
 *
 * @example
 * ```ts
 * import { AuthorizationServer, Grants, JwtAccessTokens, SigningKeys, Storage } from "effect-oauth"
 * import { Extensions, jwks, OAuthRoutes } from "effect-oauth/http"
 * import { Effect, Layer } from "effect"
 *
 * const Tokens = JwtAccessTokens.layer({
 *   claims: ({ grant }) => Effect.succeed({ roles: grant.subject === "u-1" ? ["admin"] : [] })
 * })
 *
 * const Server = AuthorizationServer.layer({
 *   issuer: "https://auth.example.com",
 *   audience: "https://api.example.com",
 *   grants: [Grants.clientCredentials]
 * })
 *
 * const Routes = OAuthRoutes.layer.pipe(
 *   Layer.provide([Extensions.layer([jwks]), Tokens]),
 *   Layer.provide(SigningKeys.layer()),
 *   Layer.provide(Server),
 *   Layer.provide(Storage.layerMemory)
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <R = never>(
  options: Options<R> = {}
): Layer.Layer<never, ConfigurationError, SigningKeys | ServerConfig | R> =>
  Layer.effect(
    TokenFactory,
    Effect.gen(function* () {
      const config = yield* ServerConfig
      const keys = yield* SigningKeys
      const algorithm = options.algorithm ?? keys.algorithms[0]
      if (!keys.algorithms.includes(algorithm)) {
        return yield* refuse("algorithm", "is not one that the signing keys sign with")
      }
      if (Duration.isGreaterThan(config.lifetimes.accessToken, keys.tokenLifetime)) {
        return yield* refuse("lifetimes.accessToken", "is longer than tokenLifetime of the signing keys")
      }
      const provide = yield* provideRequestContext<R>()
      const { claims: own } = options
      const further = own === undefined ? noClaims : (request: AccessTokenRequest) => provide(own(request))
      return {
        accessToken: Effect.fnUntraced(function* (request) {
          const { subjectFor } = yield* SubjectIdentifiers
          const claims = {
            ...(yield* further(request)),
            ...(yield* ProtocolExtensions.accessTokenClaims(request.grant))
          }
          const jwt = yield* keys.sign({
            algorithm,
            type,
            claims: { ...claims, ...accessTokenClaims(config, request, subjectFor) }
          })
          return Redacted.make(jwt, { label: "access_token" })
        })
      }
    })
  )

const refuse = (setting: string, description: string) =>
  Effect.fail(new ConfigurationError({ setting, description }))

const noClaims = () => Effect.succeed<Claims>({})

const seconds = (millis: number) => Math.floor(millis / 1000)

// RFC 9068 §2.2
const accessTokenClaims = (
  config: Settings,
  request: AccessTokenRequest,
  subjectFor: (client: Client, subject: string) => string
): Claims => {
  const { client, expiresAt, grant, id, issuedAt, scope } = request
  return {
    iss: config.issuer,
    exp: seconds(expiresAt),
    aud: config.audience,
    // Without a resource owner the client acts for itself. It can read its token, and
    // learns no more of who the person is than it may (§6).
    sub: grant.subject === undefined ? client.clientId : subjectFor(client, grant.subject),
    client_id: client.clientId,
    iat: seconds(issuedAt),
    jti: id,
    // RFC 9068 §2.2.1
    ...(grant.authenticatedAt !== undefined && { auth_time: seconds(grant.authenticatedAt) }),
    // RFC 9068 §2.2.3
    ...(scope !== "" && { scope })
  }
}
