/**
 * The checks of the OpenID Foundation's plans "Basic OP" and "Config OP", by their
 * names: each does what the check does, and asserts what it asserts. The server is
 * held against OpenID Connect Core itself in the other files.
 */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { errorOf, redirectOf } from "../support/Flow.ts"
import * as TestServer from "../support/TestServer.ts"
import {
  acr,
  asRp,
  at,
  authorize,
  Browser,
  everything,
  exchange,
  flow,
  formOf,
  goThrough,
  halfHash,
  isConsentPage,
  isSignInPage,
  issuer,
  Provider,
  redirectUri,
  refresh,
  request,
  scopes,
  text,
  userinfo,
  verifyIdToken,
  visit
} from "./support/Provider.ts"

const pick = (names: ReadonlyArray<keyof typeof everything>) =>
  Object.fromEntries(names.map((name) => [name, everything[name]]))

const profile = pick([
  "name",
  "family_name",
  "family_name#fr",
  "given_name",
  "middle_name",
  "nickname",
  "preferred_username",
  "profile",
  "picture",
  "website",
  "gender",
  "birthdate",
  "zoneinfo",
  "locale",
  "updated_at"
])
const email = pick(["email", "email_verified"])
const address = pick(["address"])
const phone = pick(["phone_number", "phone_number_verified"])

