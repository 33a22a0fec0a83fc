/**
 * Secrets and what may be kept of them. A code, a token or a generated client
 * secret is `Redacted` while it is in memory, and only its SHA-256 is ever
 * handed to a store: it has full entropy, so that a slow hash would cost
 * throughput and gain nothing.
 *
 * @since 0.1.0
 */

import * as Brand from "effect/Brand"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { platform } from "#platform"

/**
 * The SHA-256 of a secret, in base64url: 43 characters.
 *
 * @category models
 * @since 0.1.0
 */
export type SecretHash = Brand.Branded<string, "SecretHash">

/**
 * @category schemas
 * @since 0.1.0
 */
export const SecretHash = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{43}$/)).pipe(
  Schema.brand("SecretHash")
)

const brand = Brand.nominal<SecretHash>()

/**
 * Hashes a secret for a store.
 *
 * @category hashing
 * @since 0.1.0
 */
export const hash = (secret: Redacted.Redacted<string>): SecretHash => hashText(Redacted.value(secret))

/**
 * The same of a secret's text, where it is read and goes no further.
 *
 * @category hashing
 * @since 0.1.0
 */
export const hashText = (secret: string): SecretHash => brand(sha256Base64Url(secret))

/**
 * SHA-256 of a text's UTF-8 bytes, in base64url without padding.
 *
 * @category hashing
 * @since 0.1.0
 */
export const sha256Base64Url = (text: string): string => platform.sha256Base64Url(text)

/**
 * HMAC-SHA-256 (RFC 2104) of a text's UTF-8 bytes.
 *
 * @category hashing
 * @since 0.1.0
 */
export const hmacSha256 = (key: Redacted.Redacted<Uint8Array>, text: string): Uint8Array =>
  platform.hmacSha256(Redacted.value(key), text)

/**
 * The same in base64url without padding, as quickly as the platform can: 43
 * characters.
 *
 * @category hashing
 * @since 0.1.0
 */
export const hmacSha256Base64Url = (key: Redacted.Redacted<Uint8Array>, text: string): string =>
  platform.hmacSha256Base64Url(Redacted.value(key), text)

/**
 * Compares two texts in time that depends only on their lengths.
 *
 * @category predicates
 * @since 0.1.0
 */
export const timingSafeEqual = (self: string, that: string): boolean => platform.timingSafeEqual(self, that)
