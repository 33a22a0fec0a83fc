/**
 * Many fibers ask for the same thing at once, each after a random short while by
 * the machine's clock.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { StorageError } from "../../../storage/StorageError.ts"
import { type Broken, type Group, type Law, maker, type StoreName } from "../Law.ts"
import { jitter } from "../Pause.ts"
import { Settings } from "../Settings.ts"

/** How many race. */
export const contenders: Effect.Effect<number> = Effect.map(Settings, ({ contenders = 25 }) => contenders)

type Told = string | { readonly _tag: string }

/** How often each outcome came. A contender that fails, fails the race. */
export const race = <E, R>(
  contender: (index: number) => Effect.Effect<Told, E, R>
): Effect.Effect<Readonly<Record<string, number>>, E, R> =>
  Effect.gen(function* () {
    const indices = Array.from({ length: yield* contenders }, (_, index) => index)
    const outcomes = yield* Effect.forEach(indices, (index) => Effect.andThen(jitter, contender(index)), {
      concurrency: "unbounded"
    })
    const counts: Record<string, number> = {}
    for (const outcome of outcomes) {
      const name = typeof outcome === "string" ? outcome : outcome._tag
      counts[name] = (counts[name] ?? 0) + 1
    }
    return counts
  })

/** A law that is run several times over, in proportion to `runs`. */
export const raceLaw =
  (store: StoreName, group: Group = "races") =>
  <R>(name: string, body: Effect.Effect<void, Broken | StorageError, R>): Law<R> =>
    maker(store, group)(
      name,
      Effect.gen(function* () {
        const { runs = 200, seed = yield* Random.nextInt } = yield* Settings
        const rounds = Effect.repeat(body, { times: Math.max(1, Math.round(runs / 40)) - 1 })
        yield* Random.withSeed(rounds, seed)
      })
    )
