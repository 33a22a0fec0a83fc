import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import { AuthenticationRequest, Client, Parameters, Scope, SessionStore, SigningKeys } from "effect-oauth"
import { redirectOf } from "../support/Flow.ts"
import {
  acr,
  at,
  authorize,
  Browser,
  exchange,
  flow,
  formOf,
  goThrough,
  isConsentPage,
  isSignInPage,
  issuer,
  now,
  Provider,
  redirectUri,
  request,
  text,
  visit
} from "./support/Provider.ts"

/** The error of a request that nobody is asked about. */
const refusal = Effect.fnUntraced(function* (
  parameters: Record<string, string | undefined>,
  browser = new Browser()
) {
  const { query, uri } = redirectOf(yield* authorize(browser, parameters))
  assert.strictEqual(uri, redirectUri)
  assert.strictEqual(query.state, "af0ifjsldkj")
  assert.strictEqual(query.iss, issuer)
  // RFC 6749 §5.2
  assert.match(query.error_description ?? "", /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/)
  return query.error
})

layer(Provider)("OpenID Connect Core §3.1.2.1 the parameters of an authentication request", (it) => {
  for (const [name, parameters, error] of [
    ["prompt=none together with another", { prompt: "none login" }, "invalid_request"],
    ["a prompt that is unknown", { prompt: "smile" }, "invalid_request"],
    ["a display that is unknown", { display: "hologram" }, "invalid_request"],
    ["a max_age that is negative", { max_age: "-1" }, "invalid_request"],
    ["a max_age that is no number", { max_age: "1e3" }, "invalid_request"],
    ["a request object", { request: "eyJhbGciOiJub25lIn0.e30." }, "request_not_supported"],
    ["the same without openid", { request: "x", scope: "read" }, "request_not_supported"],
    ["a request_uri", { request_uri: "urn:x" }, "request_uri_not_supported"],
    ["a registration", { registration: "{}" }, "registration_not_supported"],
    ["claims that are no JSON", { claims: "{" }, "invalid_request"],
    ["claims that are no object", { claims: "[]" }, "invalid_request"],
    ["claims that are null", { claims: "null" }, "invalid_request"],
    ["claims whose userinfo is a list", { claims: '{"userinfo":["name"]}' }, "invalid_request"],
    ["claims of which one is a text", { claims: '{"userinfo":{"name":"Ada"}}' }, "invalid_request"],
    [
      "claims whose essential is a text",
      { claims: '{"id_token":{"acr":{"essential":"yes"}}}' },
      "invalid_request"
    ],
    ["claims whose values are no list", { claims: '{"id_token":{"acr":{"values":"1"}}}' }, "invalid_request"],
    [
      "claims that are nested too deeply",
      { claims: `${"[".repeat(4000)}${"]".repeat(4000)}` },
      "invalid_request"
    ],
    [
      "claims with a value that is nested too deeply",
      { claims: `{"userinfo":{"name":{"value":${"[".repeat(20)}${"]".repeat(20)}}}}` },
      "invalid_request"
    ],
    ["claims that are too long", { claims: `{"userinfo":{"${"a".repeat(9000)}":null}}` }, "invalid_request"],
    [
      "claims for two people",
      { claims: '{"id_token":{"sub":{"value":"u-1"}},"userinfo":{"sub":{"value":"u-2"}}}' },
      "invalid_request"
    ]
  ] as const) {
    // @covers oidc-core-3.1.2.2-c oidc-core-3.1.2.2-i oidc-core-5.5.1-a oidc-core-6.1-a oidc-core-6.2-a
    // @covers oidc-core-15.1-d
    it.effect(`${name}: ${error}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* refusal(parameters), error)
      })
    )
  }

  // @covers oidc-core-3.1.2.1-g oidc-core-3.1.2.2-c oidc-core-3.2.2.1-b
  it.effect("the redirect_uri, which OAuth may do without, is required", () =>
    Effect.gen(function* () {
      const { query } = redirectOf(yield* authorize(new Browser(), { redirect_uri: undefined }))
      assert.strictEqual(query.error, "invalid_request")
      assert.include(query.error_description, "redirect_uri")
      // OAuth does without.
      assert.isTrue(isSignInPage(yield* authorize(new Browser(), { redirect_uri: undefined, scope: "read" })))
    })
  )

  // @covers oidc-core-5.5-c oidc-core-5.5.1-f
  it.effect("members of claims that nobody understands are ignored (§5.5)", () =>
    Effect.gen(function* () {
      const page = yield* authorize(new Browser(), {
        claims: '{"aggregated":{"x":1},"userinfo":{"name":{"essential":true,"purpose":"fun"}}}'
      })
      assert.isTrue(isSignInPage(page))
    })
  )

  it.effect("a request of plain OAuth is asked none of it", () =>
    Effect.gen(function* () {
      const page = yield* authorize(new Browser(), {
        scope: "read",
        prompt: "smile",
        max_age: "x",
        claims: "{"
      })
      assert.isTrue(isSignInPage(page))
    })
  )
})

layer(Provider)("OpenID Connect Core §3.1.2.6 an error response", (it) => {
  // @covers oidc-core-3.1.2.6-a oidc-core-3.1.2.6-d oidc-core-3.1.2.6-e
  it.effect("says error, error_description, state and iss, and nothing else", () =>
    Effect.gen(function* () {
      for (const parameters of [
        { prompt: "none" },
        { max_age: "-1" },
        { request: "x" },
        { response_type: "x" }
      ]) {
        const { fragment, query } = redirectOf(yield* authorize(new Browser(), parameters))
        assert.hasAllKeys(query, ["error", "error_description", "state", "iss"])
        assert.deepStrictEqual(fragment, {})
        const stateless = redirectOf(yield* authorize(new Browser(), { ...parameters, state: undefined }))
        assert.hasAllKeys(stateless.query, ["error", "error_description", "iss"])
      }
    })
  )
})

layer(Provider)("OpenID Connect Core §3.1.2.3 who has to sign in", (it) => {
  // @covers oidc-core-3.1.2.4-a
  it.effect("somebody who is signed in is asked to consent, and no more", () =>
    Effect.gen(function* () {
      const { browser } = yield* flow()
      assert.isTrue(isConsentPage(yield* authorize(browser)))
    })
  )

  for (const prompt of ["login", "select_account", "login consent"]) {
    // @covers oidc-core-3.1.2.1-r oidc-core-3.1.2.1-t oidc-core-3.1.2.1-v
    it.effect(`prompt=${prompt}: everybody, once`, () =>
      Effect.gen(function* () {
        const { browser } = yield* flow()
        const again = yield* flow({ prompt }, browser)
        assert.isTrue(again.signedIn && again.consented)
      })
    )
  }

  // @covers oidc-core-3.1.2.3-b
  it.effect("prompt=login: the old session cannot answer in the place of a new one", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      yield* flow({}, browser)
      const page = yield* authorize(browser, { prompt: "login" })
      const form = { ...formOf(page).fields, decision: "approve" }
      const answer = yield* browser.open({ path: at("/authorize/consent"), form })
      assert.isTrue(isSignInPage(answer))
    })
  )

  it.effect("prompt=login: somebody else may sign in", () =>
    Effect.gen(function* () {
      const { browser } = yield* flow()
      const page = yield* authorize(browser, { prompt: "login" })
      const { answer } = yield* goThrough(browser, page, ["grace", "hopper"])
      assert.property(redirectOf(answer).query, "code")
    })
  )

  // @covers oidc-core-3.1.2.1-x
  it.effect("max_age: whoever signed in longer ago, and not a second earlier", () =>
    Effect.gen(function* () {
      const { browser } = yield* flow()
      yield* TestClock.adjust("60 seconds")
      assert.isTrue(isConsentPage(yield* authorize(browser, { max_age: "60" })))
      yield* TestClock.adjust("1 millis")
      assert.isTrue(isSignInPage(yield* authorize(browser, { max_age: "60" })))
      assert.isTrue(isConsentPage(yield* authorize(browser, { max_age: "61" })))
    })
  )

  // @covers oidc-core-3.1.2.1-x
  it.effect("max_age=0: everybody", () =>
    Effect.gen(function* () {
      const { browser } = yield* flow()
      assert.isTrue(isSignInPage(yield* authorize(browser, { max_age: "0" })))
    })
  )

  it.effect("default_max_age and default_acr_values stand in for what is left out", () =>
    Effect.gen(function* () {
      const { browser } = yield* flow()
      yield* TestClock.adjust("61 seconds")
      assert.isTrue(isSignInPage(yield* authorize(browser, { client_id: "rp-max-age" })))
      assert.isTrue(isConsentPage(yield* authorize(browser, { client_id: "rp-max-age", max_age: "70" })))
    })
  )

  // @covers oidc-core-3.1.2.3-d
  it.effect("prompt=none with a session that is too old: login_required", () =>
    Effect.gen(function* () {
      const { browser } = yield* flow()
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* refusal({ prompt: "none", max_age: "5" }, browser), "login_required")
    })
  )
})

layer(Provider)("OpenID Connect Core §3.1.2.4 consent where nothing may be shown", (it) => {
  // @covers oidc-core-3.1.2.1-u
  it.effect("a client that was never allowed anything: consent_required", () =>
    Effect.gen(function* () {
      const { browser } = yield* flow()
      // Nobody has answered for rp-es256.
      const error = yield* refusal({ prompt: "none", client_id: "rp-es256" }, browser)
      assert.strictEqual(error, "consent_required")
    })
  )

  // @covers oidc-core-3.1.2.4-a oidc-core-11-b oidc-core-11-c oidc-core-11-e
  it.effect("what was allowed, and less, but no more", () =>
    Effect.gen(function* () {
      const { browser } = yield* flow({ scope: "openid email" })
      for (const scope of ["openid email", "openid"]) {
        const silent = yield* flow({ prompt: "none", scope }, browser)
        assert.isFalse(silent.signedIn || silent.consented)
      }
      for (const scope of ["openid profile", "openid email read", "openid offline_access"]) {
        assert.strictEqual(yield* refusal({ prompt: "none", scope }, browser), "consent_required")
      }
    })
  )

  it.effect("claims that are asked for one by one, if the scope stands for them", () =>
    Effect.gen(function* () {
      const { browser } = yield* flow({ scope: "openid email" })
      const ask = (claims: string) => ({ prompt: "none", scope: "openid email", claims })
      yield* flow(ask('{"userinfo":{"email":null},"id_token":{"acr":null,"email":null}}'), browser)
      for (const claims of [
        '{"userinfo":{"name":null}}',
        '{"id_token":{"secret_of_the_application":null}}'
      ]) {
        assert.strictEqual(yield* refusal(ask(claims), browser), "consent_required")
      }
    })
  )

  it.effect("a person who said no has allowed nothing", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const consent = yield* browser.signIn(
        yield* authorize(browser, { client_id: "rp-ps256" }),
        "grace",
        "hopper"
      )
      yield* browser.submit(consent, { decision: "deny" })
      const error = yield* refusal({ prompt: "none", client_id: "rp-ps256" }, browser)
      assert.strictEqual(error, "consent_required")
    })
  )

  // @covers oidc-core-16.18-c
  it.effect("whose consent is taken back: consent_required", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      yield* visit(browser, { client_id: "rp-2" })
      yield* visit(browser, { client_id: "rp-2", prompt: "none" })
      const sessions = yield* SessionStore.SessionStore
      yield* sessions.forget("u-1", Client.ClientId.make("rp-2"))
      assert.strictEqual(yield* refusal({ prompt: "none", client_id: "rp-2" }, browser), "consent_required")
    })
  )

  // @covers oidc-core-11-f
  it.effect("RFC 8252 §8.6 a native client, which may be anybody: consent_required", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const native = {
        client_id: "rp-native",
        redirect_uri: "http://127.0.0.1:4711/callback",
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        code_challenge_method: "S256"
      }
      const first = yield* goThrough(browser, yield* authorize(browser, native))
      assert.property(redirectOf(first.answer).query, "code")
      const silent = redirectOf(yield* authorize(browser, { ...native, prompt: "none" }))
      assert.strictEqual(silent.query.error, "consent_required")
    })
  )
})

layer(Provider)("OpenID Connect Core §3.1.2.1 id_token_hint", (it) => {
  // @covers oidc-core-3.1.2.1-aa
  it.effect("for somebody else, where nothing may be shown: login_required", () =>
    Effect.gen(function* () {
      const ada = yield* flow()
      const browser = new Browser()
      yield* goThrough(browser, yield* authorize(browser), ["grace", "hopper"])
      const hint = { id_token_hint: text(ada.tokens.id_token) }
      assert.strictEqual(yield* refusal({ ...hint, prompt: "none" }, browser), "login_required")
      // Else the right person may sign in,
      const page = yield* authorize(browser, hint)
      assert.isTrue(isSignInPage(page))
      const { answer } = yield* goThrough(browser, page)
      assert.property(redirectOf(answer).query, "code")
    })
  )

  // @covers oidc-core-3.1.2.1-aa
  it.effect("and if another signs in: login_required, and nobody is signed in anew", () =>
    Effect.gen(function* () {
      const ada = yield* flow()
      const browser = new Browser()
      const page = yield* authorize(browser, { id_token_hint: text(ada.tokens.id_token) })
      const { query } = redirectOf(yield* browser.signIn(page, "grace", "hopper"))
      assert.strictEqual(query.error, "login_required")
      assert.strictEqual(query.error_description, "Another person has signed in")
      assert.isTrue(isSignInPage(yield* authorize(browser)))
    })
  )

  // @covers oidc-core-3.1.2.2-d oidc-core-5.5.1-d
  it.effect("§5.5.1 the same for a sub that is asked for with its value", () =>
    Effect.gen(function* () {
      const { browser } = yield* flow()
      const asking = (sub: string) => ({
        prompt: "none",
        claims: JSON.stringify({ id_token: { sub: { value: sub } } })
      })
      yield* flow(asking("u-1"), browser)
      assert.strictEqual(yield* refusal(asking("u-2"), browser), "login_required")
    })
  )

  // @covers oidc-core-3.1.2.2-g
  it.effect("may have expired", () =>
    Effect.gen(function* () {
      const { browser, tokens } = yield* flow()
      yield* TestClock.adjust("2 hours")
      const silent = yield* flow({ prompt: "none", id_token_hint: text(tokens.id_token) }, browser)
      assert.isFalse(silent.signedIn)
    })
  )

  it.effect("and claims for somebody else: invalid_request", () =>
    Effect.gen(function* () {
      const { browser, tokens } = yield* flow()
      const id_token_hint = text(tokens.id_token)
      const asking = (sub: string) => JSON.stringify({ id_token: { sub: { value: sub } } })
      const error = yield* refusal({ id_token_hint, claims: asking("u-2") }, browser)
      assert.strictEqual(error, "invalid_request")
      const silent = yield* flow({ id_token_hint, claims: asking("u-1"), prompt: "none" }, browser)
      assert.isFalse(silent.signedIn)
    })
  )

  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")

  // @covers oidc-core-3.1.2.2-f
  it.effect("that is no ID token of this server for this client: invalid_request", () =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys.SigningKeys
      const ada = yield* flow()
      const other = yield* flow({ client_id: "rp-2" })
      const [header = "", payload = "", signature = ""] = text(ada.tokens.id_token).split(".")
      const time = yield* now
      const claims = { iss: issuer, sub: "u-1", aud: "rp", exp: time + 600, iat: time }
      const sign = (changes: Record<string, string | number>, type = "JWT") =>
        keys.sign({ algorithm: "RS256", type, claims: { ...claims, ...changes } })
      const forged = `${header}.${encode({ ...claims, sub: "u-2" })}.${signature}`
      const hints: Record<string, string> = {
        forged,
        "with another signature": `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
        unsigned: `${encode({ alg: "none", typ: "JWT" })}.${payload}.`,
        "signed with our public key as a secret": `${encode({ alg: "HS256", typ: "JWT" })}.${payload}.${signature}`,
        "for another client": text(other.tokens.id_token),
        "of another issuer": yield* sign({ iss: "https://evil.example.com" }),
        "an access token": yield* sign({}, "at+jwt"),
        "a logout token": yield* sign({}, "logout+jwt"),
        "no JWT": "nonsense",
        "too large": `${header}.${encode({ ...claims, x: "x".repeat(20_000) })}.${signature}`,
        "nested deeply": `${header}.${Buffer.from(`${"[".repeat(6000)}${"]".repeat(6000)}`).toString("base64url")}.${signature}`
      }
      for (const [name, id_token_hint] of Object.entries(hints)) {
        assert.strictEqual(
          yield* refusal({ id_token_hint, prompt: "none" }, ada.browser),
          "invalid_request",
          name
        )
      }
      // A hint that says the same and is one, is not refused.
      yield* flow({ id_token_hint: yield* sign({}), prompt: "none" }, ada.browser)
    })
  )

  it.effect("another JWT that we signed is no hint, such as userinfo: an ID token has sub, exp and iat", () =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys.SigningKeys
      const time = yield* now
      const whole = { iss: issuer, sub: "u-1", aud: "rp", exp: time + 600, iat: time }
      for (const missing of ["sub", "exp", "iat"]) {
        const claims = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== missing))
        const id_token_hint = yield* keys.sign({ algorithm: "RS256", type: "JWT", claims })
        assert.strictEqual(yield* refusal({ id_token_hint }), "invalid_request", missing)
      }
    })
  )
})

