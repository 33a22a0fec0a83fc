import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { SecretKeys } from "effect-oauth"
import * as Cookie from "../../src/http/Cookie.ts"
import * as TestServer from "../support/TestServer.ts"
import * as Server from "./support/Server.ts"
import * as Web from "./support/Web.ts"

const issuer = "https://auth.example.com"
const secret = Redacted.make("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
const maximumAge = Duration.minutes(10)

const keysOf = (current: string, ...older: ReadonlyArray<string>) => {
  const make = (text: string) => Redacted.make(text.padEnd(32, "."))
  return Effect.provide(SecretKeys.SecretKeys, SecretKeys.layer(make(current), ...older.map(make)))
}

const withCookie = (cookie: string | undefined) =>
  TestServer.toHttpRequest({ path: "/authorize", headers: cookie === undefined ? {} : { cookie } })

const pairOf = (header: string) => header.split(";")[0] ?? ""

const readFrom = (cookie: string | undefined, name: string, keys: SecretKeys.SecretKeys["Service"]) =>
  Option.map(Cookie.read(withCookie(cookie), name, keys.all), Redacted.value)

describe("RFC 6265bis cookies", () => {
  // @covers rfc6750-5.2-h rfc6750-5.3-d
  it.effect("on an https issuer nobody else can set or see them", () =>
    Effect.gen(function* () {
      const { current: key } = yield* keysOf("one")
      const name = Cookie.name(issuer, "oauth-session")
      assert.strictEqual(name, "__Host-oauth-session")
      const [pair, ...attributes] = Cookie.set(name, secret, { key, issuer, maximumAge }).split("; ")
      assert.match(pair ?? "", /^__Host-oauth-session=[\w-]{8}\.[\w-]{43}\.[\w-]{43}$/)
      // §4.1.3.2: with the prefix, Secure and Path=/ have to be there, and Domain may not
      assert.deepStrictEqual(attributes, ["Path=/", "Max-Age=600", "HttpOnly", "SameSite=Lax", "Secure"])
    })
  )

  it.effect("on an http issuer they can be set at all", () =>
    Effect.gen(function* () {
      const { current: key } = yield* keysOf("one")
      const http = "http://localhost:9000"
      const name = Cookie.name(http, "oauth-session")
      assert.strictEqual(name, "oauth-session")
      const [, ...attributes] = Cookie.set(name, secret, { key, issuer: http, maximumAge }).split("; ")
      assert.deepStrictEqual(attributes, ["Path=/", "Max-Age=600", "HttpOnly", "SameSite=Lax"])
    })
  )

  it.effect("the age is in whole seconds", () =>
    Effect.gen(function* () {
      const { current: key } = yield* keysOf("one")
      assert.include(
        Cookie.set("n", secret, { key, issuer, maximumAge: Duration.millis(1999) }),
        "; Max-Age=1;"
      )
    })
  )
})

describe("what is read", () => {
  it.effect("is what was set, wherever it stands among others", () =>
    Effect.gen(function* () {
      const keys = yield* keysOf("one")
      const pair = pairOf(Cookie.set("n", secret, { key: keys.current, issuer, maximumAge }))
      for (const cookie of [pair, `a=b; ${pair}`, `${pair}; a=b`, `a=b;${pair};c`, `xn=y; n2=z; ${pair}`]) {
        assert.deepStrictEqual(readFrom(cookie, "n", keys), Option.some(Redacted.value(secret)))
      }
    })
  )

  it.effect("is nothing if there is none, or it is somebody else's", () =>
    Effect.gen(function* () {
      const keys = yield* keysOf("one")
      const pair = pairOf(Cookie.set("n", secret, { key: keys.current, issuer, maximumAge }))
      const value = pair.slice(2)
      for (const cookie of [
        undefined,
        "",
        "n",
        "n=",
        `m=${value}`,
        `xn=${value}`,
        `n=${Redacted.value(secret)}`,
        `n="${value}"`,
        `n=${value}x`,
        `n=x${value}`,
        `n=${value}\n`
      ]) {
        assert.isTrue(Option.isNone(readFrom(cookie, "n", keys)), cookie)
      }
    })
  )

  it.effect("is bound to its name: a cookie cannot stand in for another", () =>
    Effect.gen(function* () {
      const keys = yield* keysOf("one")
      const pair = pairOf(Cookie.set("oauth-browser", secret, { key: keys.current, issuer, maximumAge }))
      const renamed = pair.replace("oauth-browser", "oauth-session")
      assert.isTrue(Option.isNone(readFrom(renamed, "oauth-session", keys)))
    })
  )

  it.effect("is good under an older key, and no longer when that is gone", () =>
    Effect.gen(function* () {
      const before = yield* keysOf("one")
      const after = yield* keysOf("two", "one")
      const later = yield* keysOf("two")
      const pair = pairOf(Cookie.set("n", secret, { key: before.current, issuer, maximumAge }))
      assert.isTrue(Option.isSome(readFrom(pair, "n", after)))
      assert.isTrue(Option.isNone(readFrom(pair, "n", later)))
    })
  )

  const Position = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 95 }))

  it.effect.prop(
    "is nothing once any character has been changed",
    { at: Position, by: Arbitrary.schema(Schema.Literals(["A", "b", "3", "_", ".", "=", " ", "é"])) },
    ({ at, by }) =>
      Effect.gen(function* () {
        const keys = yield* keysOf("one")
        const value = pairOf(Cookie.set("n", secret, { key: keys.current, issuer, maximumAge })).slice(2)
        assert.lengthOf(value, 96)
        if (value[at] === by) return
        const changed = `${value.slice(0, at)}${by}${value.slice(at + 1)}`
        assert.isTrue(Option.isNone(readFrom(`n=${changed}`, "n", keys)))
      }),
    { arbitrary: { runs: 300 } }
  )
})

