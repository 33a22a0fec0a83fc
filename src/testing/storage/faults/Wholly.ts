/**
 * A transition has happened wholly or not at all, whatever became of the one who
 * asked for it.
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { StorageError } from "../../../storage/StorageError.ts"
import { differ, show } from "../Expect.ts"
import { asBroken, Broken, describe } from "../Law.ts"
import { ask } from "../model/Check.ts"
import { complain, explain } from "../model/Explain.ts"
import type { Model } from "../model/Model.ts"
import { sleep } from "../Pause.ts"
import * as Stage from "../Stage.ts"

/** What is there before, and the transition that is disturbed. */
export interface Scenario<Command> {
  readonly name: string
  readonly before: ReadonlyArray<Command>
  readonly transition: Command
  /** How much time passes in between, in milliseconds. */
  readonly after?: number
}

/** Runs a verb in a way that it may not survive, and tells what came of it. */
export type Disturb = <A, E, R>(verb: Effect.Effect<A, E, R>) => Effect.Effect<Exit.Exit<A, E>, never, R>

/**
 * Sets the scenario up on a stage of its own, disturbs its transition, and looks
 * at everything: it must be as before or as after; and asking again must give
 * what the model gives.
 */
export const wholly = <State, Command, Call, R>(
  model: Model<State, Command, Call, R>,
  { after = 0, before, name, transition }: Scenario<Command>,
  disturb: Disturb
): Effect.Effect<void, Broken | StorageError, R> =>
  Effect.gen(function* () {
    const stage = yield* Stage.kept
    const complaint = (problem: string) => new Broken({ problem: `${name}: ${problem}` })

    let state = model.empty
    for (const [number, command] of before.entries()) {
      const call = model.call(stage, command, stage.now, number)
      const made = { call, outcome: yield* model.execute(call), error: undefined }
      const [next] = explain(model, [state], [made])
      if (next === undefined) return yield* complaint(`setting it up: ${complain(model, [state], [made])}`)
      state = next
    }

    const now = stage.now + after
    const call = model.call(stage, transition, now, before.length)
    const [done, expected] = model.step(state, call)
    const exit = yield* disturb(model.execute(call))
    if (Exit.isSuccess(exit) && differ(exit.value, expected).length > 0)
      return yield* complaint(`${show(exit.value)} instead of ${show(expected)}`)

    const candidates = Exit.isSuccess(exit) ? [done] : [done, state]
    const settled = yield* settle(ask(model, stage, now), candidates)
    if (settled._tag === "Half")
      return yield* complaint(`${ending(exit)}, and half of it is left: ${settled.wrong}`)

    const again = { call, ...(yield* outcomeOf(model.execute(call))) }
    if (explain(model, [settled.state], [again]).length === 0)
      return yield* complaint(`${ending(exit)}; asked again: ${complain(model, [settled.state], [again])}`)
  })

/** Whether the store passes the scenario undisturbed. */
export const isSound = <State, Command, Call, R>(
  model: Model<State, Command, Call, R>,
  scenario: Scenario<Command>
): Effect.Effect<boolean, never, R> =>
  Effect.match(asBroken(wholly(model, scenario, Effect.exit)), {
    onFailure: () => false,
    onSuccess: () => true
  })

type Settled<State> =
  | { readonly _tag: "Whole"; readonly state: State }
  | { readonly _tag: "Half"; readonly wrong: string }

/** A verb that nobody waits for any more may still be under way: it is given a moment. */
const settle = <State, R>(
  asking: Effect.Effect<(state: State) => ReadonlyArray<string>, StorageError, R>,
  candidates: ReadonlyArray<State>,
  patience = 10
): Effect.Effect<Settled<State>, StorageError, R> =>
  Effect.gen(function* () {
    const answers = yield* asking
    const state = candidates.find((candidate) => answers(candidate).length === 0)
    if (state !== undefined) return { _tag: "Whole", state }
    if (patience > 0) return yield* Effect.andThen(sleep(10), settle(asking, candidates, patience - 1))
    const wrong = candidates.map((candidate) => answers(candidate).join(", "))
    return { _tag: "Half", wrong: wrong.join("; and as it was before: ") }
  })

const outcomeOf = <A, R>(verb: Effect.Effect<A, StorageError, R>) =>
  Effect.match(verb, {
    onFailure: (error) => ({ outcome: "Refused", error }),
    onSuccess: (outcome) => ({ outcome, error: undefined })
  })

const ending = <A, E>(exit: Exit.Exit<A, E>): string =>
  Exit.isSuccess(exit) ? "it succeeded" : `it ended (${reasons(exit.cause)})`

const reasons = <E>(cause: Cause.Cause<E>): string =>
  cause.reasons.map((reason) => (reason._tag === "Fail" ? describe(reason.error) : reason._tag)).join(", ")
