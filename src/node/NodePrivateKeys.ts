/**
 * Signing with Node's own crypto, where that is cheaper than WebCrypto: ES256,
 * in less than half of the time. The other algorithms stay with WebCrypto, which
 * does not hold up the event loop.
 *
 * @since 0.1.0
 */
import { createPrivateKey, sign } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { nextTurn } from "../http/Turn.ts"
import { PrivateKeys, webCrypto } from "../services/PrivateKeys.ts"

/**
 * Signs with Node. It is provided to `SigningKeys.layer`.
 *
 * @example
 * ```ts
 * import { SigningKeys } from "effect-oauth"
 * import { NodePrivateKeys } from "effect-oauth/node"
 * import { Layer } from "effect"
 *
 * const Keys = SigningKeys.layer().pipe(Layer.provide(NodePrivateKeys.layer))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never> = Layer.succeed(PrivateKeys, {
  load: (algorithm, privateJwk) =>
    algorithm === "ES256"
      ? Effect.sync(() => {
          const key = createPrivateKey({ key: Redacted.value(privateJwk), format: "jwk" })
          // Node makes r‖s of the signature too, with `dsaEncoding`, but at more than twice the price.
          const signature = (input: Uint8Array) => Effect.sync(() => concatenated(sign("sha256", input, key)))
          // A signature reads a table of 150 kB, and what else a request needs leaves the processor's
          // caches. So all requests of a turn come as far as this, and then are signed one after another.
          return (input) => Effect.andThen(nextTurn, signature(input))
        })
      : webCrypto.load(algorithm, privateJwk)
})

// RFC 3279 §2.2.3: SEQUENCE { r INTEGER, s INTEGER }, which of P-256 are so short that each length is one byte.
// RFC 7518 §3.4: r and s, each in 32 bytes.
const concatenated = (der: Buffer): Uint8Array => {
  const bytes = new Uint8Array(64)
  const endOfR = 4 + der.readUInt8(3)
  put(der.subarray(4, endOfR), bytes, 32)
  put(der.subarray(endOfR + 2), bytes, 64)
  return bytes
}

// An INTEGER has no zeros in front, but one where it would be negative without.
const put = (integer: Buffer, bytes: Uint8Array, end: number): void => {
  const digits = integer.length > 32 ? integer.subarray(integer.length - 32) : integer
  bytes.set(digits, end - digits.length)
}
