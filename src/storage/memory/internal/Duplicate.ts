/**
 * Storing a second row under a key that must be unique: what a database would
 * refuse, memory refuses too, and changes nothing.
 */
import * as Effect from "effect/Effect"
import { StorageError } from "../../StorageError.ts"

export const fail = (operation: string, kind: string): Effect.Effect<never, StorageError> =>
  Effect.suspend(() =>
    Effect.fail(new StorageError({ operation, cause: `There is another ${kind} of this key already` }))
  )
