/**
 * Compares a store with its model: after every step, some order of the commands
 * that ran at once must explain every outcome, and everything that can be asked.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { StorageError } from "../../../storage/StorageError.ts"
import { differ, show } from "../Expect.ts"
import { asBroken, Broken } from "../Law.ts"
import { yields } from "../Pause.ts"
import { Settings } from "../Settings.ts"
import * as Stage from "../Stage.ts"
import { sweepAll } from "../Sweeping.ts"
import { complain, explain, type Made } from "./Explain.ts"
import type { Model } from "./Model.ts"
import * as Sequence from "./Sequence.ts"

/** Runs random sequences with so many commands at once, at most. */
export const agrees = <State, Command, Call, R>(
  model: Model<State, Command, Call, R>,
  atOnce: number
): Effect.Effect<void, Broken, R> =>
  Effect.gen(function* () {
    const { replay, runs = 200, seed = yield* Random.nextInt } = yield* Settings
    const opening = Sequence.inTurn(model.opening)
    const result = yield* Arbitrary.checkEffect(
      Sequence.sequences(model.commands, atOnce),
      (sequence) => Effect.as(play(model, [...opening, ...sequence]), true),
      { runs, seed, size: 16, maxShrinks: 1000, replay }
    )
    if (result._tag === "Passed") return
    if (result._tag !== "Falsified" || result.failure._tag !== "PropertyError") {
      return yield* new Broken({ problem: `the sequence could not be run again: ${show(result)}` })
    }
    return yield* new Broken({
      problem: result.failure.error.problem,
      shrunk: Sequence.format([...opening, ...result.shrunkInput]),
      replay: result.replay
    })
  })

/** Plays one sequence, on a stage of its own. */
const play = <State, Command, Call, R>(
  model: Model<State, Command, Call, R>,
  sequence: ReadonlyArray<Sequence.Step<Command>>
): Effect.Effect<void, Broken, R> =>
  Effect.gen(function* () {
    const stage = yield* Stage.swept
    let possible: ReadonlyArray<State> = [model.empty]
    let now = stage.now
    let made = 0
    for (const [index, { after, commands, sweep }] of sequence.entries()) {
      const at = now + after
      if (sweep && model.sweep !== undefined) {
        const { state, store } = model.sweep
        yield* sweepAll(store, at)
        possible = possible.map((before) => state(before, at))
      }
      const number = made
      const together = yield* Effect.forEach(
        commands,
        ({ command, yields: turns }, position) => {
          const call = model.call(stage, command, at + position, number + position)
          return Effect.andThen(yields(turns), make(model, call))
        },
        { concurrency: "unbounded" }
      )
      made += together.length
      const explained = explain(model, possible, together)
      const complaint = (problem: string) => new Broken({ problem: `step ${index + 1}: ${problem}` })
      if (explained.length === 0) return yield* complaint(complain(model, possible, together))
      // Time does not go back.
      now = at + commands.length - 1
      possible = yield* confirm(model, stage, now, explained, complaint)
    }
  }).pipe(asBroken)

/** A store that cannot take a row says so as an error; whether it could have, the model knows. */
const make = <State, Command, Call, R>(
  model: Model<State, Command, Call, R>,
  call: Call
): Effect.Effect<Made<Call>, never, R> =>
  Effect.match(
    Effect.suspend(() => model.execute(call)),
    {
      onFailure: (error) => ({ call, outcome: "Refused", error }),
      onSuccess: (outcome) => ({ call, outcome, error: undefined })
    }
  )

/** Asks everything, and keeps the states that have the same answers. */
const confirm = <State, Command, Call, R>(
  model: Model<State, Command, Call, R>,
  stage: Stage.Stage,
  now: number,
  possible: ReadonlyArray<State>,
  complaint: (problem: string) => Broken
): Effect.Effect<ReadonlyArray<State>, Broken | StorageError, R> =>
  Effect.gen(function* () {
    const answers = yield* ask(model, stage, now)
    const wrong = possible.map((state) => answers(state))
    const confirmed = possible.filter((_, index) => wrong[index]?.length === 0)
    return confirmed.length > 0 ? confirmed : yield* complaint((wrong[0] ?? []).join("\n"))
  })

/** Asks everything, and tells in what the answers differ from those of a state. */
export const ask = <State, Command, Call, R>(
  model: Pick<Model<State, Command, Call, R>, "questions">,
  stage: Stage.Stage,
  now: number
): Effect.Effect<(state: State) => ReadonlyArray<string>, StorageError, R> =>
  Effect.gen(function* () {
    const questions = model.questions(stage, now)
    const answers = yield* Effect.forEach(questions, ({ store }) => store, { concurrency: "unbounded" })
    return (state) =>
      questions.flatMap(({ model, name }, index) =>
        differ(answers[index], model(state)).map((difference) => `${name}: ${difference}`)
      )
  })
