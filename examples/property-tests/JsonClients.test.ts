import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Layer } from "effect"
import { AuthorizationServer, Grants, Storage } from "effect-oauth"
import { Arbitraries, Faults, Flows, StorageLaws, type TestClient, TestServer } from "effect-oauth/testing"
import { storeLaws } from "effect-oauth/testing/vitest"
import * as JsonClients from "./JsonClients.ts"

// The contract of a client store, each sentence of it a test.
storeLaws("clients as JSON", StorageLaws.clientStoreLaws, JsonClients.layer, { runs: 50 })

const scopes = ["read", "write"]
const ada = { username: "ada", password: "lovelace" }

const serverFor = (client: TestClient.TestClient, faults: ReadonlyArray<Faults.Fault> = []) =>
  TestServer.layer({
    clients: [client],
    people: [ada],
    server: AuthorizationServer.layer({
      issuer: "https://auth.example.com",
      scopes,
      grants: [Grants.authorizationCode, Grants.refreshToken, Grants.clientCredentials]
    }),
    storage: Faults.layer(faults).pipe(
      Layer.provideMerge(JsonClients.layer),
      Layer.provideMerge(Storage.layerMemory)
    )
  })

const flows = Arbitrary.flatMap(Arbitraries.client({ scopes }), (client) =>
  Arbitrary.all({
    client: Arbitrary.Constant(client),
    request: Arbitraries.authorizationRequest(client, { scopes })
  })
)

describe("flows over clients as JSON", () => {
  it.effect.prop("any client gets tokens for what it registered", [flows], ([{ client, request }]) =>
    Effect.gen(function* () {
      const { parameters, verifier } = request
      const code = yield* Flows.authorizationCode({ client, person: ada, parameters })
      yield* Flows.redeem(client, code, { redirect_uri: parameters.redirect_uri, code_verifier: verifier })
    }).pipe(Effect.provide(serverFor(client)))
  )

  it.effect.prop("a store that is down loses nobody their code", [flows], ([{ client, request }]) =>
    Effect.gen(function* () {
      const { parameters, verifier } = request
      const code = yield* Flows.authorizationCode({ client, person: ada, parameters })
      const redeem = Flows.redeem(client, code, {
        redirect_uri: parameters.redirect_uri,
        code_verifier: verifier
      })
      const refused = yield* Effect.flip(redeem)
      assert.strictEqual(refused.error, "temporarily_unavailable")
      yield* redeem
    }).pipe(
      Effect.provide(serverFor(client, [{ verb: "GrantStore.findCode", call: 1, strike: Faults.fail }]))
    )
  )
})
