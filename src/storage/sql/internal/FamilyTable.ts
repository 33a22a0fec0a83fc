/**
 * Refresh families as rows: one each, however often it is rotated.
 */
import type { SqlClient } from "effect/sql/SqlClient"
import type { Row } from "effect/sql/SqlConnection"
import {
  FamilyId,
  type GrantId,
  type RefreshFamily,
  type RefreshFamilyRecord,
  type Rotate
} from "../../GrantStore.ts"
import { brandHash, brandScope } from "../../internal/Brands.ts"
import type { PresentedFamily } from "../../internal/Judgement.ts"
import * as GrantTable from "./GrantTable.ts"
import { forUpdate } from "./Locks.ts"
import { first, integer, optionalInteger, optionalText, text } from "./Row.ts"

export const make = (sql: SqlClient) => {
  const grantColumns = GrantTable.make(sql).columns
  const columns = sql.literal(`f.id, f.scope, f.generation, f.current_hash, f.previous_hash, f.issued_at,
    f.expires_at, f.rotated_at, f.rotated_scope, f.replays, f.revoked_at`)
  const lock = forUpdate(sql, "f")
  return {
    insert: (grantId: GrantId, family: RefreshFamily) =>
      sql`INSERT INTO oauth_refresh_families ${sql.insert({
        id: family.id,
        grant_id: grantId,
        scope: family.scope,
        generation: family.generation,
        current_hash: family.currentHash,
        issued_at: family.issuedAt,
        expires_at: family.expiresAt,
        replays: 0
      })}`,

    /** Makes the successor current, if the presented token is, and gives the grant. */
    rotate: ({ accessToken, family, next, now, presented }: Rotate) =>
      first(
        sql`UPDATE oauth_refresh_families
          SET current_hash = ${next.hash}, expires_at = ${next.expiresAt}, generation = generation + 1,
            previous_hash = current_hash, rotated_at = ${now}, rotated_scope = ${accessToken.scope}, replays = 0
          WHERE id = ${family} AND current_hash = ${presented.hash} AND revoked_at IS NULL AND expires_at > ${now}
            AND EXISTS (SELECT 1 FROM oauth_grants g
              WHERE g.id = oauth_refresh_families.grant_id AND g.revoked_at IS NULL)
          RETURNING grant_id`,
        GrantTable.readId
      ),

    find: (id: FamilyId) =>
      first(
        sql`SELECT ${columns}, ${grantColumns}
          FROM oauth_refresh_families f JOIN oauth_grants g ON g.id = f.grant_id WHERE f.id = ${id}`,
        read
      ),

    /** Reads a family that nobody else changes until the transaction ends. */
    findLocked: (id: FamilyId) =>
      first(
        sql`SELECT ${columns}, ${grantColumns}
          FROM oauth_refresh_families f JOIN oauth_grants g ON g.id = f.grant_id WHERE f.id = ${id} ${lock}`,
        readPresented
      ),

    countReplay: (id: FamilyId) =>
      sql`UPDATE oauth_refresh_families SET replays = replays + 1 WHERE id = ${id}`,

    /** The grant of the family, which is revoked from now on if it was not before. */
    revoke: (id: FamilyId, now: number) =>
      first(
        sql`UPDATE oauth_refresh_families SET revoked_at = COALESCE(revoked_at, ${now}) WHERE id = ${id}
          RETURNING grant_id`,
        GrantTable.readId
      )
  }
}

const read = (row: Row): RefreshFamilyRecord => ({
  id: FamilyId(text(row, "id")),
  scope: brandScope(text(row, "scope")),
  generation: integer(row, "generation"),
  currentHash: brandHash(text(row, "current_hash")),
  issuedAt: integer(row, "issued_at"),
  expiresAt: integer(row, "expires_at"),
  grant: GrantTable.read(row),
  previousHash: optional(brandHash, optionalText(row, "previous_hash")),
  rotatedAt: optionalInteger(row, "rotated_at"),
  revokedAt: optionalInteger(row, "revoked_at")
})

const readPresented = (row: Row): PresentedFamily => ({
  ...read(row),
  rotatedScope: optional(brandScope, optionalText(row, "rotated_scope")),
  replays: integer(row, "replays")
})

const optional = <A>(brand: (text: string) => A, text: string | undefined): A | undefined =>
  text === undefined ? undefined : brand(text)
