/**
 * Ways to disturb a verb.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Fault, FaultInjection } from "../Faults.ts"
import { sleep, yields } from "../Pause.ts"
import type { Disturb } from "./Wholly.ts"

/** Interrupts the verb after so many turns of the fibers, and then of the event loop. */
export const interruptedAfter =
  (turns: number, loops: number): Disturb =>
  (verb) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(verb)
      yield* yields(turns)
      for (let loop = 0; loop < loops; loop++) yield* sleep(0)
      yield* Fiber.interrupt(fiber)
      return yield* Fiber.await(fiber)
    })

/** At a step that the verb may have or not. */
export interface At extends Pick<Fault, "step" | "moment"> {
  /** Is called if it has. */
  readonly onStrike: () => void
}

/** Lets the verb fail there. */
export const failingAt =
  (injection: FaultInjection, { moment, onStrike, step }: At): Disturb =>
  (verb) =>
    Effect.exit(injection({ step, moment, strike: Effect.sync(onStrike) })(verb))

/** Interrupts the verb there, which waits for it. */
export const interruptedAt =
  (injection: FaultInjection, { moment, onStrike, step }: At): Disturb =>
  (verb) =>
    Effect.gen(function* () {
      const reached = yield* Deferred.make<void>()
      const strike = Effect.sync(onStrike).pipe(
        Effect.andThen(Deferred.succeed(reached, undefined)),
        Effect.andThen(Effect.never)
      )
      const fiber = yield* Effect.forkChild(injection({ step, moment, strike })(verb))
      yield* Effect.raceFirst(Fiber.await(fiber), Deferred.await(reached))
      yield* Fiber.interrupt(fiber)
      return yield* Fiber.await(fiber)
    })
