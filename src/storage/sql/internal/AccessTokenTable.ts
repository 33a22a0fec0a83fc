/**
 * Access tokens as rows.
 */
import type { SqlClient } from "effect/sql/SqlClient"
import type { Row } from "effect/sql/SqlConnection"
import type { SecretHash } from "../../../protocol/Secret.ts"
import type { AccessToken, AccessTokenRecord, GrantId } from "../../GrantStore.ts"
import { brandHash, brandScope } from "../../internal/Brands.ts"
import * as GrantTable from "./GrantTable.ts"
import { first, hit, integer, optionalInteger, text } from "./Row.ts"

export const make = (sql: SqlClient) => {
  const grantColumns = GrantTable.make(sql).columns
  return {
    insert: (grantId: GrantId, accessToken: AccessToken) =>
      sql`INSERT INTO oauth_access_tokens ${sql.insert({
        hash: accessToken.hash,
        grant_id: grantId,
        id: accessToken.id,
        scope: accessToken.scope,
        issued_at: accessToken.issuedAt,
        expires_at: accessToken.expiresAt
      })}`,

    find: (hash: SecretHash) =>
      first(
        sql`SELECT t.hash, t.id, t.scope, t.issued_at, t.expires_at, t.revoked_at, ${grantColumns}
          FROM oauth_access_tokens t JOIN oauth_grants g ON g.id = t.grant_id WHERE t.hash = ${hash}`,
        read
      ),

    isRevoked: (hash: SecretHash) =>
      hit(
        sql`SELECT 1 AS found FROM oauth_access_tokens t JOIN oauth_grants g ON g.id = t.grant_id
          WHERE t.hash = ${hash} AND (t.revoked_at IS NOT NULL OR g.revoked_at IS NOT NULL)`
      ),

    /** Whether it was this call that revoked the token: one whose grant was revoked is revoked already. */
    revoke: (hash: SecretHash, now: number) =>
      hit(
        sql`UPDATE oauth_access_tokens SET revoked_at = ${now} WHERE hash = ${hash} AND revoked_at IS NULL
            AND EXISTS (SELECT 1 FROM oauth_grants g
              WHERE g.id = oauth_access_tokens.grant_id AND g.revoked_at IS NULL)
          RETURNING hash`
      )
  }
}

const read = (row: Row): AccessTokenRecord => ({
  hash: brandHash(text(row, "hash")),
  id: text(row, "id"),
  scope: brandScope(text(row, "scope")),
  issuedAt: integer(row, "issued_at"),
  expiresAt: integer(row, "expires_at"),
  grant: GrantTable.read(row),
  revokedAt: optionalInteger(row, "revoked_at")
})
