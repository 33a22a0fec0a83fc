/**
 * An `AttemptLimit` in the memory of one process, or over Effect's `RateLimiter`,
 * whose store may be in Redis.
 *
 * Attempts are counted for a name *from an address*, so that a stranger elsewhere
 * cannot lock a person out; and at the sign-in form also for the address, so that
 * nobody tries one password with every name. Behind a proxy the address is the
 * person's only if `trustedProxies` names the proxy. At the password grant it is the
 * client's, which stands for all of its people: there each name counts by itself.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import { TooManyAttempts } from "../protocol/OAuthError.ts"
import * as Secret from "../protocol/Secret.ts"
import { StorageError } from "../storage/StorageError.ts"
import { AttemptLimit } from "./AttemptLimit.ts"
import type { ConfigurationError } from "./ConfigurationError.ts"
import * as AttemptWindows from "./internal/AttemptWindows.ts"
import { requireCount, requireDuration } from "./internal/Settings.ts"

/**
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** Attempts for a name from an address within the window. Default: 10. */
  readonly perName?: number
  /** Attempts from an address within the window. Default: 100. */
  readonly perAddress?: number
  /** Counted from the first attempt on. Default: 10 minutes. */
  readonly window?: Duration.Input
}

/**
 * Counts right and wrong passwords alike: what is only counted when it has been
 * found wrong does not hold against attempts at the same moment. Names are hashed
 * before they reach the store, for people also type passwords into that field.
 *
 * Effect's store in memory forgets no name until the process ends: for one process
 * there is `layerMemory`, and Redis for many. Fails with a `ConfigurationError` if
 * nobody could be counted so.
 *
 * @example
 * ```ts
 * import { AttemptRateLimit } from "effect-oauth"
 * import { Layer } from "effect"
 * import { RateLimiter } from "effect/persistence"
 *
 * const limit = AttemptRateLimit.layer({ perName: 5, window: "5 minutes" }).pipe(
 *   Layer.provide(RateLimiter.layer),
 *   Layer.provide(RateLimiter.layerStoreRedis())
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: Options = {}
): Layer.Layer<never, ConfigurationError, RateLimiter.RateLimiter> =>
  Layer.effect(
    AttemptLimit,
    Effect.gen(function* () {
      const limiter = yield* RateLimiter.RateLimiter
      return yield* make(
        options,
        (window) => (key, limit) =>
          Effect.mapError(limiter.consume({ key: `effect-oauth/${key}`, limit, window }), toError)
      )
    })
  )

/**
 * The same in the memory of one process, which forgets a name when its window is
 * over: with each attempt a few that are, so that none waits for the others.
 *
 * @example
 * ```ts
 * import { AttemptRateLimit } from "effect-oauth"
 *
 * const limit = AttemptRateLimit.layerMemory({ perName: 5, window: "5 minutes" })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerMemory = (options: Options = {}): Layer.Layer<never, ConfigurationError> =>
  Layer.effect(
    AttemptLimit,
    make(options, (window) => {
      const count = AttemptWindows.make(Duration.toMillis(window))
      return (key, limit) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const { attempts, endsAt } = count(key, now, limit)
          return attempts <= limit ? Effect.void : Effect.fail(tooMany(Duration.millis(endsAt - now)))
        })
    })
  )

type Consume = (key: string, limit: number) => Effect.Effect<unknown, TooManyAttempts | StorageError>

const make = Effect.fnUntraced(function* (
  options: Options,
  consumeWithin: (window: Duration.Duration) => Consume
) {
  const perName = yield* requireCount("perName", options.perName ?? 10)
  const perAddress = yield* requireCount("perAddress", options.perAddress ?? 100)
  const consume = consumeWithin(yield* requireDuration("window", options.window ?? "10 minutes", 1))
  return AttemptLimit.of({
    count: Effect.fnUntraced(function* ({ at, remoteAddress = "", username }) {
      // An address that is refused makes no further entries.
      if (at === "sign-in" && remoteAddress !== "") yield* consume(`address/${remoteAddress}`, perAddress)
      const name = Secret.sha256Base64Url(JSON.stringify([at, remoteAddress, username]))
      yield* consume(`name/${name}`, perName)
    })
  })
})

const tooMany = (retryAfter: Duration.Duration) =>
  new TooManyAttempts({ description: "There were too many attempts; wait", retryAfter })

const toError = ({ reason }: RateLimiter.RateLimiterError) =>
  reason._tag === "RateLimitExceeded"
    ? tooMany(reason.retryAfter)
    : new StorageError({ operation: "AttemptLimit.count", cause: reason })
