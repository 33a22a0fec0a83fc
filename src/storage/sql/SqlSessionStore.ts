/**
 * Login sessions and remembered consents in SQL.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SqlClient from "effect/sql/SqlClient"
import type { Row } from "effect/sql/SqlConnection"
import { brandClientId, brandHash, brandScope } from "../internal/Brands.ts"
import { type Consent, type SessionRecord, SessionStore } from "../SessionStore.ts"
import { toStorageError } from "./internal/Failure.ts"
import { all, first, hit, integer, optionalInteger, text } from "./internal/Row.ts"
import * as Sweep from "./internal/Sweep.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<SessionStore["Service"], never, SqlClient.SqlClient> = Effect.gen(
  function* () {
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()
    const sweep = Sweep.make(sql, { table: "oauth_sessions", primaryKey: "hash" })

    return SessionStore.of({
      start: ({ authenticatedAt, expiresAt, hash, subject }) =>
        sql`INSERT INTO oauth_sessions ${sql.insert({
          hash,
          subject,
          authenticated_at: authenticatedAt,
          expires_at: expiresAt
        })}`.pipe(Effect.asVoid, storageError("start")),

      find: (hash) =>
        first(
          sql`SELECT hash, subject, authenticated_at, expires_at, ended_at FROM oauth_sessions WHERE hash = ${hash}`,
          readSession
        ).pipe(Effect.map(Option.fromUndefinedOr), storageError("find")),

      end: (hash, now) =>
        Effect.gen(function* () {
          const ended = yield* hit(
            sql`UPDATE oauth_sessions SET ended_at = ${now} WHERE hash = ${hash} AND ended_at IS NULL RETURNING hash`
          )
          if (ended) return "Ended"
          // One that is open now was started after the UPDATE had looked: then it was not there.
          const before = yield* hit(
            sql`SELECT 1 AS found FROM oauth_sessions WHERE hash = ${hash} AND ended_at IS NOT NULL`
          )
          return before ? "AlreadyEnded" : "Unknown"
        }).pipe(storageError("end")),

      endAll: (subject, now) =>
        sql`UPDATE oauth_sessions SET ended_at = ${now} WHERE subject = ${subject} AND ended_at IS NULL
        RETURNING hash`.pipe(
          Effect.map((ended) => ended.length),
          storageError("endAll")
        ),

      sessionsOf: (subject) =>
        all(
          sql`SELECT hash, subject, authenticated_at, expires_at, ended_at FROM oauth_sessions
          WHERE subject = ${subject}`,
          readSession
        ).pipe(storageError("sessionsOf")),

      remember: ({ clientId, grantedAt, scope, subject }) =>
        sql`INSERT INTO oauth_consents ${sql.insert({ subject, client_id: clientId, scope, granted_at: grantedAt })}
        ON CONFLICT (subject, client_id) DO UPDATE SET scope = excluded.scope, granted_at = excluded.granted_at`.pipe(
          Effect.asVoid,
          storageError("remember")
        ),

      findConsent: (subject, clientId) =>
        first(
          sql`SELECT subject, client_id, scope, granted_at FROM oauth_consents
          WHERE subject = ${subject} AND client_id = ${clientId}`,
          readConsent
        ).pipe(Effect.map(Option.fromUndefinedOr), storageError("findConsent")),

      consentsOf: (subject) =>
        all(
          sql`SELECT subject, client_id, scope, granted_at FROM oauth_consents WHERE subject = ${subject}`,
          readConsent
        ).pipe(storageError("consentsOf")),

      forget: (subject, clientId) =>
        hit(
          sql`DELETE FROM oauth_consents WHERE subject = ${subject} AND client_id = ${clientId} RETURNING client_id`
        ).pipe(
          Effect.map((forgotten) => (forgotten ? "Forgotten" : "Unknown")),
          storageError("forget")
        ),

      sweep: (request) =>
        sweep(request).pipe(
          Effect.map((sessions) => ({ sessions })),
          storageError("sweep")
        )
    })
  }
)

/**
 * Needs the tables of `Migrations`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<SessionStore, never, SqlClient.SqlClient> = Layer.effect(SessionStore, make)

const storageError = (verb: string) => toStorageError(`SessionStore.${verb}`)

const readSession = (row: Row): SessionRecord => ({
  hash: brandHash(text(row, "hash")),
  subject: text(row, "subject"),
  authenticatedAt: integer(row, "authenticated_at"),
  expiresAt: integer(row, "expires_at"),
  endedAt: optionalInteger(row, "ended_at")
})

const readConsent = (row: Row): Consent => ({
  subject: text(row, "subject"),
  clientId: brandClientId(text(row, "client_id")),
  scope: brandScope(text(row, "scope")),
  grantedAt: integer(row, "granted_at")
})
