import { client, met, notApplicable, operator, relaxed, row, type Specification } from "../Ledger.ts"

const tls = relaxed("`allowHttp`, or an issuer on loopback", "http/Transport.ts#isSecureEnough")
const operatorTls = operator("versions and cipher suites of TLS are your server's or your proxy's")
const https = relaxed(
  "`allowHttp`, or an issuer on loopback",
  ["services/ServerConfig.ts#requireIssuer", "oidc/ProviderMetadata.ts#providerMetadata"],
  "endpoints are below the issuer"
)
const noWebFinger = notApplicable("issuers are not discovered (§2 is optional)")
const noRegistration = notApplicable("clients do not register themselves")
const noAssertions = notApplicable("no client authenticates with a JWT")
const sum = notApplicable("the sum of the lines beside it")

const discovery: Specification = {
  key: "oidc-discovery",
  name: "OpenID Connect Discovery 1.0",
  title: "incorporating errata set 2",
  url: "https://openid.net/specs/openid-connect-discovery-1_0.html",
  sectionAnchor: "rfc.section.",
  requirements: [
    row(
      "2-a",
      "Any Web input form MUST employ Cross-Site Request Forgery (CSRF) prevention [OWASP.CSRF].",
      client
    ),
    row(
      "2-b",
      "Use of the rel parameter in the request with a value of http://openid.net/specs/connect/1.0/issuer is also RECOMMENDED to narrow the response to the specific link relation type needed.",
      client
    ),
    row(
      "2-c",
      "All WebFinger communication MUST utilize TLS in the manner described in Section 7.1.",
      noWebFinger
    ),
    row(
      "2-d",
      "The WebFinger endpoint SHOULD support the use of Cross-Origin Resource Sharing (CORS) [CORS] and/or other methods as appropriate to enable JavaScript Clients and other Browser-Based Clients to access it.",
      noWebFinger
    ),
    row(
      "2-e",
      "The Issuer location MUST be returned in the WebFinger response as the value of the href member of a links array element with rel member value http://openid.net/specs/connect/1.0/issuer.",
      noWebFinger
    ),
    row(
      "2-f",
      "The returned Issuer location MUST be a URI RFC 3986 [RFC3986] with a scheme component that MUST be https, a host component, and optionally, port and path components and no query or fragment components.",
      noWebFinger
    ),
    row(
      "2.1-a",
      "The user input Identifier SHOULD be a URL or URI relative reference defined in RFC 3986 [RFC3986].",
      client
    ),
    row("2.1-b", "The user input Identifier MUST include the authority component.", client),
    row(
      "2.1.1-a",
      'All other user input Identifiers MUST be treated as a URI in one of the forms scheme "://" authority path-abempty [ "?" query ] [ "#" fragment ] or authority path-abempty [ "?" query ] [ "#" fragment ] or scheme ":" path-rootless, per RFC 3986 [RFC3986].',
      client
    ),
    row(
      "2.1.2-a",
      'If the resulting URI contains a fragment component, it MUST be stripped off, together with the fragment delimiter character "#".',
      client
    ),
    row("3-a", "issuer REQUIRED.", met("endpoints/MetadataEndpoint.ts#metadata")),
    row(
      "3-b",
      "[issuer] If Issuer discovery is supported (see Section 2), this value MUST be identical to the issuer value returned by WebFinger.",
      noWebFinger
    ),
    row(
      "3-c",
      "[issuer] This also MUST be identical to the iss Claim value in ID Tokens issued from this Issuer.",
      met(["endpoints/MetadataEndpoint.ts#metadata", "oidc/IdToken.ts#make"])
    ),
    row("3-d", "authorization_endpoint REQUIRED.", met("endpoints/MetadataEndpoint.ts#metadata")),
    row(
      "3-e",
      "[authorization_endpoint] This URL MUST use the https scheme and MAY contain port, path, and query parameter components.",
      https
    ),
    row(
      "3-f",
      "[token_endpoint] This is REQUIRED unless only the Implicit Flow is used.",
      met("endpoints/MetadataEndpoint.ts#metadata")
    ),
    row(
      "3-g",
      "[token_endpoint] This URL MUST use the https scheme and MAY contain port, path, and query parameter components.",
      https
    ),
    row("3-h", "userinfo_endpoint RECOMMENDED.", met("oidc/ProviderMetadata.ts#providerMetadata")),
    row(
      "3-i",
      "[userinfo_endpoint] This URL MUST use the https scheme and MAY contain port, path, and query parameter components.",
      https
    ),
    row("3-j", "jwks_uri REQUIRED.", met("http/Jwks.ts#jwks")),
    row("3-k", "[jwks_uri] URL of the OP's JWK Set [JWK] document, which MUST use the https scheme.", https),
    row(
      "3-l",
      "[jwks_uri] When both signing and encryption keys are made available, a use (public key use) parameter value is REQUIRED for all keys in the referenced JWK Set to indicate each key's intended usage.",
      met("services/SigningKeys.ts#SigningKeys", "all are for signatures, and say so")
    ),
    row(
      "3-m",
      "[jwks_uri] Although some algorithms allow the same key to be used for both signatures and encryption, doing so is NOT RECOMMENDED, as it is less secure.",
      notApplicable("nothing is encrypted for a client")
    ),
    row(
      "3-n",
      "[jwks_uri] When used, the bare key values MUST still be present and MUST match those in the certificate.",
      notApplicable("keys are published bare")
    ),
    row(
      "3-o",
      "[jwks_uri] The JWK Set MUST NOT contain private or symmetric key values.",
      met("services/SigningKeys.ts#SigningKeys")
    ),
    row("3-p", "registration_endpoint RECOMMENDED.", noRegistration),
    row(
      "3-q",
      "[registration_endpoint] URL of the OP's Dynamic Client Registration Endpoint [OpenID.Registration], which MUST use the https scheme.",
      noRegistration
    ),
    row("3-r", "scopes_supported RECOMMENDED.", met("endpoints/MetadataEndpoint.ts#metadata")),
    row(
      "3-s",
      "[scopes_supported] The server MUST support the openid scope value.",
      operator("`openid` has to be among `scopes`")
    ),
    row(
      "3-t",
      "[scopes_supported] Servers MAY choose not to advertise some supported scope values even when this parameter is used, although those defined in [OpenID.Core] SHOULD be listed, if supported.",
      met("endpoints/MetadataEndpoint.ts#metadata")
    ),
    row("3-u", "response_types_supported REQUIRED.", met("endpoints/MetadataEndpoint.ts#metadata")),
    row(
      "3-v",
      "[response_types_supported] Dynamic OpenID Providers MUST support the code, id_token, and the id_token token Response Type values.",
      noRegistration
    ),
    row(
      "3-w",
      "[grant_types_supported] Dynamic OpenID Providers MUST support the authorization_code and implicit Grant Type values and MAY support other Grant Types.",
      noRegistration
    ),
    row("3-x", "subject_types_supported REQUIRED.", met("oidc/ProviderMetadata.ts#providerMetadata")),
    row(
      "3-y",
      "id_token_signing_alg_values_supported REQUIRED.",
      met("oidc/ProviderMetadata.ts#providerMetadata")
    ),
    row(
      "3-z",
      "[id_token_signing_alg_values_supported] The algorithm RS256 MUST be included.",
      met("oidc/OpenIdProvider.ts#make")
    ),
    row(
      "3-aa",
      "[id_token_signing_alg_values_supported] The value none MAY be supported but MUST NOT be used unless the Response Type used returns no ID Token from the Authorization Endpoint (such as when using the Authorization Code Flow).",
      met("oidc/IdToken.ts#requireAlgorithm", "never")
    ),
    row(
      "3-ab",
      "[request_object_signing_alg_values_supported] Servers SHOULD support none and RS256.",
      notApplicable("request objects are refused")
    ),
    row(
      "3-ac",
      "[token_endpoint_auth_signing_alg_values_supported] Servers SHOULD support RS256.",
      noAssertions
    ),
    row(
      "3-ad",
      "[token_endpoint_auth_signing_alg_values_supported] The value none MUST NOT be used.",
      noAssertions
    ),
    row("3-ae", "claims_supported RECOMMENDED.", met("oidc/ProviderMetadata.ts#providerMetadata")),
    row(
      "3-af",
      "[require_request_uri_registration] Pre-registration is REQUIRED when the value is true.",
      notApplicable("request objects are refused")
    ),
    row(
      "3-ag",
      "[op_policy_uri] The registration process SHOULD display this URL to the person registering the Client if it is given.",
      noRegistration
    ),
    row(
      "3-ah",
      "[op_tos_uri] The registration process SHOULD display this URL to the person registering the Client if it is given.",
      noRegistration
    ),
    row(
      "3-ai",
      "The Token Endpoint, UserInfo Endpoint, jwks_uri endpoint, Dynamic Client Registration Endpoint, and any other endpoints directly accessed by Clients SHOULD support the use of Cross-Origin Resource Sharing (CORS) [CORS] and/or other methods as appropriate to enable JavaScript Clients and other Browser-Based Clients to access them.",
      met(["http/Cors.ts", "http/OpenIdConnect.ts#openIdConnect"])
    ),
    row(
      "3-aj",
      "The use of CORS at the Authorization Endpoint is NOT RECOMMENDED as it is redirected to by the client and not directly accessed.",
      met("http/Cors.ts")
    ),
    row(
      "4-a",
      "OpenID Providers supporting Discovery MUST make a JSON document available at the path formed by concatenating the string /.well-known/openid-configuration to the Issuer.",
      met("http/OpenIdConnect.ts#openIdConnect")
    ),
    row(
      "4-b",
      "The syntax and semantics of .well-known are defined in RFC 5785 [RFC5785] and apply to the Issuer value when it contains no path component. openid-configuration MUST point to a JSON document compliant with this specification and MUST be returned using the application/json content type.",
      met("http/MetadataHttpResponse.ts")
    ),
    row(
      "4-c",
      "The openid-configuration endpoint SHOULD support the use of Cross-Origin Resource Sharing (CORS) [CORS] and/or other methods as appropriate to enable JavaScript Clients and other Browser-Based Clients to access it.",
      met("http/OpenIdConnect.ts#openIdConnect")
    ),
    row(
      "4.1-a",
      "An OpenID Provider's configuration information MUST be retrieved using an HTTP GET request at the previously specified path.",
      met("http/OpenIdConnect.ts#openIdConnect")
    ),
    row(
      "4.1-b",
      "If the Issuer value contains a path component, any terminating / MUST be removed before appending /.well-known/openid-configuration.",
      met("http/OpenIdConnect.ts#openIdConnect")
    ),
    row(
      "4.2-a",
      "A successful response MUST use the 200 OK HTTP status code and return a JSON object using the application/json content type that contains a set of Claims as its members that are a subset of the Metadata values defined in Section 3.",
      met("http/MetadataHttpResponse.ts")
    ),
    row(
      "4.2-b",
      "Claims with zero elements MUST be omitted from the response.",
      met("oidc/ProviderMetadata.ts#providerMetadata")
    ),
    row(
      "4.3-a",
      "If any of the validation procedures defined in this specification fail, any operations requiring the information that failed to correctly validate MUST be aborted and the information that failed to validate MUST NOT be used.",
      client
    ),
    row(
      "4.3-b",
      "The issuer value returned MUST be identical to the Issuer URL that was used as the prefix to /.well-known/openid-configuration to retrieve the configuration information.",
      met("endpoints/MetadataEndpoint.ts#metadata")
    ),
    row(
      "4.3-c",
      "This MUST also be identical to the iss Claim value in ID Tokens issued from this Issuer.",
      met(["endpoints/MetadataEndpoint.ts#metadata", "oidc/IdToken.ts#make"])
    ),
    row(
      "5-a",
      "Therefore, comparisons between JSON strings and other Unicode strings MUST be performed as specified below:",
      client
    ),
    row(
      "5-b",
      "Unicode Normalization [USA15] MUST NOT be applied at any point to either the JSON string or to the string it is to be compared against.",
      client
    ),
    row(
      "5-c",
      "Comparisons between the two strings MUST be performed as a Unicode code point to code point equality comparison.",
      client
    ),
    row(
      "6-a",
      'All of these Relying Parties and OpenID Providers MUST implement the features that are listed in this specification as being "REQUIRED" or are described with a "MUST".',
      sum
    ),
    row("7.1-a", "Implementations MUST support TLS.", tls),
    row(
      "7.1-b",
      "Implementations SHOULD follow the guidance in BCP 195 [RFC8996] [RFC9325], which provides recommendations and requirements for improving the security of deployed services that use TLS.",
      operatorTls
    ),
    row(
      "7.1-c",
      "To protect against information disclosure and tampering, confidentiality protection MUST be applied using TLS with a ciphersuite that provides confidentiality and integrity protection.",
      operatorTls
    ),
    row(
      "7.1-d",
      "Whenever TLS is used, a TLS server certificate check MUST be performed, per RFC 6125 [RFC6125].",
      client
    ),
    row(
      "7.2-a",
      "TLS certificate checking MUST be performed by the RP, as described in Section 7.1, when making an OpenID Provider Configuration Request.",
      client
    ),
    row(
      "7.2-b",
      "To prevent this, RPs MUST ensure that the Issuer URL they are using for the Configuration Request exactly matches the value of the issuer Claim in the OP Metadata document received by the RP and that this also exactly matches the iss Claim value in ID Tokens that are supposed to be from that Issuer.",
      client
    )
  ]
}

export default discovery
