import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Logout, SigningKeys } from "effect-oauth"
import { logout } from "effect-oauth/http"
import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose"
import { audited, redirectOf, tagsOf } from "../support/Flow.ts"
import * as TestServer from "../support/TestServer.ts"
import {
  afterwards,
  afterwardsWithQuery,
  Http,
  Provider,
  postSignOut,
  Server,
  Stores,
  signOut,
  titleOf,
  userinfoStatus
} from "./support/Logout.ts"
import {
  at,
  authorize,
  Browser,
  exchange,
  flow,
  formOf,
  goThrough,
  isSignInPage,
  issuer,
  type Response,
  refresh,
  text,
  visit
} from "./support/Provider.ts"

const isSignedIn = (browser: Browser) =>
  Effect.map(visit(browser, { prompt: "none" }), ({ response }) => response.error !== "login_required")

/** A person who has signed in at a client, and the ID token that it got. */
const signedIn = Effect.fnUntraced(function* (parameters: Record<string, string> = {}) {
  const browser = new Browser()
  const { tokens } = yield* flow(parameters, browser)
  return { browser, tokens, hint: text(tokens.id_token) }
})

const errorOn = (page: { readonly status: number; readonly body: string }) =>
  [page.status, /<p>([^<]*)<\/p>/.exec(page.body)?.[1]] as const

