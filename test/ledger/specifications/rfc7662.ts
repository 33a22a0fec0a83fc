import {
  extension,
  met,
  notApplicable,
  operator,
  relaxed,
  resourceServer,
  row,
  type Specification
} from "../Ledger.ts"

const tls = relaxed("`allowHttp`, or an issuer on loopback", "http/Transport.ts#isSecureEnough")
const inactive = met("endpoints/IntrospectionEndpoint.ts#handle")
const isActive = met("endpoints/IntrospectionEndpoint.ts#isActive")

const rfc7662: Specification = {
  key: "rfc7662",
  name: "RFC 7662",
  title: "Token Introspection",
  url: "https://www.rfc-editor.org/rfc/rfc7662",
  requirements: [
    row("2-a", "The introspection endpoint MUST be protected by a transport-layer security mechanism", tls),
    row("2.1-a", "token REQUIRED.", inactive),
    row(
      "2.1-b",
      "If the server is unable to locate the token using the given hint, it MUST extend its search across all of its supported token types.",
      met("endpoints/FindToken.ts#findToken", "the hint never decides")
    ),
    row(
      "2.1-c",
      "If the authorization server is unable to determine the state of the token without additional information, it SHOULD return an introspection response indicating the token is not active",
      notApplicable("it needs no additional information")
    ),
    row(
      "2.1-d",
      "the endpoint MUST also require some form of authorization to access this endpoint",
      met([
        "client-authentication/AuthenticateClient.ts#authenticateClient",
        "endpoints/IntrospectionEndpoint.ts#requireConfidentialClient"
      ])
    ),
    row("2.2-a", "active REQUIRED.", inactive),
    row("2.2-b", "Response names intended to be used across domains MUST be registered", extension),
    row(
      "2.2-c",
      'If the introspection call is properly authorized but the token is not active, does not exist on this server, or the protected resource is not allowed to introspect this particular token, then the authorization server MUST return an introspection response with the "active" field set to "false".',
      inactive
    ),
    row(
      "2.2-d",
      "the authorization server SHOULD NOT include any additional information about an inactive token",
      inactive
    ),
    row(
      "2.3-a",
      'the authorization server MUST instead respond with an introspection response with the "active" field set to "false"',
      inactive
    ),
    row(
      "3.1.1-a",
      "Names that match other registered names in a case insensitive manner SHOULD NOT be accepted.",
      extension
    ),
    row(
      "3.1.1-b",
      'Names that match claims registered in the "JSON Web Token Claims" registry … SHOULD have comparable definitions',
      extension
    ),
    row(
      "4-a",
      "the authorization server MUST perform all applicable checks against a token's state",
      isActive
    ),
    row(
      "4-b",
      "If the token can expire, the authorization server MUST determine whether or not the token has expired.",
      isActive
    ),
    row(
      "4-c",
      "If the token can be issued before it is able to be used, the authorization server MUST determine whether or not a token's valid period has started yet.",
      notApplicable("a token can be used from when it is issued")
    ),
    row(
      "4-d",
      "If the token can be revoked after it was issued, the authorization server MUST determine whether or not such a revocation has taken place.",
      isActive
    ),
    row(
      "4-e",
      "If the token has been signed, the authorization server MUST validate the signature.",
      met(
        "grants/RefreshToken.ts#parse",
        "the tag of a refresh token; an access token, also a signed one, is found by its hash"
      )
    ),
    row(
      "4-f",
      "If the token can be used only at certain resource servers, the authorization server MUST determine whether or not the token can be used at the resource server making the introspection call.",
      met("endpoints/IntrospectionEndpoint.ts#mayIntrospect")
    ),
    row(
      "4-g",
      "the authorization server MUST require authentication of protected resources that need to access the introspection endpoint",
      met("client-authentication/AuthenticateClient.ts#authenticateClient")
    ),
    row(
      "4-h",
      "SHOULD require protected resources to be specifically authorized to call the introspection endpoint",
      met(
        "endpoints/IntrospectionEndpoint.ts#mayIntrospect",
        "`introspect_any_token`; without it a client sees its own tokens only"
      )
    ),
    row(
      "4-i",
      "the server MUST support Transport Layer Security (TLS) 1.2",
      operator("versions of TLS are your server's or your proxy's")
    ),
    row(
      "4-j",
      "the client or protected resource MUST perform a TLS/SSL server certificate check",
      resourceServer
    ),
    row(
      "4-k",
      'an introspection response for an inactive token SHOULD NOT contain any additional claims beyond the required "active" claim',
      inactive
    ),
    row(
      "4-l",
      "designers of an OAuth 2.0 system using this protocol MUST consider the performance and security trade-offs inherent in caching security information",
      operator("a resource server that caches sees a revocation late")
    ),
    row(
      "4-m",
      'If the response contains the "exp" parameter (expiration), the response MUST NOT be cached beyond the time indicated therein.',
      met("http/HttpMessage.ts#json", "`no-store`")
    ),
    row(
      "5-a",
      "measures MUST be taken to prevent disclosure of this information to unintended parties",
      met(["endpoints/IntrospectionEndpoint.ts#mayIntrospect", "http/HttpMessage.ts#json"])
    )
  ]
}

export default rfc7662
