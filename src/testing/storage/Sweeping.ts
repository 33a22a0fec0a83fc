/**
 * Sweeping until nothing is left to sweep. How many rows it deletes is nobody's
 * to know: the store may be shared.
 */
import * as Effect from "effect/Effect"
import type { StorageError } from "../../storage/StorageError.ts"
import type { SweepRequest, Swept } from "../../storage/Swept.ts"
import { Broken } from "./Law.ts"

type Sweep<R> = (request: SweepRequest) => Effect.Effect<Swept, StorageError, R>

export const sum = (swept: Swept): number => Object.values(swept).reduce((total, count) => total + count, 0)

/** Tells how many rows that were. */
export const sweepAll = <R>(
  sweep: Sweep<R>,
  now: number,
  limit = 1000
): Effect.Effect<number, StorageError | Broken, R> =>
  Effect.gen(function* () {
    let total = 0
    for (let round = 0; round < 10_000; round++) {
      const deleted = sum(yield* sweep({ now, limit }))
      if (deleted === 0) return total
      total += deleted
    }
    return yield* new Broken({ problem: "sweep goes on deleting, and never tells that nothing is left" })
  })
