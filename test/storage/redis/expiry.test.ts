import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Redis, type RedisError } from "effect/persistence/Redis"
import * as Stream from "effect/Stream"
import { ClientStore } from "../../../src/storage/ClientStore.ts"
import { FlowStore } from "../../../src/storage/FlowStore.ts"
import { FamilyId, GrantStore } from "../../../src/storage/GrantStore.ts"
import { KeyStore } from "../../../src/storage/KeyStore.ts"
import * as Keyspace from "../../../src/storage/redis/internal/Keyspace.ts"
import * as RedisGrantStore from "../../../src/storage/redis/RedisGrantStore.ts"
import type { RedisOptions } from "../../../src/storage/redis/RedisOptions.ts"
import * as RedisSessionStore from "../../../src/storage/redis/RedisSessionStore.ts"
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
import * as Commands from "./Commands.ts"
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
        assert.deepStrictEqual(yield* Stream.runCollect(grants.grantsOfSubject("alice")), [])
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

    it.live(
      "what got a longer life between being found and being deleted stays, and what is beside it goes",
      () =>
        Effect.gen(function* () {
          const prefix = nextPrefix()
          const connection = Redises.connection(url)
          const grantsIn = (redis: Layer.Layer<Redis, RedisError>) =>
            Effect.map(
              Layer.build(RedisGrantStore.layer({ prefix }).pipe(Layer.provide(Layer.fresh(redis)))),
              (context) => Context.get(context, GrantStore)
            )
          const store = yield* grantsIn(connection)
          // Of one shard: they are swept together.
          const { shard } = Keyspace.make({ prefix })
          const names = Array.from({ length: 1000 }, (_, number) => `beside ${number}`)
          const beside = grant({
            name: names.find((name) => shard("g", name) === shard("g", grant().id)) ?? ""
          })
          yield* store.authorize(grant(), { refreshFamily: family({ expiresAt: now + minute }) })
          yield* store.authorize(beside, {
            refreshFamily: family({ id: FamilyId("beside"), expiresAt: now + minute + 1 })
          })
          let rotated = 0
          const interfering = Commands.around(connection, ({ lua }) => (run) => {
            if (lua?.includes("ZSCORE") !== true || rotated++ > 0) return run
            return Effect.andThen(Effect.orDie(store.rotate(rotation(0, { now: now + minute - 1 }))), run)
          })
          const request = { now: now + minute + 1, limit: 10 }
          const swept = yield* (yield* grantsIn(interfering)).sweep(request)
          assert.isAbove(rotated, 0)
          assert.deepStrictEqual(swept, { accessTokens: 0, refreshFamilies: 1, codes: 0, grants: 1 })
          const after = yield* store.findRefreshFamily(FamilyId("family"))
          assert.strictEqual(Option.getOrThrow(after).generation, 1)
          const left = yield* Effect.provide(Redises.keysOf(prefix), connection)
          assert.notInclude(left.join(" "), "beside")
        }).pipe(Effect.scoped)
    )

    it.live(
      "a session that was started anew in between stays, and nothing is left of the one beside it",
      () =>
        Effect.gen(function* () {
          const prefix = nextPrefix()
          const connection = Redises.connection(url)
          const sessionsIn = (redis: Layer.Layer<Redis, RedisError>) =>
            Effect.map(
              Layer.build(RedisSessionStore.layer({ prefix }).pipe(Layer.provide(Layer.fresh(redis)))),
              (context) => Context.get(context, SessionStore)
            )
          const store = yield* sessionsIn(connection)
          const alices = (name: string, expiresAt: number) => ({ ...session(), hash: hash(name), expiresAt })
          yield* store.start(alices("again", now + minute))
          yield* store.start(alices("beside", now + minute + 1))
          // Redis has forgotten the first one, whose place among those that are due is still there.
          const startAgain = Effect.gen(function* () {
            const rows = (yield* Redises.keysOf(prefix)).filter((key) => /\{.*\}/.test(key))
            const redis = yield* Redis
            yield* redis.send("DEL", ...rows.filter((key) => key.includes(hash("again"))))
            yield* store.start(alices("again", now + day))
          }).pipe(Effect.provide(connection), Effect.orDie)
          let begun = false
          const interfering = Commands.around(connection, ({ lua }) => (run) => {
            if (lua?.includes("ZSCORE") !== true || begun) return run
            begun = true
            return Effect.andThen(startAgain, run)
          })
          const request = { now: now + 2 * minute, limit: 10 }
          assert.deepStrictEqual(yield* (yield* sessionsIn(interfering)).sweep(request), { sessions: 1 })
          assert.isTrue(begun)
          assert.isTrue(Option.isSome(yield* store.find(hash("again"))))
          yield* Effect.gen(function* () {
            const keys = yield* Redises.keysOf(prefix)
            assert.notInclude(keys.join(" "), hash("beside"))
            // It was claimed twice, and nobody has released it.
            const claims = (yield* Redis).send("HGET", `${prefix}:session:${hash("again")}`, "claims")
            assert.strictEqual(yield* claims, "2")
          }).pipe(Effect.provide(connection))
        }).pipe(Effect.scoped)
    )

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
