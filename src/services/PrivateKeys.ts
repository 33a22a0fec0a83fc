/**
 * How a private key that is in this process signs. The default is WebCrypto,
 * which every platform has; on Node there is a cheaper one (`NodePrivateKeys`).
 *
 * A `Context.Reference`: it never shows in R.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { PrivateJwk } from "../protocol/Jwk.ts"
import type { SigningAlgorithm } from "../protocol/Jwt.ts"

/**
 * Makes JWS Signatures with one key (RFC 7515 §5.1).
 *
 * @category models
 * @since 0.1.0
 */
export type Sign = (input: Uint8Array<ArrayBuffer>) => Effect.Effect<Uint8Array>

/**
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /** Makes a key ready, once for many signatures. */
  readonly load: (
    algorithm: SigningAlgorithm,
    privateJwk: Redacted.Redacted<PrivateJwk>
  ) => Effect.Effect<Sign>
}

/**
 * @category references
 * @since 0.1.0
 */
export const PrivateKeys = Context.Reference<Service>("effect-oauth/services/PrivateKeys", {
  defaultValue: () => webCrypto
})

// RFC 7518 §3.3 to §3.5, RFC 8037 §3.1, in the words of WebCrypto.
const parameters = {
  ES256: { key: { name: "ECDSA", namedCurve: "P-256" }, signature: { name: "ECDSA", hash: "SHA-256" } },
  RS256: {
    key: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    signature: { name: "RSASSA-PKCS1-v1_5" }
  },
  PS256: { key: { name: "RSA-PSS", hash: "SHA-256" }, signature: { name: "RSA-PSS", saltLength: 32 } },
  EdDSA: { key: { name: "Ed25519" }, signature: { name: "Ed25519" } }
} as const

/**
 * WebCrypto.
 *
 * @category implementations
 * @since 0.1.0
 */
export const webCrypto: Service = {
  load: (algorithm, privateJwk) => {
    const { key, signature } = parameters[algorithm]
    return Effect.map(
      Effect.promise(() => crypto.subtle.importKey("jwk", Redacted.value(privateJwk), key, false, ["sign"])),
      (loaded) => (input) =>
        Effect.map(
          Effect.promise(() => crypto.subtle.sign(signature, loaded, input)),
          (bytes) => new Uint8Array(bytes)
        )
    )
  }
}
