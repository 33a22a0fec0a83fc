/**
 * What a server says of itself as an OpenID provider (OpenID Connect Discovery §3),
 * computed from what is installed.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { url } from "../endpoints/Endpoints.ts"
import type { ServerMetadata } from "../protocol/ServerMetadata.ts"
import { ResourceOwner } from "../services/ResourceOwner.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { SigningKeys } from "../services/SigningKeys.ts"
import { Display, Prompt } from "./AuthenticationRequest.ts"
import { OpenIdProvider } from "./OpenIdProvider.ts"
import { claimsOfScope } from "./StandardClaims.ts"

/**
 * Where the endpoints are, below the issuer.
 *
 * @category constants
 * @since 0.1.0
 */
export const paths = {
  userinfo: "/userinfo",
  /** OpenID Connect Discovery §4: after the path of the issuer, where RFC 8414 §3.1 puts it before. */
  discovery: "/.well-known/openid-configuration"
} as const

/**
 * @category endpoints
 * @since 0.1.0
 */
export const providerMetadata: Effect.Effect<
  Partial<ServerMetadata>,
  never,
  OpenIdProvider | SigningKeys | ResourceOwner | ServerConfig
> = Effect.gen(function* () {
  const { issuer, scopes } = yield* ServerConfig
  const { acrValues, scopeClaims, subjectTypes } = yield* OpenIdProvider
  const { algorithms } = yield* SigningKeys
  const { claims } = yield* ResourceOwner
  const metadata: Partial<ServerMetadata> = {
    userinfo_endpoint: url(issuer, paths.userinfo),
    subject_types_supported: subjectTypes,
    id_token_signing_alg_values_supported: algorithms,
    userinfo_signing_alg_values_supported: algorithms,
    ...(acrValues.length > 0 && { acr_values_supported: acrValues }),
    display_values_supported: Display.literals,
    prompt_values_supported: Prompt.literals,
    claim_types_supported: ["normal"],
    claims_supported: [
      ...tokenClaims,
      ...(claims === undefined ? [] : new Set(claimsOfScope(scopeClaims, scopes)))
    ],
    claims_parameter_supported: true,
    // Both default to something else, or did (OpenID Connect Discovery §3).
    request_parameter_supported: false,
    request_uri_parameter_supported: false
  }
  return metadata
})

const tokenClaims = ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "sid"]
