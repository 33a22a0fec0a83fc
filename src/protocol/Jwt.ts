/**
 * JSON Web Tokens (RFC 7519), as far as they are plain values.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The signature algorithms that a server may sign with, by their `alg`
 * (RFC 7518 §3.1, RFC 8037 §3.1). All of them are asymmetric, and `none` is not
 * among them.
 *
 * @category schemas
 * @since 0.1.0
 */
export const SigningAlgorithm = Schema.Literals(["ES256", "RS256", "PS256", "EdDSA"])

/**
 * @category models
 * @since 0.1.0
 */
export type SigningAlgorithm = typeof SigningAlgorithm.Type

/**
 * A JWT Claims Set (RFC 7519 §4).
 *
 * @category models
 * @since 0.1.0
 */
export type Claims = Schema.JsonObject
