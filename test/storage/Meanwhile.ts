/** What somebody else does between two statements of a verb, so that it happens there each time. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Statement from "effect/sql/Statement"

/** Runs the verb, and the other before the statement of that number, from 1. A verb that has none fails the test. */
export const meanwhile = Effect.fnUntraced(function* <A, E, B, E2>(
  verb: Effect.Effect<A, E>,
  step: number,
  other: Effect.Effect<B, E2>
) {
  let count = 0
  let done = false
  const transformer: Statement.Transformer = (statement) =>
    Effect.gen(function* () {
      if (++count !== step) return statement
      yield* Effect.provideService(Effect.orDie(other), Statement.CurrentTransformer, undefined)
      done = true
      return statement
    })
  const outcome = yield* Effect.provideService(verb, Statement.CurrentTransformer, transformer)
  assert.isTrue(done, `the verb has no statement ${step}`)
  return outcome
})
