/**
 * Reads rows by hand: every query of a request passes here.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Row } from "effect/sql/SqlConnection"
import type { SqlError } from "effect/sql/SqlError"

/** A column that does not hold what this library writes there. */
export class UnexpectedColumn extends Data.TaggedError("UnexpectedColumn")<{ readonly column: string }> {
  override get message(): string {
    return `The column ${this.column} holds something unexpected`
  }
}

export const text = (row: Row, column: string): string => {
  const value = row[column]
  if (typeof value === "string") return value
  throw new UnexpectedColumn({ column })
}

export const optionalText = (row: Row, column: string): string | undefined =>
  isNull(row, column) ? undefined : text(row, column)

/** Drivers give a BIGINT as a number, a bigint or, lest it loses digits, as text. */
export const integer = (row: Row, column: string): number => {
  const value = row[column]
  const number = typeof value === "bigint" || typeof value === "string" ? Number(value) : value
  if (typeof number === "number" && Number.isSafeInteger(number)) return number
  throw new UnexpectedColumn({ column })
}

export const optionalInteger = (row: Row, column: string): number | undefined =>
  isNull(row, column) ? undefined : integer(row, column)

const isNull = (row: Row, column: string): boolean => row[column] === null || row[column] === undefined

/** What can go wrong with a query. */
export type QueryError = SqlError | UnexpectedColumn

type Query = Effect.Effect<ReadonlyArray<Row>, SqlError>

/** The rows of a query. */
export const all = <A>(query: Query, read: (row: Row) => A): Effect.Effect<ReadonlyArray<A>, QueryError> =>
  Effect.flatMap(query, (rows) => reading(() => rows.map(read)))

/** The row of a query that has one at most. */
export const first = <A>(query: Query, read: (row: Row) => A): Effect.Effect<A | undefined, QueryError> =>
  Effect.flatMap(query, ([row]) => (row === undefined ? Effect.undefined : reading(() => read(row))))

/** Whether a statement that returns what it changed has changed something. */
export const hit = (query: Query): Effect.Effect<boolean, SqlError> =>
  Effect.map(query, (rows) => rows.length > 0)

const reading = <A>(read: () => A): Effect.Effect<A, UnexpectedColumn> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(read())
    } catch (error) {
      return error instanceof UnexpectedColumn ? Effect.fail(error) : Effect.die(error)
    }
  })
