/**
 * Signing keys in SQL.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { Row } from "effect/sql/SqlConnection"
import { KeyStore, type SigningKey } from "../KeyStore.ts"
import { toStorageError } from "./internal/Failure.ts"
import { all, hit, integer, text } from "./internal/Row.ts"
import * as Sweep from "./internal/Sweep.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<KeyStore["Service"], never, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = (yield* SqlClient.SqlClient).withoutTransforms()
  const sweep = Sweep.make(sql, { table: "oauth_keys", primaryKey: "id" })

  return KeyStore.of({
    list: (now) =>
      all(
        sql`SELECT id, algorithm, public_key, sealed_private_key, created_at, active_at, retires_at, expires_at
          FROM oauth_keys WHERE expires_at > ${now} ORDER BY created_at, id`,
        read
      ).pipe(storageError("list")),

    // The place behind a key is unique, which decides. An expired key does not hold its place: nobody can list
    // it and go on from there.
    add: (key, after) =>
      hit(
        sql`INSERT INTO oauth_keys ${sql.insert({
          id: key.id,
          algorithm: key.algorithm,
          successor_of: after ?? "",
          public_key: key.publicKey,
          sealed_private_key: key.sealedPrivateKey,
          created_at: key.createdAt,
          active_at: key.activeAt,
          retires_at: key.retiresAt,
          expires_at: key.expiresAt
        })}
          ON CONFLICT (algorithm, successor_of) DO UPDATE
            SET id = excluded.id, public_key = excluded.public_key,
              sealed_private_key = excluded.sealed_private_key, created_at = excluded.created_at,
              active_at = excluded.active_at, retires_at = excluded.retires_at, expires_at = excluded.expires_at
            WHERE oauth_keys.expires_at <= excluded.created_at
          RETURNING id`
      ).pipe(
        Effect.map((added) => (added ? "Added" : "Superseded")),
        storageError("add")
      ),

    sweep: (request) =>
      sweep(request).pipe(
        Effect.map((keys) => ({ keys })),
        storageError("sweep")
      )
  })
})

/**
 * Needs the tables of `Migrations`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<KeyStore, never, SqlClient.SqlClient> = Layer.effect(KeyStore, make)

const storageError = (verb: string) => toStorageError(`KeyStore.${verb}`)

const read = (row: Row): SigningKey => ({
  id: text(row, "id"),
  algorithm: text(row, "algorithm"),
  publicKey: text(row, "public_key"),
  sealedPrivateKey: text(row, "sealed_private_key"),
  createdAt: integer(row, "created_at"),
  activeAt: integer(row, "active_at"),
  retiresAt: integer(row, "retires_at"),
  expiresAt: integer(row, "expires_at")
})
