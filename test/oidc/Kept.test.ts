import { assert, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Authentication, Client, FlowStore, GrantStore, Logout, Scope, Secret } from "effect-oauth"
import * as SessionClients from "effect-oauth/oidc/SessionClients"
import { deliver, Provider } from "./support/Logout.ts"

/** A flow that is due, and of which nobody can make anything. */
const storeNonsense = Effect.fnUntraced(function* (kind: string, name = "nonsense") {
  const flows = yield* FlowStore.FlowStore
  const now = yield* Clock.currentTimeMillis
  const key = { kind, key: Secret.hash(Redacted.make(name)) }
  yield* flows.create({ ...key, value: "{}", dueAt: now, expiresAt: now + 1000 }, now)
  return Effect.asVoid(flows.consume(key, now))
})

layer(Provider)("what is kept, and is not what the server has kept, is an error of the storage", (it) => {
  it.effect("of a grant", () =>
    Effect.gen(function* () {
      const grant = {
        id: GrantStore.GrantId("1"),
        clientId: Client.ClientId.make("rp"),
        subject: undefined,
        username: undefined,
        scope: Scope.fromTokens(["openid"]),
        createdAt: 0,
        authenticatedAt: undefined
      }
      const error = yield* Effect.flip(Authentication.of({ ...grant, extensions: { openid: "{}" } }))
      assert.strictEqual(error._tag, "StorageError")
      assert.strictEqual(error.operation, "Authentication.decode")
      assert.isUndefined(yield* Authentication.of({ ...grant, extensions: {} }))
      assert.isUndefined(yield* Authentication.of(grant))
    })
  )

  it.effect("of a logout that was begun", () =>
    Effect.gen(function* () {
      const forget = yield* storeNonsense("logout")
      const { resume } = yield* Logout.Logout
      const error = yield* Effect.flip(resume)
      assert.strictEqual(error._tag, "StorageError")
      assert.strictEqual(error.operation, "Logout.decode")
      yield* forget
    })
  )

  it.effect("of a client that is to be told", () =>
    Effect.gen(function* () {
      const forget = yield* storeNonsense("logout-token")
      const error = yield* Effect.flip(deliver)
      assert.strictEqual(error._tag, "StorageError")
      assert.strictEqual(error.operation, "PendingLogoutToken.decode")
      yield* forget
    })
  )

  it.effect("of the clients of a session", () =>
    Effect.gen(function* () {
      yield* storeNonsense("session-clients", "s")
      const error = yield* Effect.flip(
        SessionClients.note("s", Client.ClientId.make("rp"), Duration.hours(1))
      )
      assert.strictEqual(error._tag, "StorageError")
      assert.strictEqual(error.operation, "SessionClients.decode")
    })
  )
})
