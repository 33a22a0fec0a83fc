/**
 * ClientStore: each verb, each outcome.
 */
import * as Effect from "effect/Effect"
import { ClientStore } from "../../../storage/ClientStore.ts"
import { found, same } from "../Expect.ts"
import { maker } from "../Law.ts"
import * as Stage from "../Stage.ts"

const law = maker("ClientStore", "laws")

export const clientLaws = [
  law(
    "a client is found as it was put",
    Effect.gen(function* () {
      const store = yield* ClientStore
      const stage = yield* Stage.kept
      const full = stage.client("full", {
        client_secret_hashes: [stage.hash("one"), stage.hash("two")],
        client_name: "Ünïcode 🔑",
        contacts: ["ops@client.example"],
        grant_types: ["authorization_code", "refresh_token"],
        scope: Stage.scope("read", "write"),
        require_pkce: false,
        introspect_any_token: true
      })
      const minimal = stage.client("minimal")
      yield* store.put(full)
      yield* store.put(minimal)
      yield* same("a client with all its metadata", yield* found(store.find(full.clientId)), full)
      yield* same("a client with little of it", yield* found(store.find(minimal.clientId)), minimal)
    })
  ),

  law(
    "a client id is compared character by character",
    Effect.gen(function* () {
      const store = yield* ClientStore
      const stage = yield* Stage.kept
      yield* store.put(stage.client("client"))
      for (const other of ["other", "Client", "client ", "clien", "cl%"]) {
        yield* same(`find("${other}")`, yield* found(store.find(stage.clientId(other))), undefined)
        yield* same(`remove("${other}")`, yield* store.remove(stage.clientId(other)), "Unknown")
      }
    })
  ),

  law(
    "putting a client again replaces it whole",
    Effect.gen(function* () {
      const store = yield* ClientStore
      const stage = yield* Stage.kept
      yield* store.put(stage.client("client", { client_name: "old", require_pkce: false }))
      const replacement = stage.client("client", { scope: "read" })
      yield* store.put(replacement)
      yield* same("the client", yield* found(store.find(replacement.clientId)), replacement)
    })
  ),

  law(
    "a client is removed once, and its neighbour stays",
    Effect.gen(function* () {
      const store = yield* ClientStore
      const stage = yield* Stage.kept
      const neighbour = stage.client("neighbour")
      yield* store.put(stage.client("client"))
      yield* store.put(neighbour)
      yield* same("the first time", yield* store.remove(stage.clientId("client")), "Removed")
      yield* same("the second time", yield* store.remove(stage.clientId("client")), "Unknown")
      yield* same("the client", yield* found(store.find(stage.clientId("client"))), undefined)
      yield* same("its neighbour", yield* found(store.find(neighbour.clientId)), neighbour)
    })
  ),

  law(
    "a client that is put again after its removal is there again",
    Effect.gen(function* () {
      const store = yield* ClientStore
      const stage = yield* Stage.kept
      yield* store.put(stage.client("client", { client_name: "old" }))
      yield* store.remove(stage.clientId("client"))
      const again = stage.client("client")
      yield* store.put(again)
      yield* same("the client", yield* found(store.find(again.clientId)), again)
    })
  )
]
