import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Client, Consents, GrantStore, Storage } from "effect-oauth"
import { clients, Http, Provider, Server, titleOf } from "../oidc/support/Logout.ts"
import {
  at,
  authorize,
  Browser,
  exchange,
  flow,
  goThrough,
  text,
  userinfo,
  visit
} from "../oidc/support/Provider.ts"
import { audited, redirectOf, tagsOf } from "../support/Flow.ts"

const rp = Schema.decodeSync(Client.ClientId)("rp")
const path = at("/account/consents")

describe("what a person has allowed", () => {
  it.effect("is listed by client, all of it", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      yield* flow({ scope: "openid profile" }, browser)
      yield* flow({ scope: "openid email" }, browser)
      yield* flow({ client_id: "rp-2" }, browser)
      const list = yield* Consents.list("u-1")
      assert.deepStrictEqual(
        list.map(({ clientId, scope }) => [clientId, scope.split(" ").sort()]),
        [
          ["rp", ["email", "openid", "profile"]],
          ["rp-2", ["openid"]]
        ]
      )
      assert.deepStrictEqual(yield* Consents.list("u-2"), [])
    }).pipe(Effect.provide(Provider))
  )

  it.effect("is taken back all at once: the consent, and every token of every grant of that client", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const first = yield* flow({}, browser)
      const second = yield* flow({ scope: "openid offline_access" }, browser)
      const { response } = yield* visit(browser)
      const other = yield* flow({ client_id: "rp-2" }, browser)
      const { events, value } = yield* audited(Consents.revoke("u-1", rp))
      assert.strictEqual(value, "Revoked")
      assert.deepStrictEqual(tagsOf(events), ["ConsentRevoked"])
      assert.strictEqual((yield* userinfo(first.tokens.access_token)).status, 401)
      assert.strictEqual((yield* userinfo(second.tokens.access_token)).status, 401)
      assert.strictEqual((yield* userinfo(other.tokens.access_token)).status, 200)
      assert.strictEqual((yield* exchange(text(response.code))).json().error, "invalid_grant")
      const silent = redirectOf(yield* authorize(browser, { prompt: "none" }))
      assert.strictEqual(silent.query.error, "consent_required")
      assert.deepStrictEqual(
        (yield* Consents.list("u-1")).map(({ clientId }) => clientId),
        ["rp-2"]
      )
      assert.strictEqual(yield* Consents.revoke("u-1", rp), "Unknown")
    }).pipe(Effect.provide(Provider))
  )

  it.effect("is not used by a request that comes to its grant only when it has been taken back", () =>
    Effect.gen(function* () {
      let between: Effect.Effect<unknown, unknown> = Effect.void
      const Stores = Layer.effect(
        GrantStore.GrantStore,
        Effect.map(GrantStore.GrantStore, (grants) => ({
          ...grants,
          authorize: (grant, issue) => Effect.andThen(Effect.ignore(between), grants.authorize(grant, issue))
        }))
      ).pipe(Layer.provideMerge(Storage.layerMemoryWith({ clients })))
      yield* Effect.gen(function* () {
        const browser = new Browser()
        yield* flow({}, browser)
        const context = yield* Effect.context<Storage.Storage>()
        between = Effect.provideContext(Consents.revoke("u-1", rp), context)
        const { query } = redirectOf(yield* authorize(browser, { prompt: "none" }))
        assert.strictEqual(query.error, "consent_required")
        assert.notProperty(query, "code")
      }).pipe(Effect.provide(Server().pipe(Layer.provideMerge(Http), Layer.provideMerge(Stores))))
    })
  )
})

layer(Provider)("the page /account/consents", (it) => {
  it.effect("shows what clients may do, and takes it back", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const { tokens } = yield* flow({ scope: "openid profile" }, browser)
      const page = yield* browser.open({ path })
      assert.strictEqual(titleOf(page), "Applications with access")
      assert.include(page.body, "<code>openid profile</code>")
      const answer = yield* browser.submit(page)
      assert.strictEqual(answer.status, 303)
      assert.strictEqual(redirectOf(answer).uri, `https://op.example.com${path}`)
      assert.include((yield* browser.open({ path })).body, "There are none.")
      assert.strictEqual((yield* userinfo(text(tokens.access_token))).status, 401)
    })
  )

  it.effect("is for who is signed in, and takes forms of its own only", () =>
    Effect.gen(function* () {
      const nobody = yield* new Browser().open({ path })
      assert.deepStrictEqual([nobody.status, titleOf(nobody)], [403, "You are not signed in"])
      const browser = new Browser()
      const { tokens } = yield* flow({}, browser)
      const page = yield* browser.open({ path })
      const grace = new Browser()
      yield* goThrough(grace, yield* authorize(grace), ["grace", "hopper"])
      const foreign = yield* browser.submit(page, {
        form_token: /name="form_token" value="([^"]*)"/.exec((yield* grace.open({ path })).body)?.[1]
      })
      assert.strictEqual(foreign.status, 400)
      const form = { form_token: "x", client_id: "rp" }
      const crossSite = yield* browser.open({ path, form, headers: { "sec-fetch-site": "cross-site" } })
      assert.strictEqual(crossSite.status, 400)
      assert.strictEqual((yield* browser.open({ path, form: { client_id: "rp" } })).status, 400)
      assert.strictEqual((yield* userinfo(text(tokens.access_token))).status, 200)
    })
  )
})

layer(Provider)("a consent page that stays open while its person signs in again in another tab", (it) => {
  it.effect("is good for the same person, and for nobody else", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      yield* visit(browser)
      const [one, other] = [yield* authorize(browser), yield* authorize(browser)]
      yield* goThrough(browser, yield* authorize(browser, { prompt: "login" }))
      assert.property(redirectOf(yield* browser.submit(one, { decision: "approve" })).query, "code")
      yield* goThrough(browser, yield* authorize(browser, { prompt: "login" }), ["grace", "hopper"])
      assert.strictEqual(titleOf(yield* browser.submit(other, { decision: "approve" })), "Sign in")
    })
  )
})
