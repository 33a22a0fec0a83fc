import { assert, describe, it, layer } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { ClientStore, ResourceOwner, Storage } from "effect-oauth"
import { InteractionPages, OAuthHandler } from "effect-oauth/http"
import {
  audited,
  authorizationParameters,
  Browser,
  exchange,
  type Fields,
  formOf,
  isActive,
  redirectOf,
  register,
  signInAndConsent,
  tagsOf,
  testClient,
  text,
  tokensIn
} from "../support/Flow.ts"
import { clients, issuer, redirectUri, Server, send, layer as server } from "../support/TestServer.ts"

layer(server)("RFC 6749 §4.1 a whole flow, through the pages", (it) => {
  // @covers rfc6749-3.1-e rfc6749-4.1.2-a rfc9207-2-a
  it.effect("signing in, saying yes, and the code is worth tokens", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const signInPage = yield* browser.authorize({ state: "xyz", scope: "read" })
      assert.strictEqual(signInPage.status, 200)
      assert.strictEqual(formOf(signInPage).action, "/authorize/sign-in")

      const consentPage = yield* browser.signIn(signInPage)
      assert.strictEqual(consentPage.status, 200)
      assert.strictEqual(formOf(consentPage).action, "/authorize/consent")
      assert.include(consentPage.body, "<code>read</code>")
      assert.notInclude(consentPage.body, "<code>write</code>")

      const answer = yield* browser.submit(consentPage, { decision: "approve" })
      assert.strictEqual(answer.status, 303)
      const { query, uri } = redirectOf(answer)
      assert.strictEqual(uri, redirectUri)
      assert.deepStrictEqual(Object.keys(query), ["code", "state", "iss"])
      assert.strictEqual(query.state, "xyz")
      assert.strictEqual(query.iss, issuer)

      const tokens = yield* exchange(text(query.code))
      assert.strictEqual(tokens.json().scope, "read")
      assert.isTrue(yield* isActive(tokensIn(tokens).accessToken))
    })
  )

  it.effect("saying no is access_denied", () =>
    Effect.gen(function* () {
      const answer = yield* signInAndConsent({ parameters: { state: "xyz" }, decision: "deny" })
      assert.strictEqual(answer.status, 303)
      assert.deepStrictEqual(redirectOf(answer), {
        uri: redirectUri,
        query: {
          error: "access_denied",
          error_description: "The resource owner denied the request",
          state: "xyz",
          iss: issuer
        },
        fragment: {}
      })
    })
  )

  it.effect("is recorded, step by step", () =>
    Effect.gen(function* () {
      const { events, value } = yield* audited(
        Effect.gen(function* () {
          const answer = yield* signInAndConsent({})
          return yield* exchange(text(redirectOf(answer).query.code))
        })
      )
      assert.strictEqual(value.status, 200)
      assert.deepStrictEqual(tagsOf(events), ["SignedIn", "ConsentGiven", "TokensIssued"])
      assert.deepInclude(events[0], { subject: "u-1" })
    })
  )

  it.effect("the answer to a person is kept by nobody", () =>
    Effect.gen(function* () {
      const answer = yield* signInAndConsent({})
      assert.strictEqual(answer.headers["cache-control"], "no-store")
      assert.strictEqual(answer.body, "")
    })
  )
})

layer(server)("RFC 6749 §3.1 the authorization endpoint answers to GET and POST", (it) => {
  it.effect("a POST has its parameters in the body", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const signInPage = yield* browser.open({ path: "/authorize", form: authorizationParameters() })
      const answer = yield* browser.submit(yield* browser.signIn(signInPage), { decision: "approve" })
      assert.isString(redirectOf(answer).query.code)
    })
  )

  it.effect("and not in the query", () =>
    Effect.gen(function* () {
      const response = yield* send({
        method: "POST",
        path: "/authorize",
        query: authorizationParameters(),
        form: ""
      })
      assert.strictEqual(response.status, 400)
      assert.strictEqual(response.json().error_description, "The parameter client_id is missing")
    })
  )

  it.effect("nothing else", () =>
    Effect.gen(function* () {
      const response = yield* send({ method: "DELETE", path: "/authorize", query: authorizationParameters() })
      assert.strictEqual(response.status, 405)
      assert.strictEqual(response.headers.allow, "GET, POST")
    })
  )

  // @covers rfc9700-2.1-g rfc9700-4.12-a rfc9700-4.12-b
  // @covers oidc-core-16.22-a
  it.effect("an error after a GET is a 302, after a POST a 303 (RFC 9700 §4.12)", () =>
    Effect.gen(function* () {
      const parameters = authorizationParameters({ scope: "unheard-of", state: "xyz" })
      const got = yield* send({ path: "/authorize", query: parameters })
      const posted = yield* send({ path: "/authorize", form: parameters })
      assert.strictEqual(got.status, 302)
      assert.strictEqual(posted.status, 303)
      assert.strictEqual(got.headers.location, posted.headers.location)
      assert.deepStrictEqual(redirectOf(got).query, {
        error: "invalid_scope",
        error_description: "The scope is more than the client may have",
        state: "xyz",
        iss: issuer
      })
    })
  )

  it.effect("a parameter that is repeated is told to the person: which of the two to trust?", () =>
    Effect.gen(function* () {
      const query = new URLSearchParams(authorizationParameters())
      query.append("redirect_uri", "https://evil.example/")
      const response = yield* send({ path: "/authorize", query: query.toString() })
      assert.strictEqual(response.status, 400)
      assert.notProperty(response.headers, "location")
    })
  )
})

