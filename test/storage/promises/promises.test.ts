import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import {
  Client,
  ClientStore,
  GrantStore,
  Secret,
  SessionStore,
  Storage,
  type StorageError
} from "effect-oauth"
import { storageLaws } from "effect-oauth/testing/vitest"
import * as PromiseMemory from "../../support/PromiseMemory.ts"

const fromPromises = Layer.unwrap(
  Effect.map(PromiseMemory.make, (storage) => Storage.fromPromises({ ...storage, rotatesAtomically: true }))
)

storageLaws("promises", fromPromises, { runs: 50, rotations: 1000 })

describe("Storage.fromPromises", () => {
  const hash = Secret.hash(Redacted.make("a code"))

  const broken = (grants: Partial<Storage.PromiseGrantStore>) =>
    Layer.unwrap(
      Effect.map(PromiseMemory.make, (storage) =>
        Storage.fromPromises({ ...storage, grants: { ...storage.grants, ...grants } })
      )
    )

  it.effect("a rejected promise is a StorageError that names the verb", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.flatMap(GrantStore.GrantStore, (store) => store.findCode(hash)))
      assert.strictEqual(error._tag, "StorageError")
      assert.strictEqual(error.operation, "GrantStore.findCode")
      assert.strictEqual(error.cause, "down")
    }).pipe(Effect.provide(broken({ findCode: () => Promise.reject("down") })))
  )

  it.effect("an outcome that the contract does not have is a StorageError", () =>
    Effect.gen(function* () {
      const revoke = Effect.flatMap(GrantStore.GrantStore, (store) =>
        store.revoke({ _tag: "AccessToken", hash }, 0)
      )
      const error = yield* Effect.flip(revoke)
      assert.strictEqual(error.operation, "GrantStore.revoke")
    }).pipe(Effect.provide(broken({ revoke: async () => JSON.parse(`"Perhaps"`) })))
  )

  it.effect("a row with a column missing is a StorageError that says which", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Effect.flatMap(GrantStore.GrantStore, (store) => store.findAccessToken(hash))
      )
      assert.include(String(error.cause), "expiresAt")
    }).pipe(
      Effect.provide(
        broken({
          findAccessToken: async () => JSON.parse(`{"hash":"${hash}","id":"1","scope":"","issuedAt":1}`)
        })
      )
    )
  )

  it.effect("of what is told in a list, each is looked at", () =>
    Effect.gen(function* () {
      const storage = yield* PromiseMemory.make
      const strange = async () => [JSON.parse("{}")]
      const context = yield* Layer.build(
        Storage.fromPromises({
          ...storage,
          grants: { ...storage.grants, grantsOfSubject: strange, grantsOfClient: strange },
          sessions: { ...storage.sessions, sessionsOf: strange, consentsOf: strange }
        })
      )
      const grants = Context.get(context, GrantStore.GrantStore)
      const sessions = Context.get(context, SessionStore.SessionStore)
      const told = {
        "GrantStore.grantsOfSubject": grants.grantsOfSubject("alice", { limit: 1 }),
        "GrantStore.grantsOfClient": grants.grantsOfClient(Client.ClientId.make("spa"), { limit: 1 }),
        "SessionStore.sessionsOf": sessions.sessionsOf("alice"),
        "SessionStore.consentsOf": sessions.consentsOf("alice")
      }
      for (const [verb, listing] of Object.entries(told)) {
        const error = yield* Effect.flip<unknown, StorageError, never>(listing)
        assert.strictEqual(error.operation, verb)
        assert.include(String(error.cause), "Missing key")
      }
    }).pipe(Effect.scoped)
  )

  it.effect("only a storage that says so is one that rotates atomically", () =>
    Effect.gen(function* () {
      const storage = yield* PromiseMemory.make
      const weak = Storage.fromPromises(storage)
      const needsRotation = Effect.asVoid(GrantStore.AtomicRotation)
      // @ts-expect-error AtomicRotation is not provided
      const refused: Effect.Effect<void> = Effect.provide(needsRotation, weak)
      yield* Effect.provide(needsRotation, Storage.fromPromises({ ...storage, rotatesAtomically: true }))
      assert.isDefined(refused)
      yield* Effect.provide(Effect.asVoid(ClientStore.ClientStore), weak)
    })
  )
})
