import { client, met, operator, relaxed, row, type Specification, unmet } from "../Ledger.ts"

const tls = relaxed("`allowHttp`, or an issuer on loopback", "http/Transport.ts#isSecureEnough")
const https = relaxed("`allowHttp`, or an issuer on loopback", "services/ServerConfig.ts#requireIssuer")

const rfc7009: Specification = {
  key: "rfc7009",
  name: "RFC 7009",
  title: "Token Revocation",
  url: "https://www.rfc-editor.org/rfc/rfc7009",
  requirements: [
    row(
      "2-a",
      "Implementations MUST support the revocation of refresh tokens",
      met("endpoints/RevocationEndpoint.ts#handle")
    ),
    row(
      "2-b",
      "SHOULD support the revocation of access tokens",
      met("endpoints/RevocationEndpoint.ts#handle")
    ),
    row(
      "2-c",
      "This URL MUST conform to the rules given in [RFC6749], Section 3.1.",
      met("services/ServerConfig.ts#requireIssuer")
    ),
    row("2-d", "Clients MUST verify that the URL is an HTTPS URL.", client),
    row("2-e", "URLs for token revocation endpoints MUST be HTTPS URLs.", https),
    row("2-f", "The authorization server MUST use Transport Layer Security (TLS)", tls),
    row(
      "2-g",
      "If the host of the token revocation endpoint can also be reached over HTTP, then the server SHOULD also offer a revocation service at the corresponding HTTP URI",
      unmet("clear text is refused at every endpoint, so that a client notices its mistake")
    ),
    row("2-h", "it MUST NOT publish this URI as a token revocation endpoint", https),
    row("2.1-a", "token REQUIRED.", met("endpoints/RevocationEndpoint.ts#handle")),
    row(
      "2.1-b",
      "If the server is unable to locate the token using the given hint, it MUST extend its search across all of its supported token types.",
      met("endpoints/FindToken.ts#findToken", "the hint never decides")
    ),
    row(
      "2.1-c",
      "If the particular token is a refresh token and the authorization server supports the revocation of access tokens, then the authorization server SHOULD also invalidate all access tokens based on the same authorization grant",
      met("storage/GrantStore.ts#RevokeTarget")
    ),
    row(
      "5-a",
      "Appropriate countermeasures, which should be in place for the token endpoint as well, MUST be applied to the revocation endpoint",
      operator("limit how often somebody may ask")
    ),
    row(
      "5-b",
      "Care MUST be taken to prevent malicious clients from exploiting this feature to launch denial-of-service attacks.",
      met(
        "endpoints/FindToken.ts#findToken",
        "one look-up, whatever the hint; a forged refresh token costs none"
      )
    ),
    row("5-c", "clients MUST authenticate the revocation endpoint", client)
  ]
}

export default rfc7009
