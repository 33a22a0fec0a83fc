import { client, met, operator, relaxed, row, type Specification, unmet } from "../Ledger.ts"

const withoutPeriod = unmet(
  "a private scheme needs no period: `vscode:`, `cursor:` and their like are in use; PKCE protects the code whoever gets it"
)

const consent = met(["http/InteractionPages.ts#begin", "http/RememberedConsent.ts#isKnownForCertain"])

const rfc8252: Specification = {
  key: "rfc8252",
  name: "RFC 8252",
  title: "OAuth 2.0 for Native Apps",
  url: "https://www.rfc-editor.org/rfc/rfc8252",
  requirements: [
    row("5-a", "native apps MUST use an external user-agent to perform OAuth authorization requests", client),
    row("6-a", "Public native app clients MUST implement the Proof Key for Code Exchange", client),
    row(
      "6-b",
      "authorization servers MUST support PKCE for such clients",
      met(["protocol/Pkce.ts#requireCodeChallenge", "protocol/Pkce.ts#verifyCodeVerifier"])
    ),
    row("6-c", "the browser as the RECOMMENDED external user-agent for native apps", client),
    row("6-d", "it is RECOMMENDED … that apps use in-app browser tabs", client),
    row(
      "7-a",
      "authorization servers MUST offer at least the three redirect URI options described in the following subsections to native apps",
      met("protocol/RedirectUri.ts#validate")
    ),
    row(
      "7.1-a",
      "apps MUST use a URI scheme based on a domain name under their control, expressed in reverse order",
      client
    ),
    row(
      "7.2-a",
      "it is REQUIRED in Section 8.4 that the client type be recorded during client registration",
      met("protocol/Client.ts#isPublic")
    ),
    row("7.2-b", "native apps SHOULD use them over the other options where possible", client),
    row(
      "7.3-a",
      "The authorization server MUST allow any port to be specified at the time of the request for loopback IP redirect URIs",
      met("protocol/RedirectUri.ts#matches")
    ),
    row(
      "7.3-b",
      "Clients SHOULD NOT assume that the device supports a particular version of the Internet Protocol.",
      client
    ),
    row(
      "7.3-c",
      "It is RECOMMENDED that clients attempt to bind to the loopback interface using both IPv4 and IPv6",
      client
    ),
    row(
      "8.1-a",
      "Authorization servers SHOULD reject authorization requests from native apps that don't use PKCE by returning an error message",
      relaxed("`require_pkce: false` of a client", "endpoints/AuthorizationEndpoint.ts#pkcePolicy")
    ),
    row(
      "8.2-a",
      "the use of the Implicit Flow with native apps is NOT RECOMMENDED",
      relaxed("`Legacy.implicit`", "Legacy.ts")
    ),
    row("8.3-a", "the use of localhost is NOT RECOMMENDED", client),
    row("8.4-a", "they MUST be registered with the authorization server as such", client),
    row(
      "8.4-b",
      "Authorization servers MUST record the client type in the client registration details",
      met("protocol/Client.ts#Client", "`token_endpoint_auth_method`")
    ),
    row(
      "8.4-c",
      "Authorization servers MUST require clients to register their complete redirect URI (including the path component) and reject authorization requests that specify a redirect URI that doesn't exactly match the one that was registered; the exception is loopback redirects, where an exact match is required except for the port URI component.",
      met(["protocol/TrustedRedirect.ts#requireRegistered", "protocol/RedirectUri.ts#matches"])
    ),
    row(
      "8.4-d",
      "authorization servers SHOULD enforce the requirement in Section 7.1 that clients use schemes that are reverse domain name based",
      withoutPeriod
    ),
    row(
      "8.4-e",
      'any private-use URI scheme that doesn\'t contain a period character (".") SHOULD be rejected',
      withoutPeriod
    ),
    row(
      "8.5-a",
      "it is NOT RECOMMENDED for authorization servers to require client authentication of public native apps clients using a shared secret",
      met("client-authentication/None.ts#none", "a client without a secret names itself")
    ),
    row(
      "8.5-b",
      "Authorization servers that still require a statically included shared secret for native app clients MUST treat the client as a public client",
      operator('register such clients with `token_endpoint_auth_method: "none"`')
    ),
    row(
      "8.6-a",
      "the authorization server SHOULD NOT process authorization requests automatically without user consent or interaction, except when the identity of the client can be assured",
      consent
    ),
    row(
      "8.6-b",
      "unless the identity of the client can be proven, the request SHOULD be processed as if no previous request had been approved",
      consent
    ),
    row(
      "8.9-a",
      'it is similarly RECOMMENDED that native apps include a high-entropy secure random number in the "state" parameter',
      client
    ),
    row(
      "8.10-a",
      "it is REQUIRED that a unique redirect URI is used for each authorization server used by the app",
      client
    ),
    row("8.10-b", "The native app MUST store the redirect URI used in the authorization request", client),
    row(
      "8.10-c",
      "MUST verify that the URI on which the authorization response was received exactly matches it",
      client
    ),
    row("8.12-a", "native apps MUST NOT use embedded user-agents to perform authorization requests", client),
    row("B.3-a", 'apps SHOULD set the "SO_EXCLUSIVEADDRUSE" socket option', client),
    row("B.3-b", "the broker MUST be used in SSO mode", client),
    row("B.5-a", 'Apps SHOULD NOT set the "SO_REUSEPORT" or "SO_REUSEADDR" socket options', client)
  ]
}

export default rfc8252
