/**
 * A successful token response (RFC 6749 §5.1).
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import type { Scope } from "./Scope.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface TokenResponse {
  readonly accessToken: Redacted.Redacted<string>
  /** How the token is presented (RFC 6749 §7.1). */
  readonly tokenType: "Bearer"
  readonly expiresIn: Duration.Duration
  readonly scope: Scope
  readonly refreshToken?: Redacted.Redacted<string>
  /** Members that an extension adds, such as `id_token`. */
  readonly extensions?: Readonly<Record<string, string | Redacted.Redacted<string>>>
}
