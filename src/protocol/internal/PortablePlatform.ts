/**
 * All of it in JavaScript, for a platform that has nothing of its own.
 *
 * @internal
 */
import { hmac } from "@noble/hashes/hmac.js"
import { sha256, sha512 } from "@noble/hashes/sha2.js"
import { utf8ToBytes } from "@noble/hashes/utils.js"
import * as Mac from "effect/crypto/Mac"
import * as Base64Url from "effect/encoding/Base64Url"
import type { Platform } from "./Platform.ts"

const digests = { sha256, sha512 }

/**
 * @internal
 */
export const portable: Platform = {
  sha256Base64Url: (text) => Base64Url.encode(sha256(utf8ToBytes(text))),
  hmacSha256Base64Url: (key, text) => Base64Url.encode(hmac(sha256, key, utf8ToBytes(text))),
  digest: (algorithm, text) => digests[algorithm](utf8ToBytes(text)),
  hmacSha256: (key, text) => hmac(sha256, key, utf8ToBytes(text)),
  timingSafeEqual: (self, that) => Mac.timingSafeEqual(utf8ToBytes(self), utf8ToBytes(that)),
  base64Url: Base64Url.encode,
  textBase64Url: Base64Url.encode,
  room: (size) => {
    const bytes = new Uint8Array(size)
    return { bytes, base64Url: (start, end) => Base64Url.encode(bytes.subarray(start, end)) }
  }
}
