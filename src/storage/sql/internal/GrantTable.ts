/**
 * Grants as rows. Whatever is issued under a grant is read together with it.
 */
import type { SqlClient } from "effect/sql/SqlClient"
import type { Row } from "effect/sql/SqlConnection"
import type { Fragment } from "effect/sql/Statement"
import type { ClientId } from "../../../protocol/Client.ts"
import { type Grant, GrantId, type GrantStatus, type Page } from "../../GrantStore.ts"
import { brandClientId, brandScope } from "../../internal/Brands.ts"
import { readExtensions } from "./KeptExtensions.ts"
import { all, hit, integer, optionalInteger, optionalText, text } from "./Row.ts"

export const make = (sql: SqlClient) => {
  /** The columns that `read` needs, of a query in which the grant is `g`. */
  const columns = sql.literal(`g.id AS grant_id, g.client_id, g.subject, g.username, g.scope AS grant_scope,
    g.created_at, g.authenticated_at, g.extensions AS grant_extensions, g.revoked_at AS grant_revoked_at`)

  // Behind the last row of the page before: no cursor stays open, and no page is slower for being late.
  const oldestFirst = (owner: Fragment, { after = beforeAll, limit }: Page) =>
    all(
      sql`SELECT ${columns} FROM oauth_grants g
        WHERE ${owner} AND (g.created_at, g.id) > (${after.createdAt}, ${after.id})
        ORDER BY g.created_at, g.id LIMIT ${limit}`,
      read
    )

  return {
    columns,

    insert: (grant: Grant, expiresAt: number) =>
      sql`INSERT INTO oauth_grants ${sql.insert({
        id: grant.id,
        client_id: grant.clientId,
        subject: grant.subject ?? null,
        username: grant.username ?? null,
        scope: grant.scope,
        created_at: grant.createdAt,
        authenticated_at: grant.authenticatedAt ?? null,
        extensions: grant.extensions === undefined ? null : JSON.stringify(grant.extensions),
        expires_at: expiresAt
      })}`,

    /**
     * Keeps the grant until then. It also makes a sweep that has the grant in
     * hand look again, where an insertion alone would go unnoticed.
     */
    extend: (id: GrantId, expiresAt: number) =>
      sql`UPDATE oauth_grants SET expires_at = ${expiresAt} WHERE id = ${id} AND expires_at < ${expiresAt}`,

    isRevoked: (id: GrantId) =>
      hit(sql`SELECT 1 AS found FROM oauth_grants WHERE id = ${id} AND revoked_at IS NOT NULL`),

    /** Whether it was this call that revoked the grant. */
    revoke: (id: GrantId, now: number) =>
      hit(
        sql`UPDATE oauth_grants SET revoked_at = ${now} WHERE id = ${id} AND revoked_at IS NULL RETURNING id`
      ),

    ofSubject: (subject: string, page: Page) => oldestFirst(sql`g.subject = ${subject}`, page),

    ofClient: (clientId: ClientId, page: Page) => oldestFirst(sql`g.client_id = ${clientId}`, page)
  }
}

const beforeAll = { createdAt: Number.MIN_SAFE_INTEGER, id: GrantId("") }

export const readId = (row: Row): GrantId => GrantId(text(row, "grant_id"))

export const read = (row: Row): GrantStatus => {
  const extensions = optionalText(row, "grant_extensions")
  return {
    id: readId(row),
    clientId: brandClientId(text(row, "client_id")),
    subject: optionalText(row, "subject"),
    username: optionalText(row, "username"),
    scope: brandScope(text(row, "grant_scope")),
    createdAt: integer(row, "created_at"),
    authenticatedAt: optionalInteger(row, "authenticated_at"),
    ...(extensions !== undefined && { extensions: readExtensions("grant_extensions", extensions) }),
    revokedAt: optionalInteger(row, "grant_revoked_at")
  }
}
