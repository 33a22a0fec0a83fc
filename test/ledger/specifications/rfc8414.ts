import {
  client,
  extension,
  met,
  notApplicable,
  operator,
  relaxed,
  row,
  type Specification
} from "../Ledger.ts"

const https = relaxed("`allowHttp`, or an issuer on loopback", "services/ServerConfig.ts#requireIssuer")
const tls = relaxed("`allowHttp`, or an issuer on loopback", "http/Transport.ts#isSecureEnough")
const versions = operator("versions and cipher suites of TLS are your server's or your proxy's")
const metadata = met("endpoints/MetadataEndpoint.ts#metadata")
const noKeys = notApplicable("no client authenticates with a signed JWT")
const notSigned = notApplicable("the metadata is not signed")

const rfc8414: Specification = {
  key: "rfc8414",
  name: "RFC 8414",
  title: "Authorization Server Metadata",
  url: "https://www.rfc-editor.org/rfc/rfc8414",
  requirements: [
    row(
      "2-a",
      'issuer REQUIRED. The authorization server\'s issuer identifier, which is a URL that uses the "https" scheme and has no query or fragment components.',
      https
    ),
    row(
      "2-b",
      "authorization_endpoint … This is REQUIRED unless no grant types are supported that use the authorization endpoint.",
      metadata
    ),
    row(
      "2-c",
      "token_endpoint … This is REQUIRED unless only the implicit grant type is supported.",
      metadata
    ),
    row("2-d", 'jwks_uri … This URL MUST use the "https" scheme.', https),
    row(
      "2-e",
      'a "use" (public key use) parameter value is REQUIRED for all keys in the referenced JWK Set',
      notApplicable("clients encrypt nothing for the server: all keys sign")
    ),
    row("2-f", "scopes_supported RECOMMENDED.", metadata),
    row("2-g", "response_types_supported REQUIRED.", metadata),
    row(
      "2-h",
      'token_endpoint_auth_signing_alg_values_supported … This metadata entry MUST be present if either of these authentication methods are specified in the "token_endpoint_auth_methods_supported" entry.',
      noKeys
    ),
    row("2-i", 'Servers SHOULD support "RS256".', noKeys),
    row("2-j", 'The value "none" MUST NOT be used.', noKeys),
    row(
      "2-k",
      "op_policy_uri … The registration process SHOULD display this URL to the person registering the client if it is given.",
      notApplicable("there is no `op_policy_uri`")
    ),
    row(
      "2-l",
      "op_tos_uri … The registration process SHOULD display this URL to the person registering the client if it is given.",
      notApplicable("there is no `op_tos_uri`")
    ),
    row(
      "2-m",
      'revocation_endpoint_auth_signing_alg_values_supported … This metadata entry MUST be present if either of these authentication methods are specified in the "revocation_endpoint_auth_methods_supported" entry.',
      noKeys
    ),
    row("2-n", 'The value "none" MUST NOT be used.', noKeys),
    row(
      "2-o",
      "introspection_endpoint_auth_methods_supported … If omitted, the set of supported authentication methods MUST be determined by other means.",
      notApplicable("it is not omitted")
    ),
    row(
      "2-p",
      'introspection_endpoint_auth_signing_alg_values_supported … This metadata entry MUST be present if either of these authentication methods are specified in the "introspection_endpoint_auth_methods_supported" entry.',
      noKeys
    ),
    row("2-q", 'The value "none" MUST NOT be used.', noKeys),
    row(
      "2.1-a",
      "The signed metadata MUST be digitally signed or MACed using JSON Web Signature (JWS)",
      notSigned
    ),
    row(
      "2.1-b",
      'MUST contain an "iss" (issuer) claim denoting the party attesting to the claims',
      notSigned
    ),
    row("2.1-c", "metadata values conveyed in the signed metadata MUST take precedence", client),
    row("2.1-d", 'A "signed_metadata" metadata value SHOULD NOT appear as a claim in the JWT.', notSigned),
    row(
      "3-a",
      "Authorization servers supporting metadata MUST make a JSON document containing metadata … available at a path formed by inserting a well-known URI string into the authorization server's issuer identifier between the host component and the path component, if any.",
      met(["endpoints/Endpoints.ts#metadataPath", "http/OAuthHandler.ts#make"])
    ),
    row("3-b", 'This path MUST use the "https" scheme.', tls),
    row(
      "3-c",
      'The well-known URI suffix used MUST be registered in the IANA "Well-Known URIs" registry',
      met("endpoints/Endpoints.ts#metadataPath", "`oauth-authorization-server` is")
    ),
    row(
      "3-d",
      "An OAuth 2.0 application using this specification MUST specify what well-known URI suffix it will use for this purpose.",
      extension
    ),
    row(
      "3.1-a",
      'An authorization server metadata document MUST be queried using an HTTP "GET" request',
      met("http/OAuthHandler.ts#make", "GET and HEAD; 405 otherwise")
    ),
    row(
      "3.1-b",
      'If the issuer identifier value contains a path component, any terminating "/" MUST be removed before inserting "/.well-known/"',
      met("endpoints/Endpoints.ts#metadataPath")
    ),
    row(
      "3.2-a",
      'A successful response MUST use the 200 OK HTTP status code and return a JSON object using the "application/json" content type',
      met("http/MetadataHttpResponse.ts#metadataResponse")
    ),
    row(
      "3.2-b",
      "Claims with zero elements MUST be omitted from the response.",
      met(
        "http/MetadataHttpResponse.ts#withoutEmpty",
        "but for `response_types_supported`, which §2 says is REQUIRED, and which clients insist on"
      )
    ),
    row(
      "3.3-a",
      'The "issuer" value returned MUST be identical to the authorization server\'s issuer identifier value into which the well-known URI string was inserted',
      metadata
    ),
    row(
      "3.3-b",
      "If these values are not identical, the data contained in the response MUST NOT be used.",
      client
    ),
    row(
      "4-a",
      "comparisons between JSON strings and other Unicode strings MUST be performed as specified below",
      client
    ),
    row("4-b", "Unicode Normalization [USA15] MUST NOT be applied at any point", client),
    row(
      "4-c",
      "Comparisons between the two strings MUST be performed as a Unicode code-point-to-code-point equality comparison.",
      client
    ),
    row("6.1-a", "Implementations MUST support TLS.", tls),
    row("6.1-b", "The authorization server MUST support TLS version 1.2", versions),
    row("6.1-c", "the client MUST perform a TLS/SSL server certificate check", client),
    row("6.1-d", "confidentiality protection MUST be applied using TLS with a ciphersuite", versions),
    row("6.2-a", "TLS certificate checking MUST be performed by the client", client),
    row(
      "6.2-b",
      "the client MUST ensure that the issuer identifier URL it is using as the prefix for the metadata request exactly matches",
      client
    )
  ]
}

export default rfc8414
