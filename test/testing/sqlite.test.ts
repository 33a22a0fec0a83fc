import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { SqlFaults } from "effect-oauth/testing"
import { storeLaws } from "effect-oauth/testing/vitest"
import * as SqlStorage from "../../src/storage/sql/SqlStorage.ts"
import * as Databases from "../storage/Databases.ts"
import { otherLaws } from "../support/Runs.ts"

/** The rows of all tables. */
const countRows = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* sql<{ name: string }>`SELECT name FROM sqlite_schema WHERE type = 'table'`
  const counts = yield* Effect.forEach(
    tables,
    ({ name }) => sql<{ rows: number }>`SELECT count(*) AS rows FROM ${sql(name)}`
  )
  return counts.flat().reduce((total, { rows }) => total + rows, 0)
})

storeLaws("SQLite in memory", otherLaws, SqlStorage.layer.pipe(Layer.provideMerge(Databases.inMemory)), {
  faults: SqlFaults.injection,
  countRows
})

storeLaws("SQLite in a file", otherLaws, SqlStorage.layer.pipe(Layer.provideMerge(Databases.inFile)), {
  faults: SqlFaults.injection,
  countRows,
  rotations: 1000
})
