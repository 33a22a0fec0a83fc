/**
 * The errors of OAuth 2.0 as tagged values: one class for each way in which a
 * request can be refused. `error` is the code that the client reads
 * (RFC 6749 §4.1.2.1, §5.2; RFC 6750 §3.1; RFC 7009 §2.2.1); the tag is what a
 * program matches on. How each of them looks on the wire is the edge's business
 * (`http/ErrorResponse`).
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"

/**
 * What every protocol error says: `description` becomes `error_description`, so
 * it is written for the developer of the client, in printable ASCII without
 * quotes or backslashes (RFC 6749 §5.2), and never holds a secret.
 *
 * @category models
 * @since 0.1.0
 */
export interface Details {
  readonly description: string
}

// A protocol error is an answer, not a crash: it captures no stack, which makes
// a refused request as cheap as an accepted one.
const answer = <const Tag extends string, const Code extends string>(
  tag: Tag,
  code: Code
): (new (
  details: Details
) => Cause.YieldableError & Details & { readonly _tag: Tag; readonly error: Code }) =>
  class extends Data.TaggedError(tag)<Details> {
    readonly error: Code = code
    constructor(details: Details) {
      const limit = Error.stackTraceLimit
      Error.stackTraceLimit = 0
      super(details)
      Error.stackTraceLimit = limit
    }
    override get message(): string {
      return this.description
    }
  }

/**
 * The request lacks a parameter, repeats one, or is otherwise malformed
 * (RFC 6749 §5.2).
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidRequest extends answer("InvalidRequest", "invalid_request") {}

/**
 * The client did not prove who it is (RFC 6749 §5.2). The description is the
 * same for an unknown client and a wrong secret.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidClient extends answer("InvalidClient", "invalid_client") {}

/**
 * An authorization request names a client that is not registered. Nothing can
 * be redirected (RFC 6749 §4.1.2.1).
 *
 * @category errors
 * @since 0.1.0
 */
export class UnknownClient extends answer("UnknownClient", "invalid_client") {}

/**
 * The redirect URI is missing, or is not one that the client registered.
 * Nothing can be redirected (RFC 6749 §3.1.2.4).
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidRedirectUri extends answer("InvalidRedirectUri", "invalid_request") {}

/**
 * The code, refresh token or password is wrong, expired, revoked, used, or was
 * issued to another client (RFC 6749 §5.2).
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidGrant extends answer("InvalidGrant", "invalid_grant") {}

/**
 * The client is known, but may not use this grant or response type
 * (RFC 6749 §5.2, §4.1.2.1).
 *
 * @category errors
 * @since 0.1.0
 */
export class UnauthorizedClient extends answer("UnauthorizedClient", "unauthorized_client") {}

/**
 * The server does not have this grant type (RFC 6749 §5.2).
 *
 * @category errors
 * @since 0.1.0
 */
export class UnsupportedGrantType extends answer("UnsupportedGrantType", "unsupported_grant_type") {}

/**
 * The server does not have this response type (RFC 6749 §4.1.2.1).
 *
 * @category errors
 * @since 0.1.0
 */
export class UnsupportedResponseType extends answer("UnsupportedResponseType", "unsupported_response_type") {}

/**
 * The scope is malformed, unknown, or more than the client or the grant has
 * (RFC 6749 §5.2, §6).
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidScope extends answer("InvalidScope", "invalid_scope") {}

/**
 * The resource owner said no (RFC 6749 §4.1.2.1).
 *
 * @category errors
 * @since 0.1.0
 */
export class AccessDenied extends answer("AccessDenied", "access_denied") {}

/**
 * The person has to sign in, and may not be asked to; or it is not the person
 * that the request is about (OpenID Connect Core §3.1.2.6).
 *
 * @category errors
 * @since 0.1.0
 */
export class LoginRequired extends answer("LoginRequired", "login_required") {}

/**
 * The person has to be asked something, and may not be (OpenID Connect Core
 * §3.1.2.6).
 *
 * @category errors
 * @since 0.1.0
 */
export class InteractionRequired extends answer("InteractionRequired", "interaction_required") {}

/**
 * The person has to consent, and may not be asked to (OpenID Connect Core
 * §3.1.2.6).
 *
 * @category errors
 * @since 0.1.0
 */
export class ConsentRequired extends answer("ConsentRequired", "consent_required") {}

/**
 * The person has to choose an account, and may not be asked to (OpenID Connect
 * Core §3.1.2.6).
 *
 * @category errors
 * @since 0.1.0
 */
export class AccountSelectionRequired extends answer(
  "AccountSelectionRequired",
  "account_selection_required"
) {}

/**
 * The person cannot be authenticated in the way that the request insists on
 * (OpenID Connect Core Error Code unmet_authentication_requirements §2).
 *
 * @category errors
 * @since 0.1.0
 */
export class UnmetAuthenticationRequirements extends answer(
  "UnmetAuthenticationRequirements",
  "unmet_authentication_requirements"
) {}

/**
 * The server does not take request objects by value (OpenID Connect Core
 * §3.1.2.6).
 *
 * @category errors
 * @since 0.1.0
 */
