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
  /**
   * HMAC-SHA-256 (RFC 2104) of a text's UTF-8 bytes, in base64url without padding. The bytes of a key are not to
   * be changed afterwards.
   */
  readonly hmacSha256Base64Url: (key: Uint8Array, text: string) => string
  /** Whether two texts are the same, in time that depends only on their lengths. */
  readonly timingSafeEqual: (self: string, that: string) => boolean
  /** Bytes in base64url without padding (RFC 4648 §5). */
  readonly base64Url: (bytes: Uint8Array) => string
  /** The same of a text's UTF-8 bytes. */
  readonly textBase64Url: (text: string) => string
}

/**
 * @internal
 */
export const portable: Platform = {
  sha256Base64Url: (text) => Base64Url.encode(sha256(utf8ToBytes(text))),
  hmacSha256Base64Url: (key, text) => Base64Url.encode(hmac(sha256, key, utf8ToBytes(text))),
  timingSafeEqual: (self, that) => Mac.timingSafeEqual(utf8ToBytes(self), utf8ToBytes(that)),
  base64Url: Base64Url.encode,
  textBase64Url: Base64Url.encode
}

// Asked for at run time, and not imported: this file runs where there is no Node.
const native = (): Platform | undefined => {
  const crypto = globalThis.process?.getBuiltinModule?.("node:crypto")
  const Buffer = globalThis.process?.getBuiltinModule?.("node:buffer").Buffer
  if (crypto?.hash === undefined || Buffer === undefined) return undefined
  // HMAC is two digests, each of a padded key and something (RFC 2104 §2). `createHmac`
  // makes an object of its own for them, which takes more than twice as long.
  const blockSize = 64
  const digestSize = 32
  const padded = (key: Uint8Array, pad: number) => {
    const block = Buffer.alloc(blockSize)
    block.set(key.length > blockSize ? crypto.hash("sha256", key, "buffer") : key)
    return block.map((byte) => byte ^ pad)
  }
  const keys = new WeakMap<Uint8Array, { readonly inner: Uint8Array; readonly outer: Buffer }>()
  const padsOf = (key: Uint8Array) => {
    const known = keys.get(key)
    if (known !== undefined) return known
    // The outer one has room for the digest that follows it.
    const pads = { inner: padded(key, 0x36), outer: Buffer.alloc(blockSize + digestSize) }
    pads.outer.set(padded(key, 0x5c))
    keys.set(key, pads)
    return pads
  }
  // One for all messages but long ones; neither key nor text stays behind in it.
  const room = Buffer.alloc(1024)
  const hmacSha256Base64Url = (key: Uint8Array, text: string) => {
    const { inner, outer } = padsOf(key)
    const size = blockSize + 3 * text.length
    const message = size <= room.length ? room : Buffer.alloc(size)
    message.set(inner)
    const end = blockSize + message.write(text, blockSize)
    outer.write(crypto.hash("sha256", message.subarray(0, end), "binary"), blockSize, "latin1")
    message.fill(0, 0, end)
    return crypto.hash("sha256", outer, "base64url")
  }
  // V8 keeps few bytes among its objects. Who asks for their `buffer` has them moved out,
  // which takes longer than all the rest; these are copied, and do not stay behind.
  const copy = Buffer.alloc(64)
  const fewBase64Url = (bytes: Uint8Array) => {
    copy.set(bytes)
    const text = copy.toString("base64url", 0, bytes.length)
    copy.fill(0, 0, bytes.length)
    return text
  }
  return {
    sha256Base64Url: (text) => crypto.hash("sha256", text, "base64url"),
    hmacSha256Base64Url,
    timingSafeEqual: (self, that) => {
      const [one, other] = [Buffer.from(self), Buffer.from(that)]
      return one.length === other.length && crypto.timingSafeEqual(one, other)
    },
    base64Url: (bytes) =>
      bytes.length <= copy.length
        ? fewBase64Url(bytes)
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url"),
    textBase64Url: (text) => Buffer.from(text).toString("base64url")
  }
}

/**
 * @internal
 */
export const platform: Platform = native() ?? portable
