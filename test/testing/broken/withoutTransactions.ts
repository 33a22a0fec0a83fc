/** The SQL stores over a client that has forgotten what a transaction is. */
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqlStorage from "../../../src/storage/sql/SqlStorage.ts"
import * as Databases from "../../storage/Databases.ts"

const forgetful = Layer.effect(
  SqlClient.SqlClient,
  Effect.map(SqlClient.SqlClient, (sql) => Object.assign(sql, { withTransaction: identity }))
)

export const withoutTransactions = SqlStorage.layer.pipe(
  Layer.provide(forgetful),
  Layer.provide(Databases.inMemory)
)
