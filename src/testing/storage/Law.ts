/**
 * A law of the storage contract: one sentence, and the program that finds out
 * whether a store keeps it.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { StorageError } from "../../storage/StorageError.ts"
import { Names, readable } from "./Names.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type StoreName = "ClientStore" | "GrantStore" | "FlowStore" | "SessionStore" | "KeyStore"

/**
 * - `laws`: one verb, one outcome.
 * - `races`: many ask for the same thing at once.
 * - `model`: random commands, compared with a reference model.
 * - `faults`: a verb fails or is interrupted in the middle.
 * - `sweeping`: what is deleted, and what never is.
 *
 * @category models
 * @since 0.1.0
 */
export type Group = "laws" | "races" | "model" | "faults" | "sweeping"

/**
 * An option without which a law has nothing to look at.
 *
 * @category models
 * @since 0.1.0
 */
export type Need = "faults" | "countRows"

/**
 * A law, for a store of type R. Without the option that it `needs`, it is to be
 * skipped.
 *
 * @category models
 * @since 0.1.0
 */
export interface Law<out R> {
  readonly name: string
  readonly store: StoreName
  readonly group: Group
  readonly needs: Need | undefined
  readonly run: Effect.Effect<void, LawViolation, R>
}

/**
 * What is wrong, in words. From a law about sequences of commands also the
 * shortest one that shows it, and the token that replays it.
 *
 * @category errors
 * @since 0.1.0
 */
export class LawViolation extends Data.TaggedError("LawViolation")<{
  readonly law: string
  readonly problem: string
  readonly shrunk: string | undefined
  readonly replay: string | undefined
}> {
  override get message(): string {
    const lines = [`${this.law}:`, this.problem]
    if (this.shrunk !== undefined) lines.push("Shrunk to:", this.shrunk)
    if (this.replay !== undefined) lines.push(`Replay: ${this.replay}`)
    return lines.join("\n")
  }
}

/** What the body of a law fails with; the name is added outside. */
export class Broken extends Data.TaggedError("Broken")<{
  readonly problem: string
  readonly shrunk?: string
  readonly replay?: string
}> {}

/** For the laws of one store and group. */
export const maker =
  (store: StoreName, group: Group, needs?: Need) =>
  <R>(name: string, body: Effect.Effect<void, Broken | StorageError, R>): Law<R> => ({
    name,
    store,
    group,
    needs,
    run: Effect.suspend(() => {
      const names: Names = new Map()
      return body.pipe(
        asBroken,
        Effect.mapError(
          ({ problem, replay, shrunk }) =>
            new LawViolation({ law: name, problem: readable(names, problem), shrunk, replay })
        ),
        Effect.provideService(Names, names)
      )
    })
  })

/** A store that fails or dies breaks the law that it fails or dies under. */
export const asBroken = <A, R>(
  self: Effect.Effect<A, Broken | StorageError, R>
): Effect.Effect<A, Broken, R> =>
  self.pipe(
    Effect.catchTag("StorageError", (error) => Effect.fail(new Broken({ problem: describe(error) }))),
    Effect.catchDefect((defect) => Effect.fail(new Broken({ problem: Cause.pretty(Cause.die(defect)) })))
  )

/** What a store failed with, down to its cause. */
export const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message} (${describe(error.cause)})`
}
