import {
  client,
  met,
  notApplicable,
  operator,
  resourceServer,
  row,
  type Specification,
  unmet
} from "../Ledger.ts"

const rfc9068: Specification = {
  key: "rfc9068",
  name: "RFC 9068",
  title: "JSON Web Token (JWT) Profile for OAuth 2.0 Access Tokens",
  url: "https://www.rfc-editor.org/rfc/rfc9068",
  requirements: [
    row("2.1-a", "JWT access tokens MUST be signed.", met("services/JwtAccessTokens.ts#layer")),
    row("2.1-b", "use of asymmetric cryptography is RECOMMENDED", met("services/SigningKeys.ts#SigningKeys")),
    row(
      "2.1-c",
      'JWT access tokens MUST NOT use "none" as the signing algorithm.',
      met("services/JwtAccessTokens.ts#layer")
    ),
    row(
      "2.1-d",
      "Authorization servers and resource servers conforming to this specification MUST include RS256 (as defined in [RFC7518]) among their supported signature algorithms.",
      met("services/SigningKeys.ts#SigningKeys", "`algorithms` says which of them have keys")
    ),
    row(
      "2.1-e",
      'JWT access tokens MUST include this media type in the "typ" header parameter to explicitly declare that the JWT represents an access token complying with this profile.',
      met("services/JwtAccessTokens.ts#layer")
    ),
    row(
      "2.1-f",
      'it is RECOMMENDED that the "application/" prefix be omitted',
      met("services/JwtAccessTokens.ts#layer")
    ),
    row("2.1-g", 'the "typ" value used SHOULD be "at+jwt"', met("services/JwtAccessTokens.ts#layer")),
    row("2.2-a", "iss REQUIRED", met("services/JwtAccessTokens.ts#accessTokenClaims")),
    row("2.2-b", "exp REQUIRED", met("services/JwtAccessTokens.ts#accessTokenClaims")),
    row("2.2-c", "aud REQUIRED", met("services/JwtAccessTokens.ts#accessTokenClaims")),
    row("2.2-d", "sub REQUIRED", met("services/JwtAccessTokens.ts#accessTokenClaims")),
    row(
      "2.2-e",
      'In cases of access tokens obtained through grants where a resource owner is involved, such as the authorization code grant, the value of "sub" SHOULD correspond to the subject identifier of the resource owner.',
      met("services/JwtAccessTokens.ts#accessTokenClaims")
    ),
    row(
      "2.2-f",
      'In cases of access tokens obtained through grants where no resource owner is involved, such as the client credentials grant, the value of "sub" SHOULD correspond to an identifier the authorization server uses to indicate the client application.',
      met("services/JwtAccessTokens.ts#accessTokenClaims")
    ),
    row("2.2-g", "client_id REQUIRED", met("services/JwtAccessTokens.ts#accessTokenClaims")),
    row("2.2-h", "iat REQUIRED", met("services/JwtAccessTokens.ts#accessTokenClaims")),
    row("2.2-i", "jti REQUIRED", met("services/JwtAccessTokens.ts#accessTokenClaims")),
    row(
      "2.2.2-a",
      'Any additional identity attribute whose semantic is well described by an entry in the "JSON Web Token (JWT)" IANA registry introduced in [RFC7519] SHOULD be encoded using the corresponding claim name',
      operator("further claims are yours: the option `claims`")
    ),
    row(
      "2.2.3-a",
      'If an authorization request includes a scope parameter, the corresponding issued JWT access token SHOULD include a "scope" claim',
      met("services/JwtAccessTokens.ts#accessTokenClaims")
    ),
    row(
      "2.2.3-b",
      'All the individual scope strings in the "scope" claim MUST have meaning for the resources indicated in the "aud" claim.',
      operator("`audience` is the API that `scopes` are about")
    ),
    row(
      "2.2.3.1-a",
      'An authorization server wanting to include such attributes in a JWT access token SHOULD use the "groups", "roles", and "entitlements" attributes',
      operator("further claims are yours: the option `claims`")
    ),
    row(
      "2.2.3.1-b",
      "Authorization servers SHOULD encode the corresponding claim values according to the guidance defined in [RFC7643].",
      operator("further claims are yours: the option `claims`")
    ),
    row(
      "3-a",
      'If the request includes a "resource" parameter (as defined in [RFC8707]), the resulting JWT access token "aud" claim SHOULD have the same value as the "resource" parameter in the request.',
      unmet(
        "`resource` (RFC 8707) is not supported: it is ignored, and the audience is that of the configuration"
      )
    ),
    row(
      "3-b",
      "The authorization server MUST NOT issue a JWT access token if the authorization granted by the token would be ambiguous.",
      notApplicable("there is one audience, that of the configuration")
    ),
    row(
      "3-c",
      'If the request does not include a "resource" parameter, the authorization server MUST use a default resource indicator in the "aud" claim.',
      met("services/JwtAccessTokens.ts#accessTokenClaims")
    ),
    row(
      "3-d",
      'If a "scope" parameter is present in the request, the authorization server SHOULD use it to infer the value of the default resource indicator',
      notApplicable("there is one audience, that of the configuration")
    ),
    row(
      "3-e",
      'If the values in the "scope" parameter refer to different default resource indicator values, the authorization server SHOULD reject the request with "invalid_scope"',
      notApplicable("there is one audience, that of the configuration")
    ),
    row(
      "4-a",
      "it is RECOMMENDED here that authorization servers sign JWT access tokens with an asymmetric algorithm",
      met("services/SigningKeys.ts#SigningKeys")
    ),
    row(
      "4-b",
      'Authorization servers SHOULD use OAuth 2.0 Authorization Server Metadata [RFC8414] to advertise to resource servers their signing keys via "jwks_uri" and what "iss" claim value to expect via the "issuer" metadata value.',
      met("http/Jwks.ts#jwks")
    ),
    row(
      "4-c",
      "If an authorization server supports both OAuth 2.0 Authorization Server Metadata and OpenID Connect discovery, the values provided MUST be consistent across the two publication methods.",
      met("http/MetadataHttpResponse.ts")
    ),
    row(
      "4-d",
      "Resource servers receiving a JWT access token MUST validate it in the following manner.",
      resourceServer
    ),
    row(
      "4-e",
      'The resource server MUST verify that the "typ" header value is "at+jwt" or "application/at+jwt" and reject tokens carrying any other value.',
      resourceServer
    ),
    row(
      "4-f",
      "If encryption was negotiated with the authorization server at registration time and the incoming JWT access token is not encrypted, the resource server SHOULD reject it.",
      resourceServer
    ),
    row(
      "4-g",
      'The issuer identifier for the authorization server (which is typically obtained during discovery) MUST exactly match the value of the "iss" claim.',
      resourceServer
    ),
    row(
      "4-h",
      'The resource server MUST validate that the "aud" claim contains a resource indicator value corresponding to an identifier the resource server expects for itself.',
      resourceServer
    ),
    row(
      "4-i",
      "The resource server MUST validate the signature of all incoming JWT access tokens",
      resourceServer
    ),
    row(
      "4-j",
      'The resource server MUST reject any JWT in which the value of "alg" is "none".',
      resourceServer
    ),
    row("4-k", "The resource server MUST use the keys provided by the authorization server.", resourceServer),
    row("4-l", 'The current time MUST be before the time represented by the "exp" claim.', resourceServer),
    row(
      "4-m",
      "The resource server MUST handle errors as described in Section 3.1 of [RFC6750].",
      resourceServer
    ),
    row(
      "4-n",
      'in case of any failure in the validation checks listed above, the authorization server response MUST include the error code "invalid_token"',
      resourceServer
    ),
    row(
      "4-o",
      "If the JWT access token includes authorization claims as described in Section 2.2.3, the resource server SHOULD use them",
      resourceServer
    ),
    row(
      "5-a",
      'To prevent cross-JWT confusion, authorization servers MUST use a distinct identifier as an "aud" claim value to uniquely identify access tokens issued by the same issuer for distinct resources.',
      notApplicable("there is one audience, that of the configuration")
    ),
    row("6-a", "The client MUST NOT inspect the content of the access token", client)
  ]
}

export default rfc9068
