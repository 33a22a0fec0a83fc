import { client, met, notApplicable, relaxed, row, type Specification } from "../Ledger.ts"

const sum = notApplicable("the sum of the lines beside it")

const backChannelLogout: Specification = {
  key: "oidc-backchannel",
  name: "OpenID Connect Back-Channel Logout 1.0",
  title: "incorporating errata set 1",
  url: "https://openid.net/specs/openid-connect-backchannel-1_0.html",
  sectionAnchor: "rfc.section.",
  requirements: [
    row(
      "2.1-a",
      "It SHOULD also register this related metadata value:",
      met("http/Logout.ts#backChannelLogout")
    ),
    row(
      "2.2-a",
      "The back-channel logout URI MUST be an absolute URI as defined by Section 4.3 of [RFC3986].",
      met("oidc/BackChannelLogout.ts#mayBeTold")
    ),
    row(
      "2.2-b",
      "The back-channel logout URI MAY include an application/x-www-form-urlencoded formatted query component, per Section 3.4 of [RFC3986], which MUST be retained when adding additional query parameters.",
      met("oidc/BackChannelLogout.ts#tell")
    ),
    row(
      "2.2-c",
      "The back-channel logout URI MUST NOT include a fragment component.",
      met("oidc/BackChannelLogout.ts#mayBeTold")
    ),
    row(
      "2.2-d",
      "[backchannel_logout_uri] This URL SHOULD use the https scheme and MAY contain port, path, and query parameter components; however, it MAY use the http scheme, provided that the Client Type is confidential, as defined in Section 2.1 of OAuth 2.0 [RFC6749], and provided the OP allows the use of http RP URIs.",
      relaxed("`allowHttp`", "oidc/BackChannelLogout.ts#mayBeTold", "`https`, or loopback")
    ),
    row("2.2-e", "It SHOULD also register this related metadata value:", client),
    row("2.4-a", "iss REQUIRED.", met("oidc/LogoutToken.ts#make")),
    row("2.4-b", "aud REQUIRED.", met("oidc/LogoutToken.ts#make")),
    row("2.4-c", "iat REQUIRED.", met("oidc/LogoutToken.ts#make")),
    row("2.4-d", "exp REQUIRED.", met("oidc/LogoutToken.ts#make")),
    row("2.4-e", "jti REQUIRED.", met("oidc/LogoutToken.ts#make")),
    row("2.4-f", "events REQUIRED.", met("oidc/LogoutToken.ts#make")),
    row(
      "2.4-g",
      "[events] The corresponding member value MUST be a JSON object and SHOULD be the empty JSON object {}.",
      met("oidc/LogoutToken.ts#make")
    ),
    row(
      "2.4-h",
      "A Logout Token MUST contain either a sub or a sid Claim, and MAY contain both.",
      met("oidc/LogoutToken.ts#make")
    ),
    row(
      "2.4-i",
      "The following Claim MUST NOT be used within the Logout Token:",
      met("oidc/LogoutToken.ts#make")
    ),
    row("2.4-j", "[nonce] A nonce Claim MUST NOT be present.", met("oidc/LogoutToken.ts#make")),
    row("2.4-k", "Any Claims used that are not understood MUST be ignored.", client),
    row("2.4-l", "A Logout Token MUST be signed and MAY also be encrypted.", met("oidc/LogoutToken.ts#make")),
    row(
      "2.4-m",
      "If the Logout Token is encrypted, it SHOULD replicate the iss (issuer) claim in the JWT Header Parameters, as specified in Section 5.3 of [JWT].",
      notApplicable("nothing is encrypted for a client")
    ),
    row(
      "2.4-n",
      "It is RECOMMENDED that Logout Tokens be explicitly typed.",
      met("oidc/LogoutToken.ts#make")
    ),
    row("2.5-a", "Values that are not understood by the implementation MUST be ignored.", client),
    row(
      "2.5-b",
      "In this case, the OP SHOULD delay retransmission for an appropriate amount of time to avoid overwhelming the RP.",
      met("oidc/BackChannelLogout.ts#tryAgainLater")
    ),
    row(
      "2.5-c",
      "In all other cases, the OP SHOULD NOT retransmit a Back-Channel Logout Request.",
      met("oidc/BackChannelLogout.ts#outcomeOf")
    ),
    row(
      "2.6-a",
      "Upon receiving a logout request at the back-channel logout URI, the RP MUST validate the Logout Token as follows:",
      client
    ),
    row(
      "2.6-b",
      "If ID Token encryption was negotiated with the OP at Registration time and the Logout Token is not encrypted, the RP SHOULD reject it.",
      client
    ),
    row(
      "2.6-c",
      "Like ID Tokens, selection of the algorithm used is governed by the id_token_signing_alg_values_supported Discovery parameter and the id_token_signed_response_alg Registration parameter when they are used; otherwise, the value SHOULD be the default of RS256.",
      met("oidc/OpenIdProvider.ts#idTokenAlgorithm")
    ),
    row(
      "2.6-d",
      "Additionally, an alg with the value none MUST NOT be used for Logout Tokens.",
      met("oidc/IdToken.ts#requireAlgorithm")
    ),
    row(
      "2.7-a",
      "Refresh tokens issued without the offline_access property to a session being logged out SHOULD be revoked.",
      met("oidc/Logout.ts#Logout")
    ),
    row(
      "2.7-b",
      "Refresh tokens issued with the offline_access property normally SHOULD NOT be revoked.",
      met("oidc/Logout.ts#Logout")
    ),
    row("2.8-a", "If the logout succeeded, the RP MUST respond with HTTP 200 OK.", client),
    row(
      "2.8-b",
      "If the logout request was invalid or the logout failed, the RP MUST respond with HTTP 400 Bad Request.",
      client
    ),
    row(
      "2.8-c",
      "Also like in OAuth 2.0, the error parameter is REQUIRED when a response body is present and the error_description parameter is OPTIONAL.",
      client
    ),
    row(
      "2.8-d",
      "The RP's response SHOULD include the Cache-Control HTTP response header field with a no-store value, keeping the response from being cached to prevent cached responses from interfering with future logout requests.",
      client
    ),
    row(
      "3-a",
      'All of these Relying Parties and OpenID Providers MUST implement the features that are listed in this specification as being "REQUIRED" or are described with a "MUST".',
      sum
    )
  ]
}

export default backChannelLogout
