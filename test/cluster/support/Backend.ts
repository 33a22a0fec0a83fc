/** What several servers share: a PostgreSQL schema, or a prefix in Redis, of a test's own. */
import { randomBytes } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { Redis } from "effect/persistence"
import { SqlClient } from "effect/sql"
import type { ClientStore, GrantStore } from "effect-oauth"
import { SqliteClient } from "effect-oauth/node"
import { RedisClientStore, RedisGrantStore } from "effect-oauth/storage/redis"
import { SqlClientStore, SqlGrantStore } from "effect-oauth/storage/sql"
import { withFolder } from "../../standalone/support/StandaloneServer.ts"
import { connection, keysOf } from "../../storage/redis/Redises.ts"
import { inSchema, temporarySchema } from "../../support/Postgres.ts"

export interface Backend {
  /** The environment of a server that uses it. */
  readonly settings: Readonly<Record<string, string>>
  /** The grants, for a test that goes straight to them. */
  readonly grants: Layer.Layer<GrantStore.GrantStore, unknown>
  /** The clients, which a standalone server would have in memory. */
  readonly clients: Layer.Layer<ClientStore.ClientStore, unknown>
  /** Cuts the connections of all servers, and tells how many there were. */
  readonly cut: () => Promise<number>
  /** Everything that is stored: what is in each table, or each key with its value, as text. */
  readonly dump: () => Promise<ReadonlyMap<string, string>>
  /** Stores a text as something that should not be there. */
  readonly plant: (text: string) => Promise<void>
}

/** What the servers share among them. */
export const secret = "0123456789abcdef0123456789abcdef"

