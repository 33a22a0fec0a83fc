/**
 * Turns of the event loop. What arrives in one turn is answered together: first
 * all programs run, and then all answers are sent. Between two programs there
 * would be the platform's HTTP and the operating system otherwise, and a program
 * that finds nothing of itself in the processor's caches takes twice its time. A
 * request that is alone waits for nothing.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Scheduler from "effect/Scheduler"

// One for all requests: a fiber's own would set a timer for each.
const dispatcher = new Scheduler.MixedScheduler().makeDispatcher()

/**
 * Does something in the next turn, after whatever was put there before. It may
 * not throw.
 *
 * @category combinators
 * @since 0.1.0
 */
export const inNextTurn = (task: () => void): void => dispatcher.scheduleTask(task, 0)

/**
 * Waits for the next turn. Where the platform has no `setImmediate` it waits for
 * nothing: a timer in its place would cost every request a millisecond or more.
 *
 * @category combinators
 * @since 0.1.0
 */
export const nextTurn: Effect.Effect<void> =
  typeof globalThis.setImmediate === "function"
    ? Effect.callback((resume) => inNextTurn(() => resume(Effect.void)))
    : Effect.void
