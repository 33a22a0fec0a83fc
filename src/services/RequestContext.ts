/**
 * What a request is answered in: all that the server's Layers were built in,
 * and not the span that they were built under, which is no parent of a request.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
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

/**
 * The context that was found or made complete last, and what it has all of. A request
 * comes by here for its endpoint, and again for each part that was installed by itself:
 * what has all of the endpoint's has all of a part's, if the endpoint has.
 */
let complete: { readonly context: Context.Context<never>; readonly has: Context.Context<never> } | undefined

// Requests that nobody traces come in one and the same context: what was made of the
// last one is good for the next. What was captured where its caller was finds
// everything there already, and changes nothing.
const provide = <R>(captured: Context.Context<R>): Provide<R> => {
  const services: ReadonlyArray<Captured<R>> = Array.from(captured.mapUnsafe, ([key, service]) => ({
    key: Context.Service<R, unknown>(key),
    service
  }))
  const lackedBy = (context: Context.Context<never>) => services.filter((one) => isLacking(context, one))

  const within = new WeakMap<Context.Context<never>, boolean>()
  const isWithin = (other: Context.Context<never>): boolean => {
    const known = within.get(other)
    if (known !== undefined) return known
    const isPart = lackedBy(other).length === 0
    within.set(other, isPart)
    return isPart
  }

  const lacksNothing = (
    current: Context.Context<never>,
    lacked: ReadonlyArray<Captured<R>>
  ): current is Context.Context<R> => lacked.length === 0

  // Adding a service copies none of the others, and merging copies all.
  const add = (
    current: Context.Context<never>,
    [first, ...others]: ReadonlyArray<Captured<R>>
  ): Context.Context<R> =>
    first === undefined || others.length > few
      ? Context.merge(current, captured)
      : others.reduce(
          (context, { key, service }) => Context.add(context, key, service),
          Context.add(current, first.key, first.service)
        )

  let last: Context.Context<never> | undefined
  let made = captured
  const complement = (current: Context.Context<never>): Context.Context<R> => {
    if (current === last) return made
    const isKnown = current === complete?.context && isWithin(complete.has)
    const lacked = isKnown ? [] : lackedBy(current)
    made = lacksNothing(current, lacked) ? current : add(current, lacked)
    if (!isKnown) complete = { context: made, has: captured }
    last = current
    return made
  }

  return (self) =>
    isExit(self)
      ? self
      : Effect.withFiber(({ context }) => {
          const whole = complement(context)
          return hasAll(self, whole, context) ? self : Effect.updateContext(self, () => whole)
        })
}

// What is known already needs nothing to run in.
const isExit = <A, E, R>(self: Effect.Effect<A, E, R>): self is Effect.Effect<A, E> => Exit.isExit(self)

// Whether what a program finds is what it requires already.
const hasAll = <A, E, R>(
  self: Effect.Effect<A, E, R>,
  required: Context.Context<R>,
  current: Context.Context<never>
): self is Effect.Effect<A, E> => required === current

const few = 4

interface Captured<R> {
  readonly key: Context.Key<R, unknown>
  readonly service: unknown
}

const isLacking = <R>(context: Context.Context<never>, { key, service }: Captured<R>): boolean => {
  const known = Context.getOrUndefined(context, key)
  return known !== service && (known === undefined || !ofLayers.has(key.key))
}

// Each Layer is built in a Scope of its own, some with a memo of their own. Those of
// a server's Layers go together, so that a request may have any of them.
const ofLayers: ReadonlySet<string> = new Set([Scope.Scope.key, Layer.CurrentMemoMap.key])