layer(Provider)("Basic OP plan", (it) => {
  // @covers oidc-core-3.1.2.5-a oidc-core-3.1.3.3-a oidc-core-3.1.3.3-b oidc-core-3.1.3.3-c
  // @covers oidc-core-3.1.3.3-d oidc-core-16.18-a
  it.effect("oidcc-server", () =>
    Effect.gen(function* () {
      for (const _ of ["once", "and again"]) {
        const browser = new Browser()
        const { answer } = yield* goThrough(browser, yield* authorize(browser))
        const { fragment, query } = redirectOf(answer)
        assert.deepStrictEqual(fragment, {})
        assert.hasAllKeys(query, ["code", "state", "iss"])
        assert.strictEqual(query.state, "af0ifjsldkj")
        assert.strictEqual(query.iss, issuer)
        // At least 128 bits
        assert.isAtLeast(text(query.code).length, 22)

        const response = yield* exchange(query.code)
        assert.strictEqual(response.status, 200)
        assert.strictEqual(response.headers["content-type"], "application/json")
        assert.strictEqual(response.headers["cache-control"], "no-store")
        const tokens = response.json()
        assert.strictEqual(tokens.token_type, "Bearer")
        assert.strictEqual(tokens.expires_in, 600)

        const claims = yield* verifyIdToken(tokens.id_token)
        assert.strictEqual(claims.nonce, "n-0S6_WzA2Mj")
        assert.strictEqual(claims.at_hash, yield* halfHash(tokens.access_token))
        assert.strictEqual(Number(claims.exp) - Number(claims.iat), 600)
        assert.strictEqual((yield* userinfo(tokens.access_token)).json().sub, claims.sub)
      }
    })
  )

  // @covers oidc-core-3.1.2.1-e oidc-core-3.1.2.2-b oidc-core-3.2.2.1-a oidc-core-3.3.2.1-a
  it.effect("oidcc-response-type-missing", () =>
    Effect.gen(function* () {
      const { uri, query } = redirectOf(yield* authorize(new Browser(), { response_type: undefined }))
      assert.strictEqual(uri, redirectUri)
      assert.strictEqual(query.error, "invalid_request")
      assert.strictEqual(query.state, "af0ifjsldkj")
    })
  )

  // @covers oidc-core-2-s oidc-core-3.1.3.7-j
  it.effect("oidcc-idtoken-signature", () =>
    Effect.gen(function* () {
      // No algorithm is registered: RS256, by the key that is published.
      const { tokens } = yield* flow()
      yield* verifyIdToken(tokens.id_token, { algorithm: "RS256" })
    })
  )

  // @covers oidc-core-2-u oidc-discovery-3-aa
  it.effect("oidcc-idtoken-unsigned", () =>
    Effect.gen(function* () {
      // `none` is not advertised, and a client that registered it gets no ID token at all.
      const metadata = (yield* TestServer.send({ path: at("/.well-known/openid-configuration") })).json()
      assert.notInclude(JSON.stringify(metadata.id_token_signing_alg_values_supported), "none")
      const { query } = redirectOf(yield* authorize(new Browser(), { client_id: "rp-unsigned" }))
      assert.strictEqual(query.error, "unauthorized_client")
    })
  )

  // @covers oidc-core-5.3-b oidc-core-5.3-c oidc-core-5.3.2-a oidc-core-5.3.2-c oidc-core-5.3.2-e
  // @covers oidc-core-5.3.2-f oidc-core-5.3.2-g
  it.effect("oidcc-userinfo-get", () =>
    Effect.gen(function* () {
      const { idToken, tokens } = yield* flow()
      const response = yield* userinfo(tokens.access_token)
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.headers["content-type"], "application/json")
      assert.deepStrictEqual(response.json(), { sub: idToken.sub })
    })
  )

  // @covers oidc-core-5.3-b
  it.effect("oidcc-userinfo-post-header", () =>
    Effect.gen(function* () {
      const { idToken, tokens } = yield* flow()
      const response = yield* userinfo(tokens.access_token, "POST")
      assert.strictEqual(response.status, 200)
      assert.deepStrictEqual(response.json(), { sub: idToken.sub })
    })
  )

  // @covers oidc-core-5.3-c
  it.effect("oidcc-userinfo-post-body", () =>
    Effect.gen(function* () {
      const { idToken, tokens } = yield* flow()
      const response = yield* TestServer.send({
        path: at("/userinfo"),
        form: { access_token: text(tokens.access_token) }
      })
      assert.strictEqual(response.status, 200)
      assert.deepStrictEqual(response.json(), { sub: idToken.sub })
    })
  )

  it.effect("oidcc-ensure-request-without-nonce-succeeds-for-code-flow", () =>
    Effect.gen(function* () {
      const { idToken } = yield* flow({ nonce: undefined })
      assert.notProperty(idToken, "nonce")
    })
  )

  const scope = (name: string, scope: string, claims: Readonly<Record<string, unknown>>) =>
    it.effect(name, () =>
      Effect.gen(function* () {
        const { idToken, tokens } = yield* flow({ scope })
        assert.strictEqual(tokens.scope, scope)
        assert.deepStrictEqual((yield* userinfo(tokens.access_token)).json(), { sub: idToken.sub, ...claims })
        // With a code there is userinfo to ask, so that the ID token says none of it.
        for (const claim of Object.keys(claims)) assert.notProperty(idToken, claim)
      })
    )

  scope("oidcc-scope-profile", "openid profile", profile)
  scope("oidcc-scope-email", "openid email", email)
  scope("oidcc-scope-address", "openid address", address)
  scope("oidcc-scope-phone", "openid phone", phone)
  scope("oidcc-scope-all", "openid profile email address phone", {
    ...profile,
    ...email,
    ...address,
    ...phone
  })

  it.effect("oidcc-alternate-happy-flow", () =>
    Effect.gen(function* () {
      const parameters = Object.entries(request({ scope: "phone email openid" })).reverse()
      const browser = new Browser()
      const first = yield* browser.open({
        path: at("/authorize"),
        query: new URLSearchParams(parameters).toString()
      })
      const { answer } = yield* goThrough(browser, first)
      const tokens = (yield* exchange(redirectOf(answer).query.code)).json()
      yield* verifyIdToken(tokens.id_token)
      assert.containsAllKeys((yield* userinfo(tokens.access_token)).json(), ["email", "phone_number"])
    })
  )

  for (const display of ["page", "popup", "touch", "wap", undefined]) {
    // @covers oidc-core-3.1.2.1-m oidc-core-3.1.2.1-n oidc-core-3.1.2.1-o oidc-core-3.1.2.1-p
    // @covers oidc-core-15.1-e
    it.effect(`oidcc-display-${display}`, () =>
      Effect.gen(function* () {
        const browser = new Browser()
        const signIn = yield* authorize(browser, { display })
        const failed = yield* browser.signIn(signIn, "ada", "wrong")
        const consent = yield* browser.signIn(failed, "ada", "lovelace")
        for (const page of [signIn, failed, consent]) {
          assert.include(page.body, `<body class="${display ?? "page"}">`)
          assert.strictEqual(page.body.includes("<style>"), display !== "wap")
          const policy = String(page.headers["content-security-policy"])
          assert.strictEqual(policy.includes("style-src"), display !== "wap")
        }
        const { answer } = yield* goThrough(browser, consent)
        assert.isString(redirectOf(answer).query.code)
      })
    )
  }

  // @covers oidc-core-3.1.2.1-r oidc-core-3.1.2.3-a oidc-core-3.1.2.3-b oidc-core-15.1-d
  it.effect("oidcc-prompt-login", () =>
    Effect.gen(function* () {
      const first = yield* flow()
      yield* TestClock.adjust("2 seconds")
      const page = yield* authorize(first.browser, { prompt: "login" })
      assert.isTrue(isSignInPage(page))
      const { answer, consented } = yield* goThrough(first.browser, page)
      // Once is enough.
      assert.isTrue(consented)
      const tokens = (yield* exchange(redirectOf(answer).query.code)).json()
      const claims = yield* verifyIdToken(tokens.id_token)
      assert.isAbove(Number(claims.auth_time), Number(first.idToken.auth_time))
      assert.strictEqual(claims.sub, first.idToken.sub)
    })
  )

  // @covers oidc-core-3.1.2.1-q oidc-core-3.1.2.3-c oidc-core-3.1.2.3-d oidc-core-15.1-d
  it.effect("oidcc-prompt-none-not-logged-in", () =>
    Effect.gen(function* () {
      const { uri, query } = redirectOf(yield* authorize(new Browser(), { prompt: "none" }))
      assert.strictEqual(uri, redirectUri)
      assert.strictEqual(query.error, "login_required")
      assert.strictEqual(query.state, "af0ifjsldkj")
      assert.strictEqual(query.iss, issuer)
      assert.notProperty(query, "code")
    })
  )

  // @covers oidc-core-3.1.2.1-q oidc-core-3.1.2.1-ab oidc-core-3.1.2.3-c
  it.effect("oidcc-prompt-none-logged-in", () =>
    Effect.gen(function* () {
      const first = yield* flow()
      yield* TestClock.adjust("2 seconds")
      const silent = yield* flow({ prompt: "none" }, first.browser)
      assert.isFalse(silent.signedIn || silent.consented)
      assert.strictEqual(silent.idToken.sub, first.idToken.sub)
      assert.strictEqual(silent.idToken.auth_time, first.idToken.auth_time)
    })
  )

  // @covers oidc-core-3.1.2.1-x oidc-core-15.1-h
  it.effect("oidcc-max-age-1", () =>
    Effect.gen(function* () {
      const first = yield* flow()
      yield* TestClock.adjust("2 seconds")
      const second = yield* flow({ max_age: "1" }, first.browser)
      assert.isTrue(second.signedIn)
      assert.isAbove(Number(second.idToken.auth_time), Number(first.idToken.auth_time))
      assert.strictEqual(second.idToken.sub, first.idToken.sub)
    })
  )

  // @covers oidc-core-3.1.2.1-y
  it.effect("oidcc-max-age-10000", () =>
    Effect.gen(function* () {
      const first = yield* flow({ max_age: "15000" })
      yield* TestClock.adjust("2 seconds")
      const second = yield* flow({ max_age: "10000" }, first.browser)
      assert.isFalse(second.signedIn)
      assert.isNumber(first.idToken.auth_time)
      assert.strictEqual(second.idToken.auth_time, first.idToken.auth_time)
    })
  )

  // @covers oidc-core-3.1.2.2-h
  it.effect("oidcc-ensure-request-with-unknown-parameter-succeeds", () =>
    Effect.gen(function* () {
      yield* flow({ extra: "foobar" })
    })
  )

  it.effect("oidcc-id-token-hint", () =>
    Effect.gen(function* () {
      const first = yield* flow()
      const hint = { prompt: "none", id_token_hint: text(first.tokens.id_token) }
      const silent = yield* flow(hint, first.browser)
      assert.isFalse(silent.signedIn || silent.consented)
      assert.strictEqual(silent.idToken.sub, first.idToken.sub)
    })
  )

  it.effect("oidcc-login-hint", () =>
    Effect.gen(function* () {
      const page = yield* authorize(new Browser(), { login_hint: 'ada"><script>' })
      assert.include(page.body, 'value="ada&#34;&#62;&#60;script&#62;"')
      yield* flow({ login_hint: "ada" })
    })
  )

  // @covers oidc-core-3.1.2.1-z
  it.effect("oidcc-ui-locales", () =>
    Effect.gen(function* () {
      yield* flow({ ui_locales: "se" })
    })
  )

  // @covers oidc-core-5.2-e
  it.effect("oidcc-claims-locales", () =>
    Effect.gen(function* () {
      yield* flow({ claims_locales: "se" })
    })
  )

  // @covers oidc-core-15.1-i
  it.effect("oidcc-ensure-request-with-acr-values-succeeds", () =>
    Effect.gen(function* () {
      const { idToken } = yield* flow({ acr_values: `1 ${acr}` })
      assert.strictEqual(idToken.acr, acr)
    })
  )

  const reuse = (name: string, after: string) =>
    it.effect(name, () =>
      Effect.gen(function* () {
        const { query } = yield* visit(new Browser())
        const first = yield* exchange(query.code)
        yield* TestClock.adjust(after === "at once" ? 0 : "30 seconds")
        assert.strictEqual(errorOf(yield* exchange(query.code))[0], "invalid_grant")
        // RFC 6749 §4.1.2: what came of it is revoked
        assert.strictEqual((yield* userinfo(first.json().access_token)).status, 401)
      })
    )

  reuse("oidcc-codereuse", "at once")
  reuse("oidcc-codereuse-30seconds", "later")

  // @covers oidc-core-3.1.2.1-h oidc-core-3.1.2.2-b oidc-core-3.1.2.6-b oidc-core-3.2.2.1-c
  it.effect("oidcc-ensure-registered-redirect-uri", () =>
    Effect.gen(function* () {
      const page = yield* authorize(new Browser(), { redirect_uri: "https://evil.example.com/callback" })
      assert.strictEqual(page.status, 400)
      assert.notProperty(page.headers, "location")
      assert.include(page.body, "not registered")
    })
  )

  // @covers oidc-core-3.1.2.1-a
  it.effect("oidcc-ensure-post-request-succeeds", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const first = yield* browser.open({ path: at("/authorize"), form: request() })
      const { answer } = yield* goThrough(browser, first)
      const tokens = (yield* exchange(redirectOf(answer).query.code)).json()
      yield* verifyIdToken(tokens.id_token)
    })
  )

  it.effect("oidcc-server-client-secret-post", () =>
    Effect.gen(function* () {
      const { query } = yield* visit(new Browser(), { client_id: "rp-post" })
      const form = { client_id: "rp-post", client_secret: "rp-secret" }
      const response = yield* exchange(query.code, form, null)
      yield* verifyIdToken(response.json().id_token, { audience: "rp-post" })
    })
  )

  // @covers oidc-core-6.2-a
  it.effect("oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported", () =>
    Effect.gen(function* () {
      const { query } = redirectOf(
        yield* authorize(new Browser(), { request_uri: "https://rp.example.com/request.jwt" })
      )
      assert.strictEqual(query.error, "request_uri_not_supported")
      assert.strictEqual(query.state, "af0ifjsldkj")
    })
  )

  const unsigned = (claims: Readonly<Record<string, string>>) =>
    `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`

  // @covers oidc-core-6.1-a
  it.effect("oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported", () =>
    Effect.gen(function* () {
      const { query } = redirectOf(
        yield* authorize(new Browser(), { request: unsigned(request()), nonce: undefined })
      )
      assert.strictEqual(query.error, "request_not_supported")
      assert.strictEqual(query.state, "af0ifjsldkj")
    })
  )

  it.effect("oidcc-claims-essential", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow({ claims: '{"userinfo":{"name":{"essential":true}}}' })
      assert.strictEqual((yield* userinfo(tokens.access_token)).json().name, "Ada Lovelace")
    })
  )

  // @covers oidc-core-3.1.2.6-b
  it.effect("oidcc-ensure-request-object-with-redirect-uri", () =>
    Effect.gen(function* () {
      const page = yield* authorize(new Browser(), {
        redirect_uri: "https://evil.example.com/callback",
        request: unsigned(request())
      })
      assert.strictEqual(page.status, 400)
      assert.notProperty(page.headers, "location")
    })
  )

  // @covers oidc-core-12.1-a oidc-core-12.1-b
  it.effect("oidcc-refresh-token", () =>
    Effect.gen(function* () {
      const first = yield* flow({ scope: "openid offline_access", prompt: "consent" })
      yield* TestClock.adjust("2 seconds")
      const tokens = (yield* refresh(first.tokens.refresh_token)).json()
      assert.notStrictEqual(tokens.access_token, first.tokens.access_token)
      const claims = yield* verifyIdToken(tokens.id_token)
      for (const name of ["iss", "sub", "aud", "azp", "auth_time"] as const) {
        assert.strictEqual(claims[name], first.idToken[name], name)
      }
      assert.isAbove(Number(claims.iat), Number(first.idToken.iat))
      assert.notProperty(claims, "nonce")
      assert.strictEqual(claims.at_hash, yield* halfHash(tokens.access_token))
      const other = yield* refresh(tokens.refresh_token, {}, ["rp-2", asRp[1]])
      assert.strictEqual(errorOf(other)[0], "invalid_grant")
    })
  )

  it.effect("oidcc-ensure-request-with-valid-pkce-succeeds", () =>
    Effect.gen(function* () {
      const { query } = yield* visit(new Browser(), {
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        code_challenge_method: "S256"
      })
      const form = { code_verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" }
      assert.strictEqual((yield* exchange(query.code, form)).status, 200)
    })
  )

  it.effect("the person sees for how long: a token that comes without a code is not renewed", () =>
    Effect.gen(function* () {
      for (const [responseType, howLong] of [
        ["code", "until it goes unused for 30 days, also while you are away"],
        ["token", "10 minutes"]
      ] as const) {
        const browser = new Browser()
        const page = yield* browser.submit(
          yield* authorize(browser, { response_type: responseType, scope: "read" }),
          { username: "ada", password: "lovelace" }
        )
        assert.include(page.body, `<dd>${howLong}</dd>`)
      }
    })
  )

  it.effect("the person sees what they are asked for", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const page = yield* browser.submit(
        yield* authorize(browser, { claims: '{"id_token":{"groups":null},"userinfo":{"<b>":null}}' }),
        { username: "ada", password: "lovelace" }
      )
      assert.isTrue(isConsentPage(page))
      assert.include(page.body, "<code>openid</code>")
      assert.include(page.body, "<code>groups</code>")
      assert.include(page.body, "<code>&#60;b&#62;</code>")
      assert.property(formOf(page).fields, "interaction")
    })
  )
})