layer(Provider)("OpenID Connect Core §5.5.1.1 acr", (it) => {
  const insisting = (values: ReadonlyArray<string>, essential = true) => ({
    claims: JSON.stringify({ id_token: { acr: { essential, values } } })
  })

  // @covers oidc-core-5.5.1.1-a
  it.effect("one that is essential and can be had, is", () =>
    Effect.gen(function* () {
      const { idToken } = yield* flow(insisting(["urn:unheard-of", acr]))
      assert.strictEqual(idToken.acr, acr)
    })
  )

  // @covers oidc-core-5.5.1.1-b
  it.effect("one that is essential and cannot be had: unmet_authentication_requirements", () =>
    Effect.gen(function* () {
      const { query } = yield* visit(new Browser(), insisting(["urn:unheard-of"]))
      assert.strictEqual(query.error, "unmet_authentication_requirements")
      assert.strictEqual(
        query.error_description,
        "The person cannot sign in as the parameter claims insists on"
      )
      assert.notProperty(query, "code")
    })
  )

  it.effect("one that is essential, and may be any", () =>
    Effect.gen(function* () {
      const { idToken } = yield* flow({ claims: '{"id_token":{"acr":{"essential":true}}}' })
      assert.strictEqual(idToken.acr, acr)
    })
  )

  // @covers oidc-core-5.5.1.1-c
  it.effect("one that is voluntary and cannot be had, is not", () =>
    Effect.gen(function* () {
      const { idToken } = yield* flow(insisting(["urn:unheard-of"], false))
      assert.strictEqual(idToken.acr, acr)
    })
  )
})

