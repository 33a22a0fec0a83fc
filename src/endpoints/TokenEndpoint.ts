/**
 * The token endpoint (RFC 6749 §3.2): a client's credentials and a grant become
 * an access token.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { authenticateClient } from "../client-authentication/AuthenticateClient.ts"
import type { ClientAuthenticationMethods } from "../client-authentication/ClientAuthenticationMethod.ts"
import { type Grant, type GrantError, GrantTypes } from "../grants/Grant.ts"
import * as Client from "../protocol/Client.ts"
import { type InvalidClient, UnauthorizedClient, UnsupportedGrantType } from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"
import * as Parameters from "../protocol/Parameters.ts"
import type { TokenResponse } from "../protocol/TokenResponse.ts"
import { traced } from "../services/Traced.ts"
import type { ClientStore } from "../storage/ClientStore.ts"

/**
 * The ways in which the token endpoint may refuse (RFC 6749 §5.2).
 *
 * @category errors
 * @since 0.1.0
 */
export type TokenError = GrantError | InvalidClient | UnsupportedGrantType

/**
 * @category endpoints
 * @since 0.1.0
 */
export const handle: (
  request: OAuthRequest
) => Effect.Effect<TokenResponse, TokenError, GrantTypes | ClientAuthenticationMethods | ClientStore> =
  Effect.fnUntraced(function* (request) {
    const { parameters } = request
    const grantType = yield* Effect.fromResult(Parameters.required(parameters, "grant_type"))
    const client = yield* authenticateClient(request)
    const grant = yield* requireInstalledGrantType(yield* GrantTypes, grantType)
    yield* requireAllowedGrantType(client, grant)
    return yield* grant.execute({ client, parameters, remoteAddress: request.remoteAddress })
  }, traced("TokenEndpoint.handle"))

const requireInstalledGrantType = (installed: GrantTypes["Service"], grantType: string) => {
  const grant = installed.get(grantType)
  return grant === undefined
    ? Effect.fail(new UnsupportedGrantType({ description: "The grant type is not supported" }))
    : Effect.succeed(grant)
}

const requireAllowedGrantType = (client: Client.Client, { confidentialOnly, grantType }: Grant) =>
  client.grantTypes.includes(grantType) && !(confidentialOnly === true && Client.isPublic(client))
    ? Effect.void
    : Effect.fail(new UnauthorizedClient({ description: "The client may not use this grant type" }))
