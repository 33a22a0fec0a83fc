import { client, met, relaxed, row, type Specification } from "../Ledger.ts"

const rfc9207: Specification = {
  key: "rfc9207",
  name: "RFC 9207",
  title: "Authorization Server Issuer Identification",
  url: "https://www.rfc-editor.org/rfc/rfc9207",
  requirements: [
    row(
      "2-a",
      "In authorization responses to the client, including error responses, an authorization server supporting this specification MUST indicate its identity by including the iss parameter in the response.",
      met("protocol/AuthorizationResponse.ts#toEntries")
    ),
    row(
      "2-b",
      'Its value MUST be a URL that uses the "https" scheme without any query or fragment components.',
      relaxed("`allowHttp`, or an issuer on loopback", "services/ServerConfig.ts#requireIssuer")
    ),
    row(
      "2.3-a",
      "Authorization servers supporting this specification MUST provide their issuer identifier to enable clients to validate the iss parameter effectively.",
      met("endpoints/MetadataEndpoint.ts#metadata")
    ),
    row(
      "2.3-b",
      "The issuer identifier included in the server's metadata value issuer MUST be identical to the iss parameter's value.",
      met([
        "endpoints/MetadataEndpoint.ts#metadata",
        "endpoints/AuthorizationEndpoint.ts#responseDestination"
      ])
    ),
    row(
      "2.3-c",
      "The server MUST indicate its support for the iss parameter by setting the metadata parameter authorization_response_iss_parameter_supported … to true.",
      met("endpoints/MetadataEndpoint.ts#metadata")
    ),
    row(
      "2.4-a",
      "Clients that support this specification MUST extract the value of the iss parameter",
      client
    ),
    row("2.4-b", "Clients MUST then decode the value", client),
    row("2.4-c", "This comparison MUST use simple string comparison", client),
    row(
      "2.4-d",
      "If the value does not match the expected issuer identifier, clients MUST reject the authorization response",
      client
    ),
    row("2.4-e", "MUST NOT proceed with the authorization grant", client),
    row(
      "2.4-f",
      "For error responses, clients MUST NOT assume that the error originates from the intended authorization server.",
      client
    ),
    row(
      "2.4-g",
      "clients that interact with authorization servers supporting OAuth metadata [RFC8414] MUST compare the iss parameter value to the issuer value in the server's metadata document",
      client
    ),
    row("2.4-h", "If OAuth metadata is not used, clients MUST use deployment-specific ways", client),
    row(
      "2.4-i",
      "clients MUST retain state about whether each authorization server supports the iss parameter",
      client
    ),
    row(
      "2.4-j",
      "Clients MUST reject authorization responses without the iss parameter from authorization servers that do support the parameter",
      client
    ),
    row(
      "2.4-k",
      "Clients SHOULD discard authorization responses with the iss parameter from authorization servers that do not indicate their support",
      client
    ),
    row(
      "2.4-l",
      "In OpenID Connect [OIDC.Core] flows where an ID Token is returned from the authorization endpoint, the value in the iss parameter MUST always be identical to the iss claim in the ID Token.",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "2.4-m",
      "clients that do not support this specification MUST ignore the unrecognized iss parameter",
      client
    ),
    row("4-a", "Clients MUST validate the iss parameter precisely as described in Section 2.4", client),
    row("4-b", "MUST NOT allow multiple authorization servers to use the same issuer identifier", client),
    row(
      "4-c",
      "the client MUST ensure that the accepted iss values are unique for each authorization server",
      client
    ),
    row(
      "4-d",
      "if a client receives an authorization response that contains multiple issuer identifiers, the client MUST reject the response if these issuer identifiers do not match",
      client
    )
  ]
}

export default rfc9207
