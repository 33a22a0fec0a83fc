/**
 * One key that signs, wherever its private half is: in this process, or in a
 * key management service that never hands it out.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type { PublicJwk } from "../protocol/Jwk.ts"
import type { StorageError } from "../storage/StorageError.ts"

/**
 * The `kid` and the `alg` are those of the public key.
 *
 * @category models
 * @since 0.1.0
 */
export interface Signer {
  /** What relying parties verify with. */
  readonly publicJwk: PublicJwk
  /**
   * The JWS Signature of a JWS Signing Input (RFC 7515 §5.1), in the form of
   * RFC 7518 §3: for ES256 the 64 bytes r‖s, and not DER (§3.4).
   *
   * Fails with `StorageError` if whoever holds the key does not answer.
   */
  readonly sign: (input: Uint8Array<ArrayBuffer>) => Effect.Effect<Uint8Array, StorageError>
}
