/**
 * Deletes what has expired. Nothing depends on it for being right, since an
 * expired row is told as expired; without it the stores grow.
 *
 * Several processes may each have one: a row is deleted once.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ConfigurationError } from "../services/ConfigurationError.ts"
import { requireCount, requireDuration } from "../services/internal/Settings.ts"
import { FlowStore } from "./FlowStore.ts"
import { GrantStore } from "./GrantStore.ts"
import { KeyStore } from "./KeyStore.ts"
import { SessionStore } from "./SessionStore.ts"
import type { StorageError } from "./StorageError.ts"
import type { SweepRequest, Swept } from "./Swept.ts"

/**
 * The stores that have something to sweep.
 *
 * @category models
 * @since 0.1.0
 */
export type Sweepable = GrantStore | FlowStore | SessionStore | KeyStore

/**
 * @category options
 * @since 0.1.0
 */
export interface SweepOptions {
  /**
   * How many rows of each kind to delete in one go, one at least. While there
   * are more, the next go follows at once; requests get their turn in between.
   *
   * @default 1000
   */
  readonly limit?: number
}

/**
 * @category options
 * @since 0.1.0
 */
export interface JanitorOptions extends SweepOptions {
  /**
   * How long to wait between two rounds.
   *
   * @default "1 minute"
   */
  readonly interval?: Duration.Input
}

/**
 * One round over all stores, until nothing is left that has expired by now; for
 * programs that have a scheduler of their own. Tells how many rows of each kind
 * were deleted.
 *
 * Fails with `StorageError` at the first store that cannot answer.
 *
 * @category programs
 * @since 0.1.0
 */
export const sweep = Effect.fn("Janitor.sweep")(function* (options: SweepOptions = {}) {
  const stores = yield* sweepableStores
  const limit = atLeastOne(options.limit ?? defaultLimit)
  const total: Record<string, number> = {}
  for (const store of stores) Object.assign(total, yield* sweepStore(store, limit))
  return total
}) satisfies (options?: SweepOptions) => Effect.Effect<Swept, StorageError, Sweepable>

/**
 * Sweeps the stores in the background for as long as the layer lives, beginning
 * at once. A store that fails is logged as a warning and tried again in the next
 * round; the others are swept all the same.
 *
 * Fails with a `ConfigurationError` if an option is one that would leave time for
 * nothing else.
 *
 * @example
 * ```ts
 * import { Janitor, Storage } from "effect-oauth"
 * import { Layer } from "effect"
 *
 * const storage = Janitor.layer({ interval: "5 minutes" }).pipe(Layer.provideMerge(Storage.layerMemory))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: JanitorOptions = {}): Layer.Layer<never, ConfigurationError, Sweepable> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const interval = yield* requireDuration("interval", options.interval ?? Duration.minutes(1), 1)
      const limit = yield* requireCount("limit", options.limit ?? defaultLimit)
      const stores = yield* sweepableStores
      const round = Effect.forEach(stores, (store) => forgivingly(sweepStore(store, limit)), {
        discard: true
      })
      yield* round.pipe(Effect.andThen(Effect.sleep(interval)), Effect.forever, Effect.forkScoped)
    })
  )

// The stores must not grow without an end because one round went wrong, by a mistake of ours even.
const forgivingly = <A>(self: Effect.Effect<A, StorageError>) =>
  self.pipe(
    Effect.catch((error) => Effect.logWarning("A store could not be swept", error, error.cause)),
    Effect.catchDefect((defect) => Effect.logError("A store could not be swept", defect))
  )

type SweepStore = (request: SweepRequest) => Effect.Effect<Swept, StorageError>

const sweepableStores: Effect.Effect<ReadonlyArray<SweepStore>, never, Sweepable> = Effect.gen(function* () {
  return [
    (yield* GrantStore).sweep,
    (yield* FlowStore).sweep,
    (yield* SessionStore).sweep,
    (yield* KeyStore).sweep
  ]
})

const defaultLimit = 1000

// Goes that delete nothing would never come to an end.
const atLeastOne = (limit: number): number => (limit >= 1 ? Math.floor(limit) : 1)

const sweepStore = Effect.fnUntraced(function* (store: SweepStore, limit: number) {
  const now = yield* Clock.currentTimeMillis
  const total: Record<string, number> = {}
  for (;;) {
    const swept = yield* store({ now, limit })
    for (const [kind, count] of Object.entries(swept)) total[kind] = (total[kind] ?? 0) + count
    if (Object.values(swept).every((count) => count < limit)) return total
    yield* Effect.yieldNow
  }
})
