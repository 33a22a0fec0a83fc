/**
 * Each lifetime is really what ends the thing: a moment before it is good, and at
 * it no longer. All of them are different, so that none can stand in for another.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { AuthorizationServer, Grants, Legacy, Storage } from "effect-oauth"
import { InteractionPages, OAuthHandler } from "effect-oauth/http"
import {
  approved,
  asService,
  Browser,
  codeFor,
  errorOf,
  exchange,
  formOf,
  introspect,
  isActive,
  parameter,
  redirectOf,
  refresh,
  serverWith,
  text,
  token,
  tokensFor,
  tokensIn
} from "../support/Flow.ts"
import { clients, layer as defaults, options, People } from "../support/TestServer.ts"

const lifetimes = {
  code: "45 seconds",
  accessToken: "7 minutes",
  refreshToken: "20 days",
  interaction: "11 minutes",
  session: "3 hours"
} as const
const grace = "25 seconds"

const withLifetimes = Effect.provide(
  serverWith({ lifetimes, refresh: { grace } }).pipe(Layer.provideMerge(Storage.layerMemoryWith({ clients })))
)

/** To the last millisecond in which something is still good. */
const justBefore = (lifetime: Duration.Input) =>
  TestClock.adjust(Duration.millis(Duration.toMillis(lifetime) - 1))

const oneMore = TestClock.adjust("1 millis")

// @covers rfc6749-4.1.2-b rfc6749-10.5-d
describe("RFC 6749 §4.1.2 lifetimes.code", () => {
  it.effect("a code is good until it expires", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      yield* justBefore(lifetimes.code)
      assert.strictEqual((yield* exchange(code)).status, 200)
    }).pipe(withLifetimes)
  )

  it.effect("and no longer", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      yield* justBefore(lifetimes.code)
      yield* oneMore
      assert.deepStrictEqual(errorOf(yield* exchange(code)), ["invalid_grant", "The code has expired"])
    }).pipe(withLifetimes)
  )

  it.effect("a code that was used is still recognised when it has expired: a replay is a replay", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      const { accessToken } = tokensIn(yield* exchange(code))
      yield* TestClock.adjust(lifetimes.code)
      assert.isTrue(yield* isActive(accessToken))
      assert.deepStrictEqual(errorOf(yield* exchange(code)), ["invalid_grant", "The code has been used"])
      assert.isFalse(yield* isActive(accessToken))
    }).pipe(withLifetimes)
  )
})

// @covers rfc7662-4-a rfc7662-4-b
describe("RFC 6749 §5.1 lifetimes.accessToken", () => {
  const sources = {
    "of a code": Effect.map(tokensFor(), (tokens) => tokens.accessToken),
    "of a refresh token": Effect.gen(function* () {
      return tokensIn(yield* refresh((yield* tokensFor()).refreshToken)).accessToken
    }),
    "of a retry": Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      yield* refresh(refreshToken)
      yield* TestClock.adjust("10 seconds")
      return tokensIn(yield* refresh(refreshToken)).accessToken
    }),
    "of the client itself": Effect.map(token({ grant_type: "client_credentials" }, asService), (response) =>
      text(response.json().access_token)
    ),
    "of the authorization endpoint": Effect.map(approved({ response_type: "token" }), (response) =>
      parameter(response, "access_token")
    )
  } as const

  for (const [name, source] of Object.entries(sources)) {
    it.effect(`an access token ${name} is good until it expires, and no longer`, () =>
      Effect.gen(function* () {
        const accessToken = yield* source
        yield* justBefore(lifetimes.accessToken)
        assert.isTrue(yield* isActive(accessToken))
        yield* oneMore
        assert.deepStrictEqual(yield* introspect(accessToken), { active: false })
      }).pipe(withLifetimes)
    )
  }

  // @covers rfc6749-4.2.2-c rfc6749-5.1-c
  it.effect("expires_in and exp say so", () =>
    Effect.gen(function* () {
      // A lifetime is no time of day, and at the epoch they are the same.
      yield* TestClock.adjust("1 hour")
      const response = yield* exchange(yield* codeFor())
      assert.strictEqual(response.json().expires_in, 420)
      const { exp, iat } = yield* introspect(tokensIn(response).accessToken)
      assert.strictEqual(Number(exp) - Number(iat), 420)
      const implicit = yield* approved({ response_type: "token" })
      assert.strictEqual(parameter(implicit, "expires_in"), "420")
    }).pipe(withLifetimes)
  )
})

