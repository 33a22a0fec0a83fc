/**
 * The five stores over any `SqlClient` for SQLite or PostgreSQL.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import type { MigrationError } from "effect/sql/Migrator"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { AtomicRotation } from "../GrantStore.ts"
import type { Storage } from "../Storage.ts"
import * as Migrations from "./Migrations.ts"
import * as SqlClientStore from "./SqlClientStore.ts"
import * as SqlFlowStore from "./SqlFlowStore.ts"
import * as SqlGrantStore from "./SqlGrantStore.ts"
import * as SqlKeyStore from "./SqlKeyStore.ts"
import * as SqlSessionStore from "./SqlSessionStore.ts"

/**
 * For programs that run `Migrations.run` themselves, before this is used.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerNoMigrations: Layer.Layer<Storage | AtomicRotation, never, SqlClient> = Layer.mergeAll(
  SqlClientStore.layer,
  SqlGrantStore.layer,
  SqlFlowStore.layer,
  SqlSessionStore.layer,
  SqlKeyStore.layer
)

/**
 * Brings the tables up to date, and stores everything in them.
 *
 * Fails with `SqlError` or `MigrationError` if the tables cannot be had.
 *
 * @example
 * ```ts
 * import { SqlStorage } from "effect-oauth/storage/sql"
 * import { SqliteClient } from "effect-oauth/node"
 * import { Layer } from "effect"
 *
 * const storage = SqlStorage.layer.pipe(Layer.provide(SqliteClient.layer({ filename: "./oauth.db" })))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Storage | AtomicRotation, MigrationError | SqlError, SqlClient> =
  Layer.provide(layerNoMigrations, Migrations.layer)
