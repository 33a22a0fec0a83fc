/**
 * Which orders of commands that ran at once explain what came of them
 * (linearizability), and what the model may then be.
 */
import type { StorageError } from "../../../storage/StorageError.ts"
import { differ, show } from "../Expect.ts"
import { describe } from "../Law.ts"
import type { Model } from "./Model.ts"

export interface Made<Call> {
  readonly call: Call
  readonly outcome: unknown
  /** Instead of an outcome, which is `Refused` then. */
  readonly error: StorageError | undefined
}

type Stepping<State, Call> = Pick<Model<State, never, Call, never>, "step">

/** Every state that the model may be in afterwards; none, if no order explains the outcomes. */
export const explain = <State, Call>(
  model: Stepping<State, Call>,
  possible: ReadonlyArray<State>,
  made: ReadonlyArray<Made<Call>>
): ReadonlyArray<State> => {
  const inOrder = (state: State, rest: ReadonlyArray<Made<Call>>): ReadonlyArray<State> =>
    rest.length === 0
      ? [state]
      : rest.flatMap((first) =>
          afterwards(model, state, first, made.length > 1).flatMap((next) =>
            inOrder(
              next,
              rest.filter((other) => other !== first)
            )
          )
        )
  return distinct(possible.flatMap((state) => inOrder(state, made)))
}

const afterwards = <State, Call>(
  model: Stepping<State, Call>,
  state: State,
  { call, error, outcome }: Made<Call>,
  together: boolean
): ReadonlyArray<State> => {
  const [next, expected] = model.step(state, call)
  if (differ(outcome, expected).length === 0) return [next]
  // A database may give up one of several that stand in each other's way. Then nothing of it happened.
  return together && error !== undefined ? [state] : []
}

const distinct = <State>(states: ReadonlyArray<State>): ReadonlyArray<State> =>
  states.length < 2 ? states : Array.from(new Map(states.map((state) => [show(state), state])).values())

/** Why nothing explains what came. */
export const complain = <State, Call>(
  model: Stepping<State, Call>,
  possible: ReadonlyArray<State>,
  made: ReadonlyArray<Made<Call>>
): string => {
  const outcomes = made.map(({ error, outcome }) => (error === undefined ? show(outcome) : describe(error)))
  const [only] = made
  if (only === undefined || made.length > 1)
    return `no order of the commands explains ${outcomes.join(" ‖ ")}`
  const expected = new Set(possible.map((state) => show(model.step(state, only.call)[1])))
  return `${outcomes.join()} instead of ${Array.from(expected).join(" or ")}`
}