// @covers rfc6749-6-g rfc9700-4.14.2-e
describe("RFC 6749 §6 lifetimes.refreshToken", () => {
  it.effect("a refresh token is good until it expires, though its access token is long gone", () =>
    Effect.gen(function* () {
      const { accessToken, refreshToken } = yield* tokensFor()
      yield* justBefore(lifetimes.refreshToken)
      assert.isFalse(yield* isActive(accessToken))
      assert.isTrue(yield* isActive(refreshToken))
      assert.strictEqual((yield* refresh(refreshToken)).status, 200)
    }).pipe(withLifetimes)
  )

  it.effect("and no longer", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      yield* justBefore(lifetimes.refreshToken)
      yield* oneMore
      assert.deepStrictEqual(yield* introspect(refreshToken), { active: false })
      assert.deepStrictEqual(errorOf(yield* refresh(refreshToken)), [
        "invalid_grant",
        "The refresh token has expired"
      ])
    }).pipe(withLifetimes)
  )

  it.effect("using it in time gives one with a whole lifetime", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      yield* justBefore(lifetimes.refreshToken)
      const next = tokensIn(yield* refresh(refreshToken))
      yield* justBefore(lifetimes.refreshToken)
      assert.isTrue(yield* isActive(next.refreshToken))
      const last = tokensIn(yield* refresh(next.refreshToken))
      yield* TestClock.adjust(lifetimes.refreshToken)
      assert.deepStrictEqual(errorOf(yield* refresh(last.refreshToken)), [
        "invalid_grant",
        "The refresh token has expired"
      ])
    }).pipe(withLifetimes)
  )
})

describe("RFC 6749 §6 lifetimes.refreshToken, without rotation", () => {
  const withFixed = Effect.provide(
    OAuthHandler.layer.pipe(
      Layer.provide(InteractionPages.layer),
      Layer.provideMerge(
        AuthorizationServer.layer({
          ...options,
          grants: [Grants.authorizationCode, Legacy.fixedRefreshToken],
          lifetimes
        })
      ),
      Layer.provide(People),
      Layer.provideMerge(Storage.layerMemoryWith({ clients }))
    )
  )

  it.effect("every use extends it, and it ends all the same", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      for (const _ of [1, 2]) {
        yield* justBefore(lifetimes.refreshToken)
        assert.strictEqual((yield* refresh(refreshToken)).status, 200)
      }
      yield* TestClock.adjust(lifetimes.refreshToken)
      assert.deepStrictEqual(errorOf(yield* refresh(refreshToken)), [
        "invalid_grant",
        "The refresh token has expired"
      ])
    }).pipe(withFixed)
  )
})

describe("RFC 9700 §4.14.2 refresh.grace", () => {
  it.effect("a retry is honoured until the end of it", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      const lost = tokensIn(yield* refresh(refreshToken))
      yield* TestClock.adjust(grace)
      assert.strictEqual(tokensIn(yield* refresh(refreshToken)).refreshToken, lost.refreshToken)
    }).pipe(withLifetimes)
  )

  it.effect("and after it is reuse", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      const lost = tokensIn(yield* refresh(refreshToken))
      yield* TestClock.adjust(grace)
      yield* oneMore
      assert.strictEqual(errorOf(yield* refresh(refreshToken))[0], "invalid_grant")
      assert.isFalse(yield* isActive(lost.refreshToken))
    }).pipe(withLifetimes)
  )

  it.effect("a retry does not prolong it", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      yield* refresh(refreshToken)
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual((yield* refresh(refreshToken)).status, 200)
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual(errorOf(yield* refresh(refreshToken))[0], "invalid_grant")
    }).pipe(withLifetimes)
  )
})