layer(server)("RFC 6749 §4.1.2.1 what cannot be redirected is told to the person", (it) => {
  // @covers rfc6749-3.1.2.4-a rfc6749-3.1.2.4-b rfc6749-4.1.2.1-a rfc6749-4.1.2.1-b rfc6749-4.2.2.1-a
  // @covers rfc6749-4.2.2.1-b rfc9700-4.11.2-a
  it.effect.each<readonly [string, Fields, string]>([
    ["an unknown client", { client_id: "unknown" }, "invalid_client"],
    ["a redirect URI that is not registered", { redirect_uri: "https://evil.example/" }, "invalid_request"],
    ["no client at all", { client_id: undefined }, "invalid_request"]
  ])("%s", ([, parameters, error]) =>
    Effect.gen(function* () {
      const page = yield* new Browser().authorize(parameters)
      assert.strictEqual(page.status, 400)
      assert.strictEqual(page.headers["content-type"], "text/html; charset=utf-8")
      assert.notProperty(page.headers, "location")
      assert.notProperty(page.headers, "www-authenticate")
      assert.include(page.body, `<code>${error}</code>`)
      assert.notInclude(page.body, "evil.example")
    })
  )

  it.effect("or as JSON to a program", () =>
    Effect.gen(function* () {
      const response = yield* send({ path: "/authorize", query: { client_id: "unknown" } })
      assert.strictEqual(response.status, 400)
      assert.deepStrictEqual(response.json(), {
        error: "invalid_client",
        error_description: "The client is unknown"
      })
    })
  )
})

