/**
 * An `AttemptLimit` over Effect's `RateLimiter`, whose store is in memory or in
 * Redis.
 *
 * Attempts are counted for a name *from an address*, so that a stranger elsewhere
 * cannot lock a person out; and at the sign-in form also for the address, so that
 * nobody tries one password with every name. Behind a proxy the address is the
 * person's only if `trustedProxies` names the proxy. At the password grant it is the
 * client's, which stands for all of its people: there each name counts by itself.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import { TooManyAttempts } from "../protocol/OAuthError.ts"
import * as Secret from "../protocol/Secret.ts"
import { StorageError } from "../storage/StorageError.ts"
import { AttemptLimit } from "./AttemptLimit.ts"

/**
 * Counts right and wrong passwords alike: what is only counted when it has been
 * found wrong does not hold against attempts at the same moment. Names are hashed
 * before they reach the store, for people also type passwords into that field.
 *
 * The store in memory forgets no name until the process ends; a server that
 * strangers reach keeps it in Redis.
 *
 * @example
 * ```ts
 * import { AttemptRateLimit } from "effect-oauth"
 * import { Layer } from "effect"
 * import { RateLimiter } from "effect/persistence"
 *
 * const limit = AttemptRateLimit.layer({ perName: 5, window: "5 minutes" }).pipe(
 *   Layer.provide(RateLimiter.layer),
 *   Layer.provide(RateLimiter.layerStoreMemory)
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: {
    /** Attempts for a name from an address within the window. Default: 10. */
    readonly perName?: number
    /** Attempts from an address within the window. Default: 100. */
    readonly perAddress?: number
    /** Counted from the first attempt on. Default: 10 minutes. */
    readonly window?: Duration.Input
  } = {}
): Layer.Layer<never, never, RateLimiter.RateLimiter> =>
  Layer.effect(
    AttemptLimit,
    Effect.map(RateLimiter.RateLimiter, (limiter) => {
      const window = options.window ?? Duration.minutes(10)
      const consume = (key: string, limit: number) =>
        Effect.mapError(limiter.consume({ key: `effect-oauth/${key}`, limit, window }), toError)
      return {
        count: Effect.fnUntraced(function* ({ at, remoteAddress = "", username }) {
          // An address that is refused makes no further entries.
          if (at === "sign-in" && remoteAddress !== "") {
            yield* consume(`address/${remoteAddress}`, options.perAddress ?? 100)
          }
          const name = Secret.sha256Base64Url(JSON.stringify([at, remoteAddress, username]))
          yield* consume(`name/${name}`, options.perName ?? 10)
        })
      }
    })
  )

const toError = ({ reason }: RateLimiter.RateLimiterError) =>
  reason._tag === "RateLimitExceeded"
    ? new TooManyAttempts({
        description: "There were too many attempts; wait",
        retryAfter: reason.retryAfter
      })
    : new StorageError({ operation: "AttemptLimit.count", cause: reason })