layer(Provider)("clients that are registered for what the server does not have", (it) => {
  for (const client of ["rp-unsigned", "rp-hs256", "rp-pairwise-no-sector"]) {
    // @covers oidc-core-2-u oidc-core-8.1-d
    it.effect(`${client}: unauthorized_client`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* refusal({ client_id: client }), "unauthorized_client")
        // For plain OAuth it is a client like any other.
        const page = yield* authorize(new Browser(), { client_id: client, scope: "read" })
        assert.isTrue(isSignInPage(page))
      })
    )
  }

  // @covers oidc-core-3.1.3.1-a oidc-core-3.1.3.2-a
  it.effect("a code is exchanged by the client that it was issued to, and once", () =>
    Effect.gen(function* () {
      const { query } = yield* visit(new Browser())
      const other = yield* exchange(query.code, {}, ["rp-2", "rp-secret"])
      assert.strictEqual(other.json().error, "invalid_grant")
      assert.property((yield* exchange(query.code)).json(), "id_token")
    })
  )

  it.effect("form_post carries an ID token in a form", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const page = yield* browser.open({
        path: at("/authorize"),
        query: request({ response_type: "id_token", response_mode: "form_post" })
      })
      const consent = yield* browser.signIn(page)
      const answer = yield* browser.submit(consent, { decision: "approve" })
      assert.include(answer.body, `action="${redirectUri}"`)
      assert.match(answer.body, /name="id_token" value="[\w-]+\.[\w-]+\.[\w-]+"/)
    })
  )
})

