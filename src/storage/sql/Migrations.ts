/**
 * The tables, in versions. They go forward only: a version that has been
 * released is never edited, and the next one starts from it.
 *
 * The types are those that SQLite and PostgreSQL both understand. Hashes are the
 * primary keys; whatever is looked up or swept by something else has an index.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

const initial = [
  `CREATE TABLE oauth_clients (
    client_id TEXT NOT NULL PRIMARY KEY,
    metadata TEXT NOT NULL
  )`,

  // expires_at: when the last of what was issued under the grant expires.
  `CREATE TABLE oauth_grants (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    subject TEXT,
    username TEXT,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    authenticated_at BIGINT,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
  )`,
  "CREATE INDEX oauth_grants_subject ON oauth_grants (subject, created_at, id)",
  "CREATE INDEX oauth_grants_client ON oauth_grants (client_id, created_at, id)",
  "CREATE INDEX oauth_grants_expiry ON oauth_grants (expires_at)",

  `CREATE TABLE oauth_codes (
    hash TEXT NOT NULL PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
    redirect_uri TEXT NOT NULL,
    redirect_uri_given INTEGER NOT NULL,
    code_challenge TEXT,
    code_challenge_method TEXT,
    extensions TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    redeemed_at BIGINT
  )`,
  "CREATE INDEX oauth_codes_grant ON oauth_codes (grant_id)",
  "CREATE INDEX oauth_codes_expiry ON oauth_codes (expires_at) WHERE redeemed_at IS NULL",

  `CREATE TABLE oauth_access_tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    scope TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
  )`,
  "CREATE INDEX oauth_access_tokens_grant ON oauth_access_tokens (grant_id)",
  "CREATE INDEX oauth_access_tokens_expiry ON oauth_access_tokens (expires_at)",

  // rotated_scope and replays belong to the last rotation: what a retry has to match, and how many came.
  `CREATE TABLE oauth_refresh_families (
    id TEXT NOT NULL PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
    scope TEXT NOT NULL,
    generation BIGINT NOT NULL,
    current_hash TEXT NOT NULL,
    previous_hash TEXT,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    rotated_at BIGINT,
    rotated_scope TEXT,
    replays INTEGER NOT NULL,
    revoked_at BIGINT
  )`,
  "CREATE INDEX oauth_refresh_families_grant ON oauth_refresh_families (grant_id)",
  "CREATE INDEX oauth_refresh_families_expiry ON oauth_refresh_families (expires_at)",

  `CREATE TABLE oauth_flows (
    kind TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    value TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    PRIMARY KEY (kind, key_hash)
  )`,
  "CREATE INDEX oauth_flows_expiry ON oauth_flows (expires_at)",

  `CREATE TABLE oauth_sessions (
    hash TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
  )`,
  "CREATE INDEX oauth_sessions_subject ON oauth_sessions (subject)",
  "CREATE INDEX oauth_sessions_expiry ON oauth_sessions (expires_at)",

  `CREATE TABLE oauth_consents (
    subject TEXT NOT NULL,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (subject, client_id)
  )`,

  // successor_of: the id of the key before it, or nothing for the first of its algorithm.
  `CREATE TABLE oauth_keys (
    id TEXT NOT NULL PRIMARY KEY,
    algorithm TEXT NOT NULL,
    successor_of TEXT NOT NULL,
    public_key TEXT NOT NULL,
    sealed_private_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    active_at BIGINT NOT NULL,
    retires_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    UNIQUE (algorithm, successor_of)
  )`,
  "CREATE INDEX oauth_keys_expiry ON oauth_keys (expires_at)"
]

// What extensions keep with a grant, as JSON. Programs that do not know of it yet may go on.
const grantExtensions = ["ALTER TABLE oauth_grants ADD COLUMN extensions TEXT"]

// Flows that are work to do have a time when they are due. Programs that do not know of it yet may go on.
const dueFlows = [
  "ALTER TABLE oauth_flows ADD COLUMN due_at BIGINT",
  "CREATE INDEX oauth_flows_due ON oauth_flows (kind, due_at) WHERE due_at IS NOT NULL AND consumed_at IS NULL"
]

/**
 * @category models
 * @since 0.1.0
 */
export interface Version {
  readonly id: number
  readonly name: string
  /** For SQLite and PostgreSQL alike. */
  readonly statements: ReadonlyArray<string>
}

/**
 * All versions, the first one first.
 *
 * @category versions
 * @since 0.1.0
 */
export const versions: ReadonlyArray<Version> = [
  { id: 1, name: "initial", statements: initial },
  { id: 2, name: "grant_extensions", statements: grantExtensions },
  { id: 3, name: "due_flows", statements: dueFlows }
]

/**
 * The versions as one SQL script, for people who run their own migrations: all of
 * them, or those that came after one.
 *
 * @example
 * ```ts
 * import { Migrations } from "effect-oauth/storage/sql"
 *
 * console.log(Migrations.toSql())
 * ```
 *
 * @category versions
 * @since 0.1.0
 */
export const toSql = (options?: { readonly after?: number }): string =>
  versions
    .filter(({ id }) => id > (options?.after ?? 0))
    .map(({ id, name, statements }) => `-- ${id} ${name}\n${statements.map((text) => `${text};\n`).join("")}`)
    .join("\n")

const execute = (statements: ReadonlyArray<string>) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.forEach(statements, (statement) => sql.unsafe(statement), { discard: true })
  )

/**
 * Brings the tables up to date, in one transaction, and tells which versions it
 * ran. Processes that start together wait for one of them to do it. What has
 * been run is remembered in the table `oauth_migrations`.
 *
 * Fails with `SqlError` or `MigrationError`, and has then changed nothing.
 *
 * @category programs
 * @since 0.1.0
 */
export const run: Effect.Effect<
  ReadonlyArray<readonly [id: number, name: string]>,
  Migrator.MigrationError | SqlError,
  SqlClient.SqlClient
> = Migrator.make({})({
  loader: Migrator.fromRecord(
    Object.fromEntries(
      versions.map(({ id, name, statements }) => [
        `${String(id).padStart(4, "0")}_${name}`,
        execute(statements)
      ])
    )
  ),
  table: "oauth_migrations"
}).pipe(
  // The names are ours, whatever the application's client makes of its own.
  Effect.updateService(SqlClient.SqlClient, (sql) => sql.withoutTransforms())
)

/**
 * Brings the tables up to date before whatever it is provided to starts.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never, Migrator.MigrationError | SqlError, SqlClient.SqlClient> =
  Layer.effectDiscard(run)
