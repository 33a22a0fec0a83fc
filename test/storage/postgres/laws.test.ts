import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { SqlFaults } from "effect-oauth/testing"
import { storeLaws } from "effect-oauth/testing/vitest"
import * as SqlStorage from "../../../src/storage/sql/SqlStorage.ts"
import { inTemporarySchema } from "../../support/Postgres.ts"
import { otherLaws } from "../../support/Runs.ts"
import { describeWith, postgres } from "../../support/Services.ts"

/** The rows of all tables of the schema. */
const countRows = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* sql<{ name: string }>`SELECT tablename AS name FROM pg_tables
    WHERE schemaname = current_schema()`
  const counts = yield* Effect.forEach(
    tables,
    ({ name }) => sql<{ rows: bigint }>`SELECT count(*) AS rows FROM ${sql(name)}`
  )
  return counts.flat().reduce((total, { rows }) => total + Number(rows), 0)
})

await describeWith(postgres, (url) => {
  storeLaws("PostgreSQL", otherLaws, SqlStorage.layer.pipe(Layer.provideMerge(inTemporarySchema(url))), {
    faults: SqlFaults.injection,
    countRows,
    rotations: 1000
  })
})
