import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqlError from "effect/sql/SqlError"
import * as Client from "../../src/protocol/Client.ts"
import { ClientStore } from "../../src/storage/ClientStore.ts"
import { GrantStore } from "../../src/storage/GrantStore.ts"
import { StorageError } from "../../src/storage/StorageError.ts"
import { UnexpectedColumn } from "../../src/storage/sql/internal/Row.ts"
import * as SqlStorage from "../../src/storage/sql/SqlStorage.ts"
import * as Databases from "./Databases.ts"
import { verbs } from "./suite/EveryVerb.ts"
import { accessToken, client, code, family, grant, hash, now } from "./suite/Fixtures.ts"

const storage = SqlStorage.layer.pipe(Layer.provideMerge(Databases.inMemory))
const withoutTables = SqlStorage.layerNoMigrations.pipe(Layer.provideMerge(Databases.inMemory))

describe("StorageError", () => {
  it.effect("is what every verb fails with when the database refuses, and it names the verb", () =>
    Effect.gen(function* () {
      for (const [name, verb] of Object.entries(yield* verbs)) {
        const error = yield* Effect.flip(verb)
        assert.instanceOf(error, StorageError, name)
        assert.strictEqual(error.operation, name)
        assert.isTrue(SqlError.isSqlError(error.cause), name)
        assert.strictEqual(error.message, `${name} failed`)
      }
    }).pipe(Effect.provide(withoutTables))
  )

  it.effect("is no verb's outcome when the database is there", () =>
    Effect.gen(function* () {
      for (const verb of Object.values(yield* verbs)) yield* verb
    }).pipe(Effect.provide(storage))
  )

  for (const [column, find, nonsense = "'nonsense'"] of [
    ["oauth_codes.expires_at", "GrantStore.findCode"],
    ["oauth_codes.extensions", "GrantStore.findCode"],
    ["oauth_codes.code_challenge_method", "GrantStore.findCode"],
    ["oauth_grants.created_at", "GrantStore.findCode"],
    ["oauth_grants.extensions", "GrantStore.findCode"],
    ["oauth_access_tokens.issued_at", "GrantStore.findAccessToken"],
    ["oauth_grants.revoked_at", "GrantStore.findAccessToken"],
    ["oauth_refresh_families.generation", "GrantStore.findRefreshFamily"],
    ["oauth_clients.metadata", "ClientStore.find"],
    ["oauth_grants.scope", "GrantStore.findCode", "x'00'"],
    ["oauth_codes.code_challenge", "GrantStore.findCode", "x'00'"]
  ] as const) {
    it.effect(`is what a row with ${nonsense} in ${column} fails with, and it names the column`, () =>
      Effect.gen(function* () {
        const grants = yield* GrantStore
        yield* grants.authorize(grant(), {
          code: code("code"),
          accessToken: accessToken("access"),
          refreshFamily: family()
        })
        yield* (yield* ClientStore).put(client("client"))
        const sql = yield* SqlClient.SqlClient
        const [table, name] = column.split(".")
        yield* sql.unsafe(`UPDATE ${table} SET ${name} = ${nonsense}`)
        const error = yield* Effect.flip((yield* verbs)[find])
        assert.strictEqual(error.operation, find)
        assert.instanceOf(error.cause, UnexpectedColumn)
        assert.match(
          error.cause.message,
          new RegExp(`^The column (grant_)?${name} holds something unexpected$`)
        )
      }).pipe(Effect.provide(storage))
    )
  }

  it.effect("is what a transition that breaks off fails with, and it leaves no trace", () =>
    Effect.gen(function* () {
      const grants = yield* GrantStore
      yield* grants.authorize(grant(), { code: code("code") })
      const sql = yield* SqlClient.SqlClient
      // The table of what is inserted last is gone: the UPDATE before must be undone.
      yield* sql`ALTER TABLE oauth_refresh_families RENAME TO away`
      const issue = { accessToken: accessToken("access"), refreshFamily: family() }
      const error = yield* Effect.flip(grants.redeemCode({ hash: hash("code"), now, issue }))
      assert.strictEqual(error.operation, "GrantStore.redeemCode")
      assert.strictEqual(Option.getOrThrow(yield* grants.findCode(hash("code"))).redeemedAt, undefined)
      assert.isTrue(Option.isNone(yield* grants.findAccessToken(hash("access"))))
      yield* sql`ALTER TABLE away RENAME TO oauth_refresh_families`
      const outcome = yield* grants.redeemCode({ hash: hash("code"), now, issue })
      assert.deepStrictEqual(outcome, { _tag: "Redeemed" })
    }).pipe(Effect.provide(storage))
  )
})

describe("somebody else's SqlClient", () => {
  it.effect("a row that was written while integers come as bigints reads the same", () =>
    Effect.gen(function* () {
      const grants = yield* GrantStore
      yield* grants.authorize(grant(), { code: code("code"), refreshFamily: family() })
      const plain = yield* grants.findCode(hash("code"))
      const big = yield* Effect.provideService(grants.findCode(hash("code")), SqlClient.SafeIntegers, true)
      assert.deepStrictEqual(big, plain)
    }).pipe(Effect.provide(storage))
  )

  it.effect("a verb inside a transaction of the application is undone with it", () =>
    Effect.gen(function* () {
      const grants = yield* GrantStore
      const sql = yield* SqlClient.SqlClient
      yield* grants.authorize(grant(), { code: code("code") })
      yield* grants
        .redeemCode({ hash: hash("code"), now, issue: { accessToken: accessToken("access") } })
        .pipe(
          Effect.andThen(Effect.fail("the application changed its mind")),
          sql.withTransaction,
          Effect.flip
        )
      assert.isTrue(Option.isNone(yield* grants.findAccessToken(hash("access"))))
      const outcome = yield* grants.redeemCode({ hash: hash("code"), now, issue: {} })
      assert.deepStrictEqual(outcome, { _tag: "Redeemed" })
    }).pipe(Effect.provide(storage))
  )

  it.effect("no secret of a client is in the tables, only its hash", () =>
    Effect.gen(function* () {
      const secret = Redacted.make("correct horse battery staple")
      yield* (yield* ClientStore).put(Client.make({ client_id: "client", client_secret: secret }))
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql`SELECT * FROM oauth_clients`
      assert.notInclude(JSON.stringify(rows), "correct horse")
    }).pipe(Effect.provide(storage))
  )
})
