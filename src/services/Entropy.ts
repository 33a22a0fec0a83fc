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
  /**
   * The same in base64url without padding, where there is a quicker way to that than by `bytes`. Codes and tokens
   * are made by it: who takes another service's and gives it other `bytes` leaves it out.
   */
  readonly base64Url?: (size: number) => string
}

// One call to the generator fills many requests: it costs far more than a copy.
const pooled = (size: number): Service => {
  const pool = platform.room(size)
  let used = size
  const take = <A>(wanted: number, read: (start: number, end: number) => A): A => {
    if (used + wanted > size) {
      crypto.getRandomValues(pool.bytes)
      used = 0
    }
    const start = used
    used += wanted
    const taken = read(start, used)
    // What was handed out does not stay behind in the pool.
    pool.bytes.fill(0, start, used)
    return taken
  }
  const copy = (start: number, end: number) => pool.bytes.slice(start, end)
  const bytes = (wanted: number) =>
    wanted > size ? crypto.getRandomValues(new Uint8Array(wanted)) : take(wanted, copy)
  return {
    bytes,
    base64Url: (wanted) => (wanted > size ? platform.base64Url(bytes(wanted)) : take(wanted, pool.base64Url))
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
export const secret = (entropy: Service): Redacted.Redacted<string> => Redacted.make(base64Url(entropy, 32))

/**
 * A unique identifier of 128 bits that is not a secret, in base64url:
 * 22 characters.
 *
 * @category generators
 * @since 0.1.0
 */
export const identifier = (entropy: Service): string => base64Url(entropy, 16)

const base64Url = (entropy: Service, size: number): string =>
  entropy.base64Url?.(size) ?? platform.base64Url(entropy.bytes(size))
