/**
 * What any number of Layers contribute to, one on top of another or side by side.
 *
 * A `Context.Reference` has one value, and of two Layers that are merged only one
 * would count. Here each contribution is a reference of its own.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/**
 * @category models
 * @since 0.1.0
 */
export interface Contributions<A> {
  /** All of them: those of a Layer before those of the Layers on top of it. */
  readonly all: Effect.Effect<ReadonlyArray<A>>
  /** What a Layer gives that contributes; no two are the same. */
  readonly add: (contribution: A) => Effect.Effect<Context.Context<never>>
}

/**
 * Contributions under a name of their own.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <A>(name: string): Contributions<A> => {
  const prefix = `${name}/`
  return {
    all: Effect.map(Effect.context<never>(), (context) =>
      Array.from(context.mapUnsafe.keys())
        .filter((key) => key.startsWith(prefix))
        .flatMap((key) => Context.get(context, reference<A>(key)))
        .sort((one, other) => one.number - other.number)
        .map(({ contribution }) => contribution)
    ),
    add: (contribution) =>
      Effect.sync(() => {
        const number = count++
        return Context.make(reference<A>(`${prefix}${number}`), [{ contribution, number }])
      })
  }
}

interface Entry<A> {
  readonly contribution: A
  /** What is below is built before what is on top of it. */
  readonly number: number
}

// Tells apart what is built in one process.
let count = 0

const reference = <A>(key: string) =>
  Context.Reference<ReadonlyArray<Entry<A>>>(key, { defaultValue: () => [] })
