/**
 * PostgreSQL for many tests of a file: one schema, whose tables each test finds empty. To make them anew took most of
 * the time.
 */
import { afterAll } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as SqlClient from "effect/sql/SqlClient"
import * as Migrations from "../../../src/storage/sql/Migrations.ts"
import { inTemporarySchema } from "../../support/Postgres.ts"

// Not TRUNCATE, which waits for the disk.
const empty = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* sql<{ readonly name: string }>`SELECT tablename AS name FROM pg_tables
    WHERE schemaname = current_schema() AND tablename <> 'oauth_migrations'`
  yield* Effect.forEach(tables, ({ name }) => sql`DELETE FROM ${sql(name)}`).pipe(sql.withTransaction)
})

/** For tests that run one after the other. Belongs into a `describe`, whose end closes it. */
export const emptied = (url: string): Layer.Layer<SqlClient.SqlClient> => {
  const schema = ManagedRuntime.make(Layer.provideMerge(Migrations.layer, inTemporarySchema(url)))
  afterAll(() => schema.dispose())
  return Layer.effectContext(
    Effect.promise(() => schema.runPromise(Effect.andThen(empty, Effect.context<SqlClient.SqlClient>())))
  )
}
