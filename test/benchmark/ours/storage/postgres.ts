import { PgClient } from "@effect/sql-pg"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqlStorage from "effect-oauth/storage/sql/SqlStorage"
import { servers } from "../../harness/Services.ts"
import { durable } from "./durable.ts"

const database = `effect_oauth_bench_${process.pid}`

const connect = (name: string) => PgClient.layer({ url: Redacted.make(`${servers.postgres}/${name}`) })

const administer = (statement: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement)).pipe(
    Effect.provide(connect("postgres"))
  )

/** A database of its own for as long as the server runs. */
const Database = Layer.effectDiscard(
  Effect.acquireRelease(administer(`CREATE DATABASE ${database}`), () =>
    Effect.ignore(administer(`DROP DATABASE ${database} WITH (FORCE)`))
  )
)

export const layer = durable(SqlStorage.layer.pipe(Layer.provide(connect(database)), Layer.provide(Database)))