describe("OpenID Connect RP-Initiated Logout", () => {
  layer(Provider)("§2 the logout request", (it) => {
    it.effect("with an ID token of the session ends it, and takes the person back with the state", () =>
      Effect.gen(function* () {
        const { browser, hint } = yield* signedIn()
        const { events, value: answer } = yield* audited(
          signOut(browser, { id_token_hint: hint, post_logout_redirect_uri: afterwards, state: "s & t" })
        )
        assert.strictEqual(answer.status, 302)
        assert.strictEqual(answer.headers.location, `${afterwards}?state=s+%26+t`)
        assert.deepStrictEqual(tagsOf(events), ["SignedOut"])
        assert.isFalse(yield* isSignedIn(browser))
      })
    )

    // @covers oidc-rpinitiated-2-m
    it.effect("makes the browser forget the session, and the server too", () =>
      Effect.gen(function* () {
        const { browser, hint } = yield* signedIn()
        const before = new Map(browser.cookies)
        const answer = yield* signOut(browser, { id_token_hint: hint })
        assert.strictEqual(titleOf(answer), "You are signed out")
        assert.strictEqual(
          answer.headers["set-cookie"],
          "__Host-oauth-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"
        )
        for (const [name, value] of before) browser.cookies.set(name, value)
        assert.isFalse(yield* isSignedIn(browser))
      })
    )

    it.effect("adds the state to the query that the URI has", () =>
      Effect.gen(function* () {
        const { browser, hint } = yield* signedIn()
        const uri = { id_token_hint: hint, post_logout_redirect_uri: afterwardsWithQuery }
        const answer = yield* signOut(browser, { ...uri, state: "1" })
        assert.strictEqual(answer.headers.location, `${afterwardsWithQuery}&state=1`)
        assert.strictEqual((yield* signOut(browser, uri)).headers.location, afterwardsWithQuery)
      })
    )

    // @covers oidc-rpinitiated-2-i
    it.effect("accepts an ID token that has expired", () =>
      Effect.gen(function* () {
        const { browser, hint } = yield* signedIn()
        yield* TestClock.adjust("3 hours")
        const answer = yield* signOut(browser, { id_token_hint: hint, post_logout_redirect_uri: afterwards })
        assert.strictEqual(answer.headers.location, afterwards)
        assert.isFalse(yield* isSignedIn(browser))
      })
    )

    // @covers oidc-rpinitiated-2-l oidc-rpinitiated-2-m
    it.effect("asks where there is no ID token, and a yes ends the session", () =>
      Effect.gen(function* () {
        const { browser } = yield* signedIn()
        const page = yield* signOut(browser, {
          client_id: "rp",
          post_logout_redirect_uri: afterwards,
          state: "s"
        })
        assert.strictEqual(titleOf(page), "Sign out?")
        assert.include(page.body, "<strong>ada</strong>")
        assert.isTrue(yield* isSignedIn(browser))
        const answer = yield* browser.submit(page, { decision: "sign-out" })
        assert.strictEqual(answer.status, 303)
        assert.strictEqual(answer.headers.location, `${afterwards}?state=s`)
        assert.isFalse(yield* isSignedIn(browser))
      })
    )

    // @covers oidc-rpinitiated-3-a
    it.effect("asks where nobody says who asks, and goes nowhere afterwards", () =>
      Effect.gen(function* () {
        const { browser } = yield* signedIn()
        const page = yield* signOut(browser, { post_logout_redirect_uri: afterwards, state: "s" })
        assert.strictEqual(titleOf(page), "Sign out?")
        const answer = yield* browser.submit(page, { decision: "sign-out" })
        assert.strictEqual(titleOf(answer), "You are signed out")
        assert.notProperty(answer.headers, "location")
        assert.isFalse(yield* isSignedIn(browser))
      })
    )

    it.effect("leaves the session alone if the person says no", () =>
      Effect.gen(function* () {
        const { browser } = yield* signedIn()
        const page = yield* signOut(browser, { client_id: "rp", post_logout_redirect_uri: afterwards })
        const answer = yield* browser.submit(page, { decision: "stay" })
        assert.strictEqual(titleOf(answer), "You are still signed in")
        assert.isTrue(yield* isSignedIn(browser))
      })
    )

    // @covers oidc-rpinitiated-2-f oidc-rpinitiated-2-j oidc-rpinitiated-2-l
    it.effect(
      "asks where the ID token is of an earlier session, of somebody else, or the hints disagree",
      () =>
        Effect.gen(function* () {
          const { browser, hint: earlier } = yield* signedIn()
          yield* goThrough(browser, yield* authorize(browser, { prompt: "login" }))
          const ask = (parameters: Record<string, string>) =>
            Effect.map(signOut(browser, parameters), titleOf)
          assert.strictEqual(yield* ask({ id_token_hint: earlier }), "Sign out?")
          const grace = new Browser()
          yield* goThrough(grace, yield* authorize(grace), ["grace", "hopper"])
          assert.strictEqual(titleOf(yield* signOut(grace, { id_token_hint: earlier })), "Sign out?")
          const { browser: another, hint } = yield* signedIn()
          const disagreeing = { id_token_hint: hint, logout_hint: "grace" }
          assert.strictEqual(titleOf(yield* signOut(another, disagreeing)), "Sign out?")
          const agreeing = { id_token_hint: hint, logout_hint: "ada", ui_locales: "de fr" }
          assert.strictEqual(titleOf(yield* signOut(another, agreeing)), "You are signed out")
        })
    )

    it.effect("an ID token that names no session is of whoever it is about, and of nobody else", () =>
      Effect.gen(function* () {
        const { browser, hint } = yield* signedIn()
        const keys = yield* SigningKeys.SigningKeys
        const { sid, ...claims } = JSON.parse(Buffer.from(hint.split(".")[1] ?? "", "base64url").toString())
        const sign = (changed: object) =>
          keys.sign({ algorithm: "RS256", type: "JWT", claims: { ...claims, ...changed } })
        for (const changed of [{ sub: "u-2" }, { sub: "u-2", sid }]) {
          const page = yield* signOut(browser, { id_token_hint: yield* sign(changed) })
          assert.strictEqual(titleOf(page), "Sign out?")
        }
        const page = yield* signOut(browser, { id_token_hint: yield* sign({}) })
        assert.strictEqual(titleOf(page), "You are signed out")
      })
    )

    it.effect("takes who is not signed in back at once", () =>
      Effect.gen(function* () {
        const { browser, hint } = yield* signedIn()
        const request = { id_token_hint: hint, post_logout_redirect_uri: afterwards, state: "1" }
        yield* signOut(browser, request)
        const again = yield* signOut(browser, request)
        assert.strictEqual(again.headers.location, `${afterwards}?state=1`)
        assert.strictEqual(titleOf(yield* signOut(new Browser())), "You are signed out")
      })
    )
  })

  layer(Provider)("§2 a request by POST", (it) => {
    // @covers oidc-rpinitiated-2-g
    it.effect("does what one by GET does, where the session comes along", () =>
      Effect.gen(function* () {
        const { browser, hint } = yield* signedIn()
        const form = { id_token_hint: hint, post_logout_redirect_uri: afterwards, state: "1" }
        const answer = yield* postSignOut(browser, form)
        assert.strictEqual(answer.status, 303)
        assert.strictEqual(answer.headers.location, `${afterwards}?state=1`)
        assert.isFalse(yield* isSignedIn(browser))
      })
    )

    it.effect("is sent on to where the session comes along, without the ID token", () =>
      Effect.gen(function* () {
        const { browser, hint } = yield* signedIn()
        // The form of another site: SameSite=Lax holds the cookies back.
        const form = { id_token_hint: hint, post_logout_redirect_uri: afterwards, state: "1" }
        const answer = yield* postSignOut(new Browser(), form)
        assert.strictEqual(answer.status, 303)
        assert.notProperty(answer.headers, "set-cookie")
        const { query, uri } = redirectOf(answer)
        assert.strictEqual(uri, `${issuer}/logout`)
        assert.notInclude(JSON.stringify(query), hint)
        assert.hasAllKeys(query, ["client_id", "post_logout_redirect_uri", "state", "hinted_session"])
        const end = yield* signOut(browser, query)
        assert.strictEqual(end.headers.location, `${afterwards}?state=1`)
        assert.isFalse(yield* isSignedIn(browser))
      })
    )

    // @covers oidc-rpinitiated-2-l
    it.effect("of another session, or made up, does not spare the question", () =>
      Effect.gen(function* () {
        const [{ hint }, { browser }] = [yield* signedIn(), yield* signedIn()]
        const { query } = redirectOf(yield* postSignOut(new Browser(), { id_token_hint: hint }))
        assert.strictEqual(titleOf(yield* signOut(browser, query)), "Sign out?")
        assert.strictEqual(titleOf(yield* signOut(browser, { hinted_session: "made-up" })), "Sign out?")
      })
    )
  })

  layer(Provider)("§3, §4 a request that is refused goes nowhere, and changes nothing", (it) => {
    const refused = Effect.fnUntraced(function* (parameters: Record<string, string>) {
      const { browser, hint } = yield* signedIn()
      const request = { id_token_hint: hint, post_logout_redirect_uri: afterwards, ...parameters }
      const page = yield* signOut(browser, request)
      assert.notProperty(page.headers, "location")
      assert.isTrue(yield* isSignedIn(browser))
      return errorOn(page)
    })
    const notRegistered = [400, "The post_logout_redirect_uri is not registered for this client."] as const
    const noIdToken = [400, "The id_token_hint is not an ID token of this server."] as const

    for (const [name, uri] of [
      ["another", "https://evil.example.com"],
      ["with something added to its query", `${afterwards}?added=1`],
      ["with a slash added", `${afterwards}/`],
      ["in other letters", afterwards.toUpperCase()],
      ["of another client", "https://rp-2.example.com/signed-out"],
      ["that is not a URI", "javascript:alert(1)"]
    ] as const) {
      // @covers oidc-rpinitiated-2-d oidc-rpinitiated-3-a oidc-rpinitiated-3-b oidc-rpinitiated-4-a
      // @covers oidc-rpinitiated-4-b
      it.effect(`a post_logout_redirect_uri, ${name}`, () =>
        Effect.map(refused({ post_logout_redirect_uri: uri }), (error) =>
          assert.deepStrictEqual(error, notRegistered)
        )
      )
    }

    it.effect("a post_logout_redirect_uri that should not have been registered", () =>
      Effect.map(refused({ post_logout_redirect_uri: "https://name:password@rp.example.com" }), (error) =>
        assert.deepStrictEqual(error, [400, "The redirect URI has credentials."])
      )
    )

    // @covers oidc-rpinitiated-2-b oidc-rpinitiated-4-b
    it.effect("an ID token of another client", () =>
      Effect.map(refused({ client_id: "rp-2" }), (error) =>
        assert.deepStrictEqual(error, [400, "The id_token_hint was issued to another client."])
      )
    )

    it.effect("an unknown client", () =>
      Effect.gen(function* () {
        const page = yield* signOut(new Browser(), { client_id: "nobody" })
        assert.deepStrictEqual(errorOn(page), [400, "The client is unknown."])
      })
    )

    // @covers oidc-rpinitiated-2-h oidc-rpinitiated-4-a
    it.effect("a forged, unsigned, mangled, oversized or foreign ID token", () =>
      Effect.gen(function* () {
        const { hint } = yield* signedIn()
        const claims = JSON.parse(Buffer.from(hint.split(".")[1] ?? "", "base64url").toString())
        const header = JSON.parse(Buffer.from(hint.split(".")[0] ?? "", "base64url").toString())
        const { privateKey } = yield* Effect.promise(() => generateKeyPair("RS256"))
        const forged = yield* Effect.promise(() =>
          new SignJWT(claims).setProtectedHeader(header).sign(privateKey)
        )
        const keys = yield* SigningKeys.SigningKeys
        const sign = (type: string, changed: object) =>
          keys.sign({ algorithm: "RS256", type, claims: { ...claims, ...changed } })
        for (const token of [
          forged,
          new UnsecuredJWT(claims).encode(),
          `${hint.slice(0, -4)}AAAA`,
          "not.a.jwt",
          "x".repeat(20_000),
          `${hint}.${hint}`,
          yield* sign("JWT", { iss: "https://other.example.com" }),
          // What else this server signs is none, whatever it says.
          yield* sign("logout+jwt", {}),
          yield* sign("at+jwt", {})
        ]) {
          assert.deepStrictEqual(yield* refused({ id_token_hint: token }), noIdToken)
        }
      })
    )

    // @covers oidc-rpinitiated-2-g
    it.effect("a parameter that comes twice, and another method", () =>
      Effect.gen(function* () {
        const send = (sent: object) =>
          TestServer.send({ path: at("/logout"), encrypted: true, headers: { accept: "text/html" }, ...sent })
        const twice = yield* send({ query: "client_id=rp&client_id=rp" })
        assert.strictEqual(twice.status, 400)
        const put = yield* send({ method: "PUT" })
        assert.deepStrictEqual([put.status, put.headers.allow], [405, "GET, POST"])
      })
    )

    it.effect("an answer to the question that was not asked, or that another site sends", () =>
      Effect.gen(function* () {
        const { browser } = yield* signedIn()
        const confirm = (form: Record<string, string>, headers: Record<string, string> = {}) =>
          browser.open({ path: at("/logout/confirm"), encrypted: true, form, headers })
        assert.strictEqual(titleOf(yield* confirm({ decision: "sign-out" })), "Sign out?")
        const other = yield* signedIn()
        const { fields } = formOf(yield* signOut(other.browser))
        assert.strictEqual(titleOf(yield* confirm({ ...fields, decision: "sign-out" })), "Sign out?")
        const mine = formOf(yield* signOut(browser)).fields
        const foreign = yield* confirm({ ...mine, decision: "sign-out" }, { "sec-fetch-site": "cross-site" })
        assert.deepStrictEqual(errorOn(foreign), [400, "The form was sent from another site."])
        const undecided = yield* confirm({ ...mine, decision: "perhaps" })
        assert.deepStrictEqual(errorOn(undecided), [400, "The decision is neither stay nor sign-out."])
        const elsewhere = yield* confirm({
          ...mine,
          client_id: "rp",
          post_logout_redirect_uri: "https://evil.example.com",
          decision: "sign-out"
        })
        assert.deepStrictEqual(errorOn(elsewhere), notRegistered)
        assert.isTrue(yield* isSignedIn(browser))
      })
    )
  })
})

