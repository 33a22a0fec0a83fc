import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { OAuthError } from "effect-oauth"

const description = "Something is wrong"

// @covers rfc6749-4.1.2.1-c rfc6749-4.1.2.1-d rfc6749-4.2.2.1-c rfc6749-4.2.2.1-d rfc6749-5.2-a rfc6749-5.2-c
describe("the error codes of the RFCs", () => {
  it.for([
    // RFC 6749 §5.2
    [new OAuthError.InvalidRequest({ description }), "InvalidRequest", "invalid_request"],
    [new OAuthError.InvalidClient({ description }), "InvalidClient", "invalid_client"],
    [new OAuthError.InvalidGrant({ description }), "InvalidGrant", "invalid_grant"],
    [new OAuthError.UnauthorizedClient({ description }), "UnauthorizedClient", "unauthorized_client"],
    [new OAuthError.UnsupportedGrantType({ description }), "UnsupportedGrantType", "unsupported_grant_type"],
    [new OAuthError.InvalidScope({ description }), "InvalidScope", "invalid_scope"],
    // RFC 6749 §4.1.2.1
    [new OAuthError.UnknownClient({ description }), "UnknownClient", "invalid_client"],
    [new OAuthError.InvalidRedirectUri({ description }), "InvalidRedirectUri", "invalid_request"],
    [new OAuthError.AccessDenied({ description }), "AccessDenied", "access_denied"],
    [
      new OAuthError.UnsupportedResponseType({ description }),
      "UnsupportedResponseType",
      "unsupported_response_type"
    ],
    [new OAuthError.ServerError({ description }), "ServerError", "server_error"],
    [
      new OAuthError.TemporarilyUnavailable({ description, retryAfter: Duration.seconds(1) }),
      "TemporarilyUnavailable",
      "temporarily_unavailable"
    ],
    [
      new OAuthError.TooManyAttempts({ description, retryAfter: Duration.seconds(1) }),
      "TooManyAttempts",
      "temporarily_unavailable"
    ],
    // RFC 7009 §2.2.1
    [new OAuthError.LoginRequired({ description }), "LoginRequired", "login_required"],
    [new OAuthError.InteractionRequired({ description }), "InteractionRequired", "interaction_required"],
    [new OAuthError.ConsentRequired({ description }), "ConsentRequired", "consent_required"],
    [
      new OAuthError.AccountSelectionRequired({ description }),
      "AccountSelectionRequired",
      "account_selection_required"
    ],
    [
      new OAuthError.UnmetAuthenticationRequirements({ description }),
      "UnmetAuthenticationRequirements",
      "unmet_authentication_requirements"
    ],
    [new OAuthError.RequestNotSupported({ description }), "RequestNotSupported", "request_not_supported"],
    [
      new OAuthError.RequestUriNotSupported({ description }),
      "RequestUriNotSupported",
      "request_uri_not_supported"
    ],
    [
      new OAuthError.RegistrationNotSupported({ description }),
      "RegistrationNotSupported",
      "registration_not_supported"
    ],
    [new OAuthError.MissingToken({ description }), "MissingToken", "invalid_token"],
    [new OAuthError.InvalidTokenRequest({ description }), "InvalidTokenRequest", "invalid_request"],
    [new OAuthError.UnsupportedTokenType({ description }), "UnsupportedTokenType", "unsupported_token_type"],
    // RFC 6750 §3.1
    [new OAuthError.InvalidToken({ description }), "InvalidToken", "invalid_token"],
    [
      new OAuthError.InsufficientScope({ description, scope: "write" }),
      "InsufficientScope",
      "insufficient_scope"
    ],
    // RFC 9110 §15.5.6, §15.5.14; RFC 6749 §1.6
    [
      new OAuthError.MethodNotAllowed({ description, allow: ["POST"] }),
      "MethodNotAllowed",
      "invalid_request"
    ],
    [new OAuthError.InsecureTransport({ description }), "InsecureTransport", "invalid_request"],
    [new OAuthError.PayloadTooLarge({ description }), "PayloadTooLarge", "invalid_request"]
  ] as const)("%s", ([error, tag, code]) => {
    assert.strictEqual(error._tag, tag)
    assert.strictEqual(error.error, code)
    assert.strictEqual(error.description, description)
    assert.strictEqual(error.message, description)
  })
})

describe("a protocol error is an answer and not a crash", () => {
  it("it captures no stack, and leaves everybody else's alone", () => {
    const error = new OAuthError.InvalidGrant({ description })
    assert.notInclude(error.stack ?? "", "    at ")
    assert.include(new Error("a crash").stack ?? "", "    at ")
  })
})
