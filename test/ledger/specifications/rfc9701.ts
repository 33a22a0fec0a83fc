import {
  extension,
  met,
  notApplicable,
  operator,
  relaxed,
  resourceServer,
  row,
  type Specification,
  unmet
} from "../Ledger.ts"

const tls = relaxed("`allowHttp`, or an issuer on loopback", "http/Transport.ts#isSecureEnough")

const rfc9701: Specification = {
  key: "rfc9701",
  name: "RFC 9701",
  title: "JWT Response for OAuth Token Introspection",
  url: "https://www.rfc-editor.org/rfc/rfc9701",
  requirements: [
    row(
      "3-a",
      "the authorization server MUST be able to identify, authenticate, and authorize resource servers",
      met([
        "client-authentication/AuthenticateClient.ts#authenticateClient",
        "endpoints/IntrospectionEndpoint.ts#requireConfidentialClient",
        "endpoints/IntrospectionEndpoint.ts#mayIntrospect"
      ])
    ),
    row(
      "3-b",
      "The AS MUST be able to determine whether an RS is the audience for a particular access token and what data it is entitled to receive",
      met(
        "endpoints/IntrospectionEndpoint.ts#mayIntrospect",
        "`introspect_any_token`; without it a caller sees its own tokens only"
      )
    ),
    row(
      "3-c",
      "The AS MUST restrict the use of client credentials by an RS to the calls it requires",
      operator("register a resource server without grant types and response types")
    ),
    row(
      "4-a",
      "The AS MUST authenticate the caller at the token introspection endpoint.",
      met("client-authentication/AuthenticateClient.ts#authenticateClient")
    ),
    row(
      "5-a",
      "The JWT MUST include the following top-level claims",
      met("endpoints/JwtIntrospectionEndpoint.ts#handle")
    ),
    row(
      "5-b",
      "iss MUST be set to the issuer URL of the authorization server.",
      met("endpoints/JwtIntrospectionEndpoint.ts#handle")
    ),
    row(
      "5-c",
      "aud MUST identify the resource server receiving the token introspection response.",
      met("endpoints/JwtIntrospectionEndpoint.ts#handle")
    ),
    row(
      "5-d",
      "iat MUST be set to the time when the introspection response was created by the authorization server",
      met("endpoints/JwtIntrospectionEndpoint.ts#handle")
    ),
    row(
      "5-e",
      "If the access token is invalid, expired, revoked, or not intended for the calling resource server (audience), the authorization server MUST set the value of the active member in the token_introspection claim to false",
      met("endpoints/IntrospectionEndpoint.ts#introspect")
    ),
    row("5-f", "MUST NOT include other members", met("endpoints/IntrospectionEndpoint.ts#introspect")),
    row(
      "5-g",
      "The AS SHOULD narrow down the scope value to the scopes relevant to the particular RS.",
      unmet("all of a token's scope is told: which scopes are of a resource server the server does not know")
    ),
    row(
      "5-h",
      "Token introspection response parameter names intended to be used across domains MUST be registered",
      extension
    ),
    row(
      "5-i",
      "The AS MUST ensure the release of any privacy-sensitive data is legally based",
      operator("on what grounds a resource server may know of a person is for you to see to")
    ),
    row(
      "5-j",
      "The JWT SHOULD NOT include the sub and exp claims",
      met("endpoints/JwtIntrospectionEndpoint.ts#handle")
    ),
    row(
      "5-k",
      "If the JWT is signed and encrypted, it MUST be a Nested JWT",
      notApplicable("nothing is encrypted for a client")
    ),
    row(
      "5-l",
      "An AS compliant with this specification MUST refuse to serve introspection requests that don't authenticate the caller",
      met([
        "client-authentication/AuthenticateClient.ts#authenticateClient",
        "endpoints/IntrospectionEndpoint.ts#requireConfidentialClient"
      ])
    ),
    row(
      "5-m",
      "[MUST] return an HTTP status code 400",
      met(
        "http/JwtIntrospection.ts#unauthenticated",
        "credentials that are wrong are a 401 here too (RFC 7662 §2.3, RFC 6749 §5.2)"
      )
    ),
    row(
      "6-a",
      "[introspection_encrypted_response_enc] MUST NOT be specified without setting introspection_encrypted_response_alg.",
      notApplicable("nothing is encrypted for a client")
    ),
    row(
      "7-a",
      "Authorization servers SHOULD publish the supported algorithms for signing and encrypting the JWT of an introspection response",
      met("http/JwtIntrospection.ts#jwtIntrospection")
    ),
    row(
      "8.1-a",
      "Resource servers MUST therefore check the typ JWT header value of received JWT-encoded access tokens",
      resourceServer
    ),
    row(
      "8.1-b",
      "Resource servers MUST additionally apply the countermeasures against access token replay",
      resourceServer
    ),
    row("8.2-a", "The authorization server MUST use Transport Layer Security (TLS) 1.2 (or higher)", tls),
    row(
      "8.2-b",
      "the authorization server MUST require all requests to the token introspection endpoint to be authenticated",
      met([
        "client-authentication/AuthenticateClient.ts#authenticateClient",
        "endpoints/IntrospectionEndpoint.ts#requireConfidentialClient"
      ])
    ),
    row(
      "9-a",
      "The AS MUST conform to legal and jurisdictional constraints for the data transfer before any data is released to a particular RS.",
      operator("on what grounds a resource server may know of a person is for you to see to")
    ),
    row(
      "9-b",
      "the terms of service and policy of the respective service provider MUST be enforced at all times",
      operator("on what grounds a resource server may know of a person is for you to see to")
    ),
    row(
      "9-c",
      "the AS MUST ensure that the scope of the legal basis is enforced throughout the whole process",
      operator("on what grounds a resource server may know of a person is for you to see to")
    ),
    row(
      "9-d",
      "The AS MUST retain the scope of the legal basis with the access token, e.g., in the scope value",
      met("endpoints/IntrospectionEndpoint.ts#introspect", "the scope that was granted")
    ),
    row(
      "9-e",
      "it MUST authenticate the RS",
      met([
        "client-authentication/AuthenticateClient.ts#authenticateClient",
        "endpoints/IntrospectionEndpoint.ts#requireConfidentialClient"
      ])
    ),
    row(
      "9-f",
      "the AS MUST determine the data an RS is allowed to receive based on the RS's identity and suitable token data",
      met("endpoints/IntrospectionEndpoint.ts#mayIntrospect")
    ),
    row(
      "9-g",
      "implementers MUST use other means to relay access token data",
      operator("JWT access tokens (`JwtAccessTokens`), where nobody is to know when a token is used")
    )
  ]
}

export default rfc9701
