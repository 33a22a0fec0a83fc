/**
 * How each error looks on the wire: the RFC's table, in one place. It is matched
 * exhaustively, so that an error without a wire form does not compile.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import { type OAuthError, TemporarilyUnavailable } from "../protocol/OAuthError.ts"
import type { Settings } from "../services/ServerConfig.ts"
import type { StorageError } from "../storage/StorageError.ts"
import { empty, type HttpResponse, json } from "./HttpMessage.ts"

/**
 * What an endpoint can fail with, other than an `AuthorizationError`, which goes
 * to the client as a redirect.
 *
 * @category errors
 * @since 0.1.0
 */
export type EndpointError = OAuthError | StorageError

/**
 * A store that does not answer, as the client sees it: never a reason to throw a
 * credential away.
 *
 * @category conversions
 * @since 0.1.0
 */
export const storageUnavailable = new TemporarilyUnavailable({
  description: "The server cannot reach its storage; try again",
  retryAfter: Duration.seconds(5)
})

/**
 * The status and the headers of an error.
 *
 * @category conversions
 * @since 0.1.0
 */
export interface WireForm {
  readonly status: number
  readonly headers: HttpResponse["headers"]
}

/**
 * The status and the headers that the RFCs give to each error.
 *
 * @category conversions
 * @since 0.1.0
 */
export const wireForm = (error: OAuthError): WireForm => {
  switch (error._tag) {
    // RFC 6749 §5.2
    case "InvalidRequest":
    case "InvalidGrant":
    case "UnauthorizedClient":
    case "UnsupportedGrantType":
    case "InvalidScope":
      return bare(400)
    // RFC 6749 §5.2, RFC 9110 §15.5.2, RFC 7617 §2
    case "InvalidClient":
      return withHeader(401, "www-authenticate", `Basic realm="OAuth", charset="UTF-8"`)
    // Told to a person, at the authorization endpoint: no challenge, which would
    // make the browser ask for a password.
    case "UnknownClient":
    case "InvalidRedirectUri":
    case "UnsupportedResponseType":
      return bare(400)
    case "AccessDenied":
      return bare(403)
    // OpenID Connect Core §3.1.2.6: told to the client by redirect, from the
    // authorization endpoint
    case "LoginRequired":
    case "InteractionRequired":
    case "ConsentRequired":
    case "AccountSelectionRequired":
    case "UnmetAuthenticationRequirements":
    case "RequestNotSupported":
    case "RequestUriNotSupported":
    case "RegistrationNotSupported":
      return bare(400)
    // RFC 7009 §2.2.1
    case "UnsupportedTokenType":
      return bare(400)
    // RFC 6750 §3, §3.1
    case "MissingToken":
      return withHeader(401, "www-authenticate", `Bearer realm="OAuth"`)
    case "InvalidTokenRequest":
      return withHeader(400, "www-authenticate", bearer(error))
    case "InvalidToken":
      return withHeader(401, "www-authenticate", bearer(error))
    case "InsufficientScope":
      return withHeader(403, "www-authenticate", `${bearer(error)}, scope="${error.scope}"`)
    case "ServerError":
      return bare(500)
    // RFC 9110 §10.2.3
    case "TemporarilyUnavailable":
      return withHeader(503, "retry-after", seconds(error.retryAfter))
    // RFC 6585 §4
    case "TooManyAttempts":
      return withHeader(429, "retry-after", seconds(error.retryAfter))
    // RFC 9110 §15.5.6
    case "MethodNotAllowed":
      return withHeader(405, "allow", error.allow.join(", "))
    case "InsecureTransport":
      return bare(400)
    // RFC 9110 §15.5.14
    case "PayloadTooLarge":
      return bare(413)
  }
}

/**
 * The members of an error, by the names that RFC 6749 §5.2 gives them.
 *
 * @category conversions
 * @since 0.1.0
 */
export const errorMembers = (
  error: { readonly error: string; readonly description: string },
  config: Pick<Settings, "errorUri">
): Readonly<Record<"error" | "error_description", string> & { readonly error_uri?: string }> => ({
  error: error.error,
  error_description: error.description,
  ...(config.errorUri && { error_uri: config.errorUri(error.error) })
})

/**
 * The protocol error that a failure is told as.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toOAuthError = (error: EndpointError): OAuthError =>
  error._tag === "StorageError" ? storageUnavailable : error

/**
 * An error as a JSON response.
 *
 * @category conversions
 * @since 0.1.0
 */
export const errorResponse = (error: EndpointError, config: Pick<Settings, "errorUri">): HttpResponse => {
  const told = toOAuthError(error)
  const { headers, status } = wireForm(told)
  // RFC 6750 §3.1: "SHOULD NOT include an error code or other error information"
  if (told._tag === "MissingToken") return empty(status, headers)
  return json(status, errorMembers(told, config), headers)
}

const bare = (status: number): WireForm => ({ status, headers: {} })

const withHeader = (status: number, name: string, value: string): WireForm => ({
  status,
  headers: { [name]: value }
})

const seconds = (duration: Duration.Duration): string => String(Math.ceil(Duration.toSeconds(duration)))

const bearer = (error: { readonly error: string; readonly description: string }) =>
  `Bearer realm="OAuth", error="${error.error}", error_description="${error.description}"`
