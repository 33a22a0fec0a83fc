/** Many rows, by SQL. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const batch = 100_000
const hour = 3_600_000

// As PostgreSQL does by itself after a while; SQLite never does.
const analyze = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.onDialectOrElse({ pg: () => Effect.asVoid(sql.unsafe("ANALYZE")), orElse: () => Effect.void })
)

// SQLite fills random places of a large table in a cache that has room for it.
const withPragmas = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => {
    const set = (cacheSize: number, foreignKeys: "ON" | "OFF") =>
      Effect.andThen(
        sql.unsafe(`PRAGMA cache_size = ${cacheSize}`),
        sql.unsafe(`PRAGMA foreign_keys = ${foreignKeys}`)
      )
    return sql.onDialectOrElse({
      pg: () => self,
      orElse: () =>
        Effect.acquireUseRelease(
          set(-1_000_000, "OFF"),
          () => self,
          () => Effect.orDie(set(-2000, "ON"))
        )
    })
  })

/** So many grants more, each with a code that was used, an access token and a refresh family, all of them live. */
export const fill = Effect.fnUntraced(function* (from: number, to: number) {
  const sql = yield* SqlClient.SqlClient
  const now = Date.now()
  const random = sql.onDialectOrElse({
    pg: () => "substr(md5(random()::text) || md5(random()::text), 1, 43)",
    orElse: () => "lower(hex(randomblob(21))) || 'a'"
  })
  const numbers = (first: number, last: number) =>
    sql.onDialectOrElse({
      pg: () => `SELECT i FROM generate_series(${first}, ${last}) i`,
      orElse: () =>
        `WITH RECURSIVE n(i) AS (SELECT ${first} UNION ALL SELECT i + 1 FROM n WHERE i < ${last}) SELECT i FROM n`
    })
  for (let first = from + 1; first <= to; first += batch) {
    const last = Math.min(first + batch - 1, to)
    // Ids and hashes are random, as in earnest; created_at tells who is new.
    const added = `oauth_grants WHERE created_at BETWEEN ${first} AND ${last}`
    const statements = [
      ...sql.onDialectOrElse({
        pg: () => ["SET LOCAL session_replication_role = replica"],
        orElse: () => []
      }),
      `INSERT INTO oauth_grants (id, client_id, subject, username, scope, created_at, authenticated_at, expires_at)
        SELECT ${random}, 'client-' || (i % 20), 'subject-' || (i % 5000), 'somebody', 'read write', i, ${now},
          ${now + hour} + i FROM (${numbers(first, last)}) AS numbers`,
      `INSERT INTO oauth_codes (hash, grant_id, redirect_uri, redirect_uri_given, code_challenge,
          code_challenge_method, extensions, issued_at, expires_at, redeemed_at)
        SELECT ${random}, id, 'https://client.example/callback', 1, ${random}, 'S256', '{}', ${now}, ${now + hour},
          ${now} FROM ${added}`,
      `INSERT INTO oauth_access_tokens (hash, grant_id, id, scope, issued_at, expires_at)
        SELECT ${random}, id, ${random}, scope, ${now}, expires_at FROM ${added}`,
      `INSERT INTO oauth_refresh_families (id, grant_id, scope, generation, current_hash, issued_at, expires_at,
          replays)
        SELECT ${random}, id, scope, 0, ${random}, ${now}, expires_at, 0 FROM ${added}`
    ]
    yield* sql.withTransaction(
      Effect.forEach(statements, (statement) => sql.unsafe(statement), { discard: true })
    )
  }
  yield* analyze
}, withPragmas)

/** So many clients, flows, sessions and consents, in PostgreSQL. About half of the codes become unused. */
export const fillOthers = Effect.fnUntraced(function* (count: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = `FROM generate_series(1, ${count}) i`
  const statements = [
    "UPDATE oauth_codes SET redeemed_at = NULL WHERE hash < '8'",
    `INSERT INTO oauth_clients (client_id, metadata) SELECT 'client-' || i, '{}' ${rows}`,
    `INSERT INTO oauth_flows (kind, key_hash, value, expires_at) SELECT 'interaction', md5(i::text), '{}', i ${rows}`,
    `INSERT INTO oauth_flows (kind, key_hash, value, expires_at, due_at) SELECT 'logout', md5(i::text), '{}', 4000000000000 + i, i ${rows}`,
    `INSERT INTO oauth_sessions (hash, subject, authenticated_at, expires_at)
      SELECT md5(i::text), 'subject-' || (i % 5000), i, i ${rows}`,
    `INSERT INTO oauth_consents (subject, client_id, scope, granted_at)
      SELECT 'subject-' || i, 'client-' || i, 'read', i ${rows}`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
  yield* analyze
})
