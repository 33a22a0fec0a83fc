/**
 * What the protocol says of a token and its issuer: no claims about a person, so
 * that no application tells them and nobody has to consent to them.
 *
 * @since 0.1.0
 */

const names: ReadonlySet<string> = new Set([
  "iss",
  "sub",
  "aud",
  "exp",
  "nbf",
  "iat",
  "jti",
  "auth_time",
  "nonce",
  "acr",
  "amr",
  "azp",
  "at_hash",
  "c_hash",
  "s_hash",
  "sid"
])

/**
 * Whether a claim is one of them (RFC 7519 §4.1, OpenID Connect Core §2, §3.3.2.11).
 *
 * @category predicates
 * @since 0.1.0
 */
export const isProtocolClaim = (name: string): boolean => names.has(name)
