/**
 * Row locks, where a dialect has them. SQLite has one writer at a time, and
 * needs none.
 */
import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"

/** Until the transaction ends nobody else changes the rows that were read from this table. */
export const forUpdate = (sql: SqlClient, alias: string): Fragment =>
  sql.onDialectOrElse({ pg: () => sql.literal(`FOR UPDATE OF ${alias}`), orElse: () => sql.literal("") })

/** The same, leaving out those that somebody else is changing now. */
export const skipLocked = (sql: SqlClient): Fragment =>
  sql.onDialectOrElse({ pg: () => sql.literal("FOR UPDATE SKIP LOCKED"), orElse: () => sql.literal("") })
