/**
 * Where unguessable values come from. The default is the platform's
 * cryptographic generator; a test provides a seeded one, and every code and
 * token of a flow is reproducible.
 *
 * A `Context.Reference`: it never shows in R, like Effect's own `Clock`.
 *
 * @since 0.1.0
 */

import * as Context from "effect/Context"
import * as Redacted from "effect/Redacted"
import { platform } from "#platform"

/**
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /** So many random bytes, which the caller may keep. */
  readonly bytes: (size: number) => Uint8Array
}

// One call to the generator fills many requests: it costs far more than a copy.
const pooled = (size: number): Service => {
  let pool = new Uint8Array(0)
  let used = 0
  return {
    bytes: (wanted) => {
      if (wanted > size) return crypto.getRandomValues(new Uint8Array(wanted))
      if (used + wanted > pool.length) {
        pool = crypto.getRandomValues(new Uint8Array(size))
        used = 0
      }
      const bytes = pool.slice(used, used + wanted)
      // What was handed out does not stay behind in the pool.
      pool.fill(0, used, used + wanted)
      used += wanted
      return bytes
    }
  }
}

/**
 * @category references
 * @since 0.1.0
 */
export const Entropy = Context.Reference<Service>("effect-oauth/services/Entropy", {
  defaultValue: () => pooled(4096)
})

/**
 * A secret of 256 bits, in base64url: 43 characters (RFC 6749 §10.10).
 *
 * @category generators
 * @since 0.1.0
 */
export const secret = (entropy: Service): Redacted.Redacted<string> =>
  Redacted.make(platform.base64Url(entropy.bytes(32)))

/**
 * A unique identifier of 128 bits that is not a secret, in base64url:
 * 22 characters.
 *
 * @category generators
 * @since 0.1.0
 */
export const identifier = (entropy: Service): string => platform.base64Url(entropy.bytes(16))
