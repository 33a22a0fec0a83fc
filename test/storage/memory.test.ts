import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ClientStore } from "../../src/storage/ClientStore.ts"
import { GrantStore } from "../../src/storage/GrantStore.ts"
import { KeyStore } from "../../src/storage/KeyStore.ts"
import { SessionStore } from "../../src/storage/SessionStore.ts"
import * as Storage from "../../src/storage/Storage.ts"
import type { StorageError } from "../../src/storage/StorageError.ts"
import { accessToken, client, clientId, code, day, family, grant, hash, key, now } from "./suite/Fixtures.ts"
import { storageSuite } from "./suite/Suite.ts"

storageSuite("memory", Storage.layerMemory)

describe("memory: a second row by the same key", () => {
  const causeOf = <A, R>(program: Effect.Effect<A, StorageError, R>) =>
    Effect.map(Effect.flip(program), ({ cause, operation }) => `${operation}: ${String(cause)}`)
  const all = { code: code("code"), accessToken: accessToken("access"), refreshFamily: family() }

  it.effect("is refused with its kind", () =>
    Effect.gen(function* () {
      const grants = yield* GrantStore
      const keys = yield* KeyStore
      const sessions = yield* SessionStore
      const session = { hash: hash("s"), subject: "alice", authenticatedAt: now, expiresAt: now + day }
      yield* grants.authorize(grant(), all)
      yield* keys.add(key("first"), undefined)
      yield* sessions.start(session)
      const other = grant({ name: "other" })
      const causes = yield* Effect.all([
        causeOf(grants.authorize(grant(), {})),
        causeOf(grants.authorize(other, { code: all.code })),
        causeOf(grants.authorize(other, { accessToken: all.accessToken })),
        causeOf(grants.authorize(other, { refreshFamily: all.refreshFamily })),
        causeOf(keys.add(key("first"), "elsewhere")),
        causeOf(sessions.start(session))
      ])
      assert.deepStrictEqual(causes, [
        "GrantStore.authorize: There is another grant of this key already",
        "GrantStore.authorize: There is another code of this key already",
        "GrantStore.authorize: There is another access token of this key already",
        "GrantStore.authorize: There is another refresh family of this key already",
        "KeyStore.add: There is another key of this key already",
        "SessionStore.start: There is another session of this key already"
      ])
    }).pipe(Effect.provide(Storage.layerMemory))
  )
})

describe("memory: what was found", () => {
  it.effect("cannot be changed: no client, and no list of it", () =>
    Effect.gen(function* () {
      const clients = yield* ClientStore
      yield* clients.put(client("client", { contacts: ["ops@client.example"] }))
      const found = yield* Effect.flatMap(clients.find(clientId("client")), Effect.fromOption)
      for (const value of [found, found.redirectUris, found.contacts, found.clientSecretHashes]) {
        assert.isTrue(Object.isFrozen(value))
      }
    }).pipe(Effect.provide(Storage.layerMemory))
  )
})
