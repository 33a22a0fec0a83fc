/**
 * SHA-256, HMAC and base64url at once, without a promise: those of the platform
 * where it has them so (Node, Deno, Bun), which take a tenth of the time, and
 * otherwise the same in JavaScript.
 *
 * @internal
 */
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { utf8ToBytes } from "@noble/hashes/utils.js"
import * as Mac from "effect/crypto/Mac"
import * as Base64Url from "effect/encoding/Base64Url"

/**
 * @internal
 */
export interface Platform {
  /** The SHA-256 of a text's UTF-8 bytes, in base64url without padding. */
  readonly sha256Base64Url: (text: string) => string
  /** HMAC-SHA-256 (RFC 2104) of a text's UTF-8 bytes. The bytes of a key are not to be changed afterwards. */
  readonly hmacSha256: (key: Uint8Array, text: string) => Uint8Array
  /** Whether two texts are the same, in time that depends only on their lengths. */
  readonly timingSafeEqual: (self: string, that: string) => boolean
  /** Bytes in base64url without padding (RFC 4648 §5). */
  readonly base64Url: (bytes: Uint8Array) => string
}

/**
 * @internal
 */
export const portable: Platform = {
  sha256Base64Url: (text) => Base64Url.encode(sha256(utf8ToBytes(text))),
  hmacSha256: (key, text) => hmac(sha256, key, utf8ToBytes(text)),
  timingSafeEqual: (self, that) => Mac.timingSafeEqual(utf8ToBytes(self), utf8ToBytes(that)),
  base64Url: Base64Url.encode
}

// Asked for at run time, and not imported: this file runs where there is no Node.
const native = (): Platform | undefined => {
  const crypto = globalThis.process?.getBuiltinModule?.("node:crypto")
  const Buffer = globalThis.process?.getBuiltinModule?.("node:buffer").Buffer
  if (crypto?.hash === undefined || Buffer === undefined) return undefined
  // Bytes are made into a key each time, for six times the price of the HMAC.
  const keys = new WeakMap<Uint8Array, ReturnType<typeof crypto.createSecretKey>>()
  const keyOf = (bytes: Uint8Array) => {
    const known = keys.get(bytes)
    if (known !== undefined) return known
    const key = crypto.createSecretKey(bytes)
    keys.set(bytes, key)
    return key
  }
  return {
    sha256Base64Url: (text) => crypto.hash("sha256", text, "base64url"),
    hmacSha256: (key, text) => crypto.createHmac("sha256", keyOf(key)).update(text).digest(),
    timingSafeEqual: (self, that) => {
      const [one, other] = [Buffer.from(self), Buffer.from(that)]
      return one.length === other.length && crypto.timingSafeEqual(one, other)
    },
    base64Url: ({ buffer, byteLength, byteOffset }) =>
      Buffer.from(buffer, byteOffset, byteLength).toString("base64url")
  }
}

/**
 * @internal
 */
export const platform: Platform = native() ?? portable
