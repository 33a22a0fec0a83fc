import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqliteClient from "../../src/node/SqliteClient.ts"
import { ClientStore } from "../../src/storage/ClientStore.ts"
import * as Migrations from "../../src/storage/sql/Migrations.ts"
import * as SqlStorage from "../../src/storage/sql/SqlStorage.ts"
import * as Databases from "./Databases.ts"
import { client, clientId } from "./suite/Fixtures.ts"

const schema = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly name: string; readonly tbl_name: string }>`
    SELECT name, tbl_name, sql FROM sqlite_schema ORDER BY name`
})

describe("migrations", () => {
  it.effect("make the tables, all by the prefix oauth_", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Migrations.run, [
        [1, "initial"],
        [2, "grant_extensions"],
        [3, "due_flows"]
      ])
      const tables = new Set((yield* schema).map(({ tbl_name }) => tbl_name))
      assert.deepStrictEqual(Array.from(tables).sort(), [
        "oauth_access_tokens",
        "oauth_clients",
        "oauth_codes",
        "oauth_consents",
        "oauth_flows",
        "oauth_grants",
        "oauth_keys",
        "oauth_migrations",
        "oauth_refresh_families",
        "oauth_sessions"
      ])
    }).pipe(Effect.provide(Databases.inMemory))
  )

  it.effect("run again, do nothing", () =>
    Effect.gen(function* () {
      yield* Migrations.run
      const before = yield* schema
      assert.deepStrictEqual(yield* Migrations.run, [])
      assert.deepStrictEqual(yield* schema, before)
    }).pipe(Effect.provide(Databases.inMemory))
  )

  it.effect("leave what is stored alone when the program starts again", () =>
    Effect.gen(function* () {
      const filename = yield* Databases.temporaryFile
      const started = SqlStorage.layer.pipe(Layer.provide(SqliteClient.layer({ filename })))
      yield* Effect.flatMap(ClientStore, (store) => store.put(client("kept"))).pipe(Effect.provide(started))
      const found = yield* Effect.flatMap(ClientStore, (store) => store.find(clientId("kept"))).pipe(
        Effect.provide(started)
      )
      assert.isTrue(Option.isSome(found))
    }).pipe(Effect.scoped)
  )

  it.effect("can be printed, and make the same tables when somebody else runs them", () =>
    Effect.gen(function* () {
      const printed = yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        for (const statement of Migrations.toSql().split(";\n")) {
          if (statement.trim() !== "") yield* sql.unsafe(statement)
        }
        return yield* schema
      }).pipe(Effect.provide(SqliteClient.layer({ filename: ":memory:" })))
      yield* Migrations.run
      const run = (yield* schema).filter(({ tbl_name }) => tbl_name !== "oauth_migrations")
      assert.deepStrictEqual(printed, run)
      assert.strictEqual(Migrations.toSql({ after: Migrations.versions.length }), "")
    }).pipe(Effect.provide(Databases.inMemory))
  )

  it("are printed one below the other, each under its name", () => {
    const statements = (id: number) =>
      Migrations.versions[id - 1]?.statements.map((text) => `${text};\n`).join("")
    assert.strictEqual(
      Migrations.toSql({ after: 1 }),
      `-- 2 grant_extensions\n${statements(2)}\n-- 3 due_flows\n${statements(3)}`
    )
  })

  it.effect("change nothing if they fail", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE oauth_sessions (somebody_elses TEXT)`
      const error = yield* Effect.flip(Migrations.run)
      assert.strictEqual(error._tag, "MigrationError")
      const tables = new Set((yield* schema).map(({ tbl_name }) => tbl_name))
      assert.deepStrictEqual(Array.from(tables).sort(), ["oauth_migrations", "oauth_sessions"])
      yield* sql`DROP TABLE oauth_sessions`
      assert.deepStrictEqual(yield* Migrations.run, [
        [1, "initial"],
        [2, "grant_extensions"],
        [3, "due_flows"]
      ])
    }).pipe(Effect.provide(Databases.inMemory))
  )
})
