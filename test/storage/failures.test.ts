import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqlError from "effect/sql/SqlError"
import * as Client from "../../src/protocol/Client.ts"
import { ClientStore } from "../../src/storage/ClientStore.ts"
import { FlowStore } from "../../src/storage/FlowStore.ts"
import { FamilyId, GrantId, GrantStore } from "../../src/storage/GrantStore.ts"
import { KeyStore } from "../../src/storage/KeyStore.ts"
import { SessionStore } from "../../src/storage/SessionStore.ts"
import { StorageError } from "../../src/storage/StorageError.ts"
import { UnexpectedColumn } from "../../src/storage/sql/internal/Row.ts"
import * as SqlStorage from "../../src/storage/sql/SqlStorage.ts"
import * as Databases from "./Databases.ts"
import {
  accessToken,
  client,
  clientId,
  code,
  family,
  grant,
  hash,
  key,
  now,
  rotation
} from "./suite/Fixtures.ts"

const storage = SqlStorage.layer.pipe(Layer.provideMerge(Databases.inMemory))
const withoutTables = SqlStorage.layerNoMigrations.pipe(Layer.provideMerge(Databases.inMemory))

const flow = { kind: "par", key: hash("flow"), value: "", expiresAt: now }
const session = { hash: hash("session"), subject: "alice", authenticatedAt: now, expiresAt: now }
const consent = { subject: "alice", clientId: clientId("client"), scope: grant().scope, grantedAt: now }

/** Every verb there is, by its name. */
const verbs = Effect.gen(function* () {
  const clients = yield* ClientStore
  const grants = yield* GrantStore
  const flows = yield* FlowStore
  const sessions = yield* SessionStore
  const keys = yield* KeyStore
  const sweep = { now, limit: 1 }
  const all: Record<string, Effect.Effect<unknown, StorageError>> = {
    "ClientStore.find": clients.find(clientId("client")),
    "ClientStore.put": clients.put(client("client")),
    "ClientStore.remove": clients.remove(clientId("client")),
    "GrantStore.authorize": grants.authorize(grant(), { code: code("code") }),
    "GrantStore.findCode": grants.findCode(hash("code")),
    "GrantStore.redeemCode": grants.redeemCode({ hash: hash("code"), now, issue: {} }),
    "GrantStore.findRefreshFamily": grants.findRefreshFamily(FamilyId("family")),
    "GrantStore.rotate": grants.rotate(rotation(0)),
    "GrantStore.findAccessToken": grants.findAccessToken(hash("access")),
    "GrantStore.revoke": grants.revoke({ _tag: "Grant", id: GrantId("grant") }, now),
    "GrantStore.grantsOfSubject": Stream.runCollect(grants.grantsOfSubject("alice")),
    "GrantStore.grantsOfClient": Stream.runCollect(grants.grantsOfClient(clientId("client"))),
    "GrantStore.sweep": grants.sweep(sweep),
    "FlowStore.create": flows.create(flow, now),
    "FlowStore.find": flows.find(flow, now),
    "FlowStore.replace": flows.replace(flow, { from: "", to: "", now }),
    "FlowStore.consume": flows.consume(flow, now),
    "FlowStore.claim": flows.claim({ kind: flow.kind, now, until: now + 1, limit: 1 }),
    "FlowStore.sweep": flows.sweep(sweep),
    "SessionStore.start": sessions.start(session),
    "SessionStore.find": sessions.find(session.hash),
    "SessionStore.end": sessions.end(session.hash, now),
    "SessionStore.endAll": sessions.endAll("alice", now),
    "SessionStore.sessionsOf": Stream.runCollect(sessions.sessionsOf("alice")),
    "SessionStore.remember": sessions.remember(consent),
    "SessionStore.findConsent": sessions.findConsent("alice", clientId("client")),
    "SessionStore.consentsOf": Stream.runCollect(sessions.consentsOf("alice")),
    "SessionStore.forget": sessions.forget("alice", clientId("client")),
    "SessionStore.sweep": sessions.sweep(sweep),
    "KeyStore.list": keys.list(now),
    "KeyStore.add": keys.add(key("key"), undefined),
    "KeyStore.sweep": keys.sweep(sweep)
  }
  return all
})

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
        const error = yield* Effect.flip((yield* verbs)[find] ?? Effect.die(find))
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
