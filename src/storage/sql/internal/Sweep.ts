/**
 * Deletes expired rows, the oldest first and at most so many.
 */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import type { SweepRequest } from "../../Swept.ts"
import { skipLocked } from "./Locks.ts"

export interface Sweepable {
  readonly table: string
  readonly primaryKey: string
  /** What must hold besides being expired, and is part of the index. */
  readonly condition?: string
  /** What must hold of the rows that were found so, lest they stay until the next time. */
  readonly guard?: string
}

/**
 * The rows are locked as they are found, and found only as they are then: one
 * that is being given a longer life, or swept by another process, is left out.
 */
export const make = (sql: SqlClient, { condition, guard, primaryKey, table }: Sweepable) => {
  const from = sql.literal(table)
  const key = sql.literal(primaryKey)
  const andCondition = sql.literal(condition === undefined ? "" : `AND ${condition}`)
  const andGuard = sql.literal(guard === undefined ? "" : `AND ${guard}`)
  const lock = skipLocked(sql)
  return (request: SweepRequest): Effect.Effect<number, SqlError> =>
    Effect.map(
      sql`WITH expired AS (
          SELECT ${key} FROM ${from} WHERE expires_at <= ${request.now} ${andCondition}
          ORDER BY expires_at ${limit(sql, request)} ${lock}
        )
        DELETE FROM ${from} WHERE (${key}) IN (SELECT ${key} FROM expired) ${andGuard} RETURNING 1 AS deleted`,
      (rows) => rows.length
    )
}

/** Written out, for a planner that does not know how few rows there will be reads the whole table. */
export const limit = (sql: SqlClient, request: SweepRequest): Fragment =>
  sql.literal(`LIMIT ${Math.max(Math.floor(request.limit), 0)}`)
