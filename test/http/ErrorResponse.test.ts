import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { OAuthError, StorageError } from "effect-oauth"
import { ErrorResponse } from "effect-oauth/http"

const details = { description: "why" }
const challenge = { "www-authenticate": 'Basic realm="OAuth", charset="UTF-8"' }

const table: ReadonlyArray<
  readonly [
    error: ErrorResponse.EndpointError,
    status: number,
    code: string,
    headers?: Readonly<Record<string, string>>
  ]
> = [
  [new OAuthError.InvalidRequest(details), 400, "invalid_request"],
  [new OAuthError.InvalidClient(details), 401, "invalid_client", challenge],
  [new OAuthError.UnknownClient(details), 400, "invalid_client"],
  [new OAuthError.InvalidRedirectUri(details), 400, "invalid_request"],
  [new OAuthError.InvalidGrant(details), 400, "invalid_grant"],
  [new OAuthError.UnauthorizedClient(details), 400, "unauthorized_client"],
  [new OAuthError.UnsupportedGrantType(details), 400, "unsupported_grant_type"],
  [new OAuthError.UnsupportedResponseType(details), 400, "unsupported_response_type"],
  [new OAuthError.InvalidScope(details), 400, "invalid_scope"],
  [new OAuthError.AccessDenied(details), 403, "access_denied"],
  [new OAuthError.LoginRequired(details), 400, "login_required"],
  [new OAuthError.InteractionRequired(details), 400, "interaction_required"],
  [new OAuthError.ConsentRequired(details), 400, "consent_required"],
  [new OAuthError.AccountSelectionRequired(details), 400, "account_selection_required"],
  [new OAuthError.UnmetAuthenticationRequirements(details), 400, "unmet_authentication_requirements"],
  [new OAuthError.RequestNotSupported(details), 400, "request_not_supported"],
  [new OAuthError.RequestUriNotSupported(details), 400, "request_uri_not_supported"],
  [new OAuthError.RegistrationNotSupported(details), 400, "registration_not_supported"],
  [
    new OAuthError.InvalidTokenRequest(details),
    400,
    "invalid_request",
    { "www-authenticate": 'Bearer realm="OAuth", error="invalid_request", error_description="why"' }
  ],
  [new OAuthError.UnsupportedTokenType(details), 400, "unsupported_token_type"],
  [
    new OAuthError.InvalidToken(details),
    401,
    "invalid_token",
    { "www-authenticate": 'Bearer realm="OAuth", error="invalid_token", error_description="why"' }
  ],
  [
    new OAuthError.InsufficientScope({ ...details, scope: "read write" }),
    403,
    "insufficient_scope",
    {
      "www-authenticate":
        'Bearer realm="OAuth", error="insufficient_scope", error_description="why", scope="read write"'
    }
  ],
  [new OAuthError.ServerError(details), 500, "server_error"],
  [
    new OAuthError.TemporarilyUnavailable({ ...details, retryAfter: Duration.millis(1500) }),
    503,
    "temporarily_unavailable",
    { "retry-after": "2" }
  ],
  [
    new OAuthError.TooManyAttempts({ ...details, retryAfter: Duration.millis(1500) }),
    429,
    "temporarily_unavailable",
    { "retry-after": "2" }
  ],
  [
    new OAuthError.MethodNotAllowed({ ...details, allow: ["GET", "POST"] }),
    405,
    "invalid_request",
    { allow: "GET, POST" }
  ],
  [new OAuthError.InsecureTransport(details), 400, "invalid_request"],
  [new OAuthError.PayloadTooLarge(details), 413, "invalid_request"]
]

// @covers rfc6749-5.2-a rfc6749-5.2-b rfc6750-3.1-b rfc6750-3.1-c rfc6750-3-a rfc6750-3-b rfc6750-3-c
// @covers rfc6750-3-d rfc6750-3-e rfc6750-3-f rfc6750-3-g rfc6750-3-i
describe("RFC 6749 §5.2, RFC 6750 §3, RFC 7009 §2.2.1 each error on the wire", () => {
  for (const [error, status, code, headers = {}] of table) {
    it(error._tag, () => {
      const response = ErrorResponse.errorResponse(error, { errorUri: undefined })
      assert.strictEqual(response.status, status)
      assert.deepStrictEqual(response.headers, {
        "content-type": "application/json",
        "cache-control": "no-store",
        pragma: "no-cache",
        "x-content-type-options": "nosniff",
        ...headers
      })
      assert.deepStrictEqual(JSON.parse(response.body), { error: code, error_description: "why" })
    })
  }

  it("MissingToken, which tells nothing but the challenge", () => {
    const response = ErrorResponse.errorResponse(new OAuthError.MissingToken(details), {
      errorUri: undefined
    })
    assert.strictEqual(response.status, 401)
    assert.strictEqual(response.headers["www-authenticate"], 'Bearer realm="OAuth"')
    assert.strictEqual(response.body, "")
  })

  it("StorageError, as what the client can make use of", () => {
    const error = new StorageError({ operation: "GrantStore.rotate", cause: "a secret" })
    const response = ErrorResponse.errorResponse(error, { errorUri: (code) => `https://e.example/${code}` })
    assert.strictEqual(response.status, 503)
    assert.strictEqual(response.headers["retry-after"], "5")
    assert.deepStrictEqual(JSON.parse(response.body), {
      error: "temporarily_unavailable",
      error_description: "The server cannot reach its storage; try again",
      error_uri: "https://e.example/temporarily_unavailable"
    })
  })
})
