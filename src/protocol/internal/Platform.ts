/**
 * Hashes, HMAC and base64url at once, without a promise. `#platform` is one:
 * the platform's own, which takes a tenth of the time, and where it has none the
 * same in JavaScript, which Node never loads.
 *
 * @internal
 */

/**
 * @internal
 */
export interface Platform {
  /** The SHA-256 of a text's UTF-8 bytes, in base64url without padding. */
  readonly sha256Base64Url: (text: string) => string
  /** The bytes of the digest of a text's UTF-8 bytes. */
  readonly digest: (algorithm: "sha256" | "sha512", text: string) => Uint8Array
  /**
   * HMAC-SHA-256 (RFC 2104) of a text's UTF-8 bytes, in base64url without padding. The bytes of a key are not to
   * be changed afterwards.
   */
  readonly hmacSha256Base64Url: (key: Uint8Array, text: string) => string
  /** The same as bytes. */
  readonly hmacSha256: (key: Uint8Array, text: string) => Uint8Array
  /** Whether two texts are the same, in time that depends only on their lengths. */
  readonly timingSafeEqual: (self: string, that: string) => boolean
  /** Bytes in base64url without padding (RFC 4648 §5). */
  readonly base64Url: (bytes: Uint8Array) => string
  /** The same of a text's UTF-8 bytes. */
  readonly textBase64Url: (text: string) => string
  /** Room for so many bytes, of which parts are wanted in base64url. */
  readonly room: (size: number) => Room
}

/**
 * @internal
 */
export interface Room {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The bytes from the first index up to the second, in base64url without padding. */
  readonly base64Url: (start: number, end: number) => string
}
