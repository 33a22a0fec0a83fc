import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ClientStore } from "../../../src/storage/ClientStore.ts"
import { client, clientId, hash, scope } from "./Fixtures.ts"
import type { Test } from "./Suite.ts"

export const clientStoreTests = (test: Test) => {
  test(
    "a client is found as it was put",
    Effect.gen(function* () {
      const store = yield* ClientStore
      const full = client("full", {
        client_secret_hashes: [hash("one"), hash("two")],
        client_name: "Ünïcode 🔑",
        contacts: ["ops@client.example"],
        grant_types: ["authorization_code", "refresh_token"],
        scope: scope("read", "write"),
        require_pkce: false,
        introspect_any_token: true
      })
      const minimal = client("minimal")
      yield* store.put(full)
      yield* store.put(minimal)
      assert.deepStrictEqual(yield* store.find(full.clientId), Option.some(full))
      assert.deepStrictEqual(yield* store.find(minimal.clientId), Option.some(minimal))
    })
  )

  test(
    "an id that nobody registered, or that differs in case, is none",
    Effect.gen(function* () {
      const store = yield* ClientStore
      yield* store.put(client("client"))
      assert.isTrue(Option.isNone(yield* store.find(clientId("other"))))
      assert.isTrue(Option.isNone(yield* store.find(clientId("Client"))))
    })
  )

  test(
    "putting a client again replaces it whole",
    Effect.gen(function* () {
      const store = yield* ClientStore
      yield* store.put(client("client", { client_name: "old", require_pkce: false }))
      const replacement = client("client")
      yield* store.put(replacement)
      assert.deepStrictEqual(yield* store.find(replacement.clientId), Option.some(replacement))
    })
  )

  test(
    "a client is removed once",
    Effect.gen(function* () {
      const store = yield* ClientStore
      yield* store.put(client("client"))
      yield* store.put(client("neighbour"))
      assert.strictEqual(yield* store.remove(clientId("client")), "Removed")
      assert.strictEqual(yield* store.remove(clientId("client")), "Unknown")
      assert.isTrue(Option.isNone(yield* store.find(clientId("client"))))
      assert.isTrue(Option.isSome(yield* store.find(clientId("neighbour"))))
    })
  )
}