describe("lifetimes.interaction", () => {
  it.effect("a person has until then to sign in", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const inTime = yield* browser.authorize()
      const late = yield* browser.authorize()
      yield* justBefore(lifetimes.interaction)
      assert.strictEqual(formOf(yield* browser.signIn(inTime)).action, "/authorize/consent")
      yield* oneMore
      const page = yield* browser.signIn(late)
      assert.strictEqual(page.status, 400)
      assert.include(page.body, "This page has expired")
    }).pipe(withLifetimes)
  )

  it.effect("and to consent: signing in gives no more time", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const signInPage = yield* browser.authorize()
      yield* TestClock.adjust("5 minutes")
      const consentPage = yield* browser.signIn(signInPage)
      yield* TestClock.adjust("6 minutes")
      const page = yield* browser.submit(consentPage, { decision: "approve" })
      assert.strictEqual(page.status, 400)
      assert.include(page.body, "This page has expired")
    }).pipe(withLifetimes)
  )

  it.effect("a consent in the last moment counts", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const signInPage = yield* browser.authorize()
      yield* TestClock.adjust("5 minutes")
      const consentPage = yield* browser.signIn(signInPage)
      yield* justBefore("6 minutes")
      const answer = yield* browser.submit(consentPage, { decision: "approve" })
      assert.isString(redirectOf(answer).query.code)
    }).pipe(withLifetimes)
  )
})

describe("lifetimes.session", () => {
  const signedIn = Effect.gen(function* () {
    const browser = new Browser()
    yield* browser.signIn(yield* browser.authorize())
    return browser
  })

  it.effect("until then a person is asked to consent at once", () =>
    Effect.gen(function* () {
      const browser = yield* signedIn
      yield* justBefore(lifetimes.session)
      assert.strictEqual(formOf(yield* browser.authorize()).action, "/authorize/consent")
    }).pipe(withLifetimes)
  )

  it.effect("and then to sign in again", () =>
    Effect.gen(function* () {
      const browser = yield* signedIn
      yield* justBefore(lifetimes.session)
      yield* oneMore
      assert.strictEqual(formOf(yield* browser.authorize()).action, "/authorize/sign-in")
    }).pipe(withLifetimes)
  )

  it.effect("a session that ends on the consent page cannot consent", () =>
    Effect.gen(function* () {
      const browser = yield* signedIn
      yield* justBefore(lifetimes.session)
      const consentPage = yield* browser.authorize()
      yield* oneMore
      const page = yield* browser.submit(consentPage, { decision: "approve" })
      assert.strictEqual(page.status, 200)
      assert.strictEqual(formOf(page).action, "/authorize/sign-in")
    }).pipe(withLifetimes)
  )
})

describe("the lifetimes that nobody chose", () => {
  // @covers rfc6749-4.1.2-c
  it.effect("60 seconds for a code", () =>
    Effect.gen(function* () {
      const [inTime, late] = [yield* codeFor(), yield* codeFor()]
      yield* justBefore("60 seconds")
      assert.strictEqual((yield* exchange(inTime)).status, 200)
      yield* oneMore
      assert.strictEqual(errorOf(yield* exchange(late))[1], "The code has expired")
    }).pipe(Effect.provide(defaults))
  )

  // @covers rfc6750-5.3-f rfc9700-4.14.2-e
  it.effect("10 minutes for an access token, 30 days for a refresh token", () =>
    Effect.gen(function* () {
      const { accessToken, refreshToken } = yield* tokensFor()
      yield* justBefore("10 minutes")
      assert.isTrue(yield* isActive(accessToken))
      yield* oneMore
      assert.isFalse(yield* isActive(accessToken))
      yield* justBefore(Duration.subtract(Duration.days(30), Duration.minutes(10)))
      assert.isTrue(yield* isActive(refreshToken))
      yield* oneMore
      assert.isFalse(yield* isActive(refreshToken))
    }).pipe(Effect.provide(defaults))
  )

  it.effect("30 seconds of grace", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      yield* refresh(refreshToken)
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual((yield* refresh(refreshToken)).status, 200)
      yield* oneMore
      assert.strictEqual((yield* refresh(refreshToken)).status, 400)
    }).pipe(Effect.provide(defaults))
  )

  it.effect("15 minutes for a page, 12 hours for a session", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const pages = [yield* browser.authorize(), yield* browser.authorize()] as const
      yield* justBefore("15 minutes")
      assert.strictEqual((yield* browser.signIn(pages[0])).status, 200)
      yield* oneMore
      assert.strictEqual((yield* browser.signIn(pages[1])).status, 400)
      // The session began a millisecond ago.
      yield* justBefore(Duration.subtract(Duration.hours(12), Duration.millis(1)))
      assert.strictEqual(formOf(yield* browser.authorize()).action, "/authorize/consent")
      yield* oneMore
      assert.strictEqual(formOf(yield* browser.authorize()).action, "/authorize/sign-in")
    }).pipe(Effect.provide(defaults))
  )
})
