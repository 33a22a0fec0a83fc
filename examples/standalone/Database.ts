/** Where things are stored: clients as their file has them, and the rest where DATABASE_URL and REDIS_URL say. */
import { dirname } from "node:path"
import { Effect, Layer, Option } from "effect"
import type { Migrator, SqlClient, SqlError } from "effect/sql"
import {
  type Client,
  MemoryClientStore,
  MemoryFlowStore,
  MemoryGrantStore,
  MemoryKeyStore,
  MemorySessionStore,
  type StorageError
} from "effect-oauth"
import { SqliteClient } from "effect-oauth/node"
import {
  Migrations,
  SqlFlowStore,
  SqlGrantStore,
  SqlKeyStore,
  SqlSessionStore
} from "effect-oauth/storage/sql"
import * as Files from "./Files.ts"
import * as Keys from "./Keys.ts"
import * as Postgres from "./Postgres.ts"
import * as Redis from "./Redis.ts"
import { SettingError } from "./SettingError.ts"
import type { Settings } from "./Settings.ts"

/**
 * The five stores, and the secret that protects what is in them. Each store is a service of its own, so that
 * they mix: that of the clients is in memory, for their file is the truth about them.
 */
export const layer = (settings: Settings, clients: ReadonlyArray<Client.Client>) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const database = yield* parse(settings.databaseUrl)
      if (database._tag === "Memory" && Option.isSome(settings.redisUrl)) return yield* forgetful
      if (database._tag === "Sqlite") yield* makeFolder(database.filename)
      const secret = yield* makeSecret(settings, database)
      return Layer.mergeAll(secret, MemoryClientStore.layerWith(clients), layerStores(settings, database))
    })
  )

type Database = { readonly _tag: "Memory" } | Tables

type Tables =
  | { readonly _tag: "Sqlite"; readonly filename: string }
  | { readonly _tag: "Postgres"; readonly url: string }

const parse = (url: string): Effect.Effect<Database, SettingError> => {
  if (url === "memory:") return Effect.succeed({ _tag: "Memory" })
  const filename = /^sqlite:(.+)$/.exec(url)?.[1]
  if (filename !== undefined) return Effect.succeed({ _tag: "Sqlite", filename })
  if (/^postgres(?:ql)?:\/\//.test(url)) return Effect.succeed({ _tag: "Postgres", url })
  return Effect.fail(unusable("is none of postgres://…, sqlite:<path> and memory:"))
}

const makeSecret = (settings: Settings, database: Database) => {
  if (database._tag === "Postgres") return Keys.shared(settings, "DATABASE_URL")
  if (Option.isSome(settings.redisUrl)) return Keys.shared(settings, "REDIS_URL")
  return database._tag === "Sqlite"
    ? Effect.succeed(Keys.layerBeside(database.filename, settings))
    : Effect.succeed(Keys.layerEphemeral(settings))
}

const layerStores = ({ redisPrefix, redisUrl }: Settings, database: Database) => {
  switch (database._tag) {
    case "Memory":
      return Layer.mergeAll(
        MemoryGrantStore.layer,
        MemoryFlowStore.layer,
        MemorySessionStore.layer,
        MemoryKeyStore.layer
      )
    case "Sqlite":
    case "Postgres":
      return Option.isSome(redisUrl)
        ? Layer.merge(
            Redis.layerStores(redisUrl.value, redisPrefix),
            layerTables(SqlKeyStore.layer, database)
          )
        : layerTables(
            Layer.mergeAll(SqlGrantStore.layer, SqlFlowStore.layer, SqlSessionStore.layer, SqlKeyStore.layer),
            database
          )
  }
}

// Of several processes that start together, one makes the tables and the others wait.
const layerTables = <Stores>(stores: Layer.Layer<Stores, never, SqlClient.SqlClient>, database: Tables) => {
  const { client, migrating } = layerClients(database)
  return stores.pipe(Layer.provide(Migrations.layer.pipe(Layer.provide(migrating))), Layer.provide(client))
}

const layerClients = (
  database: Tables
): Record<"client" | "migrating", Layer.Layer<SqlClient.SqlClient, SqlError.SqlError>> => {
  if (database._tag === "Postgres")
    return { client: Postgres.layer(database.url), migrating: Postgres.layerPatient(database.url) }
  const client = SqliteClient.layer({ filename: database.filename })
  return { client, migrating: client }
}

const makeFolder = (filename: string) =>
  Effect.mapError(Files.makeFolder(dirname(filename)), ({ message }) =>
    unusable(`its folder cannot be made: ${message}`)
  )

/** Why the database cannot be used. */
export const refused = (error: Migrator.MigrationError | SqlError.SqlError | StorageError): SettingError =>
  unusable(`${error.message}: ${innermost(error)}`)

const innermost = (error: unknown): unknown =>
  error instanceof Error ? (error.cause === undefined ? error.message : innermost(error.cause)) : error

const unusable = (problem: string) => new SettingError({ setting: "DATABASE_URL", problem })

// Grants would outlive the keys, and every process would have others.
const forgetful = Effect.fail(
  unusable(
    "memory: would lose the keys at each start, and REDIS_URL is for what stays: name a database for them"
  )
)
