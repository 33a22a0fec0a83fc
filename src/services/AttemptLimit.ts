/**
 * How often somebody may try a password (RFC 6749 §4.3.2, §10.10): asked before
 * the sign-in form and the password grant look at one.
 *
 * A `Context.Reference`: without a Layer nothing is counted, for nobody knows
 * whether the address of a request is a person's or that of a proxy which stands
 * for all of them. `AttemptRateLimit` counts with Effect's `RateLimiter`.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { TooManyAttempts } from "../protocol/OAuthError.ts"
import type { StorageError } from "../storage/StorageError.ts"
import * as AuditLog from "./AuditLog.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Attempt {
  /** Where the password came in. */
  readonly at: "sign-in" | "password-grant"
  /** As it was typed; nobody may have it. */
  readonly username: string
  readonly remoteAddress: string | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /** Counts an attempt, in one step; refuses it if there were too many. */
  readonly count: (attempt: Attempt) => Effect.Effect<void, TooManyAttempts | StorageError>
}

/**
 * @category references
 * @since 0.1.0
 */
export const AttemptLimit = Context.Reference<Service>("effect-oauth/services/AttemptLimit", {
  defaultValue: () => ({ count: () => Effect.void })
})

/**
 * Counts an attempt before its password is looked at. Fails with
 * `TooManyAttempts`, of which the audit log hears, or with `StorageError`.
 *
 * @category steps
 * @since 0.1.0
 */
export const count = (attempt: Attempt): Effect.Effect<void, TooManyAttempts | StorageError> =>
  AttemptLimit.use((limit) => limit.count(attempt)).pipe(
    Effect.tapErrorTag("TooManyAttempts", () =>
      AuditLog.record({ _tag: "AttemptRefused", at: attempt.at, remoteAddress: attempt.remoteAddress })
    )
  )
