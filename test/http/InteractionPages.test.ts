import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import {
  type AuditLog,
  Client,
  ClientStore,
  FlowStore,
  GrantsOf,
  ResourceOwner,
  SessionStore,
  Storage
} from "effect-oauth"
import { SeededEntropy } from "effect-oauth/testing"
import * as Html from "../../src/http/pages/Html.ts"
import * as TestServer from "../support/TestServer.ts"
import * as Server from "./support/Server.ts"
import * as Web from "./support/Web.ts"

const html = { accept: "text/html" }
const begin = (browser: Web.Browser, changes: Readonly<Record<string, string>> = {}) =>
  browser.open("/authorize", { ...Web.authorizationRequest, ...changes })

const newBrowser = Effect.map(Server.send, (send) => new Web.Browser(send))

const locationOf = ({ headers }: Web.Answer) => new URL(headers.location ?? "")

const sourceHash = (text: string) => `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`

const between = (text: string, tag: string) =>
  Array.from(text.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, "g")), ([, inner = ""]) => inner)

/** Each page that there is, by what it is for. */
const everyPage = Effect.gen(function* () {
  const browser = yield* newBrowser
  const signIn = yield* begin(browser)
  const failed = yield* browser.submit(signIn, { ...Web.ada, password: "wrong" })
  const consent = yield* browser.submit(signIn, Web.ada)
  const error = yield* browser.send({ path: "/authorize", headers: html })
  const formPost = yield* browser.submit(yield* begin(browser, { response_mode: "form_post" }), Web.approve)
  return { signIn, failed, consent, error, formPost }
})

