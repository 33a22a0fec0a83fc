/**
 * What a request is answered in: all that the server's Layers were built in,
 * and not the span that they were built under, which is no parent of a request.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
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
// same context: what was merged for the last one is good for the next. What was
// captured where its caller was finds everything there already, and changes nothing.
const provide = <R>(captured: Context.Context<R>): Provide<R> => {
  let last: Context.Context<never> | undefined
  let merged = captured
  return (self) =>
    Effect.updateContext(self, (current: Context.Context<never>) => {
      if (current !== last) {
        merged = includes(current, captured) ? current : Context.merge(current, captured)
        last = current
      }
      return merged
    })
}

const includes = <R>(
  current: Context.Context<never>,
  captured: Context.Context<R>
): current is Context.Context<R> => {
  for (const [key, service] of captured.mapUnsafe) {
    const known = current.mapUnsafe.get(key)
    if (known !== service && (known === undefined || !ofLayers.has(key))) return false
  }
  return true
}

// Each Layer is built in a Scope of its own, some with a memo of their own. Those of
// a server's Layers go together, so that a request may have any of them.
const ofLayers: ReadonlySet<string> = new Set([Scope.Scope.key, Layer.CurrentMemoMap.key])
