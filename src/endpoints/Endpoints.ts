/**
 * Where the endpoints are: their paths below the issuer.
 *
 * @since 0.1.0
 */

/**
 * @category constants
 * @since 0.1.0
 */
export const paths = {
  authorization: "/authorize",
  token: "/token",
  introspection: "/introspect",
  revocation: "/revoke",
  jwks: "/jwks"
} as const

/**
 * The path of the metadata document: between the host and the path of the issuer
 * (RFC 8414 §3.1).
 *
 * @category getters
 * @since 0.1.0
 */
export const metadataPath = (issuer: string): string =>
  `/.well-known/oauth-authorization-server${issuerPath(issuer)}`

/**
 * The path of an endpoint of an issuer.
 *
 * @category getters
 * @since 0.1.0
 */
export const path = (issuer: string, below: string): string => `${issuerPath(issuer)}${below}`

/**
 * The URL of an endpoint of an issuer.
 *
 * @category getters
 * @since 0.1.0
 */
export const url = (issuer: string, below: string): string => `${issuer.replace(/\/$/, "")}${below}`

const issuerPath = (issuer: string): string => new URL(issuer).pathname.replace(/\/$/, "")