layer(server)("OAuth 2.0 Multiple Response Type Encoding Practices, Form Post Response Mode", (it) => {
  const inQuery = ["code", "none"] as const
  const inFragment = ["token", "code token", "token code"] as const

  it.effect.each(inQuery)("%s answers in the query", (response_type) =>
    Effect.gen(function* () {
      const { fragment, query } = redirectOf(yield* signInAndConsent({ parameters: { response_type } }))
      assert.deepStrictEqual(fragment, {})
      assert.strictEqual(query.iss, issuer)
      assert.strictEqual(query.state, "af0ifjsldkj")
      assert.strictEqual("code" in query, response_type === "code")
    })
  )

  // @covers rfc6749-4.2.2-f rfc6749-4.2.2-g
  it.effect.each(inFragment)("%s answers in the fragment, and leaves nothing in the query", (response_type) =>
    Effect.gen(function* () {
      const { fragment, query } = redirectOf(yield* signInAndConsent({ parameters: { response_type } }))
      assert.deepStrictEqual(query, {})
      assert.isTrue(yield* isActive(text(fragment.access_token)))
      assert.strictEqual(fragment.token_type, "Bearer")
      assert.strictEqual(fragment.iss, issuer)
      assert.strictEqual(fragment.state, "af0ifjsldkj")
      assert.notProperty(fragment, "refresh_token")
      assert.strictEqual("code" in fragment, response_type !== "token")
    })
  )

  // @covers rfc6750-5.3-h rfc9700-4.3.2-a
  it.effect.each(inFragment)("%s never answers in the query, even if it is asked to", (response_type) =>
    Effect.gen(function* () {
      const response = yield* send({
        path: "/authorize",
        query: authorizationParameters({ response_type, response_mode: "query" })
      })
      const { fragment, query } = redirectOf(response)
      assert.deepStrictEqual(query, {})
      assert.strictEqual(fragment.error, "invalid_request")
    })
  )

  it.effect("code in the fragment, for who asks", () =>
    Effect.gen(function* () {
      const { fragment, query } = redirectOf(
        yield* signInAndConsent({ parameters: { response_mode: "fragment" } })
      )
      assert.deepStrictEqual(query, {})
      assert.isString(fragment.code)
    })
  )

  it.effect.each(["code", "token", "code token", "none"])("%s as a form that posts itself", (response_type) =>
    Effect.gen(function* () {
      const page = yield* signInAndConsent({ parameters: { response_type, response_mode: "form_post" } })
      assert.strictEqual(page.status, 200)
      assert.notProperty(page.headers, "location")
      assert.strictEqual(page.headers["cache-control"], "no-store")
      const { action, fields } = formOf(page)
      assert.strictEqual(action, redirectUri)
      assert.strictEqual("code" in fields, response_type.includes("code"))
      assert.strictEqual("access_token" in fields, response_type.includes("token"))
      assert.strictEqual(fields.state, "af0ifjsldkj")
      assert.strictEqual(fields.iss, issuer)
    })
  )

  it.effect("an error as a form that posts itself", () =>
    Effect.gen(function* () {
      const page = yield* signInAndConsent({
        parameters: { response_mode: "form_post", state: `"><script>'&` },
        decision: "deny"
      })
      assert.strictEqual(page.status, 200)
      assert.notInclude(page.body, '"><script>')
      assert.deepStrictEqual(formOf(page), {
        action: redirectUri,
        fields: {
          error: "access_denied",
          error_description: "The resource owner denied the request",
          state: `"><script>'&`,
          iss: issuer
        }
      })
    })
  )

  it.effect.each<readonly [string, Fields]>([
    ["query", { scope: "unheard-of" }],
    ["fragment", { response_type: "token", scope: "unheard-of" }]
  ])("an error in the %s", ([place, parameters]) =>
    Effect.gen(function* () {
      const { fragment, query } = redirectOf(
        yield* send({ path: "/authorize", query: authorizationParameters(parameters) })
      )
      const [here, elsewhere] = place === "query" ? [query, fragment] : [fragment, query]
      assert.deepStrictEqual(elsewhere, {})
      assert.strictEqual(here.error, "invalid_scope")
      assert.strictEqual(here.iss, issuer)
    })
  )
})

layer(server)("RFC 6749 §4.1.2 state: the exact value received from the client", (it) => {
  const State = Arbitrary.filter(
    Arbitrary.schema(Schema.NonEmptyString),
    (state) => state.isWellFormed() && !state.includes("\0")
  )

  // @covers rfc6749-4.1.2.1-h
  it.effect.prop("in an error", { state: State }, ({ state }) =>
    Effect.gen(function* () {
      const response = yield* send({
        path: "/authorize",
        query: authorizationParameters({ scope: "unheard-of", state })
      })
      assert.strictEqual(response.location().searchParams.get("state"), state)
    })
  )

  // @covers rfc6749-4.1.2-g
  it.effect.prop(
    "in an answer",
    { state: State },
    ({ state }) =>
      Effect.gen(function* () {
        const answer = yield* signInAndConsent({ parameters: { state } })
        assert.strictEqual(answer.location().searchParams.get("state"), state)
      }),
    { arbitrary: { runs: 25 } }
  )

  it.effect("and none if there was none", () =>
    Effect.gen(function* () {
      const answer = yield* signInAndConsent({ parameters: { state: undefined } })
      assert.isFalse(answer.location().searchParams.has("state"))
    })
  )
})

layer(server)("RFC 6749 §3.1.2 the registered query stays", (it) => {
  // @covers rfc6749-3.1.2-b
  it.effect("as it is, with the answer after it", () =>
    Effect.gen(function* () {
      const uri = "https://client.example/p;x=1?a=&b=1&b=2"
      yield* register({ client_id: "queried", redirect_uris: [uri] })
      const answer = yield* signInAndConsent({ parameters: { client_id: "queried", redirect_uri: uri } })
      assert.isTrue(text(answer.headers.location).startsWith(`${uri}&code=`))
    })
  )
})

