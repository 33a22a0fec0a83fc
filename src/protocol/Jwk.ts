/**
 * JSON Web Keys (RFC 7517) that a server publishes: public ones, for signatures.
 *
 * The schemas name every member that they let through, so that a private one
 * (`d`, `p`, `q`, …) has no way into a JWK Set.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { SigningAlgorithm } from "./Jwt.ts"

const members = {
  kid: Schema.NonEmptyString,
  alg: SigningAlgorithm,
  use: Schema.Literal("sig")
}

/**
 * A public key for signatures: on the curve P-256 (RFC 7518 §6.2.1), of RSA
 * (§6.3.1), or Ed25519 (RFC 8037 §2).
 *
 * @category schemas
 * @since 0.1.0
 */
export const PublicJwk = Schema.Union([
  Schema.Struct({
    kty: Schema.Literal("EC"),
    crv: Schema.Literal("P-256"),
    x: Schema.String,
    y: Schema.String,
    ...members
  }),
  Schema.Struct({ kty: Schema.Literal("RSA"), n: Schema.String, e: Schema.String, ...members }),
  Schema.Struct({ kty: Schema.Literal("OKP"), crv: Schema.Literal("Ed25519"), x: Schema.String, ...members })
])

/**
 * @category models
 * @since 0.1.0
 */
export type PublicJwk = typeof PublicJwk.Type

/**
 * A JWK Set (RFC 7517 §5).
 *
 * @category models
 * @since 0.1.0
 */
export interface JwkSet {
  readonly keys: ReadonlyArray<PublicJwk>
}

/**
 * A private key, as it is sealed and opened. It never leaves the process.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PrivateJwk = Schema.Struct({
  kty: Schema.String,
  d: Schema.String,
  crv: Schema.optionalKey(Schema.String),
  x: Schema.optionalKey(Schema.String),
  y: Schema.optionalKey(Schema.String),
  n: Schema.optionalKey(Schema.String),
  e: Schema.optionalKey(Schema.String),
  p: Schema.optionalKey(Schema.String),
  q: Schema.optionalKey(Schema.String),
  dp: Schema.optionalKey(Schema.String),
  dq: Schema.optionalKey(Schema.String),
  qi: Schema.optionalKey(Schema.String)
})

/**
 * @category models
 * @since 0.1.0
 */
export type PrivateJwk = typeof PrivateJwk.Type
