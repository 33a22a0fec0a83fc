/**
 * OpenID Connect (OpenID Connect Core 1.0): clients learn who has signed in, and
 * from ID tokens rather than by trusting whoever holds an access token.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ConfigurationError } from "../services/ConfigurationError.ts"
import { ProtocolExtensions } from "../services/ProtocolExtensions.ts"
import type { ResourceOwner } from "../services/ResourceOwner.ts"
import type { SigningKeys } from "../services/SigningKeys.ts"
import { SubjectIdentifiers } from "../services/SubjectIdentifiers.ts"
import * as OpenIdExtension from "./OpenIdExtension.ts"
import * as OpenIdProvider from "./OpenIdProvider.ts"

export { idToken } from "./IdTokenResponseType.ts"

/**
 * Makes an authorization server an OpenID provider. Requests with the scope
 * `openid` are authentication requests from then on; all others stay what they
 * were.
 *
 * It is provided to the server and to what answers requests alike, in one step
 * after both. The userinfo endpoint and the discovery document are the extension
 * `openIdConnect` of `effect-oauth/http`.
 *
 * Fails with a `ConfigurationError` if the keys have no `RS256`, which every OpenID
 * provider has to have (OpenID Connect Core §15.1), or an option is one that no
 * server could run with.
 *
 * @example
 * ```ts
 * import { AuthorizationServer, Grants, OpenIdConnect, ResponseTypes, SigningKeys, Storage } from "effect-oauth"
 * import { Extensions, jwks, OAuthRoutes, openIdConnect } from "effect-oauth/http"
 * import { Layer } from "effect"
 *
 * const Server = AuthorizationServer.layer({
 *   issuer: "https://auth.example.com",
 *   scopes: ["openid", "profile", "email", "offline_access"],
 *   grants: [Grants.authorizationCode, Grants.refreshToken],
 *   responseTypes: [ResponseTypes.code, OpenIdConnect.idToken]
 * })
 *
 * // What is left to provide is a ResourceOwner, and the router.
 * const Routes = OAuthRoutes.layer.pipe(
 *   Layer.provide(Extensions.layer([jwks, openIdConnect])),
 *   Layer.provide(Server),
 *   Layer.provide(OpenIdConnect.layer()),
 *   Layer.provide(SigningKeys.layer({ algorithms: ["RS256", "ES256"] })),
 *   Layer.provide(Storage.layerMemory)
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: OpenIdProvider.Options = {}
): Layer.Layer<OpenIdProvider.OpenIdProvider, ConfigurationError, SigningKeys | ResourceOwner> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const provider = yield* OpenIdProvider.make(options)
      const extension = yield* Effect.provideService(
        OpenIdExtension.make,
        OpenIdProvider.OpenIdProvider,
        provider
      )
      return Context.make(OpenIdProvider.OpenIdProvider, provider).pipe(
        Context.add(ProtocolExtensions, [...(yield* ProtocolExtensions), extension]),
        Context.add(SubjectIdentifiers, provider.subjects)
      )
    })
  )
