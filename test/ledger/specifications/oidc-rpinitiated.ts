import { client, met, notApplicable, relaxed, row, type Specification } from "../Ledger.ts"

const sum = notApplicable("the sum of the lines beside it")
const https = relaxed(
  "`allowHttp`, or an issuer on loopback",
  "services/ServerConfig.ts#requireIssuer",
  "endpoints are below the issuer"
)

const rpInitiatedLogout: Specification = {
  key: "oidc-rpinitiated",
  name: "OpenID Connect RP-Initiated Logout 1.0",
  title: "signing out of the provider",
  url: "https://openid.net/specs/openid-connect-rpinitiated-1_0.html",
  sectionAnchor: "rfc.section.",
  requirements: [
    row("2-a", "id_token_hint RECOMMENDED.", client),
    row(
      "2-b",
      "[client_id] When both client_id and id_token_hint are present, the OP MUST verify that the Client Identifier matches the one used when issuing the ID Token.",
      met("oidc/LogoutEndpoint.ts#validate")
    ),
    row(
      "2-c",
      "[post_logout_redirect_uri] This URI SHOULD use the https scheme and MAY contain port, path, and query parameter components; however, it MAY use the http scheme, provided that the Client Type is confidential, as defined in Section 2.1 of OAuth 2.0 [RFC6749], and provided the OP allows the use of http RP URIs.",
      relaxed(
        "`allowHttp`",
        "protocol/PostLogoutRedirect.ts#requireRegistered",
        "`https`, a private scheme, or loopback"
      )
    ),
    row(
      "2-d",
      "[post_logout_redirect_uri] The value MUST have been previously registered with the OP, either using the post_logout_redirect_uris Registration parameter or via another mechanism.",
      met("protocol/PostLogoutRedirect.ts#requireRegistered")
    ),
    row(
      "2-e",
      "[post_logout_redirect_uri] An id_token_hint is also RECOMMENDED when this parameter is included.",
      client
    ),
    row(
      "2-f",
      "[ui_locales] An error SHOULD NOT result if some or all of the requested locales are not supported by the OpenID Provider.",
      met("oidc/LogoutEndpoint.ts#validate")
    ),
    row(
      "2-g",
      "OpenID Providers MUST support the use of the HTTP GET and POST methods defined in RFC 7231 [RFC7231] at the Logout Endpoint.",
      met("http/Logout.ts#logout")
    ),
    row(
      "2-h",
      "When an id_token_hint parameter is present, the OP MUST validate that it was the issuer of the ID Token.",
      met("oidc/IdTokenHint.ts#verifyAny")
    ),
    row(
      "2-i",
      "The OP SHOULD accept ID Tokens when the RP identified by the ID Token's aud claim and/or sid claim has a current session or had a recent session at the OP, even when the exp time has passed.",
      met("oidc/IdTokenHint.ts#verifyAny")
    ),
    row(
      "2-j",
      "If the ID Token's sid claim does not correspond to the RP's current session or a recent session at the OP, the OP SHOULD treat the logout request as suspect, and MAY decline to act upon it.",
      met("oidc/LogoutEndpoint.ts#isAbout", "the person is asked")
    ),
    row(
      "2-k",
      "At the Logout Endpoint, the OP SHOULD ask the End-User whether to log out of the OP as well.",
      relaxed("`logoutByHint`", "http/Logout.ts#logout")
    ),
    row(
      "2-l",
      "Furthermore, the OP MUST ask the End-User this question if an id_token_hint was not provided or if the supplied ID Token does not belong to the current OP session with the RP and/or currently logged in End-User.",
      met(["oidc/LogoutEndpoint.ts#isAbout", "http/Logout.ts#logout"])
    ),
    row(
      "2-m",
      'If the End-User says "yes", then the OP MUST log out the End-User.',
      met("http/Logout.ts#logout")
    ),
    row(
      "2.1-a",
      "This OpenID Provider Metadata parameter MUST be included in the Server's discovery responses when RP-Initiated Logout and Discovery are supported:",
      met("http/Logout.ts#logout")
    ),
    row("2.1-b", "end_session_endpoint REQUIRED.", met("http/Logout.ts#logout")),
    row(
      "2.1-c",
      "[end_session_endpoint] This URL MUST use the https scheme and MAY contain port, path, and query parameter components.",
      https
    ),
    row(
      "3-a",
      "An id_token_hint carring an ID Token for the RP is also RECOMMENDED when requesting post-logout redirection; if it is not supplied with post_logout_redirect_uri, the OP MUST NOT perform post-logout redirection unless the OP has other means of confirming the legitimacy of the post-logout redirection target.",
      met(
        "protocol/PostLogoutRedirect.ts#requireRegistered",
        "without an ID token it takes the client's identifier, and a URI that it registered"
      )
    ),
    row(
      "3-b",
      "The OP also MUST NOT perform post-logout redirection if the post_logout_redirect_uri value supplied does not exactly match one of the previously registered post_logout_redirect_uris values.",
      met("protocol/PostLogoutRedirect.ts#requireRegistered")
    ),
    row(
      "4-a",
      "If any of the validation procedures defined in this specification fail, any operations requiring the information that failed to correctly validate MUST be aborted and the information that failed to validate MUST NOT be used.",
      met("oidc/LogoutEndpoint.ts#validate")
    ),
    row(
      "4-b",
      "As described in Section 3, when the OP detects errors in the RP-Initiated Logout request, the OP MUST not perform post-logout redirection to an RP.",
      met("oidc/LogoutEndpoint.ts#validate")
    ),
    row(
      "5-a",
      'All of these Relying Parties and OpenID Providers MUST implement the features that are listed in this specification as being "REQUIRED" or are described with a "MUST".',
      sum
    )
  ]
}

export default rpInitiatedLogout
