import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { Client, ClientStore, GrantStore, Scope, Secret } from "effect-oauth"
import { decodeProtectedHeader } from "jose"
import { redirectOf } from "../support/Flow.ts"
import * as TestServer from "../support/TestServer.ts"
import {
  asked,
  at,
  authorize,
  Browser,
  everything,
  exchange,
  flow,
  gone,
  goThrough,
  issuer,
  Provider,
  register,
  text,
  token,
  userinfo,
  verifyJwt,
  visit
} from "./support/Provider.ts"

const challenge = (error: string, description: string) =>
  `Bearer realm="OAuth", error="${error}", error_description="${description}"`

const send = (sent: Partial<TestServer.Sent>) => TestServer.send({ path: at("/userinfo"), ...sent })

layer(Provider)("RFC 6750 §3 what is no good token", (it) => {
  it.effect("no token at all: a challenge, and no word more", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow()
      for (const sent of [
        {},
        { method: "POST" },
        { form: {} },
        { headers: { authorization: "Basic cnA6cnAtc2VjcmV0" } },
        // RFC 6750 §2.3, RFC 9700 §4.3.2: a token in the URL is none.
        { query: { access_token: text(tokens.access_token) } },
        // Nor is one in a body that is no form.
        {
          method: "POST",
          headers: { "content-type": "application/json" },
          form: JSON.stringify({ access_token: tokens.access_token })
        }
      ]) {
        const response = yield* send(sent)
        assert.strictEqual(response.status, 401)
        assert.strictEqual(response.headers["www-authenticate"], 'Bearer realm="OAuth"')
        assert.strictEqual(response.body, "")
        assert.strictEqual(response.headers["access-control-allow-origin"], "*")
      }
    })
  )

  it.effect("a request that is malformed: invalid_request", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow()
      const accessToken = text(tokens.access_token)
      for (const [sent, description] of [
        [{ headers: { authorization: "Bearer" } }, "The Authorization header is malformed"],
        [{ headers: { authorization: "Bearer two tokens" } }, "The Authorization header is malformed"],
        [{ headers: { authorization: `Bearer "${accessToken}"` } }, "The Authorization header is malformed"],
        [
          { headers: { authorization: `Bearer ${accessToken}` }, form: { access_token: accessToken } },
          "The access token came in more than one way"
        ],
        [
          { headers: { authorization: "Basic cnA6cnAtc2VjcmV0" }, form: { access_token: accessToken } },
          "The access token came in the form along with an Authorization header"
        ],
        [{ form: "access_token=a&access_token=b" }, "The parameter access_token is repeated"]
      ] as const) {
        const headers = { "content-type": "application/x-www-form-urlencoded" }
        const response = yield* send({
          ...sent,
          ...("form" in sent && { headers: { ...headers, ...("headers" in sent && sent.headers) } })
        })
        assert.strictEqual(response.status, 400, description)
        assert.strictEqual(response.headers["www-authenticate"], challenge("invalid_request", description))
        assert.strictEqual(response.json().error, "invalid_request")
      }
    })
  )

  // @covers oidc-core-16.18-c
  it.effect("a token that is unknown, expired or revoked: invalid_token", () =>
    Effect.gen(function* () {
      const expect = Effect.fnUntraced(function* (accessToken: unknown, description: string) {
        const response = yield* userinfo(accessToken)
        assert.strictEqual(response.status, 401)
        assert.strictEqual(response.headers["www-authenticate"], challenge("invalid_token", description))
        assert.strictEqual(response.json().error, "invalid_token")
        assert.strictEqual(response.headers["cache-control"], "no-store")
      })
      yield* expect("nonsense", "The access token is unknown")

      const revoked = (yield* flow()).tokens
      yield* TestServer.send({
        path: at("/revoke"),
        form: { token: text(revoked.access_token) },
        basic: ["rp", "rp-secret"]
      })
      yield* expect(revoked.access_token, "The access token has been revoked")

      const withdrawn = (yield* flow()).tokens
      const grants = yield* GrantStore.GrantStore
      const record = yield* grants.findAccessToken(Secret.hash(Redacted.make(text(withdrawn.access_token))))
      if (record._tag === "None") return assert.fail("the token is not stored")
      yield* grants.revoke({ _tag: "Grant", id: record.value.grant.id }, 0)
      yield* expect(withdrawn.access_token, "The access token has been revoked")

      const expired = (yield* flow()).tokens
      yield* TestClock.adjust("599999 millis")
      assert.strictEqual((yield* userinfo(expired.access_token)).status, 200)
      yield* TestClock.adjust("1 millis")
      yield* expect(expired.access_token, "The access token has expired")
    })
  )

  it.effect("a token whose person or whose client is gone: invalid_token", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow()
      gone.add("u-1")
      const personGone = yield* userinfo(tokens.access_token)
      gone.delete("u-1")
      assert.deepInclude(personGone.json(), {
        error: "invalid_token",
        error_description: "The person is not known any more"
      })

      yield* register({ client_id: "passing" })
      const passing = yield* flow({ client_id: "passing" })
      const clients = yield* ClientStore.ClientStore
      yield* clients.remove(Client.ClientId.make("passing"))
      const clientGone = yield* userinfo(passing.tokens.access_token)
      assert.deepInclude(clientGone.json(), {
        error: "invalid_token",
        error_description: "The client of the access token is not registered any more"
      })
    })
  )

  it.effect("a token without openid: insufficient_scope, and which scope it takes", () =>
    Effect.gen(function* () {
      const { query } = yield* visit(new Browser(), { scope: "read" })
      const tokens = (yield* exchange(query.code)).json()
      const response = yield* userinfo(tokens.access_token)
      assert.strictEqual(response.status, 403)
      assert.strictEqual(
        response.headers["www-authenticate"],
        `${challenge("insufficient_scope", "The access token has not the scope openid")}, scope="openid"`
      )
    })
  )

  it.effect("a token of a refresh that left openid out: insufficient_scope", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow({ scope: "openid email offline_access" })
      const narrowed = yield* token({
        grant_type: "refresh_token",
        refresh_token: text(tokens.refresh_token),
        scope: "email"
      })
      assert.strictEqual((yield* userinfo(narrowed.json().access_token)).status, 403)
    })
  )
})

