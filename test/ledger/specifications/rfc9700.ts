import {
  client,
  met,
  notApplicable,
  operator,
  relaxed,
  resourceServer,
  row,
  type Specification,
  unmet
} from "../Ledger.ts"

const exactMatch = met(["protocol/RedirectUri.ts#matches", "protocol/TrustedRedirect.ts#requireRegistered"])
const noDowngrade = met("protocol/Pkce.ts#verifyCodeVerifier")
const senderConstrained = unmet("access tokens are bearer tokens; neither DPoP nor mutual TLS is here")
const noPostMessage = notApplicable("no answer is sent with `postMessage`")
const rotation = met(
  ["grants/RefreshTokenGrant.ts#refreshToken", "grants/FixedRefreshTokenGrant.ts#fixedRefreshToken"],
  "`Legacy.fixedRefreshToken` refuses public clients"
)
const audience = met(
  "endpoints/IntrospectionEndpoint.ts#describe",
  "`aud` in introspection: one for the server; RFC 8707 is not here"
)
const authenticateFirst = relaxed(
  "`errorRedirects`, which is `always` where nothing else is said, since clients are registered by the operator and " +
    "not by themselves",
  "http/OAuthHandler.ts#mayRedirect"
)
const noFraming = met(
  "http/pages/Html.ts#page",
  "`frame-ancestors 'none'`, `script-src` by hash, `X-Frame-Options: DENY`"
)

