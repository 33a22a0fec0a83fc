/**
 * Waiting by the event loop and by the machine's clock, whatever clock a test
 * has: a store's own work does not follow that one either.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

/** Lets the other fibers run so many times. */
export const yields = (count: number): Effect.Effect<void> =>
  count === 0 ? Effect.void : Effect.andThen(Effect.yieldNow, yields(count - 1))

/** Milliseconds; zero is a turn of the event loop. */
export const sleep = (milliseconds: number): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const timer = setTimeout(() => resume(Effect.void), milliseconds)
    return Effect.sync(() => clearTimeout(timer))
  })

/** A short while, of a random kind and length. */
export const jitter: Effect.Effect<void> = Effect.gen(function* () {
  yield* yields(yield* Random.nextIntBetween(0, 5))
  const milliseconds = yield* Random.nextIntBetween(-3, 2)
  if (milliseconds >= 0) yield* sleep(milliseconds)
})
