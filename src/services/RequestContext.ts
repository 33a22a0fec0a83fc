/**
 * What a request is answered in: all that the server's Layers were built in,
 * and not the span that they were built under, which is no parent of a request.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

/**
 * Gives a program what its Layer was built in.
 *
 * @category models
 * @since 0.1.0
 */
export type Provide<R> = <A, E>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E>

/**
 * The context as it is where a Layer is built, for the requests that come later.
 *
 * @category getters
 * @since 0.1.0
 */
export const requestContext = <R>(): Effect.Effect<Context.Context<R>, never, R> =>
  Effect.map(Effect.context<R>(), withoutParentSpan)

/**
 * What gives that context to the programs of the requests that come later.
 *
 * @category getters
 * @since 0.1.0
 */
export const provideRequestContext = <R>(): Effect.Effect<Provide<R>, never, R> =>
  Effect.map(requestContext<R>(), provide)

const withoutParentSpan = <R>(context: Context.Context<R>): Context.Context<R> => {
  const services = new Map(context.mapUnsafe)
  services.delete(Tracer.ParentSpan.key)
  return Context.makeUnsafe(services)
}

// Merging copies every service. Requests that nobody traces come in one and the
// same context: what was merged for the last one is good for the next.
const provide = <R>(captured: Context.Context<R>): Provide<R> => {
  let last: Context.Context<never> | undefined
  let merged = captured
  return (self) =>
    Effect.updateContext(self, (current: Context.Context<never>) => {
      if (current !== last) {
        merged = Context.merge(current, captured)
        last = current
      }
      return merged
    })
}
