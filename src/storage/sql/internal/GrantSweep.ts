/**
 * Deletes what nobody can use any more, from what was issued towards its grant.
 */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { SweepRequest, Swept } from "../../Swept.ts"
import { skipLocked } from "./Locks.ts"
import * as Sweep from "./Sweep.ts"

// Under a grant that has neither, nothing new is issued: that takes an unused code or a family.
const noTokens = (grantId: string) =>
  `NOT EXISTS (SELECT 1 FROM oauth_access_tokens t WHERE t.grant_id = ${grantId})
    AND NOT EXISTS (SELECT 1 FROM oauth_refresh_families f WHERE f.grant_id = ${grantId})`
const noCode = (grantId: string, which = "") =>
  `NOT EXISTS (SELECT 1 FROM oauth_codes other WHERE other.grant_id = ${grantId} ${which})`

export const make = (sql: SqlClient) => {
  const accessTokens = Sweep.make(sql, { table: "oauth_access_tokens", primaryKey: "hash" })
  const refreshFamilies = Sweep.make(sql, { table: "oauth_refresh_families", primaryKey: "id" })
  const codes = Sweep.make(sql, {
    table: "oauth_codes",
    primaryKey: "hash",
    condition: "redeemed_at IS NULL"
  })

  // Before the grants, although their foreign key would take the codes along: a grant that is locked must not
  // wait for a code, whose replay is waiting for the grant.
  const finished = sql.literal(
    `${noTokens("c.grant_id")} AND ${noCode("c.grant_id", "AND other.redeemed_at IS NULL")}`
  )
  const lock = skipLocked(sql)
  const usedCodes = (request: SweepRequest) =>
    sql`WITH expired AS (
        SELECT id FROM oauth_grants WHERE expires_at <= ${request.now}
        ORDER BY expires_at ${Sweep.limit(sql, request)}
      ), used AS (
        SELECT c.hash FROM oauth_codes c WHERE c.grant_id IN (SELECT id FROM expired) AND ${finished} ${lock}
      )
      DELETE FROM oauth_codes WHERE hash IN (SELECT hash FROM used)`

  const grants = Sweep.make(sql, {
    table: "oauth_grants",
    primaryKey: "id",
    guard: `${noTokens("oauth_grants.id")} AND ${noCode("oauth_grants.id")}`
  })

  return Effect.fnUntraced(function* (request: SweepRequest): Effect.fn.Return<Swept, SqlError> {
    const swept = {
      accessTokens: yield* accessTokens(request),
      refreshFamilies: yield* refreshFamilies(request),
      codes: yield* codes(request)
    }
    yield* usedCodes(request)
    return { ...swept, grants: yield* grants(request) }
  })
}
