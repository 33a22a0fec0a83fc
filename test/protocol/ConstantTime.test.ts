import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { Client, GrantStore, Parameters, Pkce, Secret, SecretKeys } from "effect-oauth"
import { afterEach, vi } from "vitest"
import { verifyClientSecret } from "../../src/client-authentication/ClientSecret.ts"
import * as RefreshToken from "../../src/grants/RefreshToken.ts"
import * as Cookie from "../../src/http/Cookie.ts"
import * as LoginSession from "../../src/http/LoginSession.ts"
import { challenge, verifier } from "../support/Flow.ts"
import * as TestServer from "../support/TestServer.ts"

// Time cannot be measured here without its coming out otherwise from time to time.
// What is looked at is that Node's own comparison is asked, which promises it.
const compare = vi.spyOn(process.getBuiltinModule("node:crypto"), "timingSafeEqual")

afterEach(() => {
  compare.mockClear()
})

/** How many octets each comparison was given, and what came of it. */
const compared = () =>
  compare.mock.calls.map(([one, other], call) => {
    assert.strictEqual(one.byteLength, other.byteLength)
    return [one.byteLength, compare.mock.results[call]?.value]
  })

const changedAt = (text: string, at: number) =>
  `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`

const keys = Effect.provide(SecretKeys.SecretKeys, SecretKeys.layer(Redacted.make("0".repeat(32))))
const secret = Redacted.make(verifier)

describe("OpenID Connect Core §16.12: all octets are processed, wherever the first wrong one is", () => {
  // @covers oidc-core-16.12-a
  it.effect("a client secret, by each of its hashes, also if the first is the right one", () =>
    Effect.gen(function* () {
      const hashes = ["right", "other"].map((text) => Secret.hash(Redacted.make(text)))
      const client = Client.make({ client_id: "a", client_secret_hashes: hashes })
      assert.isTrue(yield* verifyClientSecret("right")(client))
      assert.isFalse(yield* verifyClientSecret("wrong")(client))
      assert.deepStrictEqual(compared(), [
        [43, true],
        [43, false],
        [43, false],
        [43, false]
      ])
    })
  )

  for (const [where, at] of [
    ["first", (length: number) => length],
    ["last", () => 1]
  ] as const) {
    // @covers oidc-core-16.12-a
    it.effect(`a code verifier whose challenge is wrong in its ${where} octet`, () =>
      Effect.sync(() => {
        const wrong = changedAt(challenge, 43 - at(43))
        const parameters = Parameters.fromRecord({ code_verifier: Redacted.value(secret) })
        const verified = Pkce.verifyCodeVerifier({ challenge: wrong, method: "S256" }, parameters)
        assert.isTrue(Result.isFailure(verified))
        assert.deepStrictEqual(compared(), [[43, false]])
      })
    )

    // @covers oidc-core-16.12-a
    it.effect(`a refresh token whose tag is wrong in its ${where} octet`, () =>
      Effect.gen(function* () {
        const { all, current } = yield* keys
        const family = GrantStore.FamilyId("0123456789012345678901")
        const text = Redacted.value(RefreshToken.first(current, family, secret).text)
        const wrong = changedAt(text, text.length - at(24))
        assert.isTrue(Option.isNone(RefreshToken.parse(all, wrong)))
        assert.deepStrictEqual(compared(), [[24, false]])
      })
    )

    // @covers oidc-core-16.12-a
    it.effect(`a cookie whose tag is wrong in its ${where} octet`, () =>
      Effect.gen(function* () {
        const { all, current: key } = yield* keys
        const options = { key, issuer: "https://auth.example.com", maximumAge: Duration.minutes(1) }
        const pair = Cookie.set("session", secret, options).split(";")[0] ?? ""
        const cookie = changedAt(pair, pair.length - at(43))
        const request = TestServer.toHttpRequest({ path: "/authorize", headers: { cookie } })
        assert.isTrue(Option.isNone(Cookie.read(request, "session", all)))
        assert.deepStrictEqual(compared(), [[43, false]])
      })
    )

    // @covers oidc-core-16.12-a
    it.effect(`a form whose token is wrong in its ${where} octet`, () =>
      Effect.gen(function* () {
        const session = {
          hash: Secret.hash(secret),
          identity: { subject: "u-1", username: "ada" },
          authenticatedAt: 0
        }
        const token = yield* LoginSession.formToken(session, "logout")
        const wrong = changedAt(token, token.length - at(token.length))
        assert.isFalse(yield* LoginSession.isFormToken(session, "logout", wrong))
        assert.deepStrictEqual(compared(), [[token.length, false]])
      }).pipe(Effect.provide(SecretKeys.layer(Redacted.make("0".repeat(32)))))
    )
  }
})
