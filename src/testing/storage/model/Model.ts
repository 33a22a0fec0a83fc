/**
 * A store next to its reference model.
 */
import type * as Arbitrary from "effect/Arbitrary"
import type * as Effect from "effect/Effect"
import type { StorageError } from "../../../storage/StorageError.ts"
import type { SweepRequest, Swept } from "../../../storage/Swept.ts"
import type { Stage } from "../Stage.ts"

/**
 * A `Command` is small, drawn from a handful of names so that commands meet;
 * the `Call` that becomes of it on a stage is what the verb takes.
 */
export interface Model<State, Command, Call, R> {
  /** What every sequence begins with, so that the others find something. */
  readonly opening: ReadonlyArray<Command>
  readonly commands: Arbitrary.Arbitrary<Command>
  /** `number` is its place in the sequence, from 0. */
  readonly call: (stage: Stage, command: Command, now: number, number: number) => Call

  readonly empty: State
  readonly step: (state: State, call: Call) => readonly [State, unknown]
  readonly execute: (call: Call) => Effect.Effect<unknown, StorageError, R>

  /** Everything that can be asked without changing anything. */
  readonly questions: (stage: Stage, now: number) => ReadonlyArray<Question<State, R>>

  readonly sweep:
    | {
        readonly state: (state: State, now: number) => State
        readonly store: (request: SweepRequest) => Effect.Effect<Swept, StorageError, R>
      }
    | undefined
}

/** The same question for the store and for the model. */
export interface Question<State, R> {
  readonly name: string
  readonly store: Effect.Effect<unknown, StorageError, R>
  readonly model: (state: State) => unknown
}
