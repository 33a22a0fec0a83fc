/**
 * Introspection whose answer is signed (RFC 9701): a resource server can prove
 * later what it was told.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Client } from "../protocol/Client.ts"
import type { SigningAlgorithm } from "../protocol/Jwt.ts"
import { ServerError } from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { SigningKeys } from "../services/SigningKeys.ts"
import { traced } from "../services/Traced.ts"
import * as IntrospectionEndpoint from "./IntrospectionEndpoint.ts"

/**
 * The `typ` of the JWT, and in its media type (RFC 9701 §5).
 *
 * @category constants
 * @since 0.1.0
 */
export const type = "token-introspection+jwt"

/**
 * The introspection response as a JWT for the caller. Fails like
 * `IntrospectionEndpoint.handle`, and with `ServerError` if the caller is
 * registered for an algorithm that no key signs with.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const handle: (
  request: OAuthRequest
) => Effect.Effect<
  string,
  IntrospectionEndpoint.IntrospectionError | ServerError,
  IntrospectionEndpoint.Requirements | SigningKeys
> = Effect.fnUntraced(function* (request) {
  const { issuer } = yield* ServerConfig
  const keys = yield* SigningKeys
  const { caller, response } = yield* IntrospectionEndpoint.introspect(request)
  const algorithm = yield* requireAlgorithm(caller, keys.algorithms)
  const now = yield* Clock.currentTimeMillis
  // RFC 9701 §5: no `sub` and no `exp`, so that nobody takes it for an access token
  return yield* keys.sign({
    algorithm,
    type,
    claims: {
      iss: issuer,
      aud: caller.clientId,
      iat: Math.floor(now / 1000),
      token_introspection: { ...response }
    }
  })
}, traced("JwtIntrospectionEndpoint.handle"))

// RFC 9701 §6: RS256 is the default. Where no key signs with it, the server's own default is.
const requireAlgorithm = (caller: Client, installed: SigningKeys["Service"]["algorithms"]) => {
  const registered = caller.introspectionSignedResponseAlg
  const algorithm: SigningAlgorithm = registered ?? (installed.includes("RS256") ? "RS256" : installed[0])
  return installed.includes(algorithm)
    ? Effect.succeed(algorithm)
    : Effect.fail(
        new ServerError({
          description: `The client is registered for ${algorithm}, which no key of the server signs with`
        })
      )
}
