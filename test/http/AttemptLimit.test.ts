import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import { TestClock } from "effect/testing"
import { AttemptRateLimit, type AuditLog } from "effect-oauth"
import * as TestServer from "../support/TestServer.ts"
import * as Server from "./support/Server.ts"

const options = { perName: 3, perAddress: 5, window: "1 minute" } as const

const overRateLimiter = (options: AttemptRateLimit.Options) =>
  AttemptRateLimit.layer(options).pipe(
    Layer.provide(RateLimiter.layer),
    Layer.provide(RateLimiter.layerStoreMemory)
  )

const limits = { "over Effect's RateLimiter": overRateLimiter, "in memory": AttemptRateLimit.layerMemory }

const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
const query = {
  client_id: "public",
  response_type: "code",
  redirect_uri: TestServer.redirectUri,
  code_challenge: challenge,
  code_challenge_method: "S256"
}

const signIn = Effect.fnUntraced(function* (username: string, password: string, remoteAddress = "192.0.2.1") {
  const page = yield* TestServer.send({ path: "/authorize", query })
  const interaction = /name="interaction" value="([^"]+)"/.exec(page.body)?.[1] ?? ""
  return yield* TestServer.send({
    path: "/authorize/sign-in",
    headers: { cookie: page.headers["set-cookie"]?.split(";")[0] ?? "" },
    form: { interaction, username, password },
    remoteAddress
  })
})

const passwordGrant = (username: string, password: string) =>
  TestServer.send({
    path: "/token",
    form: { grant_type: "password", username, password },
    basic: ["confidential", TestServer.secrets.confidential],
    remoteAddress: "192.0.2.1"
  })

const attempts = (username: string, times: number, remoteAddress?: string) =>
  Effect.forEach(
    Array.from({ length: times }, (_, index) => `guess ${index}`),
    (password) => signIn(username, password, remoteAddress),
    { concurrency: "unbounded" }
  )

for (const [where, limit] of Object.entries(limits)) {
  const limited = (events: Array<AuditLog.AuditEvent> = []) =>
    Server.layer({}, TestServer.clients, Server.recording(events)).pipe(Layer.provideMerge(limit(options)))

  describe(`RFC 6749 §10.10 a password that is guessed, counted ${where}`, () => {
    it.effect("is not even looked at after too many, until the window has passed", () => {
      const events: Array<AuditLog.AuditEvent> = []
      return Effect.gen(function* () {
        // At the same moment, too.
        const statuses = (yield* attempts("ada", 4)).map(({ status }) => status)
        assert.deepStrictEqual(statuses.toSorted(), [400, 400, 400, 429])
        const right = yield* signIn("ada", "lovelace")
        assert.strictEqual(right.status, 429)
        assert.strictEqual(right.headers["retry-after"], "60")
        assert.deepStrictEqual(events.at(-1), {
          _tag: "AttemptRefused",
          at: "sign-in",
          remoteAddress: "192.0.2.1"
        })
        yield* TestClock.adjust("1 minute")
        assert.strictEqual((yield* signIn("ada", "lovelace")).status, 200)
      }).pipe(Effect.provide(limited(events)))
    })

    it.effect("does not lock its person out: a stranger elsewhere", () =>
      Effect.gen(function* () {
        yield* attempts("ada", 10, "198.51.100.9")
        assert.strictEqual((yield* signIn("ada", "lovelace")).status, 200)
      }).pipe(Effect.provide(limited()))
    )

    it.effect("of every name from one address is refused as well", () =>
      Effect.gen(function* () {
        const answers = yield* Effect.forEach(["a", "b", "c", "d", "e", "f"], (name) =>
          signIn(name, "123456")
        )
        assert.deepStrictEqual(
          answers.map(({ status }) => status),
          [400, 400, 400, 400, 400, 429]
        )
      }).pipe(Effect.provide(limited()))
    )

    it.effect("at the password grant is 429, with Retry-After, and only for that name", () =>
      Effect.gen(function* () {
        for (let attempt = 0; attempt < 3; attempt++) {
          assert.strictEqual((yield* passwordGrant("ada", "guess")).json().error, "invalid_grant")
        }
        const refused = yield* passwordGrant("ada", "lovelace")
        assert.strictEqual(refused.status, 429)
        assert.strictEqual(refused.json().error, "temporarily_unavailable")
        assert.strictEqual(refused.headers["retry-after"], "60")
        assert.strictEqual((yield* passwordGrant("grace", "hopper")).status, 200)
      }).pipe(Effect.provide(limited()))
    )
  })
}

describe("a limit that nobody could be counted with", () => {
  for (const [setting, wrong] of [
    ["perName", { perName: 0 }],
    ["perName", { perName: Number.NaN }],
    ["perAddress", { perAddress: 0.5 }],
    ["window", { window: 0 }],
    ["window", { window: "Infinity" }]
  ] as const) {
    for (const [where, limit] of Object.entries(limits)) {
      it.effect(`${setting} ${Object.values(wrong)}, ${where}`, () =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(Layer.build(limit(wrong)))
          assert.strictEqual(error._tag, "ConfigurationError")
          assert.strictEqual(error.setting, setting)
        }).pipe(Effect.scoped)
      )
    }
  }
})
