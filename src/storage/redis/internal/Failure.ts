/**
 * What can go wrong with Redis is one error for whoever asked the store.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { RedisError } from "effect/persistence/Redis"
import { StorageError } from "../../StorageError.ts"
import type { UnexpectedReply } from "./Reply.ts"

/** Storing a second row under a key that must be unique. */
export class Duplicate extends Data.TaggedError("Duplicate") {
  override readonly message = "There is something of this key already"
}

export type Failure = RedisError | UnexpectedReply | Duplicate

export const asStorageError =
  (operation: string) =>
  (cause: Failure): StorageError =>
    new StorageError({ operation, cause })

export const toStorageError =
  (operation: string) =>
  <A, R>(self: Effect.Effect<A, Failure, R>): Effect.Effect<A, StorageError, R> =>
    Effect.mapError(self, asStorageError(operation))
