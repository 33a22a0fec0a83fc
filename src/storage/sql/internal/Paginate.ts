/**
 * Streams a query page by page, each going on behind the last row of the one
 * before it: no cursor stays open, and no page is slower for being late.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { QueryError } from "./Row.ts"

const pageSize = 100

export const paginate = <A, Position>(
  start: NoInfer<Position>,
  /** So many rows behind a position. */
  page: (after: NoInfer<Position>, limit: number) => Effect.Effect<ReadonlyArray<A>, QueryError>,
  position: (last: A) => Position
): Stream.Stream<A, QueryError> =>
  Stream.paginate(start, (after) =>
    Effect.map(page(after, pageSize), (rows) => {
      const last = rows.length < pageSize ? undefined : rows.at(-1)
      return [rows, last === undefined ? Option.none() : Option.some(position(last))] as const
    })
  )