layer(Provider)("RP-Initiated Logout §2.1 the discovery document", (it) => {
  // @covers oidc-rpinitiated-2.1-a oidc-rpinitiated-2.1-b oidc-rpinitiated-2.1-c oidc-backchannel-2.1-a
  it.effect("says where to sign out, and that clients are told", () =>
    Effect.gen(function* () {
      const response = yield* TestServer.send({
        path: at("/.well-known/openid-configuration"),
        encrypted: true
      })
      const metadata = response.json()
      assert.strictEqual(metadata.end_session_endpoint, `${issuer}/logout`)
      assert.strictEqual(metadata.backchannel_logout_supported, true)
      assert.strictEqual(metadata.backchannel_logout_session_supported, true)
    })
  )
})

describe("Back-Channel Logout §2.7 what becomes of tokens", () => {
  layer(Provider)("of the session", (it) => {
    // @covers oidc-backchannel-2.7-a oidc-backchannel-2.7-b
    it.effect("a grant with offline_access stays, one without is revoked, and so is one with a code", () =>
      Effect.gen(function* () {
        const browser = new Browser()
        const { tokens } = yield* flow({ scope: "openid read" }, browser)
        const offline = yield* flow({ scope: "openid offline_access" }, browser)
        const { response } = yield* visit(browser)
        const other = yield* flow()
        yield* signOut(browser, { id_token_hint: text(offline.tokens.id_token) })
        assert.strictEqual(yield* userinfoStatus(tokens.access_token), 401)
        assert.strictEqual(yield* userinfoStatus(offline.tokens.access_token), 200)
        assert.strictEqual(yield* userinfoStatus(other.tokens.access_token), 200)
        assert.strictEqual((yield* refresh(offline.tokens.refresh_token)).status, 200)
        assert.strictEqual((yield* exchange(text(response.code))).json().error, "invalid_grant")
      })
    )
  })
})