layer(Provider)("Config OP plan", (it) => {
  const discovery = TestServer.send({ path: at("/.well-known/openid-configuration") })

  // @covers oidc-discovery-4-b oidc-discovery-4-c oidc-discovery-4.2-a rfc9068-4-c
  it.effect("the discovery document is under the issuer, and says the same as RFC 8414's", () =>
    Effect.gen(function* () {
      const response = yield* discovery
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.headers["content-type"], "application/json")
      assert.strictEqual(response.headers["access-control-allow-origin"], "*")
      const other = yield* TestServer.send({ path: "/.well-known/oauth-authorization-server/tenant" })
      assert.deepStrictEqual(response.json(), other.json())
    })
  )

  // @covers oidc-core-16.15-a oidc-discovery-3-a oidc-discovery-3-c oidc-discovery-3-e oidc-discovery-3-f
  // @covers oidc-discovery-3-g oidc-discovery-3-i oidc-discovery-3-k oidc-discovery-4.3-c
  it.effect("issuer is equal to it byte for byte, and every endpoint is https", () =>
    Effect.gen(function* () {
      const metadata = (yield* discovery).json()
      assert.strictEqual(metadata.issuer, issuer)
      const urls = Object.entries(metadata).filter(([name]) => /_endpoint$|_uri$/.test(name))
      assert.isAtLeast(urls.length, 6)
      for (const [name, value] of urls)
        assert.match(text(value), /^https:\/\/op\.example\.com\/tenant\//, name)
    })
  )

  // @covers oidc-discovery-3-o
  it.effect("jwks_uri has valid distinct keys, and no private part", () =>
    Effect.gen(function* () {
      const metadata = (yield* discovery).json()
      const response = yield* TestServer.send({ path: new URL(text(metadata.jwks_uri)).pathname })
      const keys: ReadonlyArray<Record<string, unknown>> = JSON.parse(response.body).keys
      assert.isAtLeast(keys.length, 4)
      assert.strictEqual(new Set(keys.map(({ kid }) => kid)).size, keys.length)
      for (const key of keys) {
        assert.doesNotHaveAnyKeys(key, ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
        yield* Effect.promise(() => import("jose").then(({ importJWK }) => importJWK(key)))
      }
    })
  )

  // @covers oidc-discovery-3-r oidc-discovery-3-t
  it.effect("scopes_supported has openid, and what comes with it", () =>
    Effect.gen(function* () {
      const metadata = (yield* discovery).json()
      assert.deepStrictEqual(metadata.scopes_supported, scopes)
      assert.includeMembers(scopes, ["openid", "profile", "email", "address", "phone", "offline_access"])
    })
  )

  // @covers oidc-core-8-a oidc-discovery-3-h oidc-discovery-3-u oidc-discovery-3-x oidc-discovery-3-y
  // @covers oidc-discovery-3-z oidc-discovery-3-ae
  it.effect("the required members are as they really are", () =>
    Effect.gen(function* () {
      const metadata = (yield* discovery).json()
      assert.deepStrictEqual(metadata.response_types_supported, [
        "code",
        "token",
        "code token",
        "id_token",
        "code id_token",
        "id_token token",
        "code id_token token"
      ])
      assert.deepStrictEqual(metadata.response_modes_supported, ["query", "fragment", "form_post"])
      assert.deepStrictEqual(metadata.subject_types_supported, ["public", "pairwise"])
      assert.deepStrictEqual(metadata.id_token_signing_alg_values_supported, [
        "ES256",
        "RS256",
        "PS256",
        "EdDSA"
      ])
      assert.deepStrictEqual(metadata.userinfo_signing_alg_values_supported, [
        "ES256",
        "RS256",
        "PS256",
        "EdDSA"
      ])
      assert.deepStrictEqual(metadata.grant_types_supported, [
        "authorization_code",
        "refresh_token",
        "implicit"
      ])
      assert.deepStrictEqual(metadata.acr_values_supported, [acr])
      assert.strictEqual(metadata.userinfo_endpoint, `${issuer}/userinfo`)
      assert.includeMembers(
        [...JSON.parse(JSON.stringify(metadata.claims_supported))],
        ["sub", "iss", "auth_time", "acr", "name", "email", "address", "phone_number", "groups"]
      )
      assert.strictEqual(metadata.claims_parameter_supported, true)
      assert.strictEqual(metadata.request_parameter_supported, false)
      assert.strictEqual(metadata.request_uri_parameter_supported, false)
    })
  )
})
