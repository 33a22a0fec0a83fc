import {
  client,
  met,
  notApplicable,
  operator,
  relaxed,
  resourceServer,
  row,
  type Specification
} from "../Ledger.ts"

const challenge = met(
  "http/ErrorResponse.ts#wireForm",
  "how `InvalidToken` and `InsufficientScope` look on the wire, wherever a route fails with them"
)

const tls = relaxed("`allowHttp`, or an issuer on loopback", "http/Transport.ts#isSecureEnough")

const rfc6750: Specification = {
  key: "rfc6750",
  name: "RFC 6750",
  title: "Bearer Token Usage",
  url: "https://www.rfc-editor.org/rfc/rfc6750",
  requirements: [
    row("2-a", "Clients MUST NOT use more than one method to transmit the token in each request.", client),
    row(
      "2.1-a",
      'Clients SHOULD make authenticated requests with a bearer token using the "Authorization" request header field',
      client
    ),
    row("2.1-b", "Resource servers MUST support this method.", resourceServer),
    row(
      "2.2-a",
      "The client MUST NOT use this method unless all of the following conditions are met",
      client
    ),
    row(
      "2.2-b",
      "The content to be encoded in the entity-body MUST consist entirely of ASCII [USASCII] characters.",
      client
    ),
    row("2.2-c", 'this means that the "GET" method MUST NOT be used', client),
    row(
      "2.2-d",
      'The entity-body MAY include other request-specific parameters, in which case the "access_token" parameter MUST be properly separated from the request-specific parameters',
      client
    ),
    row(
      "2.2-e",
      'The "application/x-www-form-urlencoded" method SHOULD NOT be used except in application contexts where participating browsers do not have access to the "Authorization" request header field.',
      client
    ),
    row(
      "2.3-a",
      'The HTTP request URI query can include other request-specific parameters, in which case the "access_token" parameter MUST be properly separated from the request-specific parameters',
      client
    ),
    row(
      "2.3-b",
      "Clients using the URI Query Parameter method SHOULD also send a Cache-Control header",
      client
    ),
    row(
      "2.3-c",
      'Server success (2XX status) responses to these requests SHOULD contain a Cache-Control header with the "private" option.',
      resourceServer
    ),
    row("2.3-d", "it SHOULD NOT be used unless it is impossible to transport the access token", client),
    row(
      "3-a",
      'the resource server MUST include the HTTP "WWW-Authenticate" response header field',
      challenge
    ),
    row(
      "3-b",
      'All challenges defined by this specification MUST use the auth-scheme value "Bearer".',
      challenge
    ),
    row("3-c", "This scheme MUST be followed by one or more auth-param values.", challenge),
    row("3-d", 'The "realm" attribute MUST NOT appear more than once.', challenge),
    row("3-e", 'The "scope" attribute MUST NOT appear more than once.', challenge),
    row(
      "3-f",
      'If the protected resource request included an access token and failed authentication, the resource server SHOULD include the "error" attribute',
      challenge
    ),
    row(
      "3-g",
      'The "error", "error_description", and "error_uri" attributes MUST NOT appear more than once.',
      challenge
    ),
    row(
      "3-h",
      'Values for the "scope" attribute … MUST NOT include characters outside the set %x21 / %x23-5B / %x5D-7E',
      met("protocol/Scope.ts#Scope")
    ),
    row(
      "3-i",
      'Values for the "error" and "error_description" attributes … MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E.',
      challenge
    ),
    row(
      "3-j",
      'Values for the "error_uri" attribute … MUST conform to the URI-reference syntax',
      notApplicable("no challenge has an `error_uri`")
    ),
    row(
      "3-k",
      "MUST NOT include characters outside the set %x21 / %x23-5B / %x5D-7E.",
      notApplicable("no challenge has an `error_uri`")
    ),
    row(
      "3.1-a",
      "invalid_request … The resource server SHOULD respond with the HTTP 400 (Bad Request) status code.",
      resourceServer
    ),
    row(
      "3.1-b",
      "invalid_token … The resource SHOULD respond with the HTTP 401 (Unauthorized) status code.",
      challenge
    ),
    row(
      "3.1-c",
      "insufficient_scope … The resource server SHOULD respond with the HTTP 403 (Forbidden) status code",
      challenge
    ),
    row(
      "3.1-d",
      "If the request lacks any authentication information …, the resource server SHOULD NOT include an error code or other error information.",
      resourceServer
    ),
    row(
      "5.2-a",
      "Such references MUST be infeasible for an attacker to guess",
      met("services/Entropy.ts#secret", "256 bits")
    ),
    row(
      "5.2-b",
      "The token integrity protection MUST be sufficient to prevent the token from being modified.",
      met(
        "storage/GrantStore.ts#GrantStore",
        "a token is found by its hash: a modified one is another, which is unknown; a JWT is signed besides"
      )
    ),
    row(
      "5.2-c",
      "Restricting the use of the token to a specific scope is also RECOMMENDED.",
      met("storage/GrantStore.ts#AccessToken")
    ),
    row("5.2-d", "The authorization server MUST implement TLS.", tls),
    row(
      "5.2-e",
      "To protect against token disclosure, confidentiality protection MUST be applied using TLS",
      operator("versions and cipher suites of TLS are your server's or your proxy's")
    ),
    row(
      "5.2-f",
      "For those cases where the client is prevented from observing the contents of the token, token encryption MUST be applied",
      notApplicable("no client is kept from reading its own token")
    ),
    row(
      "5.2-g",
      "the client MUST validate the TLS certificate chain when making requests to protected resources",
      client
    ),
    row(
      "5.2-h",
      "bearer tokens MUST NOT be stored in cookies that can be sent in the clear",
      met("http/Cookie.ts#set", "cookies hold no token, and are `Secure` on an https issuer")
    ),
    row(
      "5.2-i",
      "sufficient measures MUST be employed to ensure confidentiality of the token between the front-end and back-end servers",
      operator("protect the way from the proxy to the server")
    ),
    row(
      "5.2-j",
      "the lifetime of the token MUST be limited",
      met("services/internal/Settings.ts#requireDuration")
    ),
    row(
      "5.2-k",
      "confidentiality protection of the exchanges between the client and the authorization server and between the client and the resource server MUST be applied",
      tls
    ),
    row("5.2-l", "the client MUST verify the identity of that resource server", client),
    row("5.2-m", "the client MUST validate the TLS certificate chain when making these requests", client),
    row("5.3-a", "Client implementations MUST ensure that bearer tokens are not leaked", client),
    row(
      "5.3-b",
      "The client MUST validate the TLS certificate chain when making requests to protected resources.",
      client
    ),
    row("5.3-c", "Clients MUST always use TLS", client),
    row(
      "5.3-d",
      "Implementations MUST NOT store bearer tokens within cookies that can be sent in the clear",
      met("http/Cookie.ts#set")
    ),
    row(
      "5.3-e",
      "Implementations that do store bearer tokens in cookies MUST take precautions against cross-site request forgery.",
      notApplicable("no cookie holds a token")
    ),
    row(
      "5.3-f",
      "Token servers SHOULD issue short-lived (one hour or less) bearer tokens",
      relaxed("`lifetimes.accessToken`", "services/ServerConfig.ts#make", "10 minutes")
    ),
    row(
      "5.3-g",
      "Token servers SHOULD issue bearer tokens that contain an audience restriction",
      met("endpoints/IntrospectionEndpoint.ts#describe", "`aud` in introspection: one for the server")
    ),
    row(
      "5.3-h",
      "Bearer tokens SHOULD NOT be passed in page URLs",
      relaxed(
        "`Legacy.implicit`",
        "response-types/RequestedResponseMode.ts#requestedResponseMode",
        "never in the query, even so"
      )
    ),
    row(
      "5.3-i",
      "bearer tokens SHOULD be passed in HTTP message headers or message bodies",
      relaxed("`Legacy.implicit`", "http/TokenHttpResponse.ts#tokenResponse")
    )
  ]
}

export default rfc6750
