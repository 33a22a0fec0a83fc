import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Redis } from "effect/persistence/Redis"
import * as Stream from "effect/Stream"
import { ClientStore } from "../../../src/storage/ClientStore.ts"
import { FlowStore } from "../../../src/storage/FlowStore.ts"
import { FamilyId, GrantStore } from "../../../src/storage/GrantStore.ts"
import * as GrantsOf from "../../../src/storage/GrantsOf.ts"
import { KeyStore } from "../../../src/storage/KeyStore.ts"
import type { RedisOptions } from "../../../src/storage/redis/RedisOptions.ts"
import * as RedisStorage from "../../../src/storage/redis/RedisStorage.ts"
import { SessionStore } from "../../../src/storage/SessionStore.ts"
import type { Storage } from "../../../src/storage/Storage.ts"
import * as Services from "../../support/Services.ts"
import {
  accessToken,
  client,
  code,
  day,
  family,
  grant,
  hash,
  key,
  minute,
  now,
  rotation,
  second
} from "../suite/Fixtures.ts"
import * as Redises from "./Redises.ts"

const session = (subject = "alice") => ({
  hash: hash(`session of ${subject}`),
  subject,
  authenticatedAt: now,
  expiresAt: now + minute
})

await Services.describeWith(Services.redis, (url) => {
  const nextPrefix = Redises.prefixes(url)

  const test = (
    behaviour: string,
    body: (prefix: string) => Effect.Effect<void, unknown, Storage | Redis>,
    options: RedisOptions = {}
  ) =>
    it.live(behaviour, () => {
      const prefix = nextPrefix()
      return body(prefix).pipe(
        Effect.provide(
          RedisStorage.layer({ prefix, ...options }).pipe(Layer.provideMerge(Redises.connection(url)))
        )
      )
    })

  /** For how long Redis keeps the keys that have this in their name, in whole seconds. */
  const lifetimes = Effect.fnUntraced(function* (prefix: string, name: string) {
    const redis = yield* Redis
    const keys = (yield* Redises.keysOf(prefix)).filter((key) => key.includes(name))
    const lifetimes = yield* Effect.forEach(keys, (key) => redis.send<number>("PTTL", key))
    return Array.from(new Set(lifetimes.map((lifetime) => Math.ceil(lifetime / second / 60))))
  })

  const inMinutes = (time: number) => time / minute

  describe("how long Redis keeps keys", () => {
    test("for good: clients, consents and indexes, and nothing else", (prefix) =>
      Effect.gen(function* () {
        const grants = yield* GrantStore
        const sessions = yield* SessionStore
        yield* (yield* ClientStore).put(client("client"))
        yield* grants.authorize(grant(), { code: code("code") })
        yield* grants.redeemCode({
          hash: hash("code"),
          now,
          issue: { accessToken: accessToken("access"), refreshFamily: family() }
        })
        yield* grants.rotate(rotation(0))
        const flow = { kind: "jti", key: hash("x"), value: "", expiresAt: now + 1 }
        yield* (yield* FlowStore).create({ ...flow, dueAt: now }, now)
        yield* sessions.start(session())
        yield* sessions.remember({ ...grant(), subject: "alice", grantedAt: now })
        yield* (yield* KeyStore).add(key("key"), undefined)
        const kept = yield* Redises.withoutExpiry(yield* Redises.keysOf(prefix))
        assert.deepStrictEqual(
          kept.map((key) => key.slice(prefix.length + 1).replace(/\d+(?=\})/, "")).sort(),
          [
            "client-grants:client",
            "client:client",
            "consents:alice",
            "subject:alice",
            "{f}:due",
            "{g}:due:family",
            "{g}:due:grant",
            "{g}:due:token",
            "{s}:due"
          ]
        )
      }))

    test("a row, for as long as it would live by the caller's clock, and a day", (prefix) =>
      Effect.gen(function* () {
        const grants = yield* GrantStore
        yield* grants.authorize(grant(), { accessToken: accessToken("access") })
        yield* (yield* SessionStore).start(session())
        // By this caller's clock a minute is left.
        yield* (yield* FlowStore).create(
          { kind: "jti", key: hash("x"), value: "", expiresAt: 5 * minute },
          4 * minute
        )
        assert.deepStrictEqual(yield* lifetimes(prefix, ":token:"), [10 + inMinutes(day)])
        assert.deepStrictEqual(yield* lifetimes(prefix, ":grant:"), [10 + inMinutes(day)])
        assert.deepStrictEqual(yield* lifetimes(prefix, ":session"), [1 + inMinutes(day)])
        assert.deepStrictEqual(yield* lifetimes(prefix, ":flow:"), [1 + inMinutes(day)])
      }))

    test(
      "`retention` says how long beyond its expiry",
      (prefix) =>
        Effect.gen(function* () {
          yield* (yield* GrantStore).authorize(grant(), { accessToken: accessToken("access") })
          assert.deepStrictEqual(yield* lifetimes(prefix, ":token:"), [10 + 60])
        }),
      { retention: "1 hour" }
    )

    test("a grant, its code, and how they are found: as long as anything under it", (prefix) =>
      Effect.gen(function* () {
        const grants = yield* GrantStore
        yield* grants.authorize(grant(), { code: code("code") })
        for (const name of [":code:", ":grant:"]) {
          assert.deepStrictEqual(yield* lifetimes(prefix, name), [1 + inMinutes(day)])
        }
        yield* grants.redeemCode({
          hash: hash("code"),
          now,
          issue: { accessToken: accessToken("access"), refreshFamily: family() }
        })
        for (const name of [":code:", ":grant:", ":family:"]) {
          assert.deepStrictEqual(yield* lifetimes(prefix, name), [inMinutes(31 * day)], name)
        }
        // The next one expires 60 days from now, and by this caller's clock a day has passed.
        yield* grants.rotate(rotation(0, { now: now + day }))
        for (const name of [":code:", ":grant:", ":family:"]) {
          assert.deepStrictEqual(yield* lifetimes(prefix, name), [inMinutes(60 * day)], name)
        }
        const replay = yield* grants.redeemCode({ hash: hash("code"), now: now + 59 * day, issue: {} })
        assert.strictEqual(replay._tag, "Replayed")
      }))

    test("also as long as an access token that outlives its family", (prefix) =>
      Effect.gen(function* () {
        const grants = yield* GrantStore
        yield* grants.authorize(grant(), { code: code("code"), refreshFamily: family() })
        const outliving = accessToken("access", { expiresAt: now + 90 * day })
        yield* grants.rotate(rotation(0, { accessToken: outliving }))
        assert.deepStrictEqual(yield* lifetimes(prefix, ":family:"), [inMinutes(61 * day)])
        for (const name of [":code:", ":grant:", ":token:"]) {
          assert.deepStrictEqual(yield* lifetimes(prefix, name), [inMinutes(91 * day)], name)
        }
      }))

    test("what is issued for a refused request leaves nothing", (prefix) =>
      Effect.gen(function* () {
        const grants = yield* GrantStore
        yield* grants.authorize(grant(), { code: code("code"), refreshFamily: family() })
        yield* grants.redeemCode({ hash: hash("code"), now, issue: {} })
        const before = (yield* Redises.keysOf(prefix)).sort()
        const issue = { accessToken: accessToken("access"), refreshFamily: family({ id: FamilyId("other") }) }
        yield* grants.redeemCode({ hash: hash("code"), now, issue })
        yield* grants.rotate(rotation(0))
        yield* grants.rotate(rotation(7))
        assert.deepStrictEqual((yield* Redises.keysOf(prefix)).sort(), before)
      }))
  })

  describe("when Redis let rows expire that were never swept", () => {
    const gone = Effect.fnUntraced(function* (prefix: string) {
      const redis = yield* Redis
      const keys = yield* Redises.keysOf(prefix)
      const kept = new Set(yield* Redises.withoutExpiry(keys))
      for (const key of keys) if (!kept.has(key)) yield* redis.send("PEXPIRE", key, "0")
    })

    test("they are unknown, and a sweep clears the indexes without counting", (prefix) =>
      Effect.gen(function* () {
        const grants = yield* GrantStore
        const flows = yield* FlowStore
        const sessions = yield* SessionStore
        yield* grants.authorize(grant(), {
          code: code("code"),
          accessToken: accessToken("access"),
          refreshFamily: family()
        })
        const flow = { kind: "jti", key: hash("x"), value: "", expiresAt: now + 1 }
        yield* flows.create(flow, now)
        yield* sessions.start(session())
        yield* gone(prefix)
        assert.isTrue(Option.isNone(yield* grants.findAccessToken(hash("access"))))
        assert.strictEqual((yield* grants.redeemCode({ hash: hash("code"), now, issue: {} }))._tag, "Unknown")
        assert.strictEqual((yield* grants.rotate(rotation(0)))._tag, "Unknown")
        assert.deepStrictEqual(yield* Stream.runCollect(GrantsOf.subject("alice")), [])
        assert.strictEqual((yield* flows.find(flow, now))._tag, "Unknown")
        assert.strictEqual(yield* sessions.endAll("alice", now), 0)

        const request = { now: now + 100 * day, limit: 100 }
        assert.deepStrictEqual(yield* grants.sweep(request), {
          accessTokens: 0,
          refreshFamilies: 0,
          codes: 0,
          grants: 0
        })
        assert.deepStrictEqual(yield* flows.sweep(request), { flows: 0 })
        assert.deepStrictEqual(yield* sessions.sweep(request), { sessions: 0 })
        assert.deepStrictEqual(yield* Redises.keysOf(prefix), [])
      }))
  })

  describe("sweeping", () => {
    test("leaves nothing of what was issued, however many shards it was in", (prefix) =>
      Effect.gen(function* () {
        const grants = yield* GrantStore
        const sessions = yield* SessionStore
        const flows = yield* FlowStore
        const names = Array.from({ length: 300 }, (_, index) => `${index} {odd}:% ✓`)
        yield* Effect.forEach(
          names,
          Effect.fnUntraced(function* (name, index) {
            const times = { expiresAt: now + 1 + (index % 7) }
            yield* grants.authorize(grant({ name, subject: `subject ${name}` }), {
              code: code(name, times),
              accessToken: accessToken(`first ${name}`, times)
            })
            if (index % 2 === 0) {
              const refreshFamily = family({ id: FamilyId(name), ...times })
              yield* grants.redeemCode({ hash: hash(name), now, issue: { refreshFamily } })
            }
            yield* sessions.start({ ...session(`subject ${name}`), ...times })
            yield* flows.create({ kind: `{}:${name}`, key: hash(name), value: "", ...times }, now)
          }),
          { concurrency: 32 }
        )
        let rounds = 0
        const total: Record<string, number> = {}
        for (let swept = -1; swept !== 0; rounds++) {
          const request = { now: now + 10, limit: 70 }
          const counts = {
            ...(yield* grants.sweep(request)),
            ...(yield* flows.sweep(request)),
            ...(yield* sessions.sweep(request))
          }
          swept = 0
          for (const [kind, count] of Object.entries(counts)) {
            assert.isAtMost(count, 70)
            total[kind] = (total[kind] ?? 0) + count
            swept += count
          }
        }
        assert.deepStrictEqual(total, {
          accessTokens: 300,
          refreshFamilies: 150,
          codes: 150,
          grants: 300,
          flows: 300,
          sessions: 300
        })
        assert.strictEqual(rounds, 6)
        assert.deepStrictEqual(yield* Redises.keysOf(prefix), [])
      }))

    test("many rows of one grant", () =>
      Effect.gen(function* () {
        const grants = yield* GrantStore
        yield* grants.authorize(grant(), { refreshFamily: family() })
        for (let generation = 0; generation < 600; generation++) yield* grants.rotate(rotation(generation))
        const request = { now: now + 100 * day, limit: 555 }
        const first = yield* grants.sweep(request)
        assert.deepStrictEqual(first, { accessTokens: 555, refreshFamilies: 1, codes: 0, grants: 0 })
        const second = yield* grants.sweep(request)
        assert.deepStrictEqual(second, { accessTokens: 45, refreshFamilies: 0, codes: 0, grants: 1 })
      }))
  })
})