layer(Provider)("OpenID Connect Core §5.3 userinfo", (it) => {
  // @covers oidc-core-5.3-d oidc-discovery-3-ai
  it.effect("may be asked from a browser", () =>
    Effect.gen(function* () {
      const preflight = yield* send({
        method: "OPTIONS",
        headers: { origin: "https://spa.example", "access-control-request-method": "GET" }
      })
      assert.strictEqual(preflight.status, 204)
      assert.include(preflight.headers["access-control-allow-headers"], "authorization")
      assert.strictEqual((yield* send({ method: "PUT" })).status, 405)
    })
  )

  it.effect("is for the one who asks, and for nobody to keep", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow()
      const response = yield* userinfo(tokens.access_token)
      assert.strictEqual(response.headers["cache-control"], "no-store")
      assert.strictEqual(response.headers["access-control-allow-origin"], "*")
    })
  )

  // @covers oidc-core-5.3.2-f oidc-core-5.3.2-h oidc-core-5.3.2-j oidc-core-5.3.2-k oidc-core-5.3.2-l
  it.effect("§5.3.2 is a signed JWT for a client that registered for one", () =>
    Effect.gen(function* () {
      const { query } = yield* visit(new Browser(), { client_id: "rp-es256", scope: "openid email" })
      const tokens = (yield* exchange(query.code, {}, ["rp-es256", "rp-secret"])).json()
      const response = yield* userinfo(tokens.access_token)
      assert.strictEqual(response.headers["content-type"], "application/jwt")
      assert.strictEqual(decodeProtectedHeader(response.body).typ, "JWT")
      assert.strictEqual(response.headers["cache-control"], "no-store")
      assert.deepEqual(yield* verifyJwt(response.body, "ES256"), {
        iss: issuer,
        aud: "rp-es256",
        sub: "u-1",
        email: everything.email,
        email_verified: everything.email_verified
      })
    })
  )

  // @covers oidc-core-5.6-a oidc-core-15.1-f
  it.effect("asks the application for what was granted, and tells no more than that", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow({
        scope: "openid email groups",
        claims: '{"userinfo":{"nickname":null,"iss":null,"at_hash":null}}',
        claims_locales: "fr-CA fr"
      })
      asked.length = 0
      const info = (yield* userinfo(tokens.access_token)).json()
      assert.deepStrictEqual(asked, [
        { names: ["email", "email_verified", "groups", "nickname"], locales: ["fr-CA", "fr"] }
      ])
      assert.deepStrictEqual(info, {
        sub: "u-1",
        email: everything.email,
        email_verified: true,
        groups: ["admins"],
        nickname: "Ada"
      })
    })
  )

  it.effect("of a grant that came from no authentication request there are no locales", () =>
    Effect.gen(function* () {
      const grants = yield* GrantStore.GrantStore
      const scope = Scope.fromTokens(["openid", "email"])
      const token = Redacted.make("a-token-of-a-grant-that-an-application-has-made")
      const grant = {
        id: GrantStore.GrantId("made by hand"),
        clientId: Client.ClientId.make("rp"),
        subject: "u-1",
        username: undefined,
        scope,
        createdAt: 0,
        authenticatedAt: undefined
      }
      yield* grants.authorize(grant, {
        accessToken: {
          id: "made by hand",
          hash: Secret.hash(token),
          scope,
          issuedAt: 0,
          expiresAt: 9_000_000
        }
      })
      const own = Redacted.make("a-token-of-a-client-and-nobody-else")
      yield* grants.authorize(
        { ...grant, id: GrantStore.GrantId("of nobody"), subject: undefined },
        {
          accessToken: {
            id: "of nobody",
            hash: Secret.hash(own),
            scope,
            issuedAt: 0,
            expiresAt: 9_000_000
          }
        }
      )
      assert.strictEqual((yield* userinfo(Redacted.value(own))).status, 403)
      asked.length = 0
      assert.strictEqual((yield* userinfo(Redacted.value(token))).status, 200)
      assert.deepStrictEqual(asked, [{ names: ["email", "email_verified"], locales: [] }])
    })
  )

  it.effect("a narrower refresh tells less", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow({ scope: "openid email profile offline_access" })
      const narrowed = yield* token({
        grant_type: "refresh_token",
        refresh_token: text(tokens.refresh_token),
        scope: "openid email"
      })
      const info = (yield* userinfo(narrowed.json().access_token)).json()
      assert.hasAllKeys(info, ["sub", "email", "email_verified"])
    })
  )

  it.effect("§5.5 claims for the ID token are in the ID token, and those for userinfo are not", () =>
    Effect.gen(function* () {
      const { idToken, tokens } = yield* flow({
        scope: "openid",
        claims: '{"id_token":{"email":{"essential":true}},"userinfo":{"name":null}}'
      })
      assert.strictEqual(idToken.email, everything.email)
      assert.notProperty(idToken, "name")
      assert.deepStrictEqual((yield* userinfo(tokens.access_token)).json(), {
        sub: "u-1",
        name: everything.name
      })
    })
  )

  // @covers oidc-core-5.5.1-b
  it.effect("§5.5.1 a claim with a value is told if it has that value", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow({
        claims: JSON.stringify({
          userinfo: {
            email: { value: "ada@example.com" },
            nickname: { value: "Countess" },
            locale: { values: ["fr", "en-GB"] },
            zoneinfo: { values: ["Europe/Paris"] },
            address: { value: everything.address }
          }
        })
      })
      assert.hasAllKeys((yield* userinfo(tokens.access_token)).json(), ["sub", "email", "locale", "address"])
    })
  )

  // @covers oidc-core-5.3.2-b oidc-core-5.5.1-b
  it.effect("§5.3.2 a claim without a value is left out, and an essential one is no error (§5.5.1)", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const page = yield* authorize(browser, {
        claims: JSON.stringify({
          userinfo: {
            name: null,
            nickname: { essential: true },
            picture: null,
            zoneinfo: { essential: true }
          }
        })
      })
      const { answer } = yield* goThrough(browser, page, ["grace", "hopper"])
      const tokens = (yield* exchange(redirectOf(answer).query.code)).json()
      assert.deepStrictEqual((yield* userinfo(tokens.access_token)).json(), {
        sub: "u-2",
        name: "Grace Hopper"
      })
    })
  )

  // @covers oidc-core-5.2-b
  it.effect(
    "§5.2 a claim in a language may be asked for alone, in whatever case the language is written",
    () =>
      Effect.gen(function* () {
        for (const name of ["family_name#fr", "family_name#FR"]) {
          const { tokens } = yield* flow({ claims: JSON.stringify({ userinfo: { [name]: null } }) })
          assert.deepStrictEqual((yield* userinfo(tokens.access_token)).json(), {
            sub: "u-1",
            "family_name#fr": "de Lovelace"
          })
        }
        // The name itself is case sensitive, and another language is another claim.
        for (const name of ["Family_name#fr", "family_name#fr-CA"]) {
          const { tokens } = yield* flow({ claims: JSON.stringify({ userinfo: { [name]: null } }) })
          assert.deepStrictEqual((yield* userinfo(tokens.access_token)).json(), { sub: "u-1" })
        }
      })
  )

  // @covers oidc-core-5.3.2-c
  it.effect("what every object of JavaScript has is nothing that was asked for", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow({ claims: '{"userinfo":{"__proto__":null,"toString":null}}' })
      assert.deepStrictEqual((yield* userinfo(tokens.access_token)).json(), { sub: "u-1" })
    })
  )
})
