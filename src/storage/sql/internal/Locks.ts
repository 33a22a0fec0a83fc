/**
 * Row locks, where a dialect has them. SQLite has one writer at a time, and
 * needs none.
 */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"

/**
 * Waits for, and then keeps others from, changing anything under the grant of a code or a family: the first
 * statement of every transition, so that those of one grant happen one after the other.
 */
export const lockGrantOf = (sql: SqlClient, table: "oauth_codes" | "oauth_refresh_families") => {
  const child = sql.literal(`${table} c`)
  const key = sql.literal(table === "oauth_codes" ? "c.hash" : "c.id")
  return (value: string): Effect.Effect<unknown, SqlError> =>
    sql.onDialectOrElse({
      pg: () =>
        sql`SELECT 1 FROM oauth_grants g WHERE g.id = (SELECT c.grant_id FROM ${child} WHERE ${key} = ${value})
          FOR UPDATE`,
      orElse: () => Effect.void
    })
}

/** Until the transaction ends nobody else changes the rows that were read from this table. */
export const forUpdate = (sql: SqlClient, alias: string): Fragment =>
  sql.onDialectOrElse({ pg: () => sql.literal(`FOR UPDATE OF ${alias}`), orElse: () => sql.literal("") })

/** The same, leaving out those that somebody else is changing now. */
export const skipLocked = (sql: SqlClient): Fragment =>
  sql.onDialectOrElse({ pg: () => sql.literal("FOR UPDATE SKIP LOCKED"), orElse: () => sql.literal("") })
