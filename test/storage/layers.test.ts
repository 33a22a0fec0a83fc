import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { SecretKeys } from "../../src/services/SecretKeys.ts"
import { ClientStore } from "../../src/storage/ClientStore.ts"
import { FlowStore } from "../../src/storage/FlowStore.ts"
import { GrantStore } from "../../src/storage/GrantStore.ts"
import { KeyStore } from "../../src/storage/KeyStore.ts"
import { SessionStore } from "../../src/storage/SessionStore.ts"
import * as Storage from "../../src/storage/Storage.ts"
import * as Migrations from "../../src/storage/sql/Migrations.ts"
import * as SqlFlowStore from "../../src/storage/sql/SqlFlowStore.ts"
import * as SqlStorage from "../../src/storage/sql/SqlStorage.ts"
import * as Databases from "./Databases.ts"
import { client, clientId, code, grant, hash } from "./suite/Fixtures.ts"

const find = (id: string) => Effect.flatMap(ClientStore, (store) => store.find(clientId(id)))

const five = Effect.all([ClientStore, GrantStore, FlowStore, SessionStore, KeyStore])

describe("Storage layers", () => {
  it.effect("memory has the five stores, and keys that are its own", () =>
    Effect.gen(function* () {
      const keyId = five.pipe(
        Effect.andThen(SecretKeys),
        Effect.map(({ current }) => current.id),
        Effect.provide(Storage.layerMemory)
      )
      assert.notStrictEqual(yield* keyId, yield* keyId)
    })
  )

  it.effect("each use of the memory layer begins with nothing", () =>
    Effect.gen(function* () {
      const authorize = Effect.flatMap(GrantStore, (store) =>
        store.authorize(grant(), { code: code("code") })
      )
      yield* authorize.pipe(Effect.provide(Storage.layerMemory))
      yield* authorize.pipe(Effect.provide(Storage.layerMemory))
    })
  )

  it.effect("memory starts with the clients that it is given, and keeps copies", () =>
    Effect.gen(function* () {
      const mine = client("mine")
      yield* Effect.gen(function* () {
        const found = Option.getOrThrow(yield* find("mine"))
        assert.deepStrictEqual(found, mine)
        assert.notStrictEqual(found, mine)
        assert.isTrue(Object.isFrozen(found) && Object.isFrozen(found.redirectUris))
        assert.isTrue(Option.isNone(yield* find("yours")))
      }).pipe(Effect.provide(Storage.layerMemoryWith({ clients: [mine] })))
      assert.isFalse(Object.isFrozen(mine))
    })
  )

  it.effect("layerClients registers in whatever store there is, replacing what was there", () =>
    Effect.gen(function* () {
      const program = Effect.gen(function* () {
        assert.isTrue(Option.isSome(yield* find("old")))
        assert.strictEqual(Option.getOrThrow(yield* find("mine")).clientName, "new")
      })
      const clients = Storage.layerClients([client("mine", { client_name: "new" })])
      const before = Storage.layerClients([client("old"), client("mine", { client_name: "old" })])
      for (const storage of [Storage.layerMemory, SqlStorage.layer.pipe(Layer.provide(Databases.inMemory))]) {
        yield* program.pipe(
          Effect.provide(clients.pipe(Layer.provideMerge(before), Layer.provideMerge(storage)))
        )
      }
    })
  )

  it.effect("stores can be mixed", () =>
    Effect.gen(function* () {
      const flow = { kind: "jti", key: hash("flow"), value: "", expiresAt: 1 }
      yield* (yield* FlowStore).create(flow, 0)
      yield* five
      const [table] = yield* Effect.provide(
        Effect.flatMap(FlowStore, (store) => Effect.all([store.find(flow, 0)])),
        Storage.layerMemory
      )
      assert.strictEqual(table._tag, "Unknown")
      assert.strictEqual((yield* (yield* FlowStore).find(flow, 0))._tag, "Found")
    }).pipe(
      Effect.provide(
        Layer.mergeAll(
          Storage.layerMemory,
          SqlFlowStore.layer.pipe(Layer.provide(Migrations.layer), Layer.provide(Databases.inMemory))
        )
      )
    )
  )
})
