import {
  client,
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
const rateLimit = operator("limit how often somebody may try; the `AuditLog` tells of each failure")
const errorUri = operator("`errorUri` gives a URI")
const redirectUri = met("protocol/TrustedRedirect.ts#requireRegistered")
const authentication = met("client-authentication/AuthenticateClient.ts#authenticateClient")
const sizes = met("services/Entropy.ts#secret", "docs/security.md has the sizes")
const errorText = met(["protocol/OAuthError.ts#OAuthError", "http/ErrorResponse.ts#errorMembers"])
const entropy = met("services/Entropy.ts#secret", "256 bits")

const rfc6749: Specification = {
  key: "rfc6749",
  name: "RFC 6749",
  title: "The OAuth 2.0 Authorization Framework",
  url: "https://www.rfc-editor.org/rfc/rfc6749",
  requirements: [
    row("2-a", "the client developer SHALL: … specify the client type", client),
    row("2-b", "the client developer SHALL: … provide its client redirection URIs", client),
    row(
      "2-c",
      "the client developer SHALL: … include any other information required by the authorization server",
      client
    ),
    row(
      "2.1-a",
      "The authorization server SHOULD NOT make assumptions about the client type.",
      met("protocol/Client.ts#isPublic", "the registration says it")
    ),
    row("2.1-b", "the client SHOULD register each component as a separate client", client),
    row(
      "2.2-a",
      "The client identifier is not a secret; it … MUST NOT be used alone for client authentication.",
      met([
        "endpoints/IntrospectionEndpoint.ts#requireConfidentialClient",
        "grants/ClientCredentialsGrant.ts#clientCredentials"
      ])
    ),
    row(
      "2.2-b",
      "The authorization server SHOULD document the size of any identifier it issues.",
      notApplicable("whoever registers a client chooses its identifier, of 255 characters at most")
    ),
    row(
      "2.3-a",
      "the authorization server MUST NOT rely on public client authentication for the purpose of identifying the client",
      met([
        "client-authentication/None.ts#none",
        "client-authentication/AuthenticateClient.ts#authenticateClient"
      ])
    ),
    row(
      "2.3-b",
      "The client MUST NOT use more than one authentication method in each request.",
      met("client-authentication/AuthenticateClient.ts#requireOneMethod", "`invalid_request`")
    ),
    row(
      "2.3.1-a",
      "The authorization server MUST support the HTTP Basic authentication scheme for authenticating clients that were issued a client password.",
      met("client-authentication/ClientSecretBasic.ts#clientSecretBasic")
    ),
    row("2.3.1-b", "client_id REQUIRED.", met("client-authentication/ClientSecretPost.ts#clientSecretPost")),
    row("2.3.1-c", "client_secret REQUIRED.", authentication),
    row(
      "2.3.1-d",
      "Including the client credentials in the request-body using the two parameters is NOT RECOMMENDED",
      client
    ),
    row(
      "2.3.1-e",
      "SHOULD be limited to clients unable to directly utilize the HTTP Basic authentication scheme",
      met("client-authentication/AuthenticateClient.ts#authenticateClient", "to those that registered it")
    ),
    row(
      "2.3.1-f",
      "The parameters can only be transmitted in the request-body and MUST NOT be included in the request URI.",
      met("http/ReadRequest.ts#readForm")
    ),
    row(
      "2.3.1-g",
      "The authorization server MUST require the use of TLS … when sending requests using password authentication.",
      tls
    ),
    row(
      "2.3.1-h",
      "the authorization server MUST protect any endpoint utilizing it against brute force attacks",
      rateLimit
    ),
    row(
      "2.3.2-a",
      "the authorization server MUST define a mapping between the client identifier (registration record) and authentication scheme",
      met("client-authentication/AuthenticateClient.ts#authenticateClient", "`token_endpoint_auth_method`")
    ),
    row(
      "3.1-a",
      "The authorization server MUST first verify the identity of the resource owner.",
      met(
        "http/InteractionPages.ts#consent",
        "an `Interaction` of the application's own has to see to it itself"
      )
    ),
    row("3.1-b", "[a query] MUST be retained when adding additional query parameters", client),
    row(
      "3.1-c",
      "The endpoint URI MUST NOT include a fragment component.",
      met("services/ServerConfig.ts#requireIssuer", "endpoints are below the issuer, which has none")
    ),
    row(
      "3.1-d",
      "the authorization server MUST require the use of TLS … when sending requests to the authorization endpoint",
      tls
    ),
    row(
      "3.1-e",
      'The authorization server MUST support the use of the HTTP "GET" method',
      met("http/OAuthHandler.ts#make")
    ),
    row(
      "3.1-f",
      "Parameters sent without a value MUST be treated as if they were omitted from the request.",
      met("protocol/Parameters.ts#parse")
    ),
    row(
      "3.1-g",
      "The authorization server MUST ignore unrecognized request parameters.",
      met("endpoints/AuthorizationEndpoint.ts#validate")
    ),
    row(
      "3.1-h",
      "Request and response parameters MUST NOT be included more than once.",
      met(["protocol/Parameters.ts#parse", "protocol/AuthorizationResponse.ts#toEntries"])
    ),
    row(
      "3.1.1-a",
      "response_type REQUIRED.",
      met("response-types/RequestedResponseTypes.ts#requestedResponseTypes")
    ),
    row(
      "3.1.1-b",
      'The value MUST be one of "code" …, "token" …, or a registered extension value',
      met("response-types/RequestedResponseTypes.ts#installedResponseTypes")
    ),
    row(
      "3.1.1-c",
      'If an authorization request is missing the "response_type" parameter, or if the response type is not understood, the authorization server MUST return an error response',
      met("response-types/RequestedResponseTypes.ts#requestedResponseTypes")
    ),
    row(
      "3.1.2-a",
      "The redirection endpoint URI MUST be an absolute URI",
      met("protocol/RedirectUri.ts#validate")
    ),
    row(
      "3.1.2-b",
      "[a query] MUST be retained when adding additional query parameters",
      met("protocol/AuthorizationResponse.ts#toLocation")
    ),
    row(
      "3.1.2-c",
      "The endpoint URI MUST NOT include a fragment component.",
      met("protocol/RedirectUri.ts#validate")
    ),
    row(
      "3.1.2.1-a",
      "The redirection endpoint SHOULD require the use of TLS",
      relaxed("`allowHttp`", "protocol/RedirectUri.ts#validate", "`https`, a private scheme, or loopback")
    ),
    row(
      "3.1.2.1-b",
      "If TLS is not available, the authorization server SHOULD warn the resource owner about the insecure endpoint prior to redirection",
      notApplicable("such an endpoint is refused; who sets `allowHttp` has development in mind")
    ),
    row(
      "3.1.2.2-a",
      "MUST require the following clients to register their redirection endpoint: … Public clients.",
      redirectUri
    ),
    row(
      "3.1.2.2-b",
      "MUST require the following clients to register their redirection endpoint: … Confidential clients utilizing the implicit grant type.",
      redirectUri
    ),
    row(
      "3.1.2.2-c",
      "The authorization server SHOULD require all clients to register their redirection endpoint",
      redirectUri
    ),
    row(
      "3.1.2.2-d",
      "The authorization server SHOULD require the client to provide the complete redirection URI",
      met("protocol/RedirectUri.ts#matches")
    ),
    row(
      "3.1.2.2-e",
      "If requiring the registration of the complete redirection URI is not possible, the authorization server SHOULD require the registration of the URI scheme, authority, and path",
      notApplicable("the complete URI is required")
    ),
    row(
      "3.1.2.3-a",
      "If multiple redirection URIs have been registered, … the client MUST include a redirection URI with the authorization request",
      redirectUri
    ),
    row(
      "3.1.2.3-b",
      "When a redirection URI is included in an authorization request, the authorization server MUST compare and match the value received against at least one of the registered redirection URIs",
      redirectUri
    ),
    row(
      "3.1.2.3-c",
      "If the client registration included the full redirection URI, the authorization server MUST compare the two URIs using simple string comparison",
      met("protocol/RedirectUri.ts#matches", "except for a loopback port (RFC 8252 §7.3)")
    ),
    row(
      "3.1.2.4-a",
      "the authorization server SHOULD inform the resource owner of the error",
      met("http/Route.ts#make")
    ),
    row(
      "3.1.2.4-b",
      "MUST NOT automatically redirect the user-agent to the invalid redirection URI",
      met([
        "endpoints/AuthorizationEndpoint.ts#validate",
        "protocol/AuthorizationResponse.ts#AuthorizationError"
      ])
    ),
    row("3.1.2.5-a", "The client SHOULD NOT include any third-party scripts", client),
    row(
      "3.1.2.5-b",
      "it SHOULD extract the credentials from the URI and redirect the user-agent again",
      client
    ),
    row("3.1.2.5-c", "the client MUST ensure that its own scripts … will execute first", client),
    row("3.2-a", "[a query] MUST be retained when adding additional query parameters", client),
    row(
      "3.2-b",
      "The endpoint URI MUST NOT include a fragment component.",
      met("services/ServerConfig.ts#requireIssuer")
    ),
    row(
      "3.2-c",
      "the authorization server MUST require the use of TLS … when sending requests to the token endpoint",
      tls
    ),
    row(
      "3.2-d",
      'The client MUST use the HTTP "POST" method when making access token requests.',
      met("http/OAuthHandler.ts#make", "405 otherwise")
    ),
    row(
      "3.2-e",
      "Parameters sent without a value MUST be treated as if they were omitted from the request.",
      met("protocol/Parameters.ts#parse")
    ),
    row(
      "3.2-f",
      "The authorization server MUST ignore unrecognized request parameters.",
      met("endpoints/TokenEndpoint.ts#handle")
    ),
    row(
      "3.2-g",
      "Request and response parameters MUST NOT be included more than once.",
      met("protocol/Parameters.ts#parse")
    ),
    row(
      "3.2.1-a",
      "Confidential clients or other clients issued client credentials MUST authenticate with the authorization server … when making requests to the token endpoint.",
      authentication
    ),
    row(
      "3.2.1-b",
      'an unauthenticated client MUST send its "client_id" to prevent itself from inadvertently accepting a code intended for a client with a different "client_id"',
      met(["client-authentication/None.ts#none", "grants/AuthorizationCodeGrant.ts#requireIssuedTo"])
    ),
    row(
      "3.3-a",
      'If the issued access token scope is different from the one requested by the client, the authorization server MUST include the "scope" response parameter',
      met("http/TokenHttpResponse.ts#tokenResponse", "it is always there")
    ),
    row(
      "3.3-b",
      "If the client omits the scope parameter when requesting authorization, the authorization server MUST either process the request using a pre-defined default value or fail the request",
      met("grants/RequestedScope.ts#requestedScope")
    ),
    row(
      "3.3-c",
      "The authorization server SHOULD document its scope requirements and default value (if defined).",
      met("grants/RequestedScope.ts#requestedScope", "docs/security.md has them")
    ),
    row(
      "4.1.1-a",
      'response_type REQUIRED. Value MUST be set to "code".',
      met("response-types/RequestedResponseTypes.ts#requestedResponseTypes")
    ),
    row("4.1.1-b", "client_id REQUIRED.", met("endpoints/AuthorizationEndpoint.ts#requireClient")),
    row("4.1.1-c", "state RECOMMENDED.", client),
    row("4.1.1-d", "The parameter SHOULD be used for preventing cross-site request forgery", client),
    row("4.1.2-a", "code REQUIRED.", met("response-types/CodeResponseType.ts#code")),
    row(
      "4.1.2-b",
      "The authorization code MUST expire shortly after it is issued to mitigate the risk of leaks.",
      met(["response-types/CodeResponseType.ts#code", "storage/GrantStore.ts#RedeemOutcome"])
    ),
    row(
      "4.1.2-c",
      "A maximum authorization code lifetime of 10 minutes is RECOMMENDED.",
      relaxed("`lifetimes.code`", "services/ServerConfig.ts#make", "60 seconds")
    ),
    row("4.1.2-d", "The client MUST NOT use the authorization code more than once.", client),
    row(
      "4.1.2-e",
      "If an authorization code is used more than once, the authorization server MUST deny the request",
      met(["grants/AuthorizationCodeGrant.ts#authorizationCode", "storage/GrantStore.ts#RedeemOutcome"])
    ),
    row(
      "4.1.2-f",
      "SHOULD revoke (when possible) all tokens previously issued based on that authorization code",
      met("storage/GrantStore.ts#RedeemOutcome", "the whole grant")
    ),
    row(
      "4.1.2-g",
      'state REQUIRED if the "state" parameter was present in the client authorization request. The exact value received from the client.',
      met("protocol/AuthorizationResponse.ts#toEntries")
    ),
    row("4.1.2-h", "The client MUST ignore unrecognized response parameters.", client),
    row("4.1.2-i", "The authorization server SHOULD document the size of any value it issues.", sizes),
    row(
      "4.1.2.1-a",
      "the authorization server SHOULD inform the resource owner of the error",
      met("http/Route.ts#make")
    ),
    row(
      "4.1.2.1-b",
      "MUST NOT automatically redirect the user-agent to the invalid redirection URI",
      met("endpoints/AuthorizationEndpoint.ts#validate")
    ),
    row("4.1.2.1-c", "error REQUIRED. A single ASCII [USASCII] error code from the following", errorText),
    row(
      "4.1.2.1-d",
      'Values for the "error" parameter MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E.',
      errorText
    ),
    row(
      "4.1.2.1-e",
      'Values for the "error_description" parameter MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E.',
      errorText
    ),
    row(
      "4.1.2.1-f",
      'Values for the "error_uri" parameter MUST conform to the URI-reference syntax',
      errorUri
    ),
    row("4.1.2.1-g", "MUST NOT include characters outside the set %x21 / %x23-5B / %x5D-7E", errorUri),
    row(
      "4.1.2.1-h",
      'state REQUIRED if a "state" parameter was present in the client authorization request. The exact value received from the client.',
      met("protocol/AuthorizationResponse.ts#toEntries")
    ),
    row(
      "4.1.3-a",
      'grant_type REQUIRED. Value MUST be set to "authorization_code".',
      met("endpoints/TokenEndpoint.ts#handle")
    ),
    row("4.1.3-b", "code REQUIRED.", met("grants/AuthorizationCodeGrant.ts#authorizationCode")),
    row(
      "4.1.3-c",
      'redirect_uri REQUIRED, if the "redirect_uri" parameter was included in the authorization request …, and their values MUST be identical.',
      met("grants/AuthorizationCodeGrant.ts#requireSameRedirectUri")
    ),
    row(
      "4.1.3-d",
      "client_id REQUIRED, if the client is not authenticating with the authorization server",
      met("client-authentication/AuthenticateClient.ts#requireOneMethod")
    ),
    row(
      "4.1.3-e",
      "If the client type is confidential or the client was issued client credentials (or assigned other authentication requirements), the client MUST authenticate with the authorization server",
      authentication
    ),
    row(
      "4.1.3-f",
      "The authorization server MUST: … require client authentication for confidential clients",
      authentication
    ),
    row(
      "4.1.3-g",
      "The authorization server MUST: … authenticate the client if client authentication is included",
      authentication
    ),
    row(
      "4.1.3-h",
      'The authorization server MUST: … ensure that the authorization code was issued to the authenticated confidential client, or if the client is public, ensure that the code was issued to "client_id" in the request',
      met("grants/AuthorizationCodeGrant.ts#requireIssuedTo")
    ),
    row(
      "4.1.3-i",
      "The authorization server MUST: … verify that the authorization code is valid",
      met(["grants/AuthorizationCodeGrant.ts#authorizationCode", "storage/GrantStore.ts#RedeemOutcome"])
    ),
    row(
      "4.1.3-j",
      'The authorization server MUST: … ensure that the "redirect_uri" parameter is present if the "redirect_uri" parameter was included in the initial authorization request …, and if included ensure that their values are identical',
      met("grants/AuthorizationCodeGrant.ts#requireSameRedirectUri")
    ),
    row(
      "4.2.1-a",
      'response_type REQUIRED. Value MUST be set to "token".',
      met("response-types/RequestedResponseTypes.ts#requestedResponseTypes")
    ),
    row("4.2.1-b", "client_id REQUIRED.", met("endpoints/AuthorizationEndpoint.ts#requireClient")),
    row("4.2.1-c", "state RECOMMENDED.", client),
    row("4.2.1-d", "The parameter SHOULD be used for preventing cross-site request forgery", client),
    row(
      "4.2.1-e",
      "The authorization server MUST verify that the redirection URI to which it will redirect the access token matches a redirection URI registered by the client",
      redirectUri
    ),
    row("4.2.2-a", "access_token REQUIRED.", met("response-types/TokenResponseType.ts#token")),
    row("4.2.2-b", "token_type REQUIRED.", met("response-types/TokenResponseType.ts#token")),
    row("4.2.2-c", "expires_in RECOMMENDED.", met("response-types/TokenResponseType.ts#token")),
    row(
      "4.2.2-d",
      "If omitted, the authorization server SHOULD provide the expiration time via other means",
      notApplicable("`expires_in` is never omitted")
    ),
    row(
      "4.2.2-e",
      "scope OPTIONAL, if identical to the scope requested by the client; otherwise, REQUIRED.",
      met("response-types/TokenResponseType.ts#token", "it is always there")
    ),
    row(
      "4.2.2-f",
      'state REQUIRED if the "state" parameter was present in the client authorization request.',
      met("protocol/AuthorizationResponse.ts#toEntries")
    ),
    row(
      "4.2.2-g",
      "The authorization server MUST NOT issue a refresh token.",
      met("response-types/TokenResponseType.ts#token")
    ),
    row("4.2.2-h", "The client MUST ignore unrecognized response parameters.", client),
    row("4.2.2-i", "The authorization server SHOULD document the size of any value it issues.", sizes),
    row(
      "4.2.2.1-a",
      "the authorization server SHOULD inform the resource owner of the error",
      met("http/Route.ts#make")
    ),
    row(
      "4.2.2.1-b",
      "MUST NOT automatically redirect the user-agent to the invalid redirection URI",
      met("endpoints/AuthorizationEndpoint.ts#validate")
    ),
    row("4.2.2.1-c", "error REQUIRED. A single ASCII [USASCII] error code from the following", errorText),
    row(
      "4.2.2.1-d",
      'Values for the "error" parameter MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E.',
      errorText
    ),
    row(
      "4.2.2.1-e",
      'Values for the "error_description" parameter MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E.',
      errorText
    ),
    row(
      "4.2.2.1-f",
      'Values for the "error_uri" parameter MUST conform to the URI-reference syntax',
      errorUri
    ),
    row("4.2.2.1-g", "MUST NOT include characters outside the set %x21 / %x23-5B / %x5D-7E", errorUri),
    row(
      "4.2.2.1-h",
      'state REQUIRED if a "state" parameter was present in the client authorization request.',
      met([
        "endpoints/AuthorizationEndpoint.ts#responseDestination",
        "protocol/AuthorizationResponse.ts#toEntries"
      ])
    ),
    row("4.3.1-a", "The client MUST discard the credentials once an access token has been obtained.", client),
    row(
      "4.3.2-a",
      'grant_type REQUIRED. Value MUST be set to "password".',
      met("endpoints/TokenEndpoint.ts#handle")
    ),
    row("4.3.2-b", "username REQUIRED.", met("grants/PasswordGrant.ts#password")),
    row("4.3.2-c", "password REQUIRED.", met("grants/PasswordGrant.ts#password")),
    row(
      "4.3.2-d",
      "If the client type is confidential or the client was issued client credentials (or assigned other authentication requirements), the client MUST authenticate with the authorization server",
      authentication
    ),
    row(
      "4.3.2-e",
      "The authorization server MUST: … require client authentication for confidential clients",
      authentication
    ),
    row(
      "4.3.2-f",
      "The authorization server MUST: … authenticate the client if client authentication is included",
      authentication
    ),
    row(
      "4.3.2-g",
      "The authorization server MUST: … validate the resource owner password credentials using its existing password validation algorithm",
      met("grants/PasswordGrant.ts#password", "`ResourceOwner` is the algorithm")
    ),
    row(
      "4.3.2-h",
      "the authorization server MUST protect the endpoint against brute force attacks (e.g., using rate-limitation or generating alerts)",
      rateLimit
    ),
    row(
      "4.4-a",
      "The client credentials grant type MUST only be used by confidential clients.",
      met("grants/ClientCredentialsGrant.ts#clientCredentials")
    ),
    row(
      "4.4.2-a",
      'grant_type REQUIRED. Value MUST be set to "client_credentials".',
      met("endpoints/TokenEndpoint.ts#handle")
    ),
    row("4.4.2-b", "The client MUST authenticate with the authorization server", authentication),
    row("4.4.2-c", "The authorization server MUST authenticate the client.", authentication),
    row("4.4.3-a", "A refresh token SHOULD NOT be included.", met("grants/IssueTokens.ts#issueClientTokens")),
    row("5.1-a", "access_token REQUIRED.", met("http/TokenHttpResponse.ts#tokenResponse")),
    row("5.1-b", "token_type REQUIRED.", met("http/TokenHttpResponse.ts#tokenResponse")),
    row("5.1-c", "expires_in RECOMMENDED.", met("http/TokenHttpResponse.ts#tokenResponse")),
    row(
      "5.1-d",
      "If omitted, the authorization server SHOULD provide the expiration time via other means",
      notApplicable("`expires_in` is never omitted")
    ),
    row(
      "5.1-e",
      "scope OPTIONAL, if identical to the scope requested by the client; otherwise, REQUIRED.",
      met("http/TokenHttpResponse.ts#tokenResponse", "it is always there")
    ),
    row(
      "5.1-f",
      'The authorization server MUST include the HTTP "Cache-Control" response header field … with a value of "no-store" in any response containing tokens, credentials, or other sensitive information, as well as the "Pragma" response header field … with a value of "no-cache".',
      met(["http/HttpMessage.ts#json", "http/HttpMessage.ts#empty", "http/pages/Html.ts#page"])
    ),
    row("5.1-g", "The client MUST ignore unrecognized value names in the response.", client),
    row("5.1-h", "The authorization server SHOULD document the size of any value it issues.", sizes),
    row("5.2-a", "error REQUIRED. A single ASCII [USASCII] error code from the following", errorText),
    row(
      "5.2-b",
      'If the client attempted to authenticate via the "Authorization" request header field, the authorization server MUST respond with an HTTP 401 (Unauthorized) status code and include the "WWW-Authenticate" response header field',
      met("http/ErrorResponse.ts#wireForm")
    ),
    row(
      "5.2-c",
      'Values for the "error" parameter MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E.',
      errorText
    ),
    row(
      "5.2-d",
      'Values for the "error_description" parameter MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E.',
      errorText
    ),
    row("5.2-e", 'Values for the "error_uri" parameter MUST conform to the URI-reference syntax', errorUri),
    row("5.2-f", "MUST NOT include characters outside the set %x21 / %x23-5B / %x5D-7E", errorUri),
    row(
      "6-a",
      'grant_type REQUIRED. Value MUST be set to "refresh_token".',
      met("endpoints/TokenEndpoint.ts#handle")
    ),
    row("6-b", "refresh_token REQUIRED.", met("grants/PresentedRefreshToken.ts#presentedRefreshToken")),
    row(
      "6-c",
      "The requested scope MUST NOT include any scope not originally granted by the resource owner",
      met("grants/PresentedRefreshToken.ts#requireScopeWithin")
    ),
    row(
      "6-d",
      "If the client type is confidential or the client was issued client credentials (or assigned other authentication requirements), the client MUST authenticate with the authorization server",
      authentication
    ),
    row(
      "6-e",
      "The authorization server MUST: … require client authentication for confidential clients",
      authentication
    ),
    row(
      "6-f",
      "The authorization server MUST: … authenticate the client if client authentication is included and ensure that the refresh token was issued to the authenticated client",
      met("grants/PresentedRefreshToken.ts#requireIssuedTo")
    ),
    row(
      "6-g",
      "The authorization server MUST: … validate the refresh token",
      met(["grants/PresentedRefreshToken.ts#presentedRefreshToken", "storage/GrantStore.ts#RotateOutcome"])
    ),
    row(
      "6-h",
      "The authorization server MAY issue a new refresh token, in which case the client MUST discard the old refresh token",
      client
    ),
    row(
      "6-i",
      "If a new refresh token is issued, the refresh token scope MUST be identical to that of the refresh token included by the client in the request.",
      met("storage/GrantStore.ts#RefreshFamily", "a family has one scope")
    ),
    row(
      "7-a",
      "The resource server MUST validate the access token and ensure that it has not expired",
      resourceServer
    ),
    row("7.1-a", "The client MUST NOT use an access token if it does not understand the token type.", client),
    row(
      "7.2-a",
      "If a resource access request fails, the resource server SHOULD inform the client of the error.",
      resourceServer
    ),
    row(
      "7.2-b",
      "New authentication schemes … SHOULD define a mechanism for providing an error status code to the client",
      extension
    ),
    row("7.2-c", 'the parameter name SHOULD be "error"', extension),
    row(
      "8.1-a",
      "Types utilizing a URI name SHOULD be limited to vendor-specific implementations",
      extension
    ),
    row("8.1-b", "All other types MUST be registered.", extension),
    row("8.1-c", "Type names MUST conform to the type-name ABNF.", extension),
    row("8.1-d", "the type name SHOULD be identical to the HTTP authentication scheme name", extension),
    row("8.2-a", "Parameter names MUST conform to the param-name ABNF", extension),
    row("8.2-b", "parameter values syntax MUST be well-defined", extension),
    row(
      "8.2-c",
      "Unregistered vendor-specific parameter extensions … SHOULD utilize a vendor-specific prefix",
      extension
    ),
    row(
      "8.3-a",
      "If the extension grant type requires additional token endpoint parameters, they MUST be registered",
      extension
    ),
    row("8.4-a", "Response type names MUST conform to the response-type ABNF.", extension),
    row("8.5-a", "Extension error codes MUST be registered", extension),
    row("8.5-b", "Error codes MUST conform to the error ABNF", extension),
    row("8.5-c", "SHOULD be prefixed by an identifying name when possible", extension),
    row(
      "8.5-d",
      'an error identifying an invalid value set to the extension parameter "example" SHOULD be named "example_invalid"',
      extension
    ),
    row(
      "9-a",
      "Native applications that use the authorization code grant type SHOULD do so without using client credentials",
      client
    ),
    row("10.1-a", "Web application clients MUST ensure confidentiality of client passwords", client),
    row(
      "10.1-b",
      "The authorization server MUST NOT issue client passwords or other client credentials to native application or user-agent-based application clients for the purpose of client authentication.",
      operator('register such clients with `token_endpoint_auth_method: "none"`')
    ),
    row(
      "10.1-c",
      "When client authentication is not possible, the authorization server SHOULD employ other means to validate the client's identity -- for example, by requiring the registration of the client redirection URI",
      redirectUri
    ),
    row("10.2-a", "The authorization server MUST authenticate the client whenever possible.", authentication),
    row(
      "10.2-b",
      "If the authorization server cannot authenticate the client due to the client's nature, the authorization server MUST require the registration of any redirection URI used for receiving authorization responses",
      redirectUri
    ),
    row(
      "10.2-c",
      "SHOULD utilize other means to protect resource owners from such potentially malicious clients",
      met(["http/pages/ConsentPage.ts#consentPage", "protocol/Pkce.ts#requireCodeChallenge"])
    ),
    row(
      "10.2-d",
      "The authorization server SHOULD enforce explicit resource owner authentication",
      met("http/InteractionPages.ts#consent")
    ),
    row(
      "10.2-e",
      "[SHOULD] provide the resource owner with information about the client and the requested authorization scope and lifetime",
      met("http/pages/ConsentPage.ts#howLong")
    ),
    row(
      "10.2-f",
      "The authorization server SHOULD NOT process repeated authorization requests automatically (without active resource owner interaction)",
      met(
        ["http/InteractionPages.ts#begin", "http/RememberedConsent.ts#isKnownForCertain"],
        "a consent is remembered for `prompt=none` only, and for no client that any other may pretend to be"
      )
    ),
    row(
      "10.3-a",
      "Access token credentials (as well as any confidential access token attributes) MUST be kept confidential in transit and storage",
      met("protocol/Secret.ts#hash", "the store has a hash")
    ),
    row("10.3-b", "Access token credentials MUST only be transmitted using TLS", tls),
    row(
      "10.3-c",
      "The authorization server MUST ensure that access tokens cannot be generated, modified, or guessed to produce valid access tokens by unauthorized parties.",
      entropy
    ),
    row("10.3-d", "The client SHOULD request access tokens with the minimal scope necessary.", client),
    row(
      "10.3-e",
      "The authorization server SHOULD take the client identity into account when choosing how to honor the requested scope",
      met("grants/RequestedScope.ts#requestedScope")
    ),
    row(
      "10.4-a",
      "Refresh tokens MUST be kept confidential in transit and storage",
      met("protocol/Secret.ts#hash", "the store has a hash")
    ),
    row(
      "10.4-b",
      "The authorization server MUST maintain the binding between a refresh token and the client to whom it was issued.",
      met("storage/GrantStore.ts#RefreshFamilyRecord")
    ),
    row("10.4-c", "Refresh tokens MUST only be transmitted using TLS", tls),
    row(
      "10.4-d",
      "The authorization server MUST verify the binding between the refresh token and client identity whenever the client identity can be authenticated.",
      met("grants/PresentedRefreshToken.ts#requireIssuedTo")
    ),
    row(
      "10.4-e",
      "When client authentication is not possible, the authorization server SHOULD deploy other means to detect refresh token abuse.",
      met("grants/RefreshTokenGrant.ts#refreshToken", "rotation")
    ),
    row(
      "10.4-f",
      "The authorization server MUST ensure that refresh tokens cannot be generated, modified, or guessed to produce valid refresh tokens by unauthorized parties.",
      met("grants/RefreshToken.ts#parse")
    ),
    row("10.5-a", "The transmission of authorization codes SHOULD be made over a secure channel", tls),
    row(
      "10.5-b",
      "the client SHOULD require the use of TLS with its redirection URI if the URI identifies a network resource",
      client
    ),
    row(
      "10.5-c",
      "if the client relies on the authorization code for its own resource owner authentication, the client redirection endpoint MUST require the use of TLS",
      client
    ),
    row(
      "10.5-d",
      "Authorization codes MUST be short lived and single-use.",
      met(["response-types/CodeResponseType.ts#code", "storage/GrantStore.ts#RedeemOutcome"])
    ),
    row(
      "10.5-e",
      "If the authorization server observes multiple attempts to exchange an authorization code for an access token, the authorization server SHOULD attempt to revoke all access tokens already granted based on the compromised authorization code.",
      met("storage/GrantStore.ts#RedeemOutcome")
    ),
    row(
      "10.5-f",
      "If the client can be authenticated, the authorization servers MUST authenticate the client and ensure that the authorization code was issued to the same client.",
      met("grants/AuthorizationCodeGrant.ts#requireIssuedTo")
    ),
    row(
      "10.6-a",
      "the authorization server MUST ensure that the redirection URI used to obtain the authorization code is identical to the redirection URI provided when exchanging the authorization code for an access token",
      met("grants/AuthorizationCodeGrant.ts#requireSameRedirectUri")
    ),
    row(
      "10.6-b",
      "The authorization server MUST require public clients … to register their redirection URIs.",
      redirectUri
    ),
    row("10.6-c", "SHOULD require confidential clients to register their redirection URIs", redirectUri),
    row(
      "10.6-d",
      "If a redirection URI is provided in the request, the authorization server MUST validate it against the registered value.",
      redirectUri
    ),
    row(
      "10.7-a",
      "The authorization server and client SHOULD minimize use of this grant type",
      relaxed("`Legacy.password`", "Legacy.ts")
    ),
    row(
      "10.8-a",
      "Access tokens, refresh tokens, resource owner passwords, and client credentials MUST NOT be transmitted in the clear.",
      tls
    ),
    row("10.8-b", "Authorization codes SHOULD NOT be transmitted in the clear.", tls),
    row(
      "10.8-c",
      'The "state" and "scope" parameters SHOULD NOT include sensitive client or resource owner information in plain text',
      client
    ),
    row(
      "10.9-a",
      "the authorization server MUST require the use of TLS with server authentication … for any request sent to the authorization and token endpoints",
      tls
    ),
    row("10.9-b", "The client MUST validate the authorization server's TLS certificate", client),
    row(
      "10.10-a",
      "The authorization server MUST prevent attackers from guessing access tokens, authorization codes, refresh tokens, resource owner passwords, and client credentials.",
      entropy
    ),
    row(
      "10.10-b",
      "The probability of an attacker guessing generated tokens (and other credentials not intended for handling by end-users) MUST be less than or equal to 2^(-128)",
      entropy
    ),
    row("10.10-c", "SHOULD be less than or equal to 2^(-160)", entropy),
    row(
      "10.10-d",
      "The authorization server MUST utilize other means to protect credentials intended for end-user usage.",
      operator("passwords are the `ResourceOwner`'s: hash them slowly, and limit how often somebody may try")
    ),
    row(
      "10.11-a",
      "the authorization servers MUST require the use of TLS on every endpoint used for end-user interaction",
      tls
    ),
    row("10.12-a", "The client MUST implement CSRF protection for its redirection URI.", client),
    row("10.12-b", 'The client SHOULD utilize the "state" request parameter to deliver this value', client),
    row("10.12-c", "The binding value used for CSRF protection MUST contain a non-guessable value", client),
    row(
      "10.12-d",
      "the user-agent's authenticated state … MUST be kept in a location accessible only to the client and the user-agent",
      client
    ),
    row(
      "10.12-e",
      "The authorization server MUST implement CSRF protection for its authorization endpoint and ensure that a malicious client cannot obtain authorization without the awareness and explicit consent of the resource owner.",
      met([
        "http/PendingInteraction.ts#resume",
        "http/PendingInteraction.ts#requireSameSite",
        "http/InteractionPages.ts#consent"
      ])
    ),
    row(
      "10.13-a",
      "native applications SHOULD use external browsers instead of embedding browsers within the application",
      client
    ),
    row(
      "10.14-a",
      'The authorization server and client MUST sanitize (and validate when possible) any value received -- in particular, the value of the "state" and "redirect_uri" parameters.',
      met(["protocol/Parameters.ts#parse", "protocol/RedirectUri.ts#validate", "http/pages/Html.ts#html"])
    ),
    row(
      "10.16-a",
      "Any specification that uses the authorization process as a form of delegated end-user authentication to the client … MUST NOT use the implicit flow without additional security mechanisms",
      extension
    ),
    row(
      "11.1.1-a",
      "New parameters MUST be separately registered in the OAuth Parameters registry",
      extension
    ),
    row("11.4.1-a", "Values for the error name MUST NOT include characters outside the set", extension),
    row(
      "B-a",
      "names and values MUST be encoded using the UTF-8 character encoding scheme [RFC3629] first",
      met(["protocol/Parameters.ts#encode", "protocol/Parameters.ts#decode"])
    )
  ]
}

export default rfc6749
