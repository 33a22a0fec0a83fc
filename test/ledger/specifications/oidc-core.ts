import {
  client,
  met,
  notApplicable,
  operator,
  relaxed,
  resourceServer,
  row,
  type Specification,
  type Standing
} from "../Ledger.ts"

const tls = relaxed("`allowHttp`, or an issuer on loopback", "http/Transport.ts#isSecureEnough")
const operatorTls = operator("versions and cipher suites of TLS are your server's or your proxy's")
const noRequestObjects = notApplicable("request objects are refused")
const noEncryption = notApplicable("nothing is encrypted for a client")
const noAssertions = notApplicable("no client authenticates with a JWT")
const noRegistration = notApplicable("clients do not register themselves")
const noClaimsProviders = notApplicable("there are normal claims only (§5.6)")
const notSelfIssued = notApplicable("the provider is not self-issued")
const sum = notApplicable("the sum of the lines beside it")
const application = operator("what is known of a person, and in which form, `ResourceOwner.claims` says")
const initiator: Standing = { _tag: "ofOthers", who: "whoever initiates the login" }

const core: Specification = {
  key: "oidc-core",
  name: "OpenID Connect Core 1.0",
  title: "incorporating errata set 2",
  url: "https://openid.net/specs/openid-connect-core-1_0.html",
  sectionAnchor: "rfc.section.",
  requirements: [
    row(
      "1.2-a",
      "[Request URI] The Request URI contents MUST be retrievable by the Authorization Server.",
      noRequestObjects
    ),
    row(
      "1.2-b",
      "[UserInfo Endpoint] The UserInfo Endpoint URL MUST use the https scheme and MAY contain port, path, and query parameter components.",
      tls
    ),
    row("2-a", "iss REQUIRED.", met("oidc/IdToken.ts#make")),
    row("2-b", "sub REQUIRED.", met("oidc/IdToken.ts#make")),
    row(
      "2-c",
      "[sub] It MUST NOT exceed 255 ASCII [RFC20] characters in length.",
      operator("give people identifiers of 255 ASCII characters at most; pairwise ones have 43")
    ),
    row("2-d", "aud REQUIRED.", met("oidc/IdToken.ts#make")),
    row(
      "2-e",
      "[aud] It MUST contain the OAuth 2.0 client_id of the Relying Party as an audience value.",
      met("oidc/IdToken.ts#make")
    ),
    row("2-f", "exp REQUIRED.", met("oidc/IdToken.ts#make")),
    row(
      "2-g",
      "[exp] Expiration time on or after which the ID Token MUST NOT be accepted by the RP when performing authentication with the OP.",
      client
    ),
    row(
      "2-h",
      "[exp] The processing of this parameter requires that the current date/time MUST be before the expiration date/time listed in the value.",
      client
    ),
    row("2-i", "iat REQUIRED.", met("oidc/IdToken.ts#make")),
    row(
      "2-j",
      "[auth_time] When a max_age request is made or when auth_time is requested as an Essential Claim, then this Claim is REQUIRED; otherwise, its inclusion is OPTIONAL.",
      met("oidc/IdToken.ts#make", "it is always there")
    ),
    row(
      "2-k",
      "[nonce] If present in the ID Token, Clients MUST verify that the nonce Claim Value is equal to the value of the nonce parameter sent in the Authentication Request.",
      client
    ),
    row(
      "2-l",
      "[nonce] If present in the Authentication Request, Authorization Servers MUST include a nonce Claim in the ID Token with the Claim Value being the nonce value sent in the Authentication Request.",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "2-m",
      "[nonce] Authorization Servers SHOULD perform no other processing on nonce values used.",
      met("oidc/AuthenticationRequest.ts#read", "it is kept and told as it came")
    ),
    row(
      "2-n",
      "[acr] Authentications with level 0 SHOULD NOT be used to authorize access to any resource of any monetary value.",
      operator("`acr` is what you say that signing in amounts to")
    ),
    row(
      "2-o",
      "[acr] An absolute URI or an RFC 6711 [RFC6711] registered name SHOULD be used as the acr value; registered names MUST NOT be used with a different meaning than that which is registered.",
      operator("`acr` is what you say that signing in amounts to")
    ),
    row(
      "2-p",
      "[amr] Values used in the amr Claim SHOULD be from those registered in the IANA Authentication Method Reference Values registry [IANA.AMR] established by [RFC8176]; parties using this claim will need to agree upon the meanings of any unregistered values used, which may be context specific.",
      met("http/LoginSession.ts#LoginSession", "`pwd`; an `Interaction` of one's own says what it likes")
    ),
    row(
      "2-q",
      "[azp] If present, it MUST contain the OAuth 2.0 Client ID of this party.",
      met("oidc/IdToken.ts#make")
    ),
    row("2-r", "Any Claims used that are not understood MUST be ignored.", client),
    row(
      "2-s",
      "ID Tokens MUST be signed using JWS [JWS] and optionally both signed and then encrypted using JWS [JWS] and JWE [JWE] respectively, thereby providing authentication, integrity, non-repudiation, and optionally, confidentiality, per Section 16.14.",
      met(["oidc/IdToken.ts#make", "services/SigningKeys.ts#SigningKeys"])
    ),
    row(
      "2-t",
      "If the ID Token is encrypted, it MUST be signed then encrypted, with the result being a Nested JWT, as defined in [JWT].",
      noEncryption
    ),
    row(
      "2-u",
      "ID Tokens MUST NOT use none as the alg value unless the Response Type used returns no ID Token from the Authorization Endpoint (such as when using the Authorization Code Flow) and the Client explicitly requested the use of none at Registration time.",
      met("oidc/IdToken.ts#requireAlgorithm", "never")
    ),
    row(
      "2-v",
      "ID Tokens SHOULD NOT use the JWS or JWE x5u, x5c, jku, or jwk Header Parameter fields.",
      met("services/SigningKeys.ts#SigningKeys")
    ),
    row("3.1.2-a", "Communication with the Authorization Endpoint MUST utilize TLS.", tls),
    row(
      "3.1.2.1-a",
      "Authorization Servers MUST support the use of the HTTP GET and POST methods defined in RFC 7231 [RFC7231] at the Authorization Endpoint.",
      met("http/OAuthHandler.ts#make")
    ),
    row(
      "3.1.2.1-b",
      "scope REQUIRED.",
      met("oidc/OpenIdExtension.ts#validate", "without it a request is plain OAuth")
    ),
    row(
      "3.1.2.1-c",
      "[scope] OpenID Connect requests MUST contain the openid scope value.",
      met("oidc/OpenIdExtension.ts#validate", "without it a request is plain OAuth")
    ),
    row(
      "3.1.2.1-d",
      "[scope] Scope values used that are not understood by an implementation SHOULD be ignored.",
      met("endpoints/AuthorizationEndpoint.ts#validate")
    ),
    row(
      "3.1.2.1-e",
      "response_type REQUIRED.",
      met("response-types/RequestedResponseTypes.ts#requestedResponseTypes")
    ),
    row("3.1.2.1-f", "client_id REQUIRED.", met("endpoints/AuthorizationEndpoint.ts#validate")),
    row("3.1.2.1-g", "redirect_uri REQUIRED.", met("oidc/OpenIdExtension.ts#validate")),
    row(
      "3.1.2.1-h",
      "[redirect_uri] This URI MUST exactly match one of the Redirection URI values for the Client pre-registered at the OpenID Provider, with the matching performed as described in Section 6.2.1 of [RFC3986] (Simple String Comparison).",
      met(
        "protocol/TrustedRedirect.ts#requireRegistered",
        "but for the port of a loopback address (RFC 8252 §7.3)"
      )
    ),
    row(
      "3.1.2.1-i",
      "[redirect_uri] When using this flow, the Redirection URI SHOULD use the https scheme; however, it MAY use the http scheme, provided that the Client Type is confidential, as defined in Section 2.1 of OAuth 2.0, and provided the OP allows the use of http Redirection URIs in this case.",
      relaxed("`allowHttp`", "protocol/RedirectUri.ts#validate", "`https`, a private scheme, or loopback")
    ),
    row("3.1.2.1-j", "state RECOMMENDED.", client),
    row(
      "3.1.2.1-k",
      "[response_mode] This use of this parameter is NOT RECOMMENDED when the Response Mode that would be requested is the default mode specified for the Response Type.",
      client
    ),
    row(
      "3.1.2.1-l",
      "[nonce] Sufficient entropy MUST be present in the nonce values used to prevent attackers from guessing values.",
      client
    ),
    row(
      "3.1.2.1-m",
      "[page] The Authorization Server SHOULD display the authentication and consent UI consistent with a full User Agent page view.",
      met("http/pages/ConsentPage.ts#consentPage")
    ),
    row(
      "3.1.2.1-n",
      "[popup] The Authorization Server SHOULD display the authentication and consent UI consistent with a popup User Agent window.",
      met("http/pages/Html.ts#page")
    ),
    row(
      "3.1.2.1-o",
      "[touch] The Authorization Server SHOULD display the authentication and consent UI consistent with a device that leverages a touch interface.",
      met("http/pages/Html.ts#page")
    ),
    row(
      "3.1.2.1-p",
      '[wap] The Authorization Server SHOULD display the authentication and consent UI consistent with a "feature phone" type display.',
      met("http/pages/Html.ts#page")
    ),
    row(
      "3.1.2.1-q",
      "[none] The Authorization Server MUST NOT display any authentication or consent user interface pages.",
      met("http/WithoutInteraction.ts#answer")
    ),
    row(
      "3.1.2.1-r",
      "[login] The Authorization Server SHOULD prompt the End-User for reauthentication.",
      met("oidc/AuthenticationRequest.ts#mustSignIn")
    ),
    row(
      "3.1.2.1-s",
      "[login] If it cannot reauthenticate the End-User, it MUST return an error, typically login_required.",
      notApplicable("it can: the page stays until somebody has signed in")
    ),
    row(
      "3.1.2.1-t",
      "[consent] The Authorization Server SHOULD prompt the End-User for consent before returning information to the Client.",
      met("http/InteractionPages.ts#consent")
    ),
    row(
      "3.1.2.1-u",
      "[consent] If it cannot obtain consent, it MUST return an error, typically consent_required.",
      met("http/WithoutInteraction.ts#answer", "`consent_required`; `access_denied` if they say no")
    ),
    row(
      "3.1.2.1-v",
      "[select_account] The Authorization Server SHOULD prompt the End-User to select a user account.",
      met("oidc/AuthenticationRequest.ts#mustSignIn", "they sign in anew, as whom they like")
    ),
    row(
      "3.1.2.1-w",
      "[select_account] If it cannot obtain an account selection choice made by the End-User, it MUST return an error, typically account_selection_required.",
      notApplicable("it can: the page stays until somebody has signed in")
    ),
    row(
      "3.1.2.1-x",
      "[max_age] If the elapsed time is greater than this value, the OP MUST attempt to actively re-authenticate the End-User.",
      met("oidc/AuthenticationRequest.ts#mustSignIn")
    ),
    row(
      "3.1.2.1-y",
      "[max_age] When max_age is used, the ID Token returned MUST include an auth_time Claim Value.",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "3.1.2.1-z",
      "[ui_locales] An error SHOULD NOT result if some or all of the requested locales are not supported by the OpenID Provider.",
      met("oidc/AuthenticationRequest.ts#read")
    ),
    row(
      "3.1.2.1-aa",
      "[id_token_hint] If the End-User identified by the ID Token is already logged in or is logged in as a result of the request (with the OP possibly evaluating other information beyond the ID Token in this decision), then the Authorization Server returns a positive response; otherwise, it MUST return an error, such as login_required.",
      met(["oidc/OpenIdExtension.ts#approve", "oidc/AuthenticationRequest.ts#mustSignIn"])
    ),
    row(
      "3.1.2.1-ab",
      "[id_token_hint] When possible, an id_token_hint SHOULD be present when prompt=none is used and an invalid_request error MAY be returned if it is not; however, the server SHOULD respond successfully when possible, even if it is not present.",
      met("http/WithoutInteraction.ts#answer")
    ),
    row(
      "3.1.2.1-ac",
      "If the ID Token received by the RP from the OP is encrypted, to use it as an id_token_hint, the Client MUST decrypt the signed ID Token contained within the encrypted ID Token.",
      client
    ),
    row(
      "3.1.2.1-ad",
      "[login_hint] It is RECOMMENDED that the hint value match the value used for discovery.",
      client
    ),
    row("3.1.2.2-a", "The Authorization Server MUST validate the request received as follows:", sum),
    row(
      "3.1.2.2-b",
      "The Authorization Server MUST validate all the OAuth 2.0 parameters according to the OAuth 2.0 specification.",
      met("endpoints/AuthorizationEndpoint.ts#validate")
    ),
    row(
      "3.1.2.2-c",
      "The Authorization Server MUST verify that all the REQUIRED parameters are present and their usage conforms to this specification.",
      met(["oidc/OpenIdExtension.ts#validate", "oidc/AuthenticationRequest.ts#read"])
    ),
    row(
      "3.1.2.2-d",
      "If the sub (subject) Claim is requested with a specific value for the ID Token, the Authorization Server MUST only send a positive response if the End-User identified by that sub value has an active session with the Authorization Server or has been Authenticated as a result of the request.",
      met("oidc/AuthenticationRequest.ts#isSubject")
    ),
    row(
      "3.1.2.2-e",
      "The Authorization Server MUST NOT reply with an ID Token or Access Token for a different user, even if they have an active session with the Authorization Server.",
      met("oidc/OpenIdExtension.ts#approve")
    ),
    row(
      "3.1.2.2-f",
      "When an id_token_hint is present, the OP MUST validate that it was the issuer of the ID Token.",
      met("oidc/IdTokenHint.ts#verify")
    ),
    row(
      "3.1.2.2-g",
      "The OP SHOULD accept ID Tokens when the RP identified by the ID Token has a current session or had a recent session at the OP, even when the exp time has passed.",
      met("oidc/IdTokenHint.ts#verify")
    ),
    row(
      "3.1.2.2-h",
      "As specified in OAuth 2.0 [RFC6749], Authorization Servers SHOULD ignore unrecognized request parameters.",
      met("endpoints/AuthorizationEndpoint.ts#validate")
    ),
    row(
      "3.1.2.2-i",
      "If the Authorization Server encounters any error, it MUST return an error response, per Section 3.1.2.6.",
      met("endpoints/AuthorizationEndpoint.ts#refuse")
    ),
    row(
      "3.1.2.3-a",
      "The Authorization Server MUST attempt to Authenticate the End-User in the following cases:",
      met(["oidc/AuthenticationRequest.ts#mustSignIn", "http/InteractionPages.ts#consent"])
    ),
    row(
      "3.1.2.3-b",
      "In this case, the Authorization Server MUST reauthenticate the End-User even if the End-User is already authenticated.",
      met("oidc/AuthenticationRequest.ts#mustSignIn")
    ),
    row(
      "3.1.2.3-c",
      "The Authorization Server MUST NOT interact with the End-User in the following case:",
      met("http/WithoutInteraction.ts#answer")
    ),
    row(
      "3.1.2.3-d",
      "In this case, the Authorization Server MUST return an error if an End-User is not already Authenticated or could not be silently Authenticated.",
      met("http/WithoutInteraction.ts#answer")
    ),
    row(
      "3.1.2.3-e",
      "When interacting with the End-User, the Authorization Server MUST employ appropriate measures against Cross-Site Request Forgery and Clickjacking as, described in Sections 10.12 and 10.13 of OAuth 2.0 [RFC6749].",
      met(["http/PendingInteraction.ts#resume", "http/PendingInteraction.ts#requireSameSite"])
    ),
    row(
      "3.1.2.4-a",
      "Once the End-User is authenticated, the Authorization Server MUST obtain an authorization decision before releasing information to the Relying Party.",
      met(["http/InteractionPages.ts#consent", "http/WithoutInteraction.ts#answer"])
    ),
    row(
      "3.1.2.5-a",
      "When using the Authorization Code Flow, the Authorization Response MUST return the parameters defined in Section 4.1.2 of OAuth 2.0 [RFC6749] by adding them as query parameters to the redirect_uri specified in the Authorization Request using the application/x-www-form-urlencoded format, unless a different Response Mode was specified.",
      met("protocol/AuthorizationResponse.ts#toLocation")
    ),
    row(
      "3.1.2.6-a",
      "Other parameters SHOULD NOT be returned.",
      met("protocol/AuthorizationResponse.ts#toEntries", "`iss` besides (RFC 9207)")
    ),
    row(
      "3.1.2.6-b",
      "If the Redirection URI is invalid, the Authorization Server MUST NOT redirect the User Agent to the invalid Redirection URI.",
      met("protocol/TrustedRedirect.ts#requireRegistered")
    ),
    row(
      "3.1.2.6-c",
      "[account_selection_required] The End-User is REQUIRED to select a session at the Authorization Server.",
      notApplicable("the person selects by signing in")
    ),
    row("3.1.2.6-d", "error REQUIRED.", met("protocol/AuthorizationResponse.ts#toEntries")),
    row(
      "3.1.2.6-e",
      "state REQUIRED if the Authorization Request included the state parameter.",
      met("protocol/AuthorizationResponse.ts#toEntries")
    ),
    row(
      "3.1.2.7-a",
      "When using the Authorization Code Flow, the Client MUST validate the response according to RFC 6749, especially Sections 4.1.2 and 10.12.",
      client
    ),
    row("3.1.3-a", "Communication with the Token Endpoint MUST utilize TLS.", tls),
    row(
      "3.1.3.1-a",
      "If the Client is a Confidential Client, then it MUST authenticate to the Token Endpoint using the authentication method registered for its client_id, as described in Section 9.",
      met("client-authentication/AuthenticateClient.ts#authenticateClient")
    ),
    row(
      "3.1.3.2-a",
      "The Authorization Server MUST validate the Token Request as follows:",
      met("grants/AuthorizationCodeGrant.ts#authorizationCode")
    ),
    row(
      "3.1.3.3-a",
      "The OAuth 2.0 token_type response parameter value MUST be Bearer, as specified in OAuth 2.0 Bearer Token Usage [RFC6750], unless another Token Type has been negotiated with the Client.",
      met("grants/IssueTokens.ts")
    ),
    row(
      "3.1.3.3-b",
      "Servers SHOULD support the Bearer Token Type; use of other Token Types is outside the scope of this specification.",
      met("grants/IssueTokens.ts")
    ),
    row(
      "3.1.3.3-c",
      "In addition to the response parameters specified by OAuth 2.0, the following parameters MUST be included in the response:",
      met("oidc/OpenIdExtension.ts#tokenResponse")
    ),
    row(
      "3.1.3.3-d",
      "All Token Responses that contain tokens, secrets, or other sensitive information MUST include the following HTTP response header fields and values:",
      met("http/TokenHttpResponse.ts")
    ),
    row(
      "3.1.3.3-e",
      "As specified in OAuth 2.0 [RFC6749], Clients SHOULD ignore unrecognized response parameters.",
      client
    ),
    row("3.1.3.5-a", "The Client MUST validate the Token Response as follows:", client),
    row(
      "3.1.3.7-a",
      "Clients MUST validate the ID Token in the Token Response in the following manner:",
      client
    ),
    row(
      "3.1.3.7-b",
      "If encryption was negotiated with the OP at Registration time and the ID Token is not encrypted, the RP SHOULD reject it.",
      client
    ),
    row(
      "3.1.3.7-c",
      "The Issuer Identifier for the OpenID Provider (which is typically obtained during Discovery) MUST exactly match the value of the iss (issuer) Claim.",
      client
    ),
    row(
      "3.1.3.7-d",
      "The Client MUST validate that the aud (audience) Claim contains its client_id value registered at the Issuer identified by the iss (issuer) Claim as an audience.",
      client
    ),
    row(
      "3.1.3.7-e",
      "The ID Token MUST be rejected if the ID Token does not list the Client as a valid audience, or if it contains additional audiences not trusted by the Client.",
      client
    ),
    row(
      "3.1.3.7-f",
      "If the implementation is using extensions (which are beyond the scope of this specification) that result in the azp (authorized party) Claim being present, it SHOULD validate the azp value as specified by those extensions.",
      client
    ),
    row(
      "3.1.3.7-g",
      "This validation MAY include that when an azp (authorized party) Claim is present, the Client SHOULD verify that its client_id is the Claim Value.",
      client
    ),
    row(
      "3.1.3.7-h",
      "The Client MUST validate the signature of all other ID Tokens according to JWS [JWS] using the algorithm specified in the JWT alg Header Parameter.",
      client
    ),
    row("3.1.3.7-i", "The Client MUST use the keys provided by the Issuer.", client),
    row(
      "3.1.3.7-j",
      "The alg value SHOULD be the default of RS256 or the algorithm sent by the Client in the id_token_signed_response_alg parameter during Registration.",
      met("oidc/OpenIdProvider.ts#idTokenAlgorithm")
    ),
    row("3.1.3.7-k", "The current time MUST be before the time represented by the exp Claim.", client),
    row(
      "3.1.3.7-l",
      "If a nonce value was sent in the Authentication Request, a nonce Claim MUST be present and its value checked to verify that it is the same value as the one that was sent in the Authentication Request.",
      client
    ),
    row("3.1.3.7-m", "The Client SHOULD check the nonce value for replay attacks.", client),
    row(
      "3.1.3.7-n",
      "If the acr Claim was requested, the Client SHOULD check that the asserted Claim Value is appropriate.",
      client
    ),
    row(
      "3.1.3.7-o",
      "If the auth_time Claim was requested, either through a specific request for this Claim or by using the max_age parameter, the Client SHOULD check the auth_time Claim value and request re-authentication if it determines too much time has elapsed since the last End-User authentication.",
      client
    ),
    row(
      "3.2.2.1-a",
      "response_type REQUIRED.",
      met("response-types/RequestedResponseTypes.ts#requestedResponseTypes")
    ),
    row("3.2.2.1-b", "redirect_uri REQUIRED.", met("oidc/OpenIdExtension.ts#validate")),
    row(
      "3.2.2.1-c",
      "[redirect_uri] This URI MUST exactly match one of the Redirection URI values for the Client pre-registered at the OpenID Provider, with the matching performed as described in Section 6.2.1 of [RFC3986] (Simple String Comparison).",
      met(
        "protocol/TrustedRedirect.ts#requireRegistered",
        "but for the port of a loopback address (RFC 8252 §7.3)"
      )
    ),
    row(
      "3.2.2.1-d",
      "[redirect_uri] When using this flow, the Redirection URI MUST NOT use the http scheme unless the Client is a native application, in which case it MAY use the http scheme with localhost or the IP loopback literals 127.0.0.1 or [::1] as the hostname.",
      relaxed("`allowHttp`", "protocol/TrustedRedirect.ts#isForWebOnly")
    ),
    row("3.2.2.1-e", "nonce REQUIRED.", met("oidc/IdTokenResponseType.ts#idToken")),
    row(
      "3.2.2.1-f",
      "[nonce] Sufficient entropy MUST be present in the nonce values used to prevent attackers from guessing values.",
      client
    ),
    row(
      "3.2.2.5-a",
      "[token_type] The value MUST be Bearer or another token_type value that the Client has negotiated with the Authorization Server.",
      met("response-types/TokenResponseType.ts")
    ),
    row(
      "3.2.2.5-b",
      "[token_type] Clients implementing this profile MUST support the OAuth 2.0 Bearer Token Usage [RFC6750] specification.",
      client
    ),
    row("3.2.2.5-c", "id_token REQUIRED.", met("oidc/IdTokenResponseType.ts#idToken")),
    row(
      "3.2.2.5-d",
      "state REQUIRED if the state parameter is present in the Authorization Request.",
      met("protocol/AuthorizationResponse.ts#toEntries")
    ),
    row(
      "3.2.2.5-e",
      "[state] Clients MUST verify that the state value is equal to the value of state parameter in the Authorization Request.",
      client
    ),
    row(
      "3.2.2.6-a",
      "Whenever Error Response parameters are returned, such as when End-User denies the authorization or the End-User authentication fails, the Authorization Server MUST return the error Authorization Response in the fragment component of the Redirection URI, as defined in Section 4.2.2.1 of OAuth 2.0 [RFC6749] and OAuth 2.0 Multiple Response Type Encoding Practices [OAuth.Responses], unless a different Response Mode was specified.",
      met("response-types/RequestedResponseMode.ts")
    ),
    row(
      "3.2.2.8-a",
      "When using the Implicit Flow, the Client MUST validate the response as follows:",
      client
    ),
    row(
      "3.2.2.9-a",
      "To validate an Access Token issued from the Authorization Endpoint with an ID Token, the Client SHOULD do the following:",
      client
    ),
    row(
      "3.2.2.9-b",
      "The value of at_hash in the ID Token MUST match the value produced in the previous step.",
      client
    ),
    row(
      "3.2.2.10-a",
      "[nonce] Use of the nonce Claim is REQUIRED for this flow.",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "3.2.2.10-b",
      "If the ID Token is issued from the Authorization Endpoint with an access_token value, which is the case for the response_type value id_token token, this is REQUIRED; it MAY NOT be used when no Access Token is issued, which is the case for the response_type value id_token.",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "3.2.2.11-a",
      "When using the Implicit Flow, the contents of the ID Token MUST be validated in the same manner as for the Authorization Code Flow, as defined in Section 3.1.3.7, with the exception of the differences specified in this section.",
      client
    ),
    row(
      "3.2.2.11-b",
      "The Client MUST validate the signature of the ID Token according to JWS [JWS] using the algorithm specified in the alg Header Parameter of the JOSE Header.",
      client
    ),
    row(
      "3.2.2.11-c",
      "The value of the nonce Claim MUST be checked to verify that it is the same value as the one that was sent in the Authentication Request.",
      client
    ),
    row("3.2.2.11-d", "The Client SHOULD check the nonce value for replay attacks.", client),
    row(
      "3.3.2.1-a",
      "response_type REQUIRED.",
      met("response-types/RequestedResponseTypes.ts#requestedResponseTypes")
    ),
    row(
      "3.3.2.1-b",
      "nonce REQUIRED if the Response Type of the request is code id_token or code id_token token and OPTIONAL when the Response Type of the request is code token.",
      met("oidc/IdTokenResponseType.ts#idToken")
    ),
    row(
      "3.3.2.1-c",
      "[nonce] Sufficient entropy MUST be present in the nonce values used to prevent attackers from guessing values.",
      client
    ),
    row(
      "3.3.2.6-a",
      "Whenever Error Response parameters are returned, such as when End-User denies the authorization or the End-User authentication fails, the Authorization Server MUST return the error Authorization Response in the fragment component of the Redirection URI, as defined in Section 4.2.2.1 of OAuth 2.0 [RFC6749] and OAuth 2.0 Multiple Response Type Encoding Practices [OAuth.Responses], unless a different Response Mode was specified.",
      met("response-types/RequestedResponseMode.ts")
    ),
    row("3.3.2.8-a", "When using the Hybrid Flow, the Client MUST validate the response as follows:", client),
    row(
      "3.3.2.10-a",
      "To validate an Authorization Code issued from the Authorization Endpoint with an ID Token, the Client SHOULD do the following:",
      client
    ),
    row(
      "3.3.2.10-b",
      "The value of c_hash in the ID Token MUST match the value produced in the previous step if c_hash is present in the ID Token.",
      client
    ),
    row(
      "3.3.2.11-a",
      "[nonce] If a nonce parameter is present in the Authentication Request, Authorization Servers MUST include a nonce Claim in the ID Token.",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "3.3.2.11-b",
      "If the ID Token is issued from the Authorization Endpoint with an access_token value, which is the case for the response_type value code id_token token, this is REQUIRED; otherwise, its inclusion is OPTIONAL.",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "3.3.2.11-c",
      "If the ID Token is issued from the Authorization Endpoint with a code, which is the case for the response_type values code id_token and code id_token token, this is REQUIRED; otherwise, its inclusion is OPTIONAL.",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "3.3.2.12-a",
      "When using the Hybrid Flow, the contents of an ID Token returned from the Authorization Endpoint MUST be validated in the same manner as for the Implicit Flow, as defined in Section 3.2.2.11.",
      client
    ),
    row(
      "3.3.3.6-a",
      "If an ID Token is returned from both the Authorization Endpoint and from the Token Endpoint, which is the case for the response_type values code id_token and code id_token token, the iss and sub Claim Values MUST be identical in both ID Tokens.",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "3.3.3.6-b",
      "All Claims about the Authentication event present in either SHOULD be present in both.",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "3.3.3.6-c",
      "If either ID Token contains Claims about the End-User, any that are present in both SHOULD have the same values in both.",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "3.3.3.7-a",
      "When using the Hybrid Flow, the contents of an ID Token returned from the Token Endpoint MUST be validated in the same manner as for the Authorization Code Flow, as defined in Section 3.1.3.7.",
      client
    ),
    row("4-a", "iss REQUIRED.", initiator),
    row("4-b", "[iss] Its value MUST be a URL using the https scheme.", initiator),
    row(
      "4-c",
      "[login_hint] It is RECOMMENDED that the hint value match the value provided for discovery.",
      initiator
    ),
    row(
      "4-d",
      "[target_link_uri] RPs MUST verify the value of the target_link_uri to prevent being used as an open redirector to external sites.",
      client
    ),
    row("4-e", "Any parameters used that are not understood MUST be ignored by the Client.", client),
    row(
      "4-f",
      "Clients SHOULD employ frame busting and other techniques to prevent End-Users from being logged in by third party sites without their knowledge through attacks such as Clickjacking.",
      client
    ),
    row("5.1-a", "The RP MUST NOT rely upon this value being unique, as discussed in Section 5.7.", client),
    row("5.1-b", "The contents of this Web page SHOULD be about the End-User.", application),
    row(
      "5.1-c",
      "This URL MUST refer to an image file (for example, a PNG, JPEG, or GIF image file), rather than to a Web page containing an image.",
      application
    ),
    row(
      "5.1-d",
      "Note that this URL SHOULD specifically reference a profile photo of the End-User suitable for displaying when describing the End-User, rather than an arbitrary photo taken by the End-User.",
      application
    ),
    row(
      "5.1-e",
      "This Web page SHOULD contain information published by the End-User or an organization that the End-User is affiliated with.",
      application
    ),
    row("5.1-f", "Its value MUST conform to the RFC 5322 [RFC5322] addr-spec syntax.", application),
    row(
      "5.1-g",
      "E.164 [E.164] is RECOMMENDED as the format of this Claim, for example, +1 (425) 555-1212 or +56 (2) 687 2400.",
      application
    ),
    row(
      "5.1-h",
      "If the phone number contains an extension, it is RECOMMENDED that the extension be represented using the RFC 3966 [RFC3966] extension syntax, for example, +1 (604) 555-1234;ext=5678.",
      application
    ),
    row(
      "5.1-i",
      "When true, the phone_number Claim MUST be in E.164 format and any extensions MUST be represented in RFC 3966 format.",
      application
    ),
    row(
      "5.1.1-a",
      "If both variants are returned, they SHOULD represent the same address, with the formatted address indicating how the component fields are combined.",
      application
    ),
    row(
      "5.1.2-a",
      "When using such Claims, it is RECOMMENDED that collision-resistant names be used for the Claim Names, as described in the JSON Web Token (JWT) [JWT] specification.",
      application
    ),
    row(
      "5.2-a",
      'Since Claim Names are case sensitive, it is strongly RECOMMENDED that language tag values used in Claim Names be spelled using the character case with which they are registered in the IANA "Language Subtag Registry" [IANA.Language].',
      application
    ),
    row(
      "5.2-b",
      "However, since BCP47 language tag values are case insensitive, implementations SHOULD interpret the language tag values supplied in a case-insensitive manner.",
      met("oidc/PersonClaims.ts#personClaims")
    ),
    row(
      "5.2-c",
      "Per the recommendations in BCP47, language tag values for Claims SHOULD only be as specific as necessary.",
      application
    ),
    row(
      "5.2-d",
      "Where possible, OPs SHOULD try to match requested Claim locales with Claims it has.",
      application
    ),
    row(
      "5.2-e",
      "[claims_locales] An error SHOULD NOT result if some or all of the requested locales are not supported by the OpenID Provider.",
      met("oidc/AuthenticationRequest.ts#read")
    ),
    row(
      "5.2-f",
      "When the OP determines, either through the claims_locales parameter, or by other means, that the End-User and Client are requesting Claims in only one set of languages and scripts, it is RECOMMENDED that OPs return Claims without language tags when they employ this language and script.",
      application
    ),
    row(
      "5.2-g",
      "It is also RECOMMENDED that Clients be written in a manner that they can handle and utilize Claims using language tags.",
      client
    ),
    row("5.3-a", "Communication with the UserInfo Endpoint MUST utilize TLS.", tls),
    row(
      "5.3-b",
      "The UserInfo Endpoint MUST support the use of the HTTP GET and HTTP POST methods defined in RFC 7231 [RFC7231].",
      met("http/OpenIdConnect.ts#openIdConnect")
    ),
    row(
      "5.3-c",
      "The UserInfo Endpoint MUST accept Access Tokens as OAuth 2.0 Bearer Token Usage [RFC6750].",
      met("oidc/BearerToken.ts#bearerToken")
    ),
    row(
      "5.3-d",
      "The UserInfo Endpoint SHOULD support the use of Cross-Origin Resource Sharing (CORS) [CORS] and/or other methods as appropriate to enable JavaScript Clients and other Browser-Based Clients to access it.",
      met("http/OpenIdConnect.ts#openIdConnect")
    ),
    row(
      "5.3.1-a",
      "The Access Token obtained from an OpenID Connect Authentication Request MUST be sent as a Bearer Token, per Section 2 of OAuth 2.0 Bearer Token Usage [RFC6750].",
      client
    ),
    row(
      "5.3.1-b",
      "It is RECOMMENDED that the request use the HTTP GET method and the Access Token be sent using the Authorization header field.",
      client
    ),
    row(
      "5.3.2-a",
      "The UserInfo Claims MUST be returned as the members of a JSON object unless a signed or encrypted response was requested during Client Registration.",
      met("http/OpenIdConnect.ts#userInfoResponse")
    ),
    row(
      "5.3.2-b",
      "If a Claim is not returned, that Claim Name SHOULD be omitted from the JSON object representing the Claims; it SHOULD NOT be present with a null or empty string value.",
      met("oidc/PersonClaims.ts#personClaims")
    ),
    row(
      "5.3.2-c",
      "The sub (subject) Claim MUST always be returned in the UserInfo Response.",
      met("oidc/UserInfoEndpoint.ts#handle")
    ),
    row(
      "5.3.2-d",
      "The sub Claim in the UserInfo Response MUST be verified to exactly match the sub Claim in the ID Token; if they do not match, the UserInfo Response values MUST NOT be used.",
      client
    ),
    row(
      "5.3.2-e",
      "Upon receipt of the UserInfo Request, the UserInfo Endpoint MUST return the JSON Serialization of the UserInfo Response as in Section 13.3 in the HTTP response body unless a different format was specified during Registration [OpenID.Registration].",
      met("http/OpenIdConnect.ts#userInfoResponse")
    ),
    row(
      "5.3.2-f",
      "The UserInfo Endpoint MUST return a content-type header to indicate which format is being returned.",
      met("http/OpenIdConnect.ts#userInfoResponse")
    ),
    row(
      "5.3.2-g",
      "The content-type of the HTTP response MUST be application/json if the response body is a text JSON object; the response body SHOULD be encoded using UTF-8.",
      met("http/OpenIdConnect.ts#userInfoResponse")
    ),
    row(
      "5.3.2-h",
      "If the UserInfo Response is signed and/or encrypted, then the Claims are returned in a JWT and the content-type MUST be application/jwt.",
      met("http/OpenIdConnect.ts#userInfoResponse")
    ),
    row(
      "5.3.2-i",
      "If both signing and encryption are requested, the response MUST be signed then encrypted, with the result being a Nested JWT, as defined in [JWT].",
      noEncryption
    ),
    row(
      "5.3.2-j",
      "If signed, the UserInfo Response MUST contain the Claims iss (issuer) and aud (audience) as members.",
      met("oidc/UserInfoEndpoint.ts#handle")
    ),
    row(
      "5.3.2-k",
      "The iss value MUST be the OP's Issuer Identifier URL.",
      met("oidc/UserInfoEndpoint.ts#handle")
    ),
    row(
      "5.3.2-l",
      "The aud value MUST be or include the RP's Client ID value.",
      met("oidc/UserInfoEndpoint.ts#handle")
    ),
    row("5.3.4-a", "The Client MUST validate the UserInfo Response as follows:", client),
    row(
      "5.3.4-b",
      "If the response was signed, the Client SHOULD validate the signature according to JWS [JWS].",
      client
    ),
    row(
      "5.5-a",
      "Should an OP not support this parameter and an RP uses it, the OP SHOULD return a set of Claims to the RP that it believes would be useful to the RP and the End-User using whatever heuristics it believes are appropriate.",
      notApplicable("the parameter is supported")
    ),
    row(
      "5.5-b",
      "When the userinfo member is used, the request MUST also use a response_type value that results in an Access Token being issued to the Client for use at the UserInfo Endpoint.",
      client
    ),
    row(
      "5.5-c",
      "Any members used that are not understood MUST be ignored.",
      met("oidc/ClaimsRequest.ts#parse")
    ),
    row("5.5.1-a", "The member values MUST be one of the following:", met("oidc/ClaimsRequest.ts#parse")),
    row(
      "5.5.1-b",
      "Note that even if the Claims are not available because the End-User did not authorize their release or they are not present, the Authorization Server MUST NOT generate an error when Claims are not returned, whether they are Essential or Voluntary, unless otherwise specified in the description of the specific claim.",
      met("oidc/PersonClaims.ts#personClaims")
    ),
    row(
      "5.5.1-c",
      "The value of the value member MUST be a valid value for the Claim being requested.",
      client
    ),
    row(
      "5.5.1-d",
      "If the Claim was sub, a mismatch MUST cause the authentication to fail, as described in Section 3.1.2.2.",
      met("oidc/AuthenticationRequest.ts#isSubject")
    ),
    row(
      "5.5.1-e",
      "The values in the values member array MUST be valid values for the Claim being requested.",
      client
    ),
    row(
      "5.5.1-f",
      "Any members used that are not understood MUST be ignored.",
      met("oidc/ClaimsRequest.ts#parse")
    ),
    row(
      "5.5.1.1-a",
      "If the acr Claim is requested as an Essential Claim for the ID Token with a value or values parameter requesting specific Authentication Context Class Reference values and the implementation supports the claims parameter, the Authorization Server MUST return an acr Claim Value that matches one of the requested values.",
      met("oidc/OpenIdExtension.ts#approve")
    ),
    row(
      "5.5.1.1-b",
      "If this is an Essential Claim and the requirement cannot be met, then the Authorization Server MUST treat that outcome as a failed authentication attempt.",
      met("oidc/OpenIdExtension.ts#approve")
    ),
    row(
      "5.5.1.1-c",
      "If the Claim is not Essential and a requested value cannot be provided, the Authorization Server SHOULD return the session's current acr as the value of the acr Claim.",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "5.5.2-a",
      "If an OP receives a request for human-readable Claims in a language and script that it does not have, any versions of those Claims returned that do not use the requested language and script SHOULD use a language tag in the Claim Name.",
      application
    ),
    row("5.6-a", "Normal Claims MUST be supported.", met("oidc/PersonClaims.ts#personClaims")),
    row(
      "5.6.2-a",
      "[Aggregated Claims] JSON object that MUST contain the JWT member whose value is a JWT [JWT] that MUST contain all the Claims in the _claim_names object that references the corresponding _claim_sources member.",
      noClaimsProviders
    ),
    row(
      "5.6.2-b",
      "[Aggregated Claims] Any members used that are not understood MUST be ignored.",
      noClaimsProviders
    ),
    row("5.6.2-c", "JWT REQUIRED.", noClaimsProviders),
    row(
      "5.6.2-d",
      "The JWT SHOULD NOT contain a sub (subject) Claim unless its value is an identifier for the End-User at the Claims Provider (and not for the OpenID Provider or another party); this typically means that a sub Claim SHOULD NOT be provided.",
      noClaimsProviders
    ),
    row("5.6.2-e", "endpoint REQUIRED.", noClaimsProviders),
    row("5.6.2-f", "[endpoint] The endpoint URL MUST return the Claim as a JWT.", noClaimsProviders),
    row(
      "5.6.2-g",
      "[access_token] Claims SHOULD be requested using the Authorization Request header field and Claims Providers MUST support this method.",
      noClaimsProviders
    ),
    row(
      "5.6.2-h",
      "Since it is not an error condition to not return a requested Claim, RPs MUST be prepared to handle the condition that some Claims listed in _claim_sources are not returned from the Claims Provider.",
      client
    ),
    row(
      "5.6.2-i",
      "They SHOULD treat this the same as when any other requested Claim is not returned.",
      client
    ),
    row(
      "5.6.2-j",
      "A sub (subject) Claim SHOULD NOT be returned from the Claims Provider unless its value is an identifier for the End-User at the Claims Provider (and not for the OpenID Provider or another party); this typically means that a sub Claim SHOULD NOT be provided.",
      noClaimsProviders
    ),
    row(
      "5.6.2-k",
      "An iss (issuer) Claim SHOULD be included in any JWT issued by a Claims Provider so that the Claims Provider's keys can be retrieved for signature validation of the JWT.",
      noClaimsProviders
    ),
    row(
      "5.7-a",
      "The sub (subject) and iss (issuer) Claims from the ID Token, used together, are the only Claims that an RP can rely upon as a stable identifier for the End-User, since the sub Claim MUST be locally unique and never reassigned within the Issuer for a particular End-User, as described in Section 2.",
      operator("give an identifier to one person, and never to another after them")
    ),
    row(
      "5.7-b",
      "Therefore, other Claims such as email, phone_number, preferred_username, and name MUST NOT be used as unique identifiers for the End-User, whether obtained from the ID Token or the UserInfo Endpoint.",
      client
    ),
    row(
      "6-a",
      "[request_uri] This URL MUST use the https scheme unless the target Request Object is signed in a way that is verifiable by the OP.",
      noRequestObjects
    ),
    row(
      "6-b",
      "If one of these parameters is used, the other MUST NOT be used in the same request.",
      noRequestObjects
    ),
    row(
      "6.1-a",
      "Should an OP not support this parameter and an RP uses it, the OP MUST return the request_not_supported error.",
      met("oidc/OpenIdExtension.ts#validate")
    ),
    row(
      "6.1-b",
      "So that the request is a valid OAuth 2.0 Authorization Request, values for the response_type and client_id parameters MUST be included using the OAuth 2.0 request syntax, since they are REQUIRED by OAuth 2.0.",
      noRequestObjects
    ),
    row(
      "6.1-c",
      "The values for these parameters MUST match those in the Request Object, if present.",
      noRequestObjects
    ),
    row(
      "6.1-d",
      "Even if a scope parameter is present in the Request Object value, a scope parameter MUST always be passed using the OAuth 2.0 request syntax containing the openid scope value to indicate to the underlying OAuth 2.0 logic that this is an OpenID Connect request.",
      noRequestObjects
    ),
    row(
      "6.1-e",
      "If signed, the Request Object SHOULD contain the Claims iss (issuer) and aud (audience) as members.",
      noRequestObjects
    ),
    row(
      "6.1-f",
      "The iss value SHOULD be the Client ID of the RP, unless it was signed by a different party than the RP.",
      noRequestObjects
    ),
    row("6.1-g", "The aud value SHOULD be or include the OP's Issuer Identifier URL.", noRequestObjects),
    row(
      "6.1-h",
      "If both signing and encryption are performed, it MUST be signed then encrypted, with the result being a Nested JWT, as defined in [JWT].",
      noRequestObjects
    ),
    row(
      "6.1-i",
      "request and request_uri parameters MUST NOT be included in Request Objects.",
      noRequestObjects
    ),
    row(
      "6.2-a",
      "Should an OP not support this parameter and an RP uses it, the OP MUST return the request_uri_not_supported error.",
      met("oidc/OpenIdExtension.ts#validate")
    ),
    row(
      "6.2-b",
      "So that the request is a valid OAuth 2.0 Authorization Request, values for the response_type and client_id parameters MUST be included using the OAuth 2.0 request syntax, since they are REQUIRED by OAuth 2.0.",
      noRequestObjects
    ),
    row(
      "6.2-c",
      "The values for these parameters MUST match those in the Request Object, if present.",
      noRequestObjects
    ),
    row(
      "6.2-d",
      "Even if a scope parameter is present in the referenced Request Object, a scope parameter MUST always be passed using the OAuth 2.0 request syntax containing the openid scope value to indicate to the underlying OAuth 2.0 logic that this is an OpenID Connect request.",
      noRequestObjects
    ),
    row(
      "6.2-e",
      "If the contents of the referenced resource could ever change, the URI SHOULD include the base64url-encoded SHA-256 hash of the referenced resource contents as the fragment component of the URI.",
      noRequestObjects
    ),
    row("6.2-f", "The entire Request URI SHOULD NOT exceed 512 ASCII characters.", noRequestObjects),
    row(
      "6.2-g",
      "The contents of the resource referenced by the URL MUST be a Request Object.",
      noRequestObjects
    ),
    row(
      "6.2-h",
      "The scheme used in the request_uri value MUST be https, unless the target Request Object is signed in a way that is verifiable by the Authorization Server.",
      noRequestObjects
    ),
    row(
      "6.2-i",
      "The request_uri value MUST be reachable by the Authorization Server and SHOULD be reachable by the Client.",
      noRequestObjects
    ),
    row(
      "6.2.1-a",
      "If the Request Object includes requested values for Claims, it MUST NOT be revealed to anybody but the Authorization Server.",
      noRequestObjects
    ),
    row(
      "6.2.1-b",
      "As such, the request_uri MUST have appropriate entropy for its lifetime.",
      noRequestObjects
    ),
    row(
      "6.2.1-c",
      "It is RECOMMENDED that it be removed if it is known that it will not be used again or after a reasonable timeout unless access control measures are taken.",
      noRequestObjects
    ),
    row(
      "6.2.3-a",
      "Upon receipt of the Request, the Authorization Server MUST send an HTTP GET request to the request_uri to retrieve the referenced Request Object, unless it is already cached, and parse it to recreate the Authorization Request parameters.",
      noRequestObjects
    ),
    row(
      "6.2.3-b",
      "Note that the RP SHOULD use a unique URI for each request utilizing distinct parameters, or otherwise prevent the Authorization Server from caching the request_uri.",
      noRequestObjects
    ),
    row(
      "6.3.1-a",
      "The Authorization Server MUST decrypt the JWT in accordance with the JSON Web Encryption [JWE] specification.",
      noRequestObjects
    ),
    row(
      "6.3.1-b",
      "In the former case, signature validation MUST be performed as defined in Section 6.3.2.",
      noRequestObjects
    ),
    row("6.3.1-c", "The Authorization Server MUST return an error if decryption fails.", noRequestObjects),
    row(
      "6.3.2-a",
      "To perform Signature Validation, the alg Header Parameter in the JOSE Header MUST match the value of the request_object_signing_alg set during Client Registration [OpenID.Registration] or a value that was pre-registered by other means.",
      noRequestObjects
    ),
    row(
      "6.3.2-b",
      "The signature MUST be validated against the appropriate key for that client_id and algorithm.",
      noRequestObjects
    ),
    row(
      "6.3.2-c",
      "The Authorization Server MUST return an error if signature validation fails.",
      noRequestObjects
    ),
    row(
      "6.3.3-a",
      "The Authorization Server MUST assemble the set of Authorization Request parameters to be used from the Request Object value and the OAuth 2.0 Authorization Request parameters (minus the request or request_uri parameters).",
      noRequestObjects
    ),
    row(
      "7.2.1-a",
      "[registration] The registration parameter SHOULD NOT be used when the OP is not a Self-Issued OP.",
      client
    ),
    row(
      "7.2.1-b",
      "None of this information is REQUIRED by Self-Issued OPs, so the use of this parameter is OPTIONAL.",
      notSelfIssued
    ),
    row("7.3-a", "scope REQUIRED. scope parameter value, as specified in Section 3.1.2.", notSelfIssued),
    row("7.3-b", "response_type REQUIRED.", notSelfIssued),
    row("7.3-c", "client_id REQUIRED.", notSelfIssued),
    row(
      "7.3-d",
      "[client_id] Since the Client's redirect_uri URI value is communicated as the Client ID, a redirect_uri parameter is NOT REQUIRED to also be included in the request.",
      notSelfIssued
    ),
    row("7.3-e", "The entire URL MUST NOT exceed 2048 ASCII characters.", notSelfIssued),
    row("7.4-a", "sub_jwk REQUIRED.", notSelfIssued),
    row(
      "7.4-b",
      "[sub_jwk] Use of the sub_jwk Claim is NOT RECOMMENDED when the OP is not Self-Issued.",
      notSelfIssued
    ),
    row(
      "7.4-c",
      "This thumbprint value is computed as the SHA-256 hash of the octets of the UTF-8 representation of a JWK constructed containing only the REQUIRED members to represent the key, with the member names sorted into lexicographic order, and with no whitespace or line breaks.",
      notSelfIssued
    ),
    row(
      "7.4-d",
      "No Access Token is returned for accessing a UserInfo Endpoint, so all Claims returned MUST be in the ID Token.",
      notSelfIssued
    ),
    row("7.5-a", "To validate the ID Token received, the Client MUST do the following:", notSelfIssued),
    row(
      "7.5-b",
      "The Client MUST validate that the value of the iss (issuer) Claim is https://self-issued.me.",
      notSelfIssued
    ),
    row(
      "7.5-c",
      "If iss contains a different value, the ID Token is not Self-Issued, and instead it MUST be validated according to Section 3.1.3.7.",
      notSelfIssued
    ),
    row(
      "7.5-d",
      "The Client MUST validate that the aud (audience) Claim contains the value of the redirect_uri that the Client sent in the Authentication Request as an audience.",
      notSelfIssued
    ),
    row(
      "7.5-e",
      "The Client MUST validate the signature of the ID Token according to JWS [JWS] using the algorithm specified in the alg Header Parameter of the JOSE Header, using the key in the sub_jwk Claim; the key is a bare key in JWK format (not an X.509 certificate value).",
      notSelfIssued
    ),
    row("7.5-f", "The alg value SHOULD be the default of RS256.", notSelfIssued),
    row(
      "7.5-g",
      "The Client MUST validate that the sub Claim value is the base64url-encoded representation of the thumbprint of the key in the sub_jwk Claim, as specified in Section 7.4.",
      notSelfIssued
    ),
    row(
      "7.5-h",
      "The current time MUST be before the time represented by the exp Claim (possibly allowing for some small leeway to account for clock skew).",
      notSelfIssued
    ),
    row(
      "7.5-i",
      "A nonce Claim MUST be present and its value checked to verify that it is the same value as the one that was sent in the Authentication Request.",
      notSelfIssued
    ),
    row("7.5-j", "The Client SHOULD check the nonce value for replay attacks.", notSelfIssued),
    row(
      "8-a",
      "The OpenID Provider's Discovery document MUST list its supported Subject Identifier types in the subject_types_supported element.",
      met("oidc/ProviderMetadata.ts#providerMetadata")
    ),
    row(
      "8.1-a",
      "When pairwise Subject Identifiers are used, the OpenID Provider MUST calculate a unique sub (subject) value for each Sector Identifier.",
      met("oidc/PairwiseSubjects.ts#make")
    ),
    row(
      "8.1-b",
      "The Subject Identifier value MUST NOT be reversible by any party other than the OpenID Provider.",
      met("oidc/PairwiseSubjects.ts#make", "whoever has not the salt")
    ),
    row(
      "8.1-c",
      "Providers that use pairwise sub values and support Dynamic Client Registration [OpenID.Registration] SHOULD use the sector_identifier_uri parameter.",
      noRegistration
    ),
    row(
      "8.1-d",
      "If there are multiple hostnames in the registered redirect_uris, the Client MUST register a sector_identifier_uri.",
      met("oidc/PairwiseSubjects.ts#sectorIdentifier")
    ),
    row(
      "8.1-e",
      "The value of the sector_identifier_uri MUST be a URL using the https scheme that points to a JSON file containing an array of redirect_uri values.",
      met("oidc/PairwiseSubjects.ts#sectorIdentifier")
    ),
    row(
      "8.1-f",
      "The values of the registered redirect_uris MUST be included in the elements of the array.",
      operator("the document is not fetched: whoever registers a client looks into it")
    ),
    row(
      "8.1-g",
      "Distinct Sector Identifier values MUST result in distinct Subject Identifier values.",
      met("oidc/PairwiseSubjects.ts#make")
    ),
    row("8.1-h", "The algorithm MUST be deterministic.", met("oidc/PairwiseSubjects.ts#make")),
    row(
      "9-a",
      "The JWT MUST contain the following REQUIRED Claim Values and MAY contain the following OPTIONAL Claim Values:",
      noAssertions
    ),
    row("9-b", "iss REQUIRED.", noAssertions),
    row("9-c", "[iss] This MUST contain the client_id of the OAuth Client.", noAssertions),
    row("9-d", "sub REQUIRED.", noAssertions),
    row("9-e", "[sub] This MUST contain the client_id of the OAuth Client.", noAssertions),
    row("9-f", "aud REQUIRED.", noAssertions),
    row(
      "9-g",
      "[aud] The Authorization Server MUST verify that it is an intended audience for the token.",
      noAssertions
    ),
    row(
      "9-h",
      "[aud] The Audience SHOULD be the URL of the Authorization Server's Token Endpoint.",
      noAssertions
    ),
    row("9-i", "jti REQUIRED.", noAssertions),
    row(
      "9-j",
      "[jti] These tokens MUST only be used once, unless conditions for reuse were negotiated between the parties; any such negotiation is beyond the scope of this specification.",
      noAssertions
    ),
    row("9-k", "exp REQUIRED.", noAssertions),
    row(
      "9-l",
      "[exp] Expiration time on or after which the JWT MUST NOT be accepted for processing.",
      noAssertions
    ),
    row("9-m", "Any Claims used that are not understood MUST be ignored.", noAssertions),
    row(
      "9-n",
      "The authentication token MUST be sent as the value of the [OAuth.Assertions] client_assertion parameter.",
      noAssertions
    ),
    row(
      "9-o",
      'The value of the [OAuth.Assertions] client_assertion_type parameter MUST be "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", per [OAuth.JWT].',
      noAssertions
    ),
    row(
      "10-a",
      "When the message is both signed and encrypted, it MUST be signed first and then encrypted, per Section 16.14, with the result being a Nested JWT, as specified in [JWT].",
      noEncryption
    ),
    row(
      "10.1-a",
      "The signing party MUST select a signature algorithm based on the algorithms supported by the recipient.",
      met("oidc/OpenIdProvider.ts#idTokenAlgorithm")
    ),
    row(
      "10.1-b",
      "[Asymmetric Signatures] When using RSA or ECDSA Signatures, the alg Header Parameter value of the JOSE Header MUST be set to an appropriate algorithm as defined in JSON Web Algorithms [JWA].",
      met("services/SigningKeys.ts#SigningKeys")
    ),
    row(
      "10.1-c",
      "[Asymmetric Signatures] The private key used to sign the content MUST be associated with a public key used for signature verification published by the sender in its JWK Set document.",
      met("services/SigningKeys.ts#SigningKeys")
    ),
    row(
      "10.1-d",
      "[Asymmetric Signatures] If there are multiple keys in the referenced JWK Set document, a kid value MUST be provided in the JOSE Header.",
      met("services/SigningKeys.ts#SigningKeys")
    ),
    row(
      "10.1-e",
      "[Asymmetric Signatures] The key usage of the respective keys MUST support signing.",
      met("http/Jwks.ts#jwks")
    ),
    row(
      "10.1-f",
      "[Symmetric Signatures] When using MAC-based signatures, the alg Header Parameter value of the JOSE Header MUST be set to a MAC algorithm, as defined in JSON Web Algorithms [JWA].",
      notApplicable("nothing is signed with a client's secret")
    ),
    row(
      "10.1-g",
      "[Symmetric Signatures] Symmetric signatures MUST NOT be used by public (non-confidential) Clients because of their inability to keep secrets.",
      notApplicable("nothing is signed with a client's secret")
    ),
    row(
      "10.1.1-a",
      "The JWK Set document at the jwks_uri SHOULD retain recently decommissioned signing keys for a reasonable period of time to facilitate a smooth transition.",
      met("services/SigningKeys.ts#SigningKeys")
    ),
    row(
      "10.2-a",
      "The encrypting party MUST select an encryption algorithm based on the algorithms supported by the recipient.",
      noEncryption
    ),
    row(
      "10.2-b",
      "[Asymmetric Encryption: RSA] The public key to which the content was encrypted MUST be a public key used for encryption published by the recipient in its JWK Set document.",
      noEncryption
    ),
    row(
      "10.2-c",
      "[Asymmetric Encryption: RSA] If there are multiple keys in the referenced JWK Set document, a kid value MUST be provided in the JOSE Header.",
      noEncryption
    ),
    row(
      "10.2-d",
      "[Asymmetric Encryption: RSA] The key usage of the respective keys MUST include encryption.",
      noEncryption
    ),
    row(
      "10.2-e",
      "[Asymmetric Encryption: Elliptic Curve] The other public key used for the key agreement computation MUST be a public key published by the recipient in its JWK Set document.",
      noEncryption
    ),
    row(
      "10.2-f",
      "[Asymmetric Encryption: Elliptic Curve] If there are multiple keys in the referenced JWK Set document, a kid value MUST be provided in the JOSE Header.",
      noEncryption
    ),
    row(
      "10.2-g",
      "[Asymmetric Encryption: Elliptic Curve] The key usage of the respective keys MUST support encryption.",
      noEncryption
    ),
    row(
      "10.2-h",
      "[Symmetric Encryption] The hash value MUST be truncated retaining the left-most bits to the appropriate bit length for the AES key wrapping or direct encryption algorithm used, for instance, truncating the SHA-256 hash to 128 bits for A128KW.",
      noEncryption
    ),
    row(
      "10.2-i",
      "[Symmetric Encryption] Symmetric encryption MUST NOT be used by public (non-confidential) Clients because of their inability to keep secrets.",
      noEncryption
    ),
    row(
      "10.2.1-a",
      "The jwks_uri SHOULD include a Cache-Control header in the response that contains a max-age directive, as defined in RFC 7234 [RFC7234], which enables the encrypting party to safely cache the JWK Set and not have to re-retrieve the document for every encryption event.",
      met("http/Jwks.ts#jwks")
    ),
    row(
      "10.2.1-b",
      "The decrypting party SHOULD remove decommissioned keys from the JWK Set referenced by jwks_uri but retain them internally for some reasonable period of time, coordinated with the cache duration, to facilitate a smooth transition between keys by allowing the encrypting party some time to obtain the new keys.",
      noEncryption
    ),
    row(
      "10.2.1-c",
      "The cache duration SHOULD also be coordinated with the issuance of new signing keys, as described in Section 10.1.1.",
      met("services/SigningKeys.ts#SigningKeys")
    ),
    row(
      "11-a",
      "When offline access is requested, a prompt parameter value of consent MUST be used unless other conditions for processing the request permitting offline access to the requested resources are in place.",
      client
    ),
    row(
      "11-b",
      "The OP MUST always obtain consent to returning a Refresh Token that enables offline access to the requested resources.",
      met(["http/InteractionPages.ts#consent", "http/RememberedConsent.ts#covers"])
    ),
    row(
      "11-c",
      "MUST ensure that the prompt parameter contains consent unless other conditions for processing the request permitting offline access to the requested resources are in place; unless one or both of these conditions are fulfilled, then it MUST ignore the offline_access request,",
      met(
        ["http/InteractionPages.ts#consent", "http/RememberedConsent.ts#covers"],
        "the other condition is that the person has consented, whatever the prompt: now, or earlier to offline_access too"
      )
    ),
    row(
      "11-d",
      "MUST ignore the offline_access request unless the Client is using a response_type value that would result in an Authorization Code being returned,",
      met("oidc/OpenIdExtension.ts#validate")
    ),
    row(
      "11-e",
      "MUST explicitly receive or have consent for offline access when the registered application_type is web,",
      met("http/RememberedConsent.ts#covers")
    ),
    row(
      "11-f",
      "SHOULD explicitly receive or have consent for offline access when the registered application_type is native.",
      met("http/RememberedConsent.ts#covers", "a native client may be anybody: it is asked about each time")
    ),
    row(
      "12.1-a",
      "To refresh an Access Token, the Client MUST authenticate to the Token Endpoint using the authentication method registered for its client_id, as documented in Section 9.",
      met("client-authentication/AuthenticateClient.ts#authenticateClient")
    ),
    row(
      "12.1-b",
      "The Authorization Server MUST validate the Refresh Token, MUST verify that it was issued to the Client, and must verify that the Client successfully authenticated it has a Client Authentication method.",
      met("grants/PresentedRefreshToken.ts")
    ),
    row(
      "12.2-a",
      "its iss Claim Value MUST be the same as in the ID Token issued when the original authentication occurred,",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "12.2-b",
      "its sub Claim Value MUST be the same as in the ID Token issued when the original authentication occurred,",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "12.2-c",
      "its iat Claim MUST represent the time that the new ID Token is issued,",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "12.2-d",
      "its aud Claim Value MUST be the same as in the ID Token issued when the original authentication occurred,",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "12.2-e",
      "if the ID Token contains an auth_time Claim, its value MUST represent the time of the original authentication - not the time that the new ID token is issued,",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "12.2-f",
      "if the implementation is using extensions (which are beyond the scope of this specification) that result in the azp (authorized party) Claim being present, those extensions might specify that its azp Claim Value MUST be the same as in the ID Token issued when the original authentication occurred; likewise, they might specify that if no azp Claim was present in the original ID Token, one MUST NOT be present in the new ID Token,",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "12.2-g",
      "it SHOULD NOT have a nonce Claim, even when the ID Token issued at the time of the original authentication contained nonce; however, if it is present, its value MUST be the same as in the ID Token issued at the time of the original authentication, and",
      met("oidc/OpenIdExtension.ts#tokenResponse")
    ),
    row(
      "13.3-a",
      "Omitted parameters and parameters with no value SHOULD be omitted from the object and not represented by a JSON null value, unless otherwise specified.",
      met(["oidc/IdToken.ts#make", "oidc/ProviderMetadata.ts#providerMetadata"])
    ),
    row(
      "14-a",
      "Therefore, comparisons between JSON strings and other Unicode strings MUST be performed as specified below:",
      met("oidc/ClaimsRequest.ts#accepts")
    ),
    row(
      "14-b",
      "Unicode Normalization [USA15] MUST NOT be applied at any point to either the JSON string or to the string it is to be compared against.",
      met("oidc/ClaimsRequest.ts#accepts")
    ),
    row(
      "14-c",
      "Comparisons between the two strings MUST be performed as a Unicode code point to code point equality comparison.",
      met("oidc/ClaimsRequest.ts#accepts")
    ),
    row(
      "14-d",
      "In all such cases, a single ASCII space character (0x20) MUST be used as the delimiter.",
      met(["protocol/Scope.ts#parse", "oidc/AuthenticationRequest.ts#read"])
    ),
    row(
      "15.1-a",
      "All OpenID Providers MUST implement the following features defined in this specification.",
      sum
    ),
    row(
      "15.1-b",
      'This list augments the set of features that are already listed elsewhere as being "REQUIRED" or are described with a "MUST", and so is not, by itself, a comprehensive set of implementation requirements for OPs.',
      sum
    ),
    row(
      "15.1-c",
      "[Signing ID Tokens with RSA SHA-256] OPs MUST support signing ID Tokens with the RSA SHA-256 algorithm (an alg value of RS256), unless the OP only supports returning ID Tokens from the Token Endpoint (as is the case for the Authorization Code Flow) and only allows Clients to register specifying none as the requested ID Token signing algorithm.",
      met("oidc/OpenIdProvider.ts#make")
    ),
    row(
      "15.1-d",
      "[Prompt Parameter] OPs MUST support the prompt parameter, as defined in Section 3.1.2, including the specified user interface behaviors such as none and login.",
      met([
        "oidc/AuthenticationRequest.ts#read",
        "oidc/AuthenticationRequest.ts#mustSignIn",
        "http/WithoutInteraction.ts#answer"
      ])
    ),
    row(
      "15.1-e",
      "[Display Parameter] OPs MUST support the display parameter, as defined in Section 3.1.2.",
      met("oidc/AuthenticationRequest.ts#read", "the built-in pages have one layout for all")
    ),
    row(
      "15.1-f",
      "[Preferred Locales] OPs MUST support requests for preferred languages and scripts for the user interface and for Claims via the ui_locales and claims_locales request parameters, as defined in Section 3.1.2.",
      met(
        "oidc/AuthenticationRequest.ts#read",
        "an `Interaction` and `ResourceOwner.claims` are told; the built-in pages are in English"
      )
    ),
    row(
      "15.1-g",
      "[Authentication Time] OPs MUST support returning the time at which the End-User authenticated via the auth_time Claim, when requested, as defined in Section 2.",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "15.1-h",
      "[Maximum Authentication Age] OPs MUST support enforcing a maximum authentication age via the max_age parameter, as defined in Section 3.1.2.",
      met("oidc/AuthenticationRequest.ts#mustSignIn")
    ),
    row(
      "15.1-i",
      "[Authentication Context Class Reference] OPs MUST support requests for specific Authentication Context Class Reference values via the acr_values parameter, as defined in Section 3.1.2.",
      met("oidc/AuthenticationRequest.ts#read")
    ),
    row(
      "15.2-a",
      "In addition to the features listed above, OpenID Providers supporting dynamic establishment of relationships with RPs that they do not have a pre-configured relationship with MUST also implement the following features defined in this and related specifications.",
      noRegistration
    ),
    row(
      "15.2-b",
      "[Response Types] These OpenID Providers MUST support the id_token Response Type and all that are not Self-Issued OPs MUST also support the code and id_token token Response Types.",
      noRegistration
    ),
    row(
      "15.2-c",
      "[Discovery] These OPs MUST support Discovery, as defined in OpenID Connect Discovery 1.0 [OpenID.Discovery].",
      noRegistration
    ),
    row(
      "15.2-d",
      "[Dynamic Registration] These OPs MUST support Dynamic Client Registration, as defined in OpenID Connect Dynamic Client Registration 1.0 [OpenID.Registration].",
      noRegistration
    ),
    row(
      "15.2-e",
      "[UserInfo Endpoint] All dynamic OPs that issue Access Tokens MUST support the UserInfo Endpoint, as defined in Section 5.3.",
      noRegistration
    ),
    row(
      "15.2-f",
      "[Public Keys Published as Bare Keys] These OPs MUST publish their public keys as bare JWK keys (which MAY also be accompanied by X.509 representations of those keys).",
      noRegistration
    ),
    row(
      "15.2-g",
      "[Request URI] These OPs MUST support requests made using a Request Object value that is retrieved from a Request URI that is provided with the request_uri parameter, as defined in Section 6.2.",
      noRegistration
    ),
    row(
      "15.3-a",
      "However, if installations choose to support unanticipated interactions between Relying Parties and OpenID Providers that do not have pre-configured relationships, they SHOULD accomplish this by implementing the facilities defined in the OpenID Connect Discovery 1.0 [OpenID.Discovery] and OpenID Connect Dynamic Client Registration 1.0 [OpenID.Registration] specifications.",
      noRegistration
    ),
    row(
      "15.4-a",
      'When using OpenID Connect features, those listed as being "REQUIRED" or are described with a "MUST" are mandatory to implement, when used by a Relying Party.',
      client
    ),
    row(
      "16.3-a",
      "The Relying Party SHOULD validate the digital signature to verify that it was issued by a legitimate OP.",
      client
    ),
    row(
      "16.4-a",
      "Access Tokens represent an End-User's authorization and MUST NOT be exposed to unauthorized parties.",
      met("protocol/Secret.ts#hash", "the store has a hash")
    ),
    row(
      "16.6-a",
      "The Client SHOULD validate the digital signature to verify that it was issued by a legitimate Server and its integrity is intact.",
      client
    ),
    row(
      "16.7-a",
      "The Server SHOULD validate the digital signature to verify that it was issued by a legitimate Client and its integrity is intact.",
      noRequestObjects
    ),
    row(
      "16.8-a",
      "To mitigate this threat, the Access Token SHOULD be audience and scope restricted.",
      met("endpoints/AuthorizationEndpoint.ts#validate", "JWT access tokens have an audience too")
    ),
    row(
      "16.9-a",
      "To mitigate this threat, the token SHOULD include a timestamp and a short validity lifetime.",
      met("oidc/IdToken.ts#make")
    ),
    row(
      "16.11-a",
      "In Section 10.16, it normatively requires that any use of the authorization process as a form of delegated End-User authentication to the Client MUST NOT use the Implicit Flow without employing additional security mechanisms that enable the Client to determine whether the ID Token and Access Token were issued for its use.",
      client
    ),
    row(
      "16.11-b",
      "When designing another binding of this specification to a protocol incapable of strongly binding Token Endpoint requests to responses, additional mechanisms to address this issue MUST be utilized.",
      notApplicable("the binding is HTTP's")
    ),
    row(
      "16.12-a",
      "Implementations SHOULD NOT terminate the validation process at the instant of the finding an error but SHOULD continue running until all the octets have been processed to avoid this attack.",
      met(
        "protocol/Secret.ts#timingSafeEqual",
        "the platform's comparison is used for secrets and tags; signatures are verified by the platform's cryptography"
      )
    ),
    row(
      "16.15-a",
      "The issuer returned by discovery MUST exactly match the value of iss in the ID Token.",
      met(["oidc/ProviderMetadata.ts#providerMetadata", "oidc/IdToken.ts#make"])
    ),
    row(
      "16.15-b",
      "It is RECOMMENDED that only a single Issuer per host be used.",
      operator("one issuer a host")
    ),
    row("16.17-a", "Implementations MUST support TLS.", tls),
    row(
      "16.17-b",
      "Implementations SHOULD follow the guidance in BCP 195 [RFC8996] [RFC9325], which provides recommendations and requirements for improving the security of deployed services that use TLS.",
      operatorTls
    ),
    row(
      "16.17-c",
      "To protect against information disclosure and tampering, confidentiality protection MUST be applied using TLS with a ciphersuite that provides confidentiality and integrity protection.",
      operatorTls
    ),
    row(
      "16.17-d",
      "Whenever TLS is used, a TLS server certificate check MUST be performed, per RFC 6125 [RFC6125].",
      client
    ),
    row(
      "16.18-a",
      "Access Token lifetimes SHOULD therefore be kept to single use or very short lifetimes.",
      met("services/ServerConfig.ts", "10 minutes by default")
    ),
    row(
      "16.18-b",
      "The Authorization Server SHOULD clearly identify long-term grants to the User during Authorization.",
      met("http/pages/ConsentPage.ts#howLong")
    ),
    row(
      "16.18-c",
      "The Authorization Server SHOULD provide a mechanism for the End-User to revoke Access Tokens and Refresh Tokens granted to a Client.",
      met(
        ["http/RememberedConsent.ts", "storage/GrantStore.ts#GrantStore"],
        "`accountConsents` is the page for it"
      )
    ),
    row(
      "16.19-a",
      "Thus, when used with symmetric signing or encryption operations, client_secret values MUST contain sufficient entropy to generate cryptographically strong keys.",
      notApplicable("nothing is signed with a client's secret")
    ),
    row(
      "16.19-b",
      "Also, client_secret values MUST also contain at least the minimum of number of octets required for MAC keys for the particular algorithm used.",
      notApplicable("nothing is signed with a client's secret")
    ),
    row(
      "16.19-c",
      "So for instance, for HS256, the client_secret value MUST contain at least 32 octets (and almost certainly SHOULD contain more, since client_secret values are likely to use a restricted alphabet).",
      notApplicable("nothing is signed with a client's secret")
    ),
    row(
      "16.22-a",
      "Therefore, HTTP 307 redirects MUST NOT be used when redirecting to the Redirection URI.",
      met("http/AuthorizationHttpResponse.ts")
    ),
    row(
      "17.1-a",
      "Only necessary UserInfo data should be stored at the Client and the Client SHOULD associate the received data with the purpose of use statement.",
      client
    ),
    row(
      "17.2-a",
      "The Resource Server SHOULD make End-Users' UserInfo access logs available to them so that they can monitor who accessed their data.",
      resourceServer
    ),
    row(
      "17.3-a",
      "To protect the End-User from possible correlation among Clients, the use of a Pairwise Pseudonymous Identifier (PPID) as the sub (subject) SHOULD be considered.",
      operator("`pairwise`, and clients that are registered for it")
    )
  ]
}

export default core
