/**
 * A law of the flows: one sentence, and a property that holds for every random
 * input. It is a value, so that a suite can check it, a deliberately broken
 * server can be held against it, and `npm run test:deep` can go on checking it.
 */
import { env } from "node:process"
import * as Arbitrary from "effect/Arbitrary"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import type { House } from "./House.ts"

/** What is wrong, in words. */
export class Broken extends Data.TaggedError("Broken")<{ readonly problem: string }> {}

export type Checked =
  | { readonly _tag: "Holds"; readonly runs: number }
  | { readonly _tag: "Broken"; readonly message: string; readonly shrunk: string }

export interface Options {
  readonly runs?: number
  readonly seed?: string | number
  readonly replay?: string
  /** How many smaller inputs are tried after a failure. */
  readonly maxShrinks?: number
}

export interface Law {
  readonly sentence: string
  /** In a house that is ours, or in one that is broken. */
  readonly check: (house: House, options?: Options) => Effect.Effect<Checked>
}

/** How many inputs a law meets in `npm test`, each time from a fresh seed. */
export const runs = Number(env.FLOW_LAW_RUNS ?? 200)

/** What an earlier failure printed, to see it again: `FLOW_LAW_REPLAY='…' npx vitest run test/laws -t '…'`. */
const replay = env.FLOW_LAW_REPLAY

export const law = <A>(
  sentence: string,
  property: {
    readonly given: Arbitrary.Arbitrary<A>
    readonly holds: (input: A, house: House) => Effect.Effect<void, Broken, Scope.Scope>
    /** The input, for somebody who reads of the failure. */
    readonly show?: (input: A) => string
    readonly size?: number
  }
): Law => ({
  sentence,
  check: (house, options = {}) =>
    Effect.gen(function* () {
      const result = yield* Arbitrary.checkEffect(
        property.given,
        (input) => Effect.as(Effect.scoped(asBroken(property.holds(input, house))), true),
        {
          runs: options.runs ?? runs,
          seed: options.seed ?? (yield* Random.nextInt),
          size: property.size ?? 12,
          maxShrinks: options.maxShrinks ?? 400,
          replay: options.replay ?? replay
        }
      )
      if (result._tag === "Passed") return { _tag: "Holds" as const, runs: result.runs }
      if (result._tag !== "Falsified") {
        return { _tag: "Broken" as const, message: JSON.stringify(result), shrunk: "" }
      }
      const shrunk = (property.show ?? showJson)(result.shrunkInput)
      const problem =
        result.failure._tag === "PropertyError" ? result.failure.error.problem : "it returned false"
      const message = [
        sentence,
        `is broken, after ${result.runs} runs: ${problem}`,
        `Shrunk to:\n${shrunk}`,
        `Replay: FLOW_LAW_REPLAY='${result.replay}'`
      ].join("\n")
      return { _tag: "Broken" as const, message, shrunk }
    })
})

// A server that dies breaks the law that it dies under, and is shrunk like any other failure.
const asBroken = <R>(self: Effect.Effect<void, Broken, R>): Effect.Effect<void, Broken, R> =>
  Effect.catchDefect(self, (defect) => Effect.fail(new Broken({ problem: Cause.pretty(Cause.die(defect)) })))

export const showJson = (input: unknown): string => JSON.stringify(input, undefined, 2)

/** Something holds. */
export const require = (holds: boolean, problem: () => string): Effect.Effect<void, Broken> =>
  holds ? Effect.void : Effect.fail(new Broken({ problem: problem() }))

/** A step of a flow that the law relies on. */
export const mustWork =
  (what: string) =>
  <A, E extends Error, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, Broken, R> =>
    Effect.mapError(self, (error) => new Broken({ problem: `${what}: ${error.message}` }))