describe("the cookies of the pages", () => {
  it.effect("last as long as what they stand for", () =>
    Effect.gen(function* () {
      const browser = new Web.Browser(yield* Server.send)
      const page = yield* browser.open("/authorize", Web.authorizationRequest)
      assert.match(page.headers["set-cookie"] ?? "", /^oauth-browser=.*; Max-Age=2592000;/)
      const consent = yield* browser.submit(page, Web.ada)
      assert.match(consent.headers["set-cookie"] ?? "", /^oauth-session=.*; Max-Age=7200;/)
    }).pipe(Effect.provide(Server.layer({ lifetimes: { session: "2 hours" } })))
  )

  it.effect("the browser stays the same from one request to the next, the session never does", () =>
    Effect.gen(function* () {
      const browser = new Web.Browser(yield* Server.send)
      const one = yield* browser.open("/authorize", Web.authorizationRequest)
      const cookie = browser.cookies.get("oauth-browser")
      const other = yield* browser.open("/authorize", Web.authorizationRequest)
      assert.strictEqual(browser.cookies.get("oauth-browser"), cookie)

      yield* browser.submit(one, Web.ada)
      const session = browser.cookies.get("oauth-session")
      yield* browser.submit(other, Web.ada)
      assert.isDefined(session)
      assert.notStrictEqual(browser.cookies.get("oauth-session"), session)
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("a cookie that is none of ours makes a new one", () =>
    Effect.gen(function* () {
      const send = yield* Server.send
      const browser = new Web.Browser(send)
      browser.cookies.set("oauth-browser", "planted")
      browser.cookies.set("oauth-session", "planted")
      const page = yield* browser.open("/authorize", Web.authorizationRequest)
      assert.strictEqual(Web.title(page.body), "Sign in")
      assert.match(browser.cookies.get("oauth-browser") ?? "", /^[\w-]{8}\.[\w-]{43}\.[\w-]{43}$/)
    }).pipe(Effect.provide(Server.layer()))
  )
})
