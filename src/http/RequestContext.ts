/**
 * What a request is answered in.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

/**
 * All that a layer is built in, for the requests that come later. The span that
 * it is built under is no parent of theirs; nobody requires one.
 *
 * @category getters
 * @since 0.1.0
 */
export const requestContext = <R>(): Effect.Effect<Context.Context<R>, never, R> =>
  Effect.map(Effect.context<R>(), (context) =>
    Context.makeUnsafe<R>(Context.omit(Tracer.ParentSpan)(context).mapUnsafe)
  )