export class RequestNotSupported extends answer("RequestNotSupported", "request_not_supported") {}

/**
 * The server does not take request objects by reference (OpenID Connect Core
 * §3.1.2.6).
 *
 * @category errors
 * @since 0.1.0
 */
export class RequestUriNotSupported extends answer("RequestUriNotSupported", "request_uri_not_supported") {}

/**
 * The server does not take a registration in an authorization request (OpenID
 * Connect Core §3.1.2.6).
 *
 * @category errors
 * @since 0.1.0
 */
export class RegistrationNotSupported extends answer(
  "RegistrationNotSupported",
  "registration_not_supported"
) {}

/**
 * The hint of a revocation request names a token type that this server cannot
 * revoke (RFC 7009 §2.2.1).
 *
 * @category errors
 * @since 0.1.0
 */
export class UnsupportedTokenType extends answer("UnsupportedTokenType", "unsupported_token_type") {}

/**
 * The request comes to a protected resource without any token. It is answered
 * with a bare challenge: no error is told to whoever did not know (RFC 6750 §3.1).
 *
 * @category errors
 * @since 0.1.0
 */
export class MissingToken extends answer("MissingToken", "invalid_token") {}

/**
 * The request comes to a protected resource with its token in two places, or in
 * none that it may be in (RFC 6750 §2, §3.1).
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidTokenRequest extends answer("InvalidTokenRequest", "invalid_request") {}

/**
 * The access token is malformed, unknown, expired or revoked (RFC 6750 §3.1).
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidToken extends answer("InvalidToken", "invalid_token") {}

/**
 * The access token is good, but its scope does not cover the request
 * (RFC 6750 §3.1).
 *
 * @category errors
 * @since 0.1.0
 */
export class InsufficientScope extends answer("InsufficientScope", "insufficient_scope") {
  /** The scope that would have been enough. */
  readonly scope: string
  constructor(details: Details & { readonly scope: string }) {
    super(details)
    this.scope = details.scope
  }
}

/**
 * Something broke that the client can do nothing about (RFC 6749 §4.1.2.1). The
 * description carries an incident id, by which the log has the cause.
 *
 * @category errors
 * @since 0.1.0
 */
export class ServerError extends answer("ServerError", "server_error") {}

/**
 * The server cannot answer now; the client should try again after `retryAfter`
 * (RFC 6749 §4.1.2.1, RFC 9110 §10.2.3).
 *
 * @category errors
 * @since 0.1.0
 */
export class TemporarilyUnavailable extends answer("TemporarilyUnavailable", "temporarily_unavailable") {
  readonly retryAfter: Duration.Duration
  constructor(details: Details & { readonly retryAfter: Duration.Duration }) {
    super(details)
    this.retryAfter = details.retryAfter
  }
}

/**
 * Somebody has tried a password too often; the next attempt counts after
 * `retryAfter` (RFC 6749 §4.3.2, RFC 6585 §4).
 *
 * @category errors
 * @since 0.1.0
 */
export class TooManyAttempts extends answer("TooManyAttempts", "temporarily_unavailable") {
  readonly retryAfter: Duration.Duration
  constructor(details: Details & { readonly retryAfter: Duration.Duration }) {
    super(details)
    this.retryAfter = details.retryAfter
  }
}

/**
 * The endpoint does not answer to this method (RFC 9110 §15.5.6). `allow` lists
 * those it does.
 *
 * @category errors
 * @since 0.1.0
 */
export class MethodNotAllowed extends answer("MethodNotAllowed", "invalid_request") {
  readonly allow: ReadonlyArray<string>
  constructor(details: Details & { readonly allow: ReadonlyArray<string> }) {
    super(details)
    this.allow = details.allow
  }
}

/**
 * The request came in clear text where TLS is required (RFC 6749 §1.6, §3.1,
 * §3.2).
 *
 * @category errors
 * @since 0.1.0
 */
export class InsecureTransport extends answer("InsecureTransport", "invalid_request") {}

/**
 * The body is longer than the server reads (RFC 9110 §15.5.14).
 *
 * @category errors
 * @since 0.1.0
 */
export class PayloadTooLarge extends answer("PayloadTooLarge", "invalid_request") {}

/**
 * Every protocol error.
 *
 * @category models
 * @since 0.1.0
 */
export type OAuthError =
  | InvalidRequest
  | InvalidClient
  | UnknownClient
  | InvalidRedirectUri
  | InvalidGrant
  | UnauthorizedClient
  | UnsupportedGrantType
  | UnsupportedResponseType
  | InvalidScope
  | AccessDenied
  | LoginRequired
  | InteractionRequired
  | ConsentRequired
  | AccountSelectionRequired
  | UnmetAuthenticationRequirements
  | RequestNotSupported
  | RequestUriNotSupported
  | RegistrationNotSupported
  | UnsupportedTokenType
  | MissingToken
  | InvalidTokenRequest
  | InvalidToken
  | InsufficientScope
  | ServerError
  | TemporarilyUnavailable
  | TooManyAttempts
  | MethodNotAllowed
  | InsecureTransport
  | PayloadTooLarge