describe("every page", () => {
  it("CSP3 §2.3.1 names a script by its hash in base64, whatever its bytes are", () => {
    const scripts = Array.from({ length: 100 }, (_, index) => `"ünï${index}"`)
    for (const script of scripts) {
      const { headers } = Html.page({ status: 200, title: "", body: Html.html``, script })
      assert.include(headers["content-security-policy"], `script-src ${sourceHash(script)}; `)
    }
    // All that base64url writes in another way are among them.
    assert.match(scripts.map(sourceHash).join(""), /(?=.*[+])(?=.*[/])/)
  })

  // @covers rfc9700-4.16-a rfc9700-4.16-b rfc9700-4.16-d rfc9700-4.16-e
  it.effect("CSP3 §6.7.3 allows its own style sheet and script, and nothing else", () =>
    Effect.gen(function* () {
      for (const [name, { body, headers }] of Object.entries(yield* everyPage)) {
        const [style = "", ...otherStyles] = between(body, "style")
        const scripts = between(body, "script")
        assert.lengthOf(otherStyles, 0)
        assert.isAbove(style.length, 100)
        assert.lengthOf(scripts, name === "formPost" ? 1 : 0, name)
        const scriptSource = scripts.map((script) => `script-src ${sourceHash(script)}; `).join("")
        assert.strictEqual(
          headers["content-security-policy"],
          `default-src 'none'; style-src ${sourceHash(style)}; ${scriptSource}base-uri 'none'; frame-ancestors 'none'`
        )
      }
    }).pipe(Effect.provide(Server.layer()))
  )

  // @covers rfc9700-4.2.4-a
  it.effect("needs nothing from anywhere else, and has no script in its attributes", () =>
    Effect.gen(function* () {
      for (const { body } of Object.values(yield* everyPage)) {
        assert.notMatch(body, /\s(?:style|src|href|srcdoc|data|formaction|on\w+)=/i)
        assert.notMatch(body, /@import|url\(/)
      }
    }).pipe(Effect.provide(Server.layer()))
  )

  // @covers rfc6749-5.1-f rfc9700-4.16-a rfc9700-4.16-d rfc9700-4.16-e
  it.effect("is HTML that nobody keeps, frames or sniffs", () =>
    Effect.gen(function* () {
      for (const { headers } of Object.values(yield* everyPage)) {
        assert.strictEqual(headers["content-type"], "text/html; charset=utf-8")
        assert.strictEqual(headers["cache-control"], "no-store")
        assert.strictEqual(headers["x-frame-options"], "DENY")
        assert.strictEqual(headers["x-content-type-options"], "nosniff")
        assert.strictEqual(headers["referrer-policy"], "same-origin")
      }
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("is a document in a language, with a title that is its heading", () =>
    Effect.gen(function* () {
      for (const { body } of Object.values(yield* everyPage)) {
        assert.match(body, /^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n/)
        assert.include(body, `<h1>${Web.title(body)}</h1>`)
      }
    }).pipe(Effect.provide(Server.layer()))
  )
})

// Every way out of a text or a quoted attribute.
const nasty = `</p></title></style><script>alert(1)</script><img src=x onerror=alert(1)>"'&amp;&lt;\` {{x}}`
const escaped = nasty
  .replaceAll("&", "&#38;")
  .replaceAll("<", "&#60;")
  .replaceAll(">", "&#62;")
  .replaceAll('"', "&#34;")
  .replaceAll("'", "&#39;")

/** The pages of one run, with something in the place of what somebody else chose. */
const pagesWith = (chosen: { name: string; typed: string; known: string; state: string; scope: string }) =>
  Effect.gen(function* () {
    const browser = yield* newBrowser
    const request = {
      ...Web.authorizationRequest,
      client_id: "named",
      scope: chosen.scope,
      state: chosen.state
    }
    const signIn = yield* browser.open("/authorize", request)
    const failed = yield* browser.submit(signIn, { username: chosen.typed, password: "wrong" })
    const consent = yield* browser.submit(failed, Web.ada)
    const again = yield* browser.open("/authorize", { ...request, response_mode: "form_post" })
    const formPost = yield* browser.submit(again, Web.approve)
    return { signIn, failed, consent, formPost }
  }).pipe(
    Effect.provide(
      Server.handler({ scopes: [chosen.scope] }).pipe(
        Layer.provideMerge(
          Layer.succeed(ResourceOwner.ResourceOwner, {
            authenticate: ({ password }) =>
              Effect.succeed(
                Redacted.value(password) === Web.ada.password
                  ? Option.some({ subject: "u-1", username: chosen.known })
                  : Option.none()
              ),
            find: (subject) => Effect.succeedSome({ subject, username: chosen.known })
          })
        ),
        Layer.provideMerge(
          Storage.layerMemoryWith({
            clients: [
              Client.make({
                client_id: "named",
                client_name: chosen.name,
                token_endpoint_auth_method: "none",
                redirect_uris: [TestServer.redirectUri]
              })
            ]
          })
        ),
        Layer.provideMerge(Server.silent),
        Layer.provideMerge(SeededEntropy.layer("pages"))
      )
    )
  )

// @covers rfc6749-10.14-a
describe("what somebody else chose", () => {
  const plain = { name: "X", typed: "X", known: "X", state: "X", scope: "X" }

  // One page with a harmless value, one with a nasty one: what differs is the
  // value, escaped.
  const shownOn = (
    what: keyof typeof plain,
    value: string,
    shown: string,
    where: ReadonlyArray<keyof Effect.Success<ReturnType<typeof pagesWith>>>
  ) =>
    it.effect(`is text, and never markup: ${what}`, () =>
      Effect.gen(function* () {
        const marked = { ...plain, [what]: "MARK" }
        const expected = yield* pagesWith(marked)
        const actual = yield* pagesWith({ ...plain, [what]: value })
        for (const name of ["signIn", "failed", "consent", "formPost"] as const) {
          assert.strictEqual(actual[name].body, expected[name].body.replaceAll("MARK", shown))
          assert.strictEqual(expected[name].body.includes("MARK"), where.includes(name), name)
          assert.notInclude(actual[name].body, value)
        }
      })
    )

  shownOn("name", nasty, escaped, ["signIn", "failed", "consent"])
  shownOn("typed", nasty, escaped, ["failed"])
  shownOn("known", nasty, escaped, ["consent"])
  shownOn("state", nasty, escaped, ["formPost"])
  // What a scope may have (RFC 6749 §3.3)
  shownOn("scope", "<b>&'!#[]~", "&#60;b&#62;&#38;&#39;!#[]~", ["consent"])
})

describe("the page to sign in", () => {
  it.effect("says for which application, and asks for a name and a password", () =>
    Effect.gen(function* () {
      const { body, status } = yield* begin(yield* newBrowser)
      assert.strictEqual(status, 200)
      assert.include(body, "<strong>The &#60;Confidential&#62; Client</strong>")
      assert.match(
        body,
        /<label for="username">Username<\/label>\n<input id="username" name="username" [^>]*required/
      )
      assert.match(
        body,
        /<label for="password">Password<\/label>\n<input id="password" [^>]*type="password"[^>]*required/
      )
      assert.match(body, /autocomplete="username"/)
      assert.match(body, /autocomplete="current-password"/)
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("comes again after a wrong password, with the name and without a session", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const page = yield* begin(browser)
      const failed = yield* browser.submit(page, { username: "ada", password: "wrong" })
      assert.strictEqual(failed.status, 400)
      assert.strictEqual(Web.title(failed.body), "Sign in")
      assert.match(
        failed.body,
        /<p [^>]*role="alert" id="failed">The username or the password is wrong\.<\/p>/
      )
      assert.match(failed.body, /<input id="username" [^>]*value="ada" aria-describedby="failed">/)
      assert.notInclude(failed.body, "wrong&")
      assert.isUndefined(failed.headers["set-cookie"])
      assert.isFalse(browser.cookies.has("oauth-session"))
      assert.deepStrictEqual(Web.readForm(failed.body), Web.readForm(page.body))

      const consent = yield* browser.submit(failed, Web.ada)
      assert.strictEqual(Web.title(consent.body), "Allow access?")
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("does not show an alert before anything was wrong", () =>
    Effect.gen(function* () {
      const { body } = yield* begin(yield* newBrowser)
      assert.notInclude(body, 'role="alert"')
      assert.notInclude(body, "aria-describedby")
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("is not shown to a person who is signed in", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      yield* browser.submit(yield* begin(browser), Web.ada)
      const consent = yield* begin(browser)
      assert.strictEqual(consent.status, 200)
      assert.strictEqual(Web.title(consent.body), "Allow access?")
      assert.include(consent.body, "<strong>ada</strong>")
      assert.strictEqual((yield* browser.submit(consent, Web.approve)).status, 303)
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("is shown again when the session has expired, to the millisecond", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      yield* browser.submit(yield* begin(browser), Web.ada)
      yield* TestClock.adjust("59 minutes")
      yield* TestClock.adjust("59999 millis")
      assert.strictEqual(Web.title((yield* begin(browser)).body), "Allow access?")
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(Web.title((yield* begin(browser)).body), "Sign in")
    }).pipe(Effect.provide(Server.layer({ lifetimes: { session: "1 hour" } })))
  )

  it.effect("is shown again when the session was ended", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const consent = yield* browser.submit(yield* begin(browser), Web.ada)
      const sessions = yield* SessionStore.SessionStore
      assert.strictEqual(yield* sessions.endAll("u-1", 0), 1)
      assert.strictEqual(Web.title((yield* begin(browser)).body), "Sign in")
      assert.strictEqual(Web.title((yield* browser.submit(consent, Web.approve)).body), "Sign in")
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("is shown again when the person is gone", () => {
    let known = true
    const People = Layer.succeed(ResourceOwner.ResourceOwner, {
      authenticate: () => Effect.succeedSome({ subject: "u-1", username: "ada" }),
      find: (subject) =>
        Effect.sync(() => (known ? Option.some({ subject, username: "ada" }) : Option.none()))
    })
    return Effect.gen(function* () {
      const browser = yield* newBrowser
      const consent = yield* browser.submit(yield* begin(browser), Web.ada)
      known = false
      assert.strictEqual(Web.title((yield* begin(browser)).body), "Sign in")
      assert.strictEqual(Web.title((yield* browser.submit(consent, Web.approve)).body), "Sign in")
    }).pipe(
      Effect.provide(
        Server.handler().pipe(
          Layer.provideMerge(People),
          Layer.provideMerge(Storage.layerMemoryWith({ clients: TestServer.clients })),
          Layer.provideMerge(Server.silent)
        )
      )
    )
  })
})

describe("the page to consent", () => {
  // @covers rfc6749-10.2-c
  it.effect("says who asks, for what, on whose behalf, and where the answer goes", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const { body } = yield* browser.submit(yield* begin(browser), Web.ada)
      assert.include(body, "<strong>The &#60;Confidential&#62; Client</strong>")
      assert.include(body, "<strong>ada</strong>")
      assert.include(body, "<li><code>read</code></li><li><code>write</code></li>")
      assert.include(body, "<dd>client.example</dd>")
      assert.match(body, /<button [^>]*name="decision" value="approve">Allow<\/button>/)
      assert.match(body, /<button [^>]*name="decision" value="deny">Deny<\/button>/)
    }).pipe(Effect.provide(Server.layer()))
  )

  // @covers rfc6749-10.2-e oidc-core-16.18-b
  it.effect("says for how long: the life of a token, or as long as it is renewed", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const { body } = yield* browser.submit(yield* begin(browser), Web.ada)
      assert.include(body, "<dd>until it goes unused for 90 minutes, also while you are away</dd>")
    }).pipe(
      Effect.provide(Server.layer({ lifetimes: { refreshToken: "90 minutes", accessToken: "10 minutes" } }))
    )
  )

  it.effect("says for how long where the client gets no refresh token", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const { body } = yield* browser.submit(yield* begin(browser), Web.ada)
      assert.include(body, "<dd>2 hours</dd>")
      assert.notInclude(body, "away")
    }).pipe(
      Effect.provide(
        Server.layer(
          { lifetimes: { accessToken: "2 hours" } },
          TestServer.clients.map((client) => ({ ...client, grantTypes: ["authorization_code"] }))
        )
      )
    )
  )

  it.effect("says so when nothing in particular is asked for", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const { body } = yield* browser.submit(yield* begin(browser, { scope: "" }), Web.ada)
      assert.include(body, "It asks for no particular permission.")
      assert.notInclude(body, "<li>")
    }).pipe(Effect.provide(Server.layer({ scopes: [] })))
  )

  it.effect("shows a loopback address with its port, and a private scheme by its name", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const loopback = { client_id: "public", redirect_uri: "http://127.0.0.1:51234/callback" }
      const page = yield* browser.submit(yield* begin(browser, loopback), Web.ada)
      assert.include(page.body, "<dd>127.0.0.1:51234</dd>")
      const native = yield* begin(browser, { client_id: "native", redirect_uri: "com.example.app:/callback" })
      assert.include(native.body, "<dd>com.example.app:</dd>")
    }).pipe(
      Effect.provide(
        Server.layer({}, [
          ...TestServer.clients,
          Client.make({
            client_id: "native",
            token_endpoint_auth_method: "none",
            redirect_uris: ["com.example.app:/callback"]
          })
        ])
      )
    )
  )

  it.effect("a yes gives a code for what was shown, in the name of who said it", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const consent = yield* browser.submit(yield* begin(browser), Web.ada)
      const approved = yield* browser.submit(consent, Web.approve)
      assert.strictEqual(approved.status, 303)
      const { searchParams } = locationOf(approved)
      assert.deepStrictEqual(Array.from(searchParams.keys()), ["code", "state", "iss"])
      const tokens = yield* browser.send(
        Web.form(
          "/token",
          {
            grant_type: "authorization_code",
            code: searchParams.get("code") ?? "",
            redirect_uri: TestServer.redirectUri,
            code_verifier: Web.verifier
          },
          Server.basic("confidential")
        )
      )
      const token = String(Server.json(tokens).access_token)
      const described = yield* browser.send(Web.form("/introspect", { token }, Server.basic("confidential")))
      assert.include(Server.json(described), {
        sub: "u-1",
        username: "ada",
        scope: "read write",
        active: true
      })
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("a yes counts from when the person signed in, and not from when it was given", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      yield* TestClock.setTime(1_700_000_000_000)
      const consent = yield* browser.submit(yield* begin(browser), Web.ada)
      yield* TestClock.adjust("10 minutes")
      yield* browser.submit(consent, Web.approve)
      const [grant, ...others] = yield* Stream.runCollect(GrantsOf.subject("u-1"))
      assert.lengthOf(others, 0)
      assert.strictEqual(grant?.authenticatedAt, 1_700_000_000_000)
      assert.strictEqual(grant?.createdAt, 1_700_000_600_000)
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("a no tells the client so, and is an answer", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const consent = yield* browser.submit(yield* begin(browser), Web.ada)
      const denied = yield* browser.submit(consent, Web.deny)
      assert.strictEqual(denied.status, 303)
      assert.deepStrictEqual(Object.fromEntries(locationOf(denied).searchParams), {
        error: "access_denied",
        error_description: "The resource owner denied the request",
        state: Web.authorizationRequest.state,
        iss: TestServer.issuer
      })
      const changed = yield* browser.submit(consent, Web.approve)
      assert.strictEqual(changed.status, 400)
      assert.include(changed.body, "This page has been answered")
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("answers in the mode that the client asked for", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      yield* browser.submit(yield* begin(browser), Web.ada)
      const fragment = yield* browser.submit(
        yield* begin(browser, { response_mode: "fragment" }),
        Web.approve
      )
      const { hash, search } = locationOf(fragment)
      assert.strictEqual(search, "")
      assert.deepStrictEqual(Array.from(new URLSearchParams(hash.slice(1)).keys()), ["code", "state", "iss"])

      const posted = yield* browser.submit(yield* begin(browser, { response_mode: "form_post" }), Web.approve)
      assert.strictEqual(posted.status, 200)
      assert.isUndefined(posted.headers.location)
      const { action, fields } = Web.readForm(posted.body)
      assert.strictEqual(action, TestServer.redirectUri)
      assert.deepStrictEqual(Object.keys(fields), ["code", "state", "iss"])
      assert.strictEqual(fields.state, Web.authorizationRequest.state)

      const denied = yield* browser.submit(yield* begin(browser, { response_mode: "form_post" }), Web.deny)
      assert.strictEqual(Web.readForm(denied.body).fields.error, "access_denied")
    }).pipe(Effect.provide(Server.layer()))
  )
})

describe("RFC 6819 §4.4.1.9, §5.3.5 an interaction belongs to one browser and one person", () => {
  it.effect("another browser finds nothing, and the first can go on", () =>
    Effect.gen(function* () {
      const mine = yield* newBrowser
      const other = yield* newBrowser
      const page = yield* begin(mine)
      yield* begin(other)

      const stolen = yield* other.submit(page, Web.grace)
      assert.strictEqual(stolen.status, 400)
      assert.include(stolen.body, "was opened in another browser")
      assert.isFalse(other.cookies.has("oauth-session"))

      const consent = yield* mine.submit(page, Web.ada)
      yield* other.submit(yield* begin(other), Web.grace)
      const forced = yield* other.submit(consent, Web.approve)
      assert.strictEqual(forced.status, 400)
      assert.isUndefined(forced.headers.location)
      assert.strictEqual((yield* mine.submit(consent, Web.approve)).status, 303)
    }).pipe(Effect.provide(Server.layer()))
  )

  // @covers rfc6749-10.12-e
  it.effect("Fetch Metadata §2.3 a form from another site is refused, one of our own is not", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const page = yield* begin(browser)
      const refused = yield* browser.submit(page, Web.ada, { "sec-fetch-site": "cross-site" })
      assert.strictEqual(refused.status, 400)
      assert.include(refused.body, "sent from another site")
      assert.isFalse(browser.cookies.has("oauth-session"))
      const consent = yield* browser.submit(page, Web.ada, { "sec-fetch-site": "same-origin" })
      const forced = yield* browser.submit(consent, Web.approve, { "sec-fetch-site": "cross-site" })
      assert.strictEqual(forced.status, 400)
      assert.isUndefined(forced.headers.location)
      assert.strictEqual(
        (yield* browser.submit(consent, Web.approve, { "sec-fetch-site": "same-origin" })).status,
        303
      )
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("one yes gives one code, however often the button is pressed", () => {
    const presses = 20
    const meeting = Latch.makeUnsafe()
    let arrived = 0
    let awaited = false
    // All of them see the page as unanswered before any of them answers it.
    const together = Layer.effect(
      FlowStore.FlowStore,
      Effect.map(FlowStore.FlowStore, (flows) => ({
        ...flows,
        find: (key, now) =>
          Effect.tap(flows.find(key, now), () => {
            if (!awaited) return Effect.void
            arrived++
            return arrived === presses ? meeting.open : meeting.await
          })
      }))
    )
    return Effect.gen(function* () {
      const browser = yield* newBrowser
      const consent = yield* browser.submit(yield* begin(browser), Web.ada)
      awaited = true
      const answers = yield* Effect.forEach(
        Array.from({ length: presses }, (_, index) => (index % 2 === 0 ? Web.approve : Web.deny)),
        (decision) => browser.submit(consent, decision, html),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(arrived, presses)
      const redirects = answers.filter(({ headers }) => headers.location !== undefined)
      assert.lengthOf(redirects, 1)
      for (const answer of answers.filter(({ headers }) => headers.location === undefined)) {
        assert.strictEqual(answer.status, 400)
        assert.include(
          answer.body,
          "This page has been answered; go back to the application and start again."
        )
        assert.notInclude(answer.body, "code=")
      }
    }).pipe(
      Effect.provide(
        Server.handler().pipe(
          Layer.provide(together),
          Layer.provideMerge(TestServer.People),
          Layer.provideMerge(Storage.layerMemoryWith({ clients: TestServer.clients })),
          Layer.provideMerge(Server.silent)
        )
      )
    )
  })

  it.effect("a page that was answered stays so", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const page = yield* begin(browser)
      const consent = yield* browser.submit(page, Web.ada)
      yield* browser.submit(consent, Web.approve)
      for (const [form, fields] of [
        [consent, Web.approve],
        [consent, Web.deny],
        [page, Web.ada]
      ] as const) {
        const answer = yield* browser.submit(form, fields)
        assert.strictEqual(answer.status, 400)
        assert.include(answer.body, "This page has been answered")
        assert.isUndefined(answer.headers.location)
        assert.isUndefined(answer.headers["set-cookie"])
      }
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("who has become another person in between has to sign in again", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const [one, other] = [yield* begin(browser), yield* begin(browser)]
      const adasConsent = yield* browser.submit(one, Web.ada)
      yield* browser.submit(other, Web.grace)

      const asked = yield* browser.submit(adasConsent, Web.approve)
      assert.strictEqual(Web.title(asked.body), "Sign in")
      assert.isUndefined(asked.headers.location)

      const consent = yield* browser.submit(asked, Web.grace)
      assert.include(consent.body, "<strong>grace</strong>")
      assert.strictEqual((yield* browser.submit(consent, Web.approve)).status, 303)
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("a yes without having signed in asks to sign in", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const page = yield* begin(browser)
      const { fields } = Web.readForm(page.body)
      const answer = yield* browser.send(Web.form("/authorize/consent", { ...fields, ...Web.approve }))
      assert.strictEqual(Web.title(answer.body), "Sign in")
      assert.isUndefined(answer.headers.location)
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("a session that another interaction began is not enough", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const [one, other] = [yield* begin(browser), yield* begin(browser)]
      yield* browser.submit(one, Web.ada)
      const { fields } = Web.readForm(other.body)
      const answer = yield* browser.send(Web.form("/authorize/consent", { ...fields, ...Web.approve }))
      assert.strictEqual(Web.title(answer.body), "Sign in")
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("an interaction expires, to the millisecond, whichever page is open", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const [one, other] = [yield* begin(browser), yield* begin(browser)]
      const consent = yield* browser.submit(one, Web.ada)
      yield* TestClock.adjust("299999 millis")
      assert.strictEqual((yield* browser.submit(other, Web.ada)).status, 200)
      yield* TestClock.adjust("1 millis")
      for (const [page, fields] of [
        [other, Web.ada],
        [consent, Web.approve]
      ] as const) {
        const answer = yield* browser.submit(page, fields, html)
        assert.strictEqual(answer.status, 400)
        assert.strictEqual(Web.title(answer.body), "This cannot go on")
        assert.include(answer.body, "This page has expired")
        assert.isUndefined(answer.headers["set-cookie"])
      }
    }).pipe(Effect.provide(Server.layer({ lifetimes: { interaction: "5 minutes" } })))
  )
})

describe("a registration that changes while somebody signs in", () => {
  it.effect("a client that is gone is told to the person, at either page", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      const [one, other] = [yield* begin(browser), yield* begin(browser)]
      const consent = yield* browser.submit(one, Web.ada)
      const clients = yield* ClientStore.ClientStore
      yield* clients.remove(Option.getOrThrow(Client.parseId("confidential")))
      for (const [page, fields] of [
        [other, Web.ada],
        [consent, Web.approve]
      ] as const) {
        const answer = yield* browser.submit(page, fields)
        assert.strictEqual(answer.status, 400)
        assert.strictEqual(Server.json(answer).error, "invalid_client")
        assert.isUndefined(answer.headers.location)
      }
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("a redirect URI that is gone gets nothing, not even a no", () =>
    Effect.gen(function* () {
      const browser = yield* newBrowser
      yield* browser.submit(yield* begin(browser), Web.ada)
      const [one, other] = [yield* begin(browser), yield* begin(browser)]
      const clients = yield* ClientStore.ClientStore
      yield* clients.put(
        Client.make({ client_id: "confidential", redirect_uris: ["https://client.example/moved"] })
      )
      for (const [page, decision] of [
        [one, Web.approve],
        [other, Web.deny]
      ] as const) {
        const answer = yield* browser.submit(page, decision)
        assert.strictEqual(answer.status, 400)
        assert.strictEqual(Server.json(answer).error, "invalid_request")
        assert.isUndefined(answer.headers.location)
      }
    }).pipe(Effect.provide(Server.layer()))
  )
})

describe("the audit log", () => {
  it.effect("knows who signed in, who could not, and what was decided", () => {
    const events: Array<AuditLog.AuditEvent> = []
    return Effect.gen(function* () {
      const browser = yield* newBrowser
      const page = yield* begin(browser)
      yield* browser.submit(page, { ...Web.ada, password: "wrong" })
      const consent = yield* browser.submit(page, Web.ada)
      yield* browser.submit(consent, Web.approve)
      yield* browser.submit(yield* begin(browser), Web.deny)
      assert.deepStrictEqual(events, [
        { _tag: "SignInFailed", remoteAddress: "203.0.113.7" },
        { _tag: "SignedIn", subject: "u-1" },
        { _tag: "ConsentGiven", clientId: "confidential", subject: "u-1", scope: "read write" },
        { _tag: "ConsentDenied", clientId: "confidential" }
      ])
    }).pipe(Effect.provide(Server.layer({}, TestServer.clients, Server.recording(events))))
  })
})

describe("the page about an error", () => {
  it.effect("is for those who read HTML; a program gets JSON", () =>
    Effect.gen(function* () {
      const send = yield* Server.send
      const accepts: ReadonlyArray<readonly [string | undefined, boolean]> = [
        [undefined, false],
        ["*/*", false],
        ["application/json", false],
        ["text/html", true],
        ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true]
      ]
      for (const [accept, page] of accepts) {
        const answer = yield* send({ path: "/authorize", ...(accept && { headers: { accept } }) })
        assert.strictEqual(answer.status, 400)
        assert.strictEqual(
          answer.headers["content-type"],
          page ? "text/html; charset=utf-8" : "application/json"
        )
      }
      // A token request is made by a program, whatever it says that it accepts.
      const token = yield* send(Web.form("/token", {}, html))
      assert.strictEqual(token.headers["content-type"], "application/json")
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("says what is wrong, and offers no way to the client", () =>
    Effect.gen(function* () {
      const send = yield* Server.send
      const query = Web.encode({ ...Web.authorizationRequest, redirect_uri: "https://evil.example/" })
      const { body, headers, status } = yield* send({ path: "/authorize", query, headers: html })
      assert.strictEqual(status, 400)
      assert.include(body, "<p>The redirect_uri is not registered for this client.</p>")
      assert.include(body, "<code>invalid_request</code>")
      assert.notInclude(body, "evil.example")
      assert.notInclude(body, "<form")
      assert.isUndefined(headers.location)
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("says that it is the server's fault when it is", () =>
    Effect.gen(function* () {
      const send = yield* Server.send
      const { body, headers, status } = yield* send({ path: "/authorize", headers: html })
      assert.strictEqual(status, 503)
      assert.strictEqual(headers["retry-after"], "60")
      assert.strictEqual(Web.title(body), "This does not work now")
      assert.include(body, "tell the people who run this server")
    }).pipe(Effect.provide(Server.layer({ available: Effect.succeed(false) })))
  )
})
