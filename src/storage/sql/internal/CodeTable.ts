/**
 * Authorization codes as rows.
 */
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { Row } from "effect/sql/SqlConnection"
import { CodeChallengeMethod } from "../../../protocol/Pkce.ts"
import type { SecretHash } from "../../../protocol/Secret.ts"
import type { AuthorizationCode, CodeRecord, GrantId } from "../../GrantStore.ts"
import { brandHash } from "../../internal/Brands.ts"
import * as GrantTable from "./GrantTable.ts"
import { readExtensions } from "./KeptExtensions.ts"
import { first, integer, optionalInteger, optionalText, text, UnexpectedColumn } from "./Row.ts"

export const make = (sql: SqlClient) => {
  const grantColumns = GrantTable.make(sql).columns
  return {
    insert: (grantId: GrantId, code: AuthorizationCode) =>
      sql`INSERT INTO oauth_codes ${sql.insert({
        hash: code.hash,
        grant_id: grantId,
        redirect_uri: code.redirectUri,
        redirect_uri_given: code.redirectUriGiven ? 1 : 0,
        code_challenge: code.codeChallenge?.challenge ?? null,
        code_challenge_method: code.codeChallenge?.method ?? null,
        extensions: JSON.stringify(code.extensions),
        issued_at: code.issuedAt,
        expires_at: code.expiresAt
      })}`,

    /** Marks a code as used, if it may be, and gives its grant. */
    redeem: (hash: SecretHash, now: number) =>
      first(
        sql`UPDATE oauth_codes SET redeemed_at = ${now}
          WHERE hash = ${hash} AND redeemed_at IS NULL AND expires_at > ${now}
            AND EXISTS (SELECT 1 FROM oauth_grants g WHERE g.id = oauth_codes.grant_id AND g.revoked_at IS NULL)
          RETURNING grant_id`,
        GrantTable.readId
      ),

    find: (hash: SecretHash) =>
      first(
        sql`SELECT c.hash, c.redirect_uri, c.redirect_uri_given, c.code_challenge, c.code_challenge_method,
            c.extensions, c.issued_at, c.expires_at, c.redeemed_at, ${grantColumns}
          FROM oauth_codes c JOIN oauth_grants g ON g.id = c.grant_id WHERE c.hash = ${hash}`,
        read
      )
  }
}

const read = (row: Row): CodeRecord => ({
  hash: brandHash(text(row, "hash")),
  redirectUri: text(row, "redirect_uri"),
  redirectUriGiven: integer(row, "redirect_uri_given") === 1,
  codeChallenge: readCodeChallenge(row),
  extensions: readExtensions("extensions", text(row, "extensions")),
  issuedAt: integer(row, "issued_at"),
  expiresAt: integer(row, "expires_at"),
  grant: GrantTable.read(row),
  redeemedAt: optionalInteger(row, "redeemed_at")
})

const isMethod = Schema.is(CodeChallengeMethod)

const readCodeChallenge = (row: Row): CodeRecord["codeChallenge"] => {
  const challenge = optionalText(row, "code_challenge")
  if (challenge === undefined) return undefined
  const method = text(row, "code_challenge_method")
  if (!isMethod(method)) throw new UnexpectedColumn({ column: "code_challenge_method" })
  return { challenge, method }
}
