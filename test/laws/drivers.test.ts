import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Storage } from "effect-oauth"
import { createAuthorizationServer, memory } from "effect-oauth/http"
import { Browser, Faults, Flows, TestClient, TestServer, Wire } from "effect-oauth/testing"

const site = TestClient.make({
  client_id: "site",
  client_secret: "a secret of: the site",
  redirect_uris: ["https://site.example/callback?a=b"],
  grant_types: ["authorization_code", "refresh_token", "client_credentials"],
  scope: "read write"
})
const spa = TestClient.make({
  client_id: "spa",
  token_endpoint_auth_method: "none",
  redirect_uris: ["https://spa.example/callback"],
  grant_types: ["authorization_code", "refresh_token"],
  scope: "read"
})
const ada = { username: "ada", password: "lovelace" }
const options = { clients: [site, spa], people: [ada] }

const wholeFlow = Effect.gen(function* () {
  const tokens = yield* Flows.signIn({ client: spa, person: ada })
  assert.deepStrictEqual([tokens.scope, tokens.expiresIn], ["read", 600])
  const said = yield* Flows.introspect(site, (yield* Flows.clientCredentials(site)).accessToken)
  assert.deepStrictEqual([said.active, said.sub], [true, "site"])
  const next = yield* Flows.refresh(spa, tokens.refreshToken ?? "")
  yield* Flows.revoke(spa, next.refreshToken ?? "")
  const refused = yield* Effect.flip(Flows.refresh(spa, next.refreshToken ?? ""))
  assert.deepStrictEqual(
    [refused.error, refused.description],
    ["invalid_grant", "The refresh token has been revoked"]
  )
  return [tokens.accessToken, next.accessToken]
})

describe("Flows", () => {
  it.effect("go from the client's link to the revocation", () =>
    wholeFlow.pipe(Effect.provide(TestServer.layer(options)))
  )

  it.effect("are the same from the same seed, and others from another", () =>
    Effect.gen(function* () {
      const from = (seed: string) => wholeFlow.pipe(Effect.provide(TestServer.layer({ ...options, seed })))
      assert.deepStrictEqual(yield* from("one"), yield* from("one"))
      assert.notDeepEqual(yield* from("one"), yield* from("two"))
    })
  )

  it.effect("run on virtual time", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* Flows.clientCredentials(site)
      const active = Effect.map(Flows.introspect(site, accessToken), (said) => said.active)
      yield* TestClock.adjust("599 seconds")
      assert.isTrue(yield* active)
      yield* TestClock.adjust("1 second")
      assert.isFalse(yield* active)
    }).pipe(Effect.provide(TestServer.layer(options)))
  )

  it.effect("tell what was refused, and to whom", () =>
    Effect.gen(function* () {
      const visit = { client: site, person: ada }
      const denied = yield* Effect.flip(Flows.authorize({ ...visit, decision: "deny" }))
      assert.deepStrictEqual([denied.error, denied.answer.status], ["access_denied", 303])
      const other = yield* Effect.flip(
        Flows.authorize({ ...visit, parameters: { redirect_uri: "https://evil.example/" } })
      )
      assert.strictEqual(other.answer.status, 400)
      const nobody = yield* Effect.flip(Flows.authorize({ client: site, person: { ...ada, password: "?" } }))
      assert.strictEqual(nobody.answer.status, 400)
    }).pipe(Effect.provide(TestServer.layer(options)))
  )

  it.effect("arrive wherever the response mode says", () =>
    Effect.gen(function* () {
      for (const response_mode of ["query", "fragment", "form_post"]) {
        const visit = { client: site, person: ada, parameters: { response_mode } }
        const { parameters, uri } = yield* Flows.authorize(visit)
        assert.strictEqual(uri, "https://site.example/callback?a=b")
        assert.hasAllKeys(parameters, ["code", "state", "iss"])
      }
    }).pipe(Effect.provide(TestServer.layer(options)))
  )

  it.effect("do not ask a browser twice to sign in", () =>
    Effect.gen(function* () {
      const browser = new Browser.Browser()
      yield* Flows.authorize({ client: site, person: ada, browser })
      yield* Flows.authorize({ client: spa, person: { username: "ada", password: "forgotten" }, browser })
    }).pipe(Effect.provide(TestServer.layer(options)))
  )

  it.live("go through a fetch handler", () => {
    const issuer = "https://auth.example.com/tenant"
    const { fetch } = createAuthorizationServer({
      issuer,
      scopes: ["read"],
      clients: [
        {
          client_id: "spa",
          token_endpoint_auth_method: "none",
          redirect_uris: ["https://spa.example/callback"],
          scope: "read"
        }
      ],
      users: {
        authenticate: async (username) => ({ subject: username, username }),
        find: async (subject) => ({ subject, username: subject })
      },
      storage: memory()
    })
    return Effect.map(Flows.signIn({ client: spa, person: ada }), ({ scope }) =>
      assert.strictEqual(scope, "read")
    ).pipe(Effect.provide(Wire.layerFetch({ issuer, fetch })))
  })
})

describe("Faults", () => {
  const withFaults = (...faults: ReadonlyArray<Faults.Fault>) =>
    TestServer.layer({
      ...options,
      storage: Faults.layer(faults).pipe(Layer.provideMerge(Storage.layerMemory))
    })

  it.effect("a verb that fails before does nothing", () =>
    Effect.gen(function* () {
      const code = yield* Flows.authorizationCode({ client: spa, person: ada })
      const refused = yield* Effect.flip(Flows.redeem(spa, code))
      assert.deepStrictEqual([refused.error, refused.answer.status], ["temporarily_unavailable", 503])
      yield* Flows.redeem(spa, code)
    }).pipe(Effect.provide(withFaults({ verb: "GrantStore.redeemCode", call: 1, strike: Faults.fail })))
  )

  it.effect("a verb that fails after has done all", () =>
    Effect.gen(function* () {
      const code = yield* Flows.authorizationCode({ client: spa, person: ada })
      yield* Effect.flip(Flows.redeem(spa, code))
      const refused = yield* Effect.flip(Flows.redeem(spa, code))
      assert.strictEqual(refused.description, "The code has been used")
    }).pipe(
      Effect.provide(
        withFaults({ verb: "GrantStore.redeemCode", call: 1, moment: "after", strike: Faults.fail })
      )
    )
  )

  it.effect("interrupt and delay", () =>
    Effect.gen(function* () {
      const interrupted = yield* Effect.exit(Flows.clientCredentials(site))
      assert.isTrue(Exit.isFailure(interrupted))
      const slow = yield* Effect.forkChild(Flows.clientCredentials(site))
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(slow.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.isDefined(slow.pollUnsafe())
    }).pipe(
      Effect.provide(
        withFaults(
          { verb: "GrantStore.authorize", call: 1, strike: Faults.interrupt },
          { verb: "GrantStore.authorize", call: 2, strike: Faults.delay("1 minute") }
        )
      )
    )
  )

  it.effect("strike at any verb of any store, counted together", () =>
    Effect.gen(function* () {
      // Registering the two clients is the first and the second.
      const refused = yield* Effect.flip(Flows.clientCredentials(site))
      assert.strictEqual(refused.answer.status, 503)
      yield* Flows.clientCredentials(site)
    }).pipe(Effect.provide(withFaults({ call: 3, strike: Faults.fail })))
  )
})
