/**
 * What Node has of it, and Deno and Bun after it.
 *
 * @internal
 */
import type { Platform } from "./Platform.ts"

type Crypto = ReturnType<typeof process.getBuiltinModule<"node:crypto">>
type Buffers = ReturnType<typeof process.getBuiltinModule<"node:buffer">>

/**
 * @internal
 */
export const make = (crypto: Crypto, { Buffer }: Buffers): Platform => {
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
  // The second digest is of what this returns.
  const authenticated = (key: Uint8Array, text: string): Uint8Array => {
    const { inner, outer } = padsOf(key)
    const size = blockSize + 3 * text.length
    const message = size <= room.length ? room : Buffer.alloc(size)
    message.set(inner)
    const end = blockSize + message.write(text, blockSize)
    outer.write(crypto.hash("sha256", message.subarray(0, end), "binary"), blockSize, "latin1")
    message.fill(0, 0, end)
    return outer
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
    digest: (algorithm, text) => crypto.hash(algorithm, text, "buffer"),
    hmacSha256Base64Url: (key, text) => crypto.hash("sha256", authenticated(key, text), "base64url"),
    hmacSha256: (key, text) => crypto.hash("sha256", authenticated(key, text), "buffer"),
    timingSafeEqual: (self, that) => {
      const [one, other] = [Buffer.from(self), Buffer.from(that)]
      return one.length === other.length && crypto.timingSafeEqual(one, other)
    },
    base64Url: (bytes) =>
      bytes.length <= copy.length
        ? fewBase64Url(bytes)
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url"),
    textBase64Url: (text) => Buffer.from(text).toString("base64url"),
    room: (size) => {
      const bytes = new Uint8Array(size)
      const buffer = Buffer.from(bytes.buffer)
      return { bytes, base64Url: (start, end) => buffer.toString("base64url", start, end) }
    }
  }
}
