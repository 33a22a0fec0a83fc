/**
 * An authorization request that has been validated and waits for its resource
 * owner: plain data that any Schema codec can carry through a database, a
 * cookie or another process, over as many requests as signing in and consenting
 * take.
 *
 * It holds the redirect URI as text and not as a proof: whoever resumes it
 * compares the URI with the client again.
 *
 * Keep it where the person's browser cannot change it: in a store, or sealed with
 * authenticated encryption. Whoever can change the scope or the code challenge has
 * something else approved than the person was asked for.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { ResponseMode } from "./AuthorizationResponse.ts"
import { ClientId } from "./Client.ts"
import { CodeChallenge } from "./Pkce.ts"
import { Scope } from "./Scope.ts"

/**
 * @category schemas
 * @since 0.1.0
 */
export const AuthorizationRequest = Schema.Struct({
  clientId: ClientId,
  redirectUri: Schema.String,
  /** Whether the client sent `redirect_uri`, and so must send it again for the code (RFC 6749 §4.1.3). */
  redirectUriGiven: Schema.Boolean,
  /** The names in `response_type`, as they came. */
  responseType: Schema.NonEmptyArray(Schema.String),
  responseMode: ResponseMode,
  scope: Scope,
  state: Schema.optionalKey(Schema.String),
  codeChallenge: Schema.optionalKey(CodeChallenge),
  /**
   * What is kept for those who asked: parameters, for a response type, and what it
   * made of them under its own name, for an extension.
   */
  extensions: Schema.Record(Schema.String, Schema.String)
})

/**
 * @category models
 * @since 0.1.0
 */
export type AuthorizationRequest = typeof AuthorizationRequest.Type

/**
 * What a resource owner granted. `scope` may be less than was asked for, never
 * more; nothing of a scope that was asked for is no grant, but `access_denied`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Approval {
  readonly subject: string
  readonly username?: string
  readonly scope?: Scope
  /** When the resource owner signed in, in milliseconds since the epoch. */
  readonly authenticatedAt: number
  /** What signing in as they did amounts to (OpenID Connect Core §2 `acr`). */
  readonly acr?: string
  /** How they signed in (RFC 8176 §2). */
  readonly amr?: ReadonlyArray<string>
  /** Names their login session to clients, without being of use to anybody (`sid`). */
  readonly sessionId?: string
}
