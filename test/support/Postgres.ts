/** PostgreSQL for tests: a schema of its own for whoever asks, dropped in the end. */
import { randomBytes } from "node:crypto"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"

/** A client of a schema that is there already. */
export const inSchema = (url: string, schema: string, maxConnections = 10) =>
  PgClient.layer({ url: Redacted.make(url), maxConnections, startupParameters: startup(schema) })

// No test switches the machine off, and waiting for its disk is half of the time.
const startup = (schema: string) => ({ search_path: schema, synchronous_commit: "off" })

/** The name of an empty schema, which is there for as long as the scope. */
export const temporarySchema = Effect.fnUntraced(function* (url: string) {
  const schema = `test_${randomBytes(8).toString("hex")}`
  const run = (statement: string) =>
    Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement)).pipe(
      Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })),
      Effect.orDie
    )
  yield* Effect.acquireRelease(run(`CREATE SCHEMA ${schema}`), () => run(`DROP SCHEMA ${schema} CASCADE`))
  return schema
})

/** A client of a schema of its own. */
export const inTemporarySchema = (url: string) =>
  Layer.unwrap(Effect.map(temporarySchema(url), (schema) => inSchema(url, schema)))
