/**
 * An introspection response (RFC 7662 §2.2).
 *
 * @since 0.1.0
 */

/**
 * A token that is not active: unknown, expired, revoked, or none of the
 * caller's business. Nothing else is said of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface InactiveToken {
  readonly active: false
}

/**
 * An active token. Times are seconds since the epoch.
 *
 * @category models
 * @since 0.1.0
 */
export interface ActiveToken {
  readonly active: true
  /** Absent for an empty scope, which RFC 6749 §3.3 has no way to write. */
  readonly scope?: string
  readonly client_id: string
  readonly username?: string
  /** Absent for a refresh token, which has no type (RFC 6749 §5.1). */
  readonly token_type?: "Bearer"
  readonly exp: number
  readonly iat: number
  readonly nbf: number
  readonly sub: string
  readonly aud: string
  readonly iss: string
  readonly jti: string
}

/**
 * @category models
 * @since 0.1.0
 */
export type IntrospectionResponse = ActiveToken | InactiveToken

/**
 * @category constructors
 * @since 0.1.0
 */
export const inactive: InactiveToken = { active: false }