layer(server)("signing in", (it) => {
  it.effect("a wrong password shows the page again, and says nothing of which it was", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const signInPage = yield* browser.authorize()
      const { events, value } = yield* audited(
        Effect.all([
          browser.signIn(signInPage, "ada", "wrong"),
          browser.signIn(signInPage, "nobody", "wrong")
        ])
      )
      const [wrongPassword, unknownName] = value
      assert.strictEqual(wrongPassword.status, 400)
      assert.strictEqual(wrongPassword.body.replaceAll("ada", "nobody"), unknownName.body)
      assert.deepStrictEqual<unknown>(events, [
        { _tag: "SignInFailed", remoteAddress: "203.0.113.7" },
        { _tag: "SignInFailed", remoteAddress: "203.0.113.7" }
      ])
      const consentPage = yield* browser.signIn(wrongPassword)
      assert.strictEqual(formOf(consentPage).action, "/authorize/consent")
    })
  )

  it.effect("no name and no password are nobody's", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const page = yield* browser.submit(yield* browser.authorize())
      assert.strictEqual(page.status, 400)
      assert.strictEqual(formOf(page).action, "/authorize/sign-in")
    })
  )

  // @covers rfc6749-10.2-f rfc8252-8.6-a rfc8252-8.6-b
  it.effect("who is signed in is asked to consent at once", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      yield* signInAndConsent({ browser })
      const consentPage = yield* browser.authorize({ state: "again" })
      assert.strictEqual(formOf(consentPage).action, "/authorize/consent")
      const answer = yield* browser.submit(consentPage, { decision: "approve" })
      assert.strictEqual(redirectOf(answer).query.state, "again")
    })
  )

  // @covers rfc6749-10.14-a
  it.effect("what the client calls itself is text, and no HTML", () =>
    Effect.gen(function* () {
      const page = yield* new Browser().authorize()
      assert.include(page.body, "The &#60;Confidential&#62; Client")
    })
  )
})

layer(server)(
  "RFC 6819 §4.4.1.9, §5.3.5 an interaction belongs to one browser and is answered once",
  (it) => {
    it.effect("a second answer finds it answered", () =>
      Effect.gen(function* () {
        const browser = new Browser()
        const consentPage = yield* browser.signIn(yield* browser.authorize())
        assert.strictEqual((yield* browser.submit(consentPage, { decision: "approve" })).status, 303)
        for (const decision of ["approve", "deny"]) {
          const again = yield* browser.submit(consentPage, { decision })
          assert.strictEqual(again.status, 400)
          assert.include(again.body, "has been answered")
        }
      })
    )

    it.effect("of many answers at once, one counts", () =>
      Effect.gen(function* () {
        const browser = new Browser()
        const consentPage = yield* browser.signIn(yield* browser.authorize())
        const answers = yield* Effect.replicateEffect(
          browser.submit(consentPage, { decision: "approve" }),
          20,
          {
            concurrency: "unbounded"
          }
        )
        assert.strictEqual(answers.filter((answer) => answer.status === 303).length, 1)
      })
    )

    // @covers rfc6749-10.12-e
    // @covers oidc-core-3.1.2.3-e
    it.effect("another browser has no part in it", () =>
      Effect.gen(function* () {
        const browser = new Browser()
        const signInPage = yield* browser.authorize()
        const consentPage = yield* browser.signIn(signInPage)
        const other = new Browser()
        yield* other.authorize()
        assert.strictEqual((yield* other.signIn(signInPage)).status, 400)
        assert.strictEqual((yield* other.submit(consentPage, { decision: "approve" })).status, 400)
        assert.strictEqual((yield* new Browser().submit(consentPage, { decision: "approve" })).status, 400)
      })
    )

    // @covers rfc6749-10.12-e
    it.effect("a form that comes from another site is refused (Fetch Metadata §2.3)", () =>
      Effect.gen(function* () {
        const browser = new Browser()
        const consentPage = yield* browser.signIn(yield* browser.authorize())
        const { action, fields } = formOf(consentPage)
        const form = { ...fields, decision: "approve" }
        const headers = { "sec-fetch-site": "cross-site" }
        assert.strictEqual((yield* browser.open({ path: action, form, headers })).status, 400)
        assert.strictEqual((yield* browser.open({ path: action, form })).status, 303)
      })
    )

    it.effect("an interaction that nobody began is gone", () =>
      Effect.gen(function* () {
        const browser = new Browser()
        yield* browser.authorize()
        for (const interaction of [undefined, "unknown"]) {
          const page = yield* browser.submit(yield* browser.authorize(), { interaction })
          assert.strictEqual(page.status, 400)
        }
      })
    )

    it.effect("a decision that is none leaves it open", () =>
      Effect.gen(function* () {
        const browser = new Browser()
        const consentPage = yield* browser.signIn(yield* browser.authorize())
        for (const decision of [undefined, "", "perhaps"]) {
          assert.strictEqual((yield* browser.submit(consentPage, { decision })).status, 400)
        }
        assert.strictEqual((yield* browser.submit(consentPage, { decision: "approve" })).status, 303)
      })
    )

    // @covers rfc6749-3.1-a rfc6749-10.12-e
    it.effect("who answers is who was asked: another person signs in first", () =>
      Effect.gen(function* () {
        const browser = new Browser()
        const forAda = yield* browser.signIn(yield* browser.authorize())
        // Grace signs in in the same browser, in another tab.
        browser.cookies.delete("oauth-session")
        yield* browser.signIn(yield* browser.authorize(), "grace", "hopper")
        const page = yield* browser.submit(forAda, { decision: "approve" })
        assert.strictEqual(page.status, 200)
        assert.strictEqual(formOf(page).action, "/authorize/sign-in")
      })
    )

    // @covers rfc6749-3.1-a rfc6749-10.2-d rfc6749-10.12-e
    it.effect("nobody who is not signed in can answer", () =>
      Effect.gen(function* () {
        const browser = new Browser()
        const consentPage = yield* browser.signIn(yield* browser.authorize())
        browser.cookies.delete("oauth-session")
        const page = yield* browser.submit(consentPage, { decision: "approve" })
        assert.strictEqual(formOf(page).action, "/authorize/sign-in")
      })
    )

    // @covers rfc6749-3.1-a rfc6749-10.12-e
    it.effect("the consent page cannot be skipped by sending the form of the first to the second", () =>
      Effect.gen(function* () {
        const browser = new Browser()
        const { fields } = formOf(yield* browser.authorize())
        const page = yield* browser.open({
          path: "/authorize/consent",
          form: { ...fields, decision: "approve" }
        })
        assert.strictEqual(formOf(page).action, "/authorize/sign-in")
      })
    )
  }
)

