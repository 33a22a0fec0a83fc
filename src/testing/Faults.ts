/**
 * Stores that fail when a test says so: before a verb has done anything, or when
 * it has done all and its answer is lost.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Storage } from "../storage/Storage.ts"
import { StorageError } from "../storage/StorageError.ts"
import * as Verbs from "./internal/Verbs.ts"

export type { Verb } from "./internal/Verbs.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Fault {
  /** Such as `"GrantStore.redeemCode"`. Default: any verb of the five stores. */
  readonly verb?: Verbs.Verb
  /** At which call of it, counted from 1. Default: at each. */
  readonly call?: number
  /** Default: `before`. */
  readonly moment?: "before" | "after"
  /**
   * What happens at that moment: {@link fail}, {@link interrupt}, {@link delay},
   * or anything else. If it succeeds, the verb goes on.
   */
  readonly strike: Effect.Effect<void, StorageError>
}

/**
 * The store says that it cannot.
 *
 * @category faults
 * @since 0.1.0
 */
export const fail: Effect.Effect<never, StorageError> = Effect.fail(
  new StorageError({ operation: "Faults.fail", cause: "a fault that a test asked for" })
)

/**
 * The fiber is interrupted, as if the client had hung up or the server shut down.
 *
 * @category faults
 * @since 0.1.0
 */
export const interrupt: Effect.Effect<never> = Effect.interrupt

/**
 * The store takes so long, by the clock of the test.
 *
 * @category faults
 * @since 0.1.0
 */
export const delay = (duration: Duration.Input): Effect.Effect<void> => Effect.sleep(duration)

/**
 * The stores below, with faults in them. Calls are counted from when the Layer
 * is built.
 *
 * @example
 * ```ts
 * import { Storage } from "effect-oauth"
 * import { Faults, TestServer } from "effect-oauth/testing"
 * import { Layer } from "effect"
 *
 * // The first code is redeemed, and nobody learns of it.
 * const Server = TestServer.layer({
 *   clients: [],
 *   storage: Faults.layer([
 *     { verb: "GrantStore.redeemCode", call: 1, moment: "after", strike: Faults.fail }
 *   ]).pipe(Layer.provideMerge(Storage.layerMemory))
 * })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (faults: ReadonlyArray<Fault>): Layer.Layer<Storage, never, Storage> =>
  Layer.unwrap(Effect.sync(() => Verbs.layer(strikeAt(faults))))

const strikeAt = (faults: ReadonlyArray<Fault>): Verbs.Around => {
  const counted = faults.map((fault) => ({ fault, calls: 0 }))
  return (verb, _asked, run) =>
    Effect.suspend(() => {
      const now = counted.flatMap((counter) => {
        if (counter.fault.verb !== undefined && counter.fault.verb !== verb) return []
        counter.calls++
        return counter.fault.call === undefined || counter.fault.call === counter.calls ? [counter.fault] : []
      })
      const strikes = (wanted: Fault["moment"]) =>
        Effect.forEach(
          now.filter(({ moment = "before" }) => moment === wanted),
          ({ strike }) => strike,
          { discard: true }
        )
      return Effect.andThen(
        strikes("before"),
        Effect.tap(run, () => strikes("after"))
      )
    })
}