const rfc9700: Specification = {
  key: "rfc9700",
  name: "RFC 9700",
  title: "Best Current Practice for OAuth 2.0 Security",
  url: "https://www.rfc-editor.org/rfc/rfc9700",
  requirements: [
    row(
      "1-a",
      "it is RECOMMENDED that implementers upgrade their implementations and ecosystems as soon as feasible",
      operator("leave out what is under `Legacy`")
    ),
    row(
      "2.1-a",
      "When comparing client redirection URIs against pre-registered URIs, authorization servers MUST utilize exact string matching except for port numbers in localhost redirection URIs of native apps",
      exactMatch
    ),
    row(
      "2.1-b",
      "Clients and authorization servers MUST NOT expose URLs that forward the user's browser to arbitrary URIs obtained from a query parameter",
      met(["protocol/TrustedRedirect.ts#TrustedRedirect", "endpoints/AuthorizationEndpoint.ts#validate"])
    ),
    row("2.1-c", "Clients MUST prevent Cross-Site Request Forgery (CSRF).", client),
    row(
      "2.1-d",
      "one-time use CSRF tokens carried in the state parameter that are securely bound to the user agent MUST be used for CSRF protection",
      client
    ),
    row(
      "2.1-e",
      "When an OAuth client can interact with more than one authorization server, a defense against mix-up attacks … is REQUIRED.",
      client
    ),
    row("2.1-f", "clients SHOULD … use the iss parameter as a countermeasure", client),
    row(
      "2.1-g",
      "An authorization server that redirects a request potentially containing user credentials MUST avoid forwarding these user credentials accidentally",
      met("http/AuthorizationHttpResponse.ts#send", "303")
    ),
    row("2.1.1-a", "Clients MUST prevent authorization code injection attacks", client),
    row(
      "2.1.1-b",
      "Public clients MUST use PKCE",
      relaxed("`require_pkce: false` of a client", "endpoints/AuthorizationEndpoint.ts#pkcePolicy")
    ),
    row(
      "2.1.1-c",
      "For confidential clients, the use of PKCE [RFC7636] is RECOMMENDED",
      relaxed(
        '`pkce.required: "public"`, or `require_pkce: false` of a client',
        "endpoints/AuthorizationEndpoint.ts#pkcePolicy"
      )
    ),
    row(
      "2.1.1-d",
      "the PKCE challenge or OpenID Connect nonce MUST be transaction-specific and securely bound to the client and the user agent",
      client
    ),
    row(
      "2.1.1-e",
      "clients SHOULD use PKCE code challenge methods that do not expose the PKCE verifier in the authorization request",
      relaxed("`pkce.methods: [Pkce.plain]`", "protocol/Pkce.ts#requireCodeChallenge", "S256 is the only one")
    ),
    row(
      "2.1.1-f",
      "Authorization servers MUST support PKCE [RFC7636].",
      met(["protocol/Pkce.ts#requireCodeChallenge", "protocol/Pkce.ts#verifyCodeVerifier"])
    ),
    row(
      "2.1.1-g",
      "If a client sends a valid PKCE code_challenge parameter in the authorization request, the authorization server MUST enforce the correct usage of code_verifier at the token endpoint.",
      met("protocol/Pkce.ts#verifyCodeVerifier")
    ),
    row(
      "2.1.1-h",
      "Authorization servers MUST mitigate PKCE downgrade attacks by ensuring that a token request containing a code_verifier parameter is accepted only if a code_challenge parameter was present in the authorization request",
      noDowngrade
    ),
    row(
      "2.1.1-i",
      "Authorization servers MUST provide a way to detect their support for PKCE.",
      met("endpoints/MetadataEndpoint.ts#metadata")
    ),
    row(
      "2.1.1-j",
      "It is RECOMMENDED for authorization servers to publish the element code_challenge_methods_supported in their Authorization Server Metadata",
      met("endpoints/MetadataEndpoint.ts#metadata")
    ),
    row(
      "2.1.2-a",
      "clients SHOULD NOT use the implicit grant (response type token) or other response types issuing access tokens in the authorization response",
      relaxed("`Legacy.implicit`", "Legacy.ts")
    ),
    row("2.1.2-b", "Clients SHOULD instead use the response type code", client),
    row(
      "2.2.1-a",
      "Authorization and resource servers SHOULD use mechanisms for sender-constraining access tokens",
      senderConstrained
    ),
    row(
      "2.2.2-a",
      "Refresh tokens for public clients MUST be sender-constrained or use refresh token rotation",
      rotation
    ),
    row(
      "2.3-a",
      "The privileges associated with an access token SHOULD be restricted to the minimum required for the particular application or use case.",
      met(
        "grants/RequestedScope.ts#requestedScope",
        "what the client registered at most, what it asks for, what is consented to"
      )
    ),
    row("2.3-b", "access tokens SHOULD be audience-restricted to a specific resource server", audience),
    row("2.3-c", "the resource server MUST refuse to serve the respective request", resourceServer),
    row(
      "2.3-d",
      "access tokens SHOULD be restricted to certain resources and actions on resource servers or resources",
      met("storage/GrantStore.ts#AccessToken", "scope")
    ),
    row(
      "2.4-a",
      "The resource owner password credentials grant [RFC6749] MUST NOT be used.",
      relaxed("`Legacy.password`", "Legacy.ts")
    ),
    row(
      "2.5-a",
      "Authorization servers SHOULD enforce client authentication if it is feasible",
      met(
        "client-authentication/AuthenticateClient.ts#authenticateClient",
        "of every client that registered a method"
      )
    ),
    row(
      "2.5-b",
      "It is RECOMMENDED to use asymmetric cryptography for client authentication",
      unmet(
        "`private_key_jwt` and mutual TLS are not here yet; a `ClientAuthenticationMethod` of one's own can be installed"
      )
    ),
    row(
      "2.6-a",
      "It is therefore RECOMMENDED that authorization servers publish OAuth Authorization Server Metadata according to [RFC8414]",
      met("http/MetadataHttpResponse.ts#metadataResponse")
    ),
    row(
      "2.6-b",
      "authorization servers SHOULD NOT allow clients to influence their client_id or any other claim that could cause confusion with a genuine resource owner",
      operator("you register the clients: no `client_id` may be a person's `subject`")
    ),
    row(
      "2.6-c",
      "It is RECOMMENDED to use end-to-end TLS according to [BCP195] between the client and the resource server.",
      operator("of the resource server")
    ),
    row(
      "2.6-d",
      "Authorization responses MUST NOT be transmitted over unencrypted network connections.",
      relaxed("`allowHttp`", ["protocol/RedirectUri.ts#validate", "http/Transport.ts#isSecureEnough"])
    ),
    row(
      "2.6-e",
      "authorization servers MUST NOT allow redirection URIs that use the http scheme except for native clients that use loopback interface redirection",
      relaxed("`allowHttp`", [
        "protocol/RedirectUri.ts#validate",
        "protocol/TrustedRedirect.ts#requireRegistered"
      ])
    ),
    row(
      "2.6-f",
      "both the initiator and receiver of the in-browser message MUST be strictly verified",
      noPostMessage
    ),
    row(
      "2.6-g",
      "CORS MUST NOT be supported at the authorization endpoint",
      met(["http/OAuthHandler.ts#make", "http/Cors.ts#allowAnyOrigin"])
    ),
    row(
      "3-a",
      "Implementers MUST take into account all possible types of attackers in the environment of their OAuth implementations.",
      operator("docs/security.md says what the library sees to")
    ),
    row("4.1.3-a", "the authorization server MUST ensure that the two URIs are equal", exactMatch),
    row(
      "4.1.3-b",
      "the authorization server MUST allow variable port numbers as described in Section 7.3 of [RFC8252]",
      met("protocol/RedirectUri.ts#matches")
    ),
    row(
      "4.1.3-c",
      "Web servers on which redirection URIs are hosted MUST NOT expose open redirectors",
      client
    ),
    row(
      "4.1.3-d",
      "Clients SHOULD use the authorization code response type instead of response types that cause access token issuance at the authorization endpoint.",
      client
    ),
    row(
      "4.2.4-a",
      "The page rendered as a result of the OAuth authorization response and the authorization endpoint SHOULD NOT include third-party resources or links to external sites.",
      met("http/pages/Html.ts#page")
    ),
    row(
      "4.2.4-b",
      "authorization codes MUST be invalidated by the authorization server after their first use at the token endpoint",
      met("storage/GrantStore.ts#RedeemOutcome")
    ),
    row(
      "4.2.4-c",
      "when an attempt is made to redeem a code twice, the authorization server SHOULD revoke all tokens issued previously based on that code",
      met("storage/GrantStore.ts#RedeemOutcome")
    ),
    row("4.2.4-d", "The state value SHOULD be invalidated by the client after its first use", client),
    row(
      "4.3.2-a",
      "Clients MUST NOT pass access tokens in a URI query parameter",
      met("response-types/RequestedResponseMode.ts#requestedResponseMode", "the server never does")
    ),
    row("4.4.2-a", "clients MUST prevent mix-up attacks", client),
    row(
      "4.4.2-b",
      "clients MUST store, for each authorization request, the issuer they sent the authorization request to",
      client
    ),
    row(
      "4.4.2.1-a",
      "the client MUST compare the received issuer identifier to the stored issuer identifier",
      client
    ),
    row("4.4.2.1-b", "the client MUST abort the interaction", client),
    row("4.4.2.1-c", "the iss value MUST be evaluated according to [RFC9207]", client),
    row(
      "4.4.2.2-a",
      "clients MUST use a distinct redirection URI for each issuer they interact with",
      client
    ),
    row(
      "4.4.2.2-b",
      "Clients MUST check that the authorization response was received from the correct issuer",
      client
    ),
    row("4.4.2.2-c", "If there is a mismatch, the client MUST abort the flow.", client),
    row(
      "4.4.2.2-d",
      "This defense SHOULD therefore only be used if other options are not available.",
      client
    ),
    row("4.5.3.2-a", "MUST validate the nonce in the ID Token obtained from the token endpoint", client),
    row(
      "4.5.3.2-b",
      "MUST ensure that, unless and until that check succeeds, all tokens … are disregarded",
      client
    ),
    row(
      "4.7.1-a",
      "Clients MUST ensure that the authorization server supports PKCE before using PKCE for CSRF protection.",
      client
    ),
    row(
      "4.7.1-b",
      "If an authorization server does not support PKCE, state or nonce MUST be used for CSRF protection.",
      client
    ),
    row("4.7.1-c", "clients MUST protect state against tampering and swapping", client),
    row(
      "4.7.1-d",
      "The authorization server therefore MUST provide a way to detect their support for PKCE.",
      met("endpoints/MetadataEndpoint.ts#metadata")
    ),
    row(
      "4.7.1-e",
      "Using Authorization Server Metadata according to [RFC8414] is RECOMMENDED",
      met("endpoints/MetadataEndpoint.ts#metadata")
    ),
    row("4.8.2-a", "authorization servers MUST mitigate this attack", noDowngrade),
    row(
      "4.8.2-b",
      "an authorization server that supports PKCE MUST check whether a code challenge is contained in the authorization request and bind this information to the code that is issued",
      met(["endpoints/AuthorizationEndpoint.ts#pkcePolicy", "response-types/CodeResponseType.ts#code"])
    ),
    row(
      "4.8.2-c",
      "the authorization server MUST ensure that if there was no code_challenge in the authorization request, a request to the token endpoint containing a code_verifier is rejected",
      noDowngrade
    ),
    row(
      "4.9.3-a",
      "Sender-constrained access tokens … SHOULD be used to prevent the attacker from replaying the access tokens on other resource servers.",
      senderConstrained
    ),
    row(
      "4.9.3-b",
      "Audience restriction … SHOULD be used to prevent replay of captured access tokens on other resource servers.",
      audience
    ),
    row(
      "4.9.3-c",
      "The resource server MUST treat access tokens like other sensitive secrets and not store or transfer them in plaintext.",
      resourceServer
    ),
    row(
      "4.10-a",
      "Authorization servers therefore SHOULD ensure that access tokens are sender-constrained and audience-restricted",
      unmet("audience-restricted, but not sender-constrained: neither DPoP nor mutual TLS is here")
    ),
    row("4.11.1-a", "Clients MUST NOT expose open redirectors.", client),
    row(
      "4.11.2-a",
      "the authorization server MUST NOT automatically redirect the user agent in case of an invalid combination of client_id and redirect_uri",
      met("endpoints/AuthorizationEndpoint.ts#validate")
    ),
    row(
      "4.11.2-b",
      "The authorization server MUST take precautions to prevent these threats.",
      authenticateFirst
    ),
    row(
      "4.11.2-c",
      "The authorization server MUST always authenticate the user first and, with the exception of the silent authentication use case, prompt the user for credentials when needed, before redirecting the user.",
      authenticateFirst
    ),
    row(
      "4.11.2-d",
      "The authorization server SHOULD only automatically redirect the user agent if it trusts the redirection URI.",
      met("protocol/TrustedRedirect.ts#requireRegistered", "what the operator registered is trusted")
    ),
    row(
      "4.12-a",
      "Authorization servers that redirect a request that potentially contains the user's credentials therefore MUST NOT use the HTTP 307 status code for redirection.",
      met("http/AuthorizationHttpResponse.ts#send")
    ),
    row(
      "4.12-b",
      "the authorization server SHOULD use HTTP status code 303 (See Other)",
      met("http/AuthorizationHttpResponse.ts#send")
    ),
    row(
      "4.13-a",
      "A reverse proxy MUST therefore sanitize any inbound requests to ensure the authenticity and integrity of all header values relevant for the security of the application servers.",
      operator(
        "the library takes the last element, and only from a proxy in `trustedProxies`; the proxy has to write it"
      )
    ),
    row(
      "4.13-b",
      "the communication link between the reverse proxy and application server MUST be protected against eavesdropping, injection, and replay of messages",
      operator("protect the way from the proxy to the server")
    ),
    row(
      "4.14.2-a",
      "Authorization servers MUST determine, based on a risk assessment, whether to issue refresh tokens to a certain client.",
      met("grants/IssueTokens.ts#mayRefresh", "the `grant_types` of its registration")
    ),
    row(
      "4.14.2-b",
      "If refresh tokens are issued, those refresh tokens MUST be bound to the scope and resource servers as consented by the resource owner.",
      met(["grants/IssueTokens.ts#makeRefreshToken", "grants/PresentedRefreshToken.ts#requireScopeWithin"])
    ),
    row(
      "4.14.2-c",
      "Authorization servers MUST utilize one of these methods to detect refresh token replay by malicious actors for public clients",
      rotation
    ),
    row(
      "4.14.2-d",
      "Authorization servers MUST ensure the integrity of the refresh token value in this case, for example, using signatures.",
      met("grants/RefreshToken.ts#parse", "an HMAC")
    ),
    row(
      "4.14.2-e",
      "Refresh tokens SHOULD expire if the client has been inactive for some time",
      met("services/ServerConfig.ts#make", "`lifetimes.refreshToken`, 30 days")
    ),
    row(
      "4.15-a",
      'the value of "sub" SHOULD correspond to the subject identifier of the resource owner',
      met("endpoints/IntrospectionEndpoint.ts#identityFor")
    ),
    row(
      "4.15-b",
      'the value of "sub" SHOULD correspond to an identifier the authorization server uses to indicate the client application',
      met("endpoints/IntrospectionEndpoint.ts#identityFor")
    ),
    row(
      "4.15.1-a",
      "Authorization servers SHOULD NOT allow clients to influence their client_id or any other claim that could cause confusion with a genuine resource owner if a common namespace for client IDs and user identifiers exists",
      operator("you register the clients: no `client_id` may be a person's `subject`")
    ),
    row(
      "4.15.1-b",
      "Where this cannot be avoided, authorization servers MUST provide other means for the resource server to distinguish between the two types of access tokens.",
      met(
        "endpoints/IntrospectionEndpoint.ts#identityFor",
        "`sub` is the `client_id` only where there is no person"
      )
    ),
    row("4.16-a", "Authorization servers MUST prevent clickjacking attacks.", noFraming),
    row(
      "4.16-b",
      "authorization servers SHOULD also use Content Security Policy (CSP) level 2 [W3C.CSP-2] or greater",
      noFraming
    ),
    row(
      "4.16-c",
      "authorization servers SHOULD allow administrators to configure allowed origins for particular clients and/or for clients to register these dynamically",
      unmet("nobody may frame the pages; an `Interaction` of the application's own may decide otherwise")
    ),
    row(
      "4.16-d",
      "this technique SHOULD be combined with others, including those described in [RFC6819]",
      noFraming
    ),
    row("4.16-e", "additional countermeasures SHOULD still be employed", noFraming),
    row(
      "4.17.2-a",
      "authorization servers MUST utilize exact string matching as described in Section 4.1.3",
      noPostMessage
    ),
    row(
      "4.17.2-b",
      "Authorization servers MUST send postMessages to trusted client receiver origins",
      noPostMessage
    ),
    row("4.17.2-c", 'Wildcard origins like "*" in postMessage MUST NOT be used', noPostMessage),
    row(
      "4.17.2-d",
      "Clients MUST prevent injection of in-browser messages on the client receiver endpoint.",
      client
    ),
    row("4.17.2-e", "Clients MUST utilize exact string matching to compare the initiator origin", client),
    row(
      "4.17.2-f",
      "all measures protecting the authorization response listed in Section 2.1 MUST be applied equally",
      noPostMessage
    )
  ]
}

export default rfc9700
