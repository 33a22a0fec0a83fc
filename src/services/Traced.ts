/**
 * Spans for endpoints.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

/**
 * Runs a program in a span of this name where a `Tracer` is provided. Where none
 * is, it costs nothing, which `Effect.fn` and `Effect.withSpan` do not.
 *
 * @category combinators
 * @since 0.1.0
 */
export const traced =
  (name: string) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.withFiber(
      (fiber): Effect.Effect<A, E, R> =>
        fiber.cache.tracer === undefined ? self : Effect.withSpan(self, name)
    )
