/**
 * What a database does wrong is one error for whoever asked the store.
 */
import * as Effect from "effect/Effect"
import * as SqlError from "effect/sql/SqlError"
import { StorageError } from "../../StorageError.ts"
import type { QueryError } from "./Row.ts"

export const asStorageError =
  (operation: string) =>
  (cause: QueryError): StorageError =>
    new StorageError({ operation, cause })

export const toStorageError =
  (operation: string) =>
  <A, R>(self: Effect.Effect<A, QueryError, R>): Effect.Effect<A, StorageError, R> =>
    self.pipe(
      Effect.mapError(asStorageError(operation)),
      // A transaction whose connection broke dies when it cannot roll back: the database is down all the same.
      Effect.catchDefect((defect) =>
        SqlError.isSqlError(defect) ? Effect.fail(asStorageError(operation)(defect)) : Effect.die(defect)
      )
    )