describe("between the page and the answer", () => {
  it.effect.each(["approve", "deny"])("the redirect URI has gone: to %s sends nobody anywhere", (decision) =>
    Effect.gen(function* () {
      const store = yield* ClientStore.ClientStore
      const browser = new Browser()
      const consentPage = yield* browser.signIn(yield* browser.authorize())
      yield* store.put({ ...testClient("confidential"), redirectUris: ["https://client.example/new"] })
      const page = yield* browser.submit(consentPage, { decision })
      assert.strictEqual(page.status, 400)
      assert.notProperty(page.headers, "location")
      assert.include(page.body, "The redirect_uri is not registered for this client")
    }).pipe(Effect.provide(server))
  )

  it.effect("the client has gone: the person is told, at either page", () =>
    Effect.gen(function* () {
      const store = yield* ClientStore.ClientStore
      const browser = new Browser()
      const signInPage = yield* browser.authorize()
      const consentPage = yield* browser.signIn(yield* browser.authorize())
      yield* store.remove(testClient("confidential").clientId)
      for (const page of [
        yield* browser.signIn(signInPage),
        yield* browser.submit(consentPage, { decision: "approve" })
      ]) {
        assert.strictEqual(page.status, 400)
        assert.notProperty(page.headers, "location")
        assert.include(page.body, "<code>invalid_client</code>")
      }
    }).pipe(Effect.provide(server))
  )
})

describe("a person whom the application no longer knows", () => {
  const people = new Map([["ada", { subject: "u-1", username: "ada" }]])
  const changing = Layer.succeed(ResourceOwner.ResourceOwner, {
    authenticate: ({ username }) => Effect.sync(() => Option.fromNullishOr(people.get(username))),
    find: () => Effect.sync(() => Option.fromNullishOr(people.get("ada")))
  })
  const server = OAuthHandler.layer.pipe(
    Layer.provideMerge(InteractionPages.layer),
    Layer.provideMerge(Server),
    Layer.provide(changing),
    Layer.provideMerge(Storage.layerMemoryWith({ clients }))
  )

  it.effect("is signed in no more", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const consentPage = yield* browser.signIn(yield* browser.authorize())
      assert.strictEqual(formOf(yield* browser.authorize()).action, "/authorize/consent")
      people.delete("ada")
      assert.strictEqual(formOf(yield* browser.authorize()).action, "/authorize/sign-in")
      const page = yield* browser.submit(consentPage, { decision: "approve" })
      assert.strictEqual(formOf(page).action, "/authorize/sign-in")
    }).pipe(Effect.provide(server))
  )
})