/** A schema that is dropped after `use`. */
export const withPostgres = <A>(url: string, use: (backend: Backend) => Promise<A>): Promise<A> =>
  withScope(async (scope) => {
    const schema = await Effect.runPromise(Scope.provide(temporarySchema(url), scope))
    const address = new URL(url)
    address.searchParams.set("application_name", schema)
    address.searchParams.set("options", `-c search_path=${schema}`)
    const client = await Effect.runPromise(
      Layer.buildWithScope(PgClient.layer({ url: Redacted.make(url), maxConnections: 2 }), scope)
    )
    const run = <A>(use: (sql: SqlClient.SqlClient) => Effect.Effect<A, unknown>) =>
      Effect.runPromise(Effect.provideContext(Effect.flatMap(SqlClient.SqlClient, use), client))
    return await use({
      settings: { DATABASE_URL: address.href, OAUTH_SECRET: secret },
      grants: Layer.provide(SqlGrantStore.layer, inSchema(url, schema)),
      clients: Layer.provide(SqlClientStore.layer, inSchema(url, schema)),
      cut: () =>
        run((sql) =>
          Effect.map(
            sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ${schema}`,
            (rows) => rows.length
          )
        ),
      dump: () =>
        run(
          Effect.fnUntraced(function* (sql) {
            const tables = yield* sql<{ readonly table_name: string }>`
              SELECT table_name FROM information_schema.tables WHERE table_schema = ${schema}`
            const contents = yield* Effect.forEach(tables, ({ table_name: name }) =>
              Effect.map(
                sql.unsafe<{ readonly row: string }>(`SELECT t::text AS row FROM ${schema}.${name} t`),
                (rows) => [name, rows.map(({ row }) => row).join("\n")] as const
              )
            )
            return new Map(contents)
          })
        ),
      plant: (text) =>
        run((sql) =>
          Effect.asVoid(
            sql.unsafe(`INSERT INTO ${schema}.oauth_clients (client_id, metadata) VALUES ('planted', $1)`, [
              text
            ])
          )
        )
    })
  })

/** A file that is deleted after `use`. */
export const withSqlite = <A>(use: (backend: Backend) => Promise<A>): Promise<A> =>
  withFolder(async (folder) => {
    const filename = join(folder, "oauth.db")
    const client = SqliteClient.layer({ filename })
    const open = <A>(use: (database: DatabaseSync) => A): A => {
      const database = new DatabaseSync(filename)
      try {
        return use(database)
      } finally {
        database.close()
      }
    }
    return await use({
      settings: { DATABASE_URL: `sqlite:${filename}`, OAUTH_SECRET: secret },
      grants: Layer.provide(SqlGrantStore.layer, client),
      clients: Layer.provide(SqlClientStore.layer, client),
      cut: () => Promise.resolve(0),
      // The bytes of the files too: they have what was deleted, until something else takes its place.
      dump: async () => {
        const files = readdirSync(folder).map(
          (name) => [name, readFileSync(join(folder, name), "latin1")] as const
        )
        const tables = open((database) =>
          database
            .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
            .all()
            .map(
              ({ name }) =>
                [String(name), JSON.stringify(database.prepare(`SELECT * FROM ${name}`).all())] as const
            )
        )
        return new Map([...files, ...tables])
      },
      plant: async (text) =>
        open((database) => {
          database.prepare("INSERT INTO oauth_clients (client_id, metadata) VALUES ('planted', ?)").run(text)
        })
    })
  })

/** A prefix whose keys are removed after `use`. */
export const withRedis = <A>(url: string, use: (backend: Backend) => Promise<A>): Promise<A> =>
  withScope(async (scope) => {
    const prefix = `oauth-cluster-${randomBytes(8).toString("hex")}`
    const redis = connection(url)
    const services = await Effect.runPromise(Layer.buildWithScope(redis, scope))
    const run = <A>(use: (redis: Redis.Redis["Service"]) => Effect.Effect<A, unknown, Redis.Redis>) =>
      Effect.runPromise(Effect.provideContext(Effect.flatMap(Redis.Redis, use), services))
    const removeAll = Effect.gen(function* () {
      const { send } = yield* Redis.Redis
      for (const key of yield* keysOf(prefix)) yield* send("UNLINK", key)
    })
    await Effect.runPromise(
      Scope.addFinalizer(scope, Effect.orDie(Effect.provideContext(removeAll, services)))
    )
    return await use({
      settings: {
        // For the keys; the servers of a test share their folder.
        DATABASE_URL: "sqlite:keys.db",
        REDIS_URL: url,
        REDIS_PREFIX: prefix,
        OAUTH_SECRET: secret
      },
      grants: Layer.provide(RedisGrantStore.layer({ prefix }), redis),
      clients: Layer.provide(RedisClientStore.layer({ prefix }), redis),
      cut: () =>
        run(
          Effect.fnUntraced(function* ({ send }) {
            const list = yield* send<string>("CLIENT", "LIST")
            const ids = list.split("\n").flatMap((line) => {
              const [, id] = / name=(\S*)/.exec(line)?.[1] === prefix ? (/^id=(\d+)/.exec(line) ?? []) : []
              return id === undefined ? [] : [id]
            })
            for (const id of ids) yield* send("CLIENT", "KILL", "ID", id)
            return ids.length
          })
        ),
      dump: () =>
        run(
          Effect.fnUntraced(function* ({ send }) {
            const contents = new Map<string, string>()
            for (const key of yield* keysOf(prefix)) contents.set(key, JSON.stringify(yield* read(send, key)))
            return contents
          })
        ),
      plant: (text) => run(({ send }) => Effect.asVoid(send("SET", `${prefix}:planted`, text)))
    })
  })

const read = Effect.fnUntraced(function* (send: Redis.Redis["Service"]["send"], key: string) {
  const type = yield* send<string>("TYPE", key)
  switch (type) {
    case "string":
      return yield* send("GET", key)
    case "hash":
      return yield* send("HGETALL", key)
    case "set":
      return yield* send("SMEMBERS", key)
    case "zset":
      return yield* send("ZRANGE", key, "0", "-1", "WITHSCORES")
    case "list":
      return yield* send("LRANGE", key, "0", "-1")
    default:
      return yield* Effect.die(new Error(`${key} is a ${type}`))
  }
})

const withScope = async <A>(use: (scope: Scope.Closeable) => Promise<A>): Promise<A> => {
  const scope = Effect.runSync(Scope.make())
  try {
    return await use(scope)
  } finally {
    await Effect.runPromise(Scope.close(scope, Exit.void))
  }
}
