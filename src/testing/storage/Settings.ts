/**
 * How thoroughly the laws look, and what a back end lends them.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { FaultInjection } from "./Faults.ts"

/**
 * @category options
 * @since 0.1.0
 */
export interface Options<out R = never> {
  /**
   * How many random sequences of commands each model law runs. The other laws
   * that repeat themselves do so in proportion.
   *
   * @default 200
   */
  readonly runs?: number
  /** What the random sequences come from; another one each time by default. */
  readonly seed?: string | number
  /** Runs the sequence of an earlier failure and no other. Together with `only`. */
  readonly replay?: string
  /** The name of the one law to check. */
  readonly only?: string
  /**
   * How many race for one thing: ten, at least.
   *
   * @default 25
   */
  readonly contenders?: number
  /**
   * How often the long-lived refresh family is rotated.
   *
   * @default 10000
   */
  readonly rotations?: number
  /**
   * Lets a verb fail in the middle, at a step that the law chooses. `SqlFaults`
   * has it for every store over a `SqlClient`.
   */
  readonly faults?: FaultInjection
  /** How many rows or entries the back end holds, of whatever kind. */
  readonly countRows?: Effect.Effect<number, unknown, R>
}

/** What a law reads. */
export const Settings = Context.Reference<Options>("effect-oauth/testing/storage/Settings", {
  defaultValue: () => ({})
})
