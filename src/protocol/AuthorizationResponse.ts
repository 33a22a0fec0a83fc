/**
 * What the authorization endpoint answers to the client: parameters that travel
 * through the browser to a `TrustedRedirect`, in the place that the response
 * mode says. Errors travel the same way (RFC 6749 §4.1.2, §4.2.2).
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type {
  AccessDenied,
  AccountSelectionRequired,
  ConsentRequired,
  InteractionRequired,
  InvalidRequest,
  InvalidScope,
  LoginRequired,
  RegistrationNotSupported,
  RequestNotSupported,
  RequestUriNotSupported,
  ServerError,
  TemporarilyUnavailable,
  UnauthorizedClient,
  UnmetAuthenticationRequirements,
  UnsupportedResponseType
} from "./OAuthError.ts"
import * as Parameters from "./Parameters.ts"
import type { TrustedRedirect } from "./TrustedRedirect.ts"

/**
 * Where the parameters go: `query` and `fragment` (OAuth 2.0 Multiple Response
 * Type Encoding Practices §2.1), or `form_post` (OAuth 2.0 Form Post Response
 * Mode §2).
 *
 * @category schemas
 * @since 0.1.0
 */
export const ResponseMode = Schema.Literals(["query", "fragment", "form_post"])

/**
 * @category models
 * @since 0.1.0
 */
export type ResponseMode = typeof ResponseMode.Type

/**
 * Where an authorization response goes, and what goes with it whatever it says.
 *
 * @category models
 * @since 0.1.0
 */
export interface Destination {
  readonly redirect: TrustedRedirect
  readonly responseMode: ResponseMode
  readonly state: string | undefined
  /** The issuer, sent as `iss` (RFC 9207 §2). */
  readonly issuer: string
}

/**
 * The parameters that a response type contributes; codes and tokens among them
 * are `Redacted`.
 *
 * @category models
 * @since 0.1.0
 */
export type ResponseParameters = Readonly<Record<string, string | Redacted.Redacted<string>>>

/**
 * A successful authorization response.
 *
 * @category models
 * @since 0.1.0
 */
export interface AuthorizationResponse {
  readonly destination: Destination
  readonly parameters: ResponseParameters
}

/**
 * The errors that may be told to a client through the browser
 * (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).
 *
 * @category errors
 * @since 0.1.0
 */
export type RedirectableError =
  | InvalidRequest
  | UnauthorizedClient
  | AccessDenied
  | UnsupportedResponseType
  | InvalidScope
  | LoginRequired
  | InteractionRequired
  | ConsentRequired
  | AccountSelectionRequired
  | UnmetAuthenticationRequirements
  | RequestNotSupported
  | RequestUriNotSupported
  | RegistrationNotSupported
  | ServerError
  | TemporarilyUnavailable

/**
 * An authorization request that is refused after its client and redirect URI
 * are trusted: the second of the endpoint's two error phases. It cannot be made
 * without a `TrustedRedirect`.
 *
 * @category errors
 * @since 0.1.0
 */
export class AuthorizationError extends Data.TaggedError("AuthorizationError")<{
  readonly destination: Destination
  readonly error: RedirectableError
}> {
  constructor(fields: { readonly destination: Destination; readonly error: RedirectableError }) {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(fields)
    Error.stackTraceLimit = limit
  }
  override get message(): string {
    return this.error.description
  }
}

/**
 * The parameters of a response as they go on the wire, with `state` exactly as
 * it came and `iss` (RFC 9207 §2). The result holds secrets in clear.
 *
 * @category encoding
 * @since 0.1.0
 */
export const toEntries = (
  destination: Destination,
  parameters: ResponseParameters
): ReadonlyArray<readonly [name: string, value: string]> => {
  const entries: Array<readonly [string, string]> = []
  for (const [name, value] of Object.entries(parameters)) {
    entries.push([name, Redacted.isRedacted(value) ? Redacted.value(value) : value])
  }
  if (destination.state !== undefined) entries.push(["state", destination.state])
  entries.push(["iss", destination.issuer])
  return entries
}

/**
 * The `Location` of a response in the query or the fragment. What the
 * registered URI already has in its query stays as it is (RFC 6749 §3.1.2).
 *
 * @category encoding
 * @since 0.1.0
 */
export const toLocation = (
  redirect: TrustedRedirect,
  responseMode: "query" | "fragment",
  entries: Iterable<readonly [name: string, value: string]>
): string => {
  const separator = responseMode === "fragment" ? "#" : redirect.uri.includes("?") ? "&" : "?"
  return `${redirect.uri}${separator}${Parameters.encode(entries)}`
}