const Asking = Server({}, logout).pipe(Layer.provideMerge(Http), Layer.provideMerge(Stores))

layer(Asking)("§2 the OP SHOULD ask the End-User: so does the extension logout", (it) => {
  const asks = Effect.fnUntraced(function* (browser: Browser, page: Response) {
    assert.deepStrictEqual([page.status, titleOf(page)], [200, "Sign out?"])
    assert.isTrue(yield* isSignedIn(browser))
    const answer = yield* browser.submit(page, { decision: "sign-out" })
    assert.strictEqual(answer.headers.location, `${afterwards}?state=1`)
    assert.isFalse(yield* isSignedIn(browser))
  })

  // @covers oidc-rpinitiated-2-k oidc-rpinitiated-2-m
  it.effect("whoever the ID token is about, by GET and by POST", () =>
    Effect.gen(function* () {
      const request = { post_logout_redirect_uri: afterwards, state: "1" }
      const one = yield* signedIn()
      yield* asks(one.browser, yield* signOut(one.browser, { id_token_hint: one.hint, ...request }))
      const other = yield* signedIn()
      yield* asks(other.browser, yield* postSignOut(other.browser, { id_token_hint: other.hint, ...request }))
    })
  )

  // @covers oidc-rpinitiated-2-k
  it.effect("and by a form of another site, which is sent on", () =>
    Effect.gen(function* () {
      const { browser, hint } = yield* signedIn()
      const form = { id_token_hint: hint, post_logout_redirect_uri: afterwards, state: "1" }
      const { query } = redirectOf(yield* postSignOut(new Browser(), form))
      yield* asks(browser, yield* signOut(browser, query))
    })
  )
})

layer(Provider)("a request of plain OAuth", (it) => {
  it.effect("is of no session that clients know, and goes on when all of them end", () =>
    Effect.gen(function* () {
      const { response } = yield* visit(new Browser(), { scope: "read" })
      const { endAllSessions } = yield* Logout.Logout
      yield* TestClock.adjust("1 second")
      yield* endAllSessions("u-1")
      assert.strictEqual((yield* exchange(text(response.code))).status, 200)
    })
  )
})

layer(Provider)("a session that ends while the person is asked", (it) => {
  it.effect("lets nobody approve", () =>
    Effect.gen(function* () {
      const { browser, hint } = yield* signedIn()
      const page = yield* authorize(browser)
      yield* signOut(browser, { id_token_hint: hint })
      assert.isTrue(isSignInPage(yield* browser.submit(page, { decision: "approve" })))
    })
  )
})
