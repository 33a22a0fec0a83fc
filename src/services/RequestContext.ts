/**
 * What a request is answered in: all that the server's Layers were built in,
 * and not the span that they were built under, which is no parent of a request.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Tracer from "effect/Tracer"
import { CapturedServices, ComplementedServices, complementOf } from "./internal/ComplementedServices.ts"

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

const provide = <R>(context: Context.Context<R>): Provide<R> => {
  const captured = new CapturedServices(context.mapUnsafe)

  // A request comes by here for its endpoint, and again for each part that was installed
  // by itself: what has all of the endpoint's has all of a part's, if the endpoint has.
  const within = new WeakMap<CapturedServices, boolean>()
  const isWithin = (other: CapturedServices): boolean => {
    const known = within.get(other)
    if (known !== undefined) return known
    const isPart = captured.isWithin(other.all)
    within.set(other, isPart)
    return isPart
  }
  const isWhole = (current: Context.Context<never>): current is Context.Context<R> => {
    const complement = complementOf(current)
    return complement !== undefined && isWithin(complement.captured)
  }
  const forOne = (current: Context.Context<never>): Context.Context<R> =>
    isWhole(current) ? current : new ComplementedServices<R>(captured, current).context

  // Looked through, and copied if anything is lacking: that is paid once, and makes each
  // of the requests cheaper.
  const hasAll = (current: Context.Context<never>): current is Context.Context<R> =>
    captured.isWithin(current.mapUnsafe)
  const forMany = (current: Context.Context<never>): Context.Context<R> =>
    hasAll(current) ? current : Context.makeUnsafe(new ComplementedServices<R>(captured, current).toMap())

  // Requests that nobody traces may all come in one and the same context, as the first did.
  let last: Context.Context<never> | undefined
  let made = context
  let isForMany = false
  const complete = (current: Context.Context<never>): Context.Context<R> => {
    if (current === last && isForMany) return made
    const isAgain = current === last || last === undefined
    made = isAgain ? forMany(current) : forOne(current)
    isForMany = isAgain || made === current
    last = current
    return made
  }

  return (self) =>
    isExit(self)
      ? self
      : Effect.withFiber(({ context }) => {
          const whole = complete(context)
          return isAnsweredIn(self, whole, context) ? self : Effect.updateContext(self, () => whole)
        })
}

// What is known already needs nothing to run in.
const isExit = <A, E, R>(self: Effect.Effect<A, E, R>): self is Effect.Effect<A, E> => Exit.isExit(self)

// Whether what a program finds is what it requires already.
const isAnsweredIn = <A, E, R>(
  self: Effect.Effect<A, E, R>,
  required: Context.Context<R>,
  current: Context.Context<never>
): self is Effect.Effect<A, E> => required === current
