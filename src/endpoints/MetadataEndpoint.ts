/**
 * Authorization server metadata (RFC 8414), computed from what is installed.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { ClientAuthenticationMethods } from "../client-authentication/ClientAuthenticationMethod.ts"
import { GrantTypes } from "../grants/Grant.ts"
import * as Scope from "../protocol/Scope.ts"
import type { ServerMetadata } from "../protocol/ServerMetadata.ts"
import { combinations, ResponseTypes } from "../response-types/ResponseType.ts"
import * as Contributions from "../services/Contributions.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { paths, url } from "./Endpoints.ts"

/**
 * What extensions of the server add to its metadata. Empty where there are none.
 *
 * @category references
 * @since 0.1.0
 */
export const additions: Contributions.Contributions<ReadonlyArray<Effect.Effect<Partial<ServerMetadata>>>> =
  Contributions.make("effect-oauth/endpoints/MetadataEndpoint/additions")

/**
 * @category endpoints
 * @since 0.1.0
 */
export const metadata: Effect.Effect<
  ServerMetadata,
  never,
  ServerConfig | GrantTypes | ResponseTypes | ClientAuthenticationMethods
> = Effect.gen(function* () {
  const { issuer, pkce, scopes } = yield* ServerConfig
  const grantTypes = yield* GrantTypes
  const responseTypes = yield* ResponseTypes
  const methods = (yield* ClientAuthenticationMethods).map((method) => method.name)
  const authorizes = responseTypes.length > 0
  const server: ServerMetadata = {
    issuer,
    ...(authorizes && { authorization_endpoint: url(issuer, paths.authorization) }),
    token_endpoint: url(issuer, paths.token),
    scopes_supported: Scope.tokens(scopes),
    response_types_supported: combinations(responseTypes),
    response_modes_supported: authorizes ? ["query", "fragment", "form_post"] : [],
    grant_types_supported: Array.from(
      new Set([...grantTypes.keys(), ...responseTypes.flatMap(({ grantType }) => grantType ?? [])])
    ),
    token_endpoint_auth_methods_supported: methods,
    revocation_endpoint: url(issuer, paths.revocation),
    revocation_endpoint_auth_methods_supported: methods,
    introspection_endpoint: url(issuer, paths.introspection),
    introspection_endpoint_auth_methods_supported: methods.filter((method) => method !== "none"),
    code_challenge_methods_supported: pkce.methods,
    authorization_response_iss_parameter_supported: true
  }
  const added = yield* Effect.all((yield* additions.all).flat())
  return Object.assign(server, ...added)
})
