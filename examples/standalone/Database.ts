/** Where things are stored: clients as their file has them, and the rest where DATABASE_URL says. */
import { dirname } from "node:path"
import { Effect, Layer, Option } from "effect"
import type { Migrator, SqlError } from "effect/sql"
import { type Client, MemoryClientStore, SecretKeys, Storage } from "effect-oauth"
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
import { SettingError } from "./SettingError.ts"
import type { Settings } from "./Settings.ts"

/** The five stores, and the keys for what is in them. */
export const layer = (settings: Settings, clients: ReadonlyArray<Client.Client>) =>
  Layer.unwrap(
    Effect.map(parse(settings.databaseUrl), (database) =>
      database._tag === "Memory"
        ? layerMemory(settings, clients)
        : Keys.layerBeside(database.filename, settings).pipe(
            Layer.provideMerge(layerSqlite(database.filename, clients)),
            Layer.provide(layerFolder(database.filename))
          )
    )
  )

type Database = { readonly _tag: "Memory" } | { readonly _tag: "Sqlite"; readonly filename: string }

const parse = (url: string): Effect.Effect<Database, SettingError> => {
  if (url === "memory:") return Effect.succeed({ _tag: "Memory" })
  const filename = /^sqlite:(.+)$/.exec(url)?.[1]
  if (filename !== undefined) return Effect.succeed({ _tag: "Sqlite", filename })
  return Effect.fail(
    unusable(
      /^postgres(?:ql)?:/.test(url)
        ? "PostgreSQL is not supported yet; sqlite:<path> and memory: are"
        : "is neither sqlite:<path> nor memory:"
    )
  )
}

const layerMemory = ({ secret }: Settings, clients: ReadonlyArray<Client.Client>) =>
  Layer.merge(
    Storage.layerMemoryWith({ clients }),
    Option.match(secret, {
      onNone: () => SecretKeys.layerEphemeral,
      onSome: (secret) => SecretKeys.layer(secret)
    })
  )

// Each store is a service of its own, so that they mix: four are tables, and the
// one of the clients is in memory, for their file is the truth about them.
const layerSqlite = (filename: string, clients: ReadonlyArray<Client.Client>) =>
  Layer.mergeAll(SqlGrantStore.layer, SqlFlowStore.layer, SqlSessionStore.layer, SqlKeyStore.layer).pipe(
    Layer.provide(Migrations.layer),
    Layer.provide(SqliteClient.layer({ filename })),
    Layer.merge(MemoryClientStore.layerWith(clients))
  )

const layerFolder = (filename: string) =>
  Layer.effectDiscard(
    Effect.mapError(Files.makeFolder(dirname(filename)), ({ message }) =>
      unusable(`its folder cannot be made: ${message}`)
    )
  )

/** Why the database cannot be used. */
export const refused = (error: Migrator.MigrationError | SqlError.SqlError): SettingError =>
  unusable(`${error.message}: ${innermost(error)}`)

const innermost = (error: unknown): unknown =>
  error instanceof Error ? (error.cause === undefined ? error.message : innermost(error.cause)) : error

const unusable = (problem: string) => new SettingError({ setting: "DATABASE_URL", problem })
