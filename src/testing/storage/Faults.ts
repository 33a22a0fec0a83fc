/**
 * How a back end lets a verb fail in the middle.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"

/**
 * A step is whatever the back end does one at a time: a statement, a command, a
 * round trip.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fault {
  /** Which step of the verb, counted from 1. */
  readonly step: number
  /** Whether the step is not done at all, or done and its answer lost. */
  readonly moment: "before" | "after"
  /** To be run at that moment. If it returns, the step fails, as such a step does. */
  readonly strike: Effect.Effect<void>
}

/**
 * Runs a verb with a fault in it. A verb that has fewer steps runs undisturbed.
 *
 * @category models
 * @since 0.1.0
 */
export type FaultInjection = (
  fault: Fault
) => <A, E, R>(verb: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