describe("AuthenticationRequest, for an Interaction of one's own", () => {
  const read = (metadata: Partial<Client.Metadata>, parameters: Record<string, string>) => {
    const client = Client.make({ client_id: "c", ...metadata })
    return Result.getOrThrow(AuthenticationRequest.read(client, Parameters.fromRecord(parameters), ["email"]))
  }

  // @covers oidc-core-15.1-e oidc-core-15.1-f oidc-core-15.1-i
  it("has every parameter, and what the client registered in the place of those that are left out", () => {
    assert.deepStrictEqual(read({}, {}), {
      prompt: [],
      uiLocales: [],
      claimsLocales: [],
      acrValues: [],
      furtherClaims: []
    })
    const registered = { default_max_age: 60, default_acr_values: ["1", "2"] }
    assert.deepStrictEqual(
      read(registered, {
        display: "touch",
        ui_locales: "fr-CA fr en",
        login_hint: "ada",
        prompt: "consent login"
      }),
      {
        display: "touch",
        prompt: ["consent", "login"],
        maxAge: 60,
        uiLocales: ["fr-CA", "fr", "en"],
        claimsLocales: [],
        loginHint: "ada",
        acrValues: ["1", "2"],
        furtherClaims: []
      }
    )
    const asked = read(registered, { max_age: "0", acr_values: "3 3  4" })
    assert.strictEqual(asked.maxAge, 0)
    assert.deepStrictEqual(asked.acrValues, ["3", "4"])
    const claims = '{"id_token":{"acr":null,"name":null},"userinfo":{"email":null,"name":null,"x":null}}'
    assert.deepStrictEqual(read({}, { claims }).furtherClaims, ["name", "x"])
  })

  it.effect("is kept with the request, and is none of a request of plain OAuth", () =>
    Effect.gen(function* () {
      const request = read(
        {},
        { nonce: "n", claims: '{"id_token":{"acr":{"essential":true,"values":["1"]}}}' }
      )
      const kept = {
        clientId: Client.ClientId.make("c"),
        redirectUri,
        redirectUriGiven: true,
        responseType: ["code"],
        responseMode: "query",
        scope: Scope.fromTokens(["openid"]),
        extensions: { openid: AuthenticationRequest.encode(request) }
      } as const
      assert.deepStrictEqual(yield* AuthenticationRequest.of(kept), request)
      assert.isUndefined(yield* AuthenticationRequest.of({ ...kept, extensions: {} }))
      const error = yield* Effect.flip(AuthenticationRequest.of({ ...kept, extensions: { openid: "{}" } }))
      assert.strictEqual(error._tag, "StorageError")
      assert.strictEqual(error.operation, "AuthenticationRequest.decode")
    })
  )
})
