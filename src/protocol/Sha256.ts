/**
 * SHA-256 and HMAC at once, without a promise: those of the platform where it
 * has them so (Node, Deno, Bun), which take a tenth of the time, and otherwise
 * the same in JavaScript.
 *
 * @internal
 */
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { utf8ToBytes } from "@noble/hashes/utils.js"
import * as Base64Url from "effect/encoding/Base64Url"

/**
 * @internal
 */
export interface Sha256 {
  /** The digest of a text's UTF-8 bytes, in base64url without padding. */
  readonly digestBase64Url: (text: string) => string
  /** HMAC-SHA-256 (RFC 2104) of a text's UTF-8 bytes. */
  readonly hmac: (key: Uint8Array, text: string) => Uint8Array
}

/**
 * @internal
 */
export const portable: Sha256 = {
  digestBase64Url: (text) => Base64Url.encode(sha256(utf8ToBytes(text))),
  hmac: (key, text) => hmac(sha256, key, utf8ToBytes(text))
}

// Asked for at run time, and not imported: this file runs where there is no Node.
const native = (): Sha256 | undefined => {
  const crypto = globalThis.process?.getBuiltinModule?.("node:crypto")
  if (crypto?.hash === undefined) return undefined
  return {
    digestBase64Url: (text) => crypto.hash("sha256", text, "base64url"),
    hmac: (key, text) => new Uint8Array(crypto.createHmac("sha256", key).update(text, "utf8").digest())
  }
}

/**
 * @internal
 */
export const platform: Sha256 = native() ?? portable
