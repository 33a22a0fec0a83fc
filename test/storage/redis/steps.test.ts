/** Verbs of several steps: how many there are, and what somebody else does in between. */
import { assert, describe } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Redis, type RedisError } from "effect/persistence/Redis"
import * as Stream from "effect/Stream"
import { FlowStore } from "../../../src/storage/FlowStore.ts"
import { FamilyId, GrantStore } from "../../../src/storage/GrantStore.ts"
import * as GrantsOf from "../../../src/storage/GrantsOf.ts"
import { Duplicate } from "../../../src/storage/redis/internal/Failure.ts"
import * as Keyspace from "../../../src/storage/redis/internal/Keyspace.ts"
import * as RedisStorage from "../../../src/storage/redis/RedisStorage.ts"
import { SessionStore } from "../../../src/storage/SessionStore.ts"
import * as Services from "../../support/Services.ts"
import {
  accessToken,
  clientId,
  code,
  day,
  family,
  grant,
  hash,
  minute,
  now,
  rotation
} from "../suite/Fixtures.ts"
import * as Commands from "./Commands.ts"
import * as Redises from "./Redises.ts"

/** Each of them is asked by itself. */
const shards = 64

const session = (
  name: string,
  overrides: { readonly subject?: string; readonly expiresAt?: number } = {}
) => ({
  hash: hash(name),
  subject: "alice",
  authenticatedAt: now,
  expiresAt: now + minute,
  ...overrides
})

await Services.describeWith(Services.redis, (url) => {
  const connection: Layer.Layer<Redis, RedisError> = Redises.connection(url)
  const test = Redises.tests(url, (prefix) => RedisStorage.layer({ prefix }))

  const counted = (() => {
    let steps = 0
    const redis = Commands.around(
      connection,
      () => (run) =>
        Effect.suspend(() => {
          steps++
          return run
        })
    )
    return { redis, steps: () => steps }
  })()

  /** The same rows, and something that happens once, before the first script that has this in it. */
  const interrupted = (prefix: string, lua: string, interruption: Effect.Effect<unknown, unknown>) => {
    let happened = 0
    const interfering = Commands.around(connection, (command) => (run) => {
      if (command.lua?.includes(lua) !== true || happened++ > 0) return run
      return Effect.andThen(Effect.orDie(interruption), run)
    })
    return RedisStorage.layer({ prefix }).pipe(Layer.provide(interfering), Layer.fresh, Layer.build)
  }

  /** Redis lets the keys expire that have this in their name. */
  const expire = Effect.fnUntraced(function* (prefix: string, name: string) {
    const redis = yield* Redis
    for (const key of yield* Redises.keysOf(prefix)) {
      if (key.includes(name)) yield* redis.send("PEXPIRE", key, "0")
    }
  })

  describe("claiming flows", () => {
    const claiming = Effect.fnUntraced(function* (limit: number) {
      const before = counted.steps()
      const claimed = yield* (yield* FlowStore).claim({ kind: "ciba", now, until: now + 1, limit })
      return { claimed: claimed.length, steps: counted.steps() - before }
    })
    test(
      "asks each shard once, where nothing is due",
      () =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* claiming(1), { claimed: 0, steps: shards })
        }),
      counted.redis
    )

    test(
      "asks no further shard, when it has as many as it wants",
      () =>
        Effect.gen(function* () {
          const flows = yield* FlowStore
          const due = { kind: "ciba", value: "", expiresAt: now + minute, dueAt: now }
          yield* flows.create({ ...due, key: hash("due") }, now)
          const { claimed, steps } = yield* claiming(1)
          assert.strictEqual(claimed, 1)
          // The flow is in one of the first shards.
          assert.isBelow(steps, shards)
        }),
      counted.redis
    )
  })

  describe("flows", () => {
    const flow = { kind: "ciba", key: hash("flow"), value: "", expiresAt: now + minute, dueAt: now }
    const claim = { kind: "ciba", now, until: now + 2, limit: 10 }

    test("one that somebody else claims in between is not claimed", (prefix) =>
      Effect.gen(function* () {
        const flows = yield* FlowStore
        yield* flows.create(flow, now)
        const others = flows.claim({ ...claim, until: now + 1 })
        const claiming = Context.get(yield* interrupted(prefix, "till", others), FlowStore)
        assert.deepStrictEqual(yield* claiming.claim(claim), [])
        assert.lengthOf(yield* flows.claim({ ...claim, now: now + 1 }), 1)
      }).pipe(Effect.scoped))

    test("one that Redis lets expire before its entry is not claimed, and in nobody's way", (prefix) =>
      Effect.gen(function* () {
        const flows = yield* FlowStore
        yield* flows.create(flow, now)
        yield* expire(prefix, "}:flow:")
        assert.deepStrictEqual(yield* flows.claim(claim), [])
        const before = yield* Redises.keysOf(prefix)
        assert.deepStrictEqual(
          before.filter((key) => key.includes(":queue:")),
          []
        )
      }))

    test("one that takes an expired one's place while that is swept stays", (prefix) =>
      Effect.gen(function* () {
        const flows = yield* FlowStore
        yield* flows.create(flow, now)
        const later = now + minute
        const next = flows.create({ ...flow, expiresAt: later + minute }, later)
        const sweeping = Context.get(yield* interrupted(prefix, "ZSCORE", next), FlowStore)
        assert.deepStrictEqual(yield* sweeping.sweep({ now: later, limit: 10 }), { flows: 0 })
        assert.strictEqual((yield* flows.find(flow, later))._tag, "Found")
      }).pipe(Effect.scoped))

    test("one that somebody else sweeps in between is counted there", (prefix) =>
      Effect.gen(function* () {
        const flows = yield* FlowStore
        yield* flows.create(flow, now)
        const sweep = { now: now + minute, limit: 10 }
        const others = Effect.map(flows.sweep(sweep), (swept) => assert.deepStrictEqual(swept, { flows: 1 }))
        const sweeping = Context.get(yield* interrupted(prefix, "ZSCORE", others), FlowStore)
        assert.deepStrictEqual(yield* sweeping.sweep(sweep), { flows: 0 })
      }).pipe(Effect.scoped))
  })

  describe("what would be stored twice", () => {
    const taken = accessToken("taken")

    const transitions: ReadonlyArray<
      readonly [name: string, transition: (grants: GrantStore["Service"]) => Effect.Effect<unknown, unknown>]
    > = [
      ["authorize", (grants) => grants.authorize(grant({ name: "another" }), { accessToken: taken })],
      [
        "redeemCode",
        (grants) => grants.redeemCode({ hash: hash("code"), now, issue: { accessToken: taken } })
      ],
      ["rotate", (grants) => grants.rotate(rotation(1, { accessToken: taken }))],
      ["rotate", (grants) => grants.rotate(rotation(0, { accessToken: taken }))]
    ]
    for (const [name, transition] of transitions) {
      test(`is a Duplicate, and nothing has happened: ${name}`, () =>
        Effect.gen(function* () {
          const grants = yield* GrantStore
          yield* grants.authorize(grant(), {
            code: code("code"),
            refreshFamily: family(),
            accessToken: taken
          })
          yield* grants.rotate(rotation(0))
          const before = yield* grants.findRefreshFamily(FamilyId("family"))
          const error = yield* Effect.flip(transition(grants))
          assert.deepInclude(error, { operation: `GrantStore.${name}`, cause: new Duplicate() })
          assert.deepStrictEqual(yield* grants.findRefreshFamily(FamilyId("family")), before)
          assert.isUndefined(Option.getOrThrow(yield* grants.findCode(hash("code"))).redeemedAt)
        }))
    }
  })

  describe("sessions", () => {
    test("one by the name of another's is refused at once, for that is stored", (prefix) =>
      Effect.gen(function* () {
        const before = counted.steps()
        yield* (yield* SessionStore).start(session("a"))
        const other = yield* RedisStorage.layer({ prefix }).pipe(
          Layer.provide(counted.redis),
          Layer.fresh,
          Layer.build
        )
        const error = yield* Effect.flip(
          Context.get(other, SessionStore).start(session("a", { subject: "mallory" }))
        )
        assert.deepInclude(error, { operation: "SessionStore.start", cause: new Duplicate() })
        // To ask for the place, whether it is taken, and to be refused.
        assert.strictEqual(counted.steps() - before, 3)
      }).pipe(Effect.scoped))

    test("one that begins in the place of one that a sweep has found stays, and what is beside it goes", (prefix) =>
      Effect.gen(function* () {
        const sessions = yield* SessionStore
        yield* sessions.start(session("again"))
        yield* sessions.start(session("beside", { expiresAt: now + minute + 1 }))
        const again = expire(prefix, `}:session:${hash("again")}`).pipe(
          Effect.andThen(sessions.start(session("again", { expiresAt: now + day }))),
          Effect.provide(connection)
        )
        const sweeping = Context.get(yield* interrupted(prefix, "ZSCORE", again), SessionStore)
        assert.deepStrictEqual(yield* sweeping.sweep({ now: now + 2 * minute, limit: 10 }), { sessions: 1 })
        assert.isTrue(Option.isSome(yield* sessions.find(hash("again"))))
        assert.notInclude((yield* Redises.keysOf(prefix)).join(" "), hash("beside"))
        // It was claimed twice, and nobody has released it.
        const claims = (yield* Redis).send("HGET", `${prefix}:session:${hash("again")}`, "claims")
        assert.strictEqual(yield* claims, "2")
      }).pipe(Effect.scoped))

    test("one that is refused for its name leaves no claim on that, and takes nobody else's away", (prefix) =>
      Effect.gen(function* () {
        const sessions = yield* SessionStore
        yield* sessions.start(session("a"))
        yield* Effect.flip(sessions.start(session("a")))
        assert.isTrue(Option.isSome(yield* sessions.find(hash("a"))))
        assert.deepStrictEqual(yield* sessions.sweep({ now: now + minute, limit: 10 }), { sessions: 1 })
        assert.deepStrictEqual(yield* Redises.keysOf(prefix), [])
      }))

    test("one that is started while all end, ends, too, and none is counted twice", (prefix) =>
      Effect.gen(function* () {
        const sessions = yield* SessionStore
        yield* sessions.start(session("a"))
        const started = sessions.start(session("b"))
        const ending = Context.get(yield* interrupted(prefix, "ZCARD", started), SessionStore)
        assert.strictEqual(yield* ending.endAll("alice", now + 1), 2)
        assert.deepStrictEqual(
          (yield* sessions.sessionsOf("alice")).map(({ endedAt }) => endedAt),
          [now + 1, now + 1]
        )
      }).pipe(Effect.scoped))

    test("one that takes another's place while all end, ends", (prefix) =>
      Effect.gen(function* () {
        const sessions = yield* SessionStore
        yield* sessions.start(session("a"))
        const replaced = Effect.gen(function* () {
          yield* sessions.sweep({ now: now + minute, limit: 10 })
          yield* sessions.start(session("b", { expiresAt: now + day }))
        })
        const ending = Context.get(yield* interrupted(prefix, "ZCARD", replaced), SessionStore)
        assert.strictEqual(yield* ending.endAll("alice", now + minute), 1)
        assert.strictEqual(Option.getOrThrow(yield* sessions.find(hash("b"))).endedAt, now + minute)
      }).pipe(Effect.scoped))

    test("one that takes an expired one's place while that is swept stays", (prefix) =>
      Effect.gen(function* () {
        const sessions = yield* SessionStore
        const sweep = { now: now + minute, limit: 10 }
        yield* sessions.start(session("a"))
        const replaced = Effect.andThen(
          sessions.sweep(sweep),
          sessions.start(session("a", { expiresAt: now + day }))
        )
        const sweeping = Context.get(yield* interrupted(prefix, "ZSCORE", replaced), SessionStore)
        assert.deepStrictEqual(yield* sweeping.sweep(sweep), { sessions: 0 })
        assert.isTrue(Option.isSome(yield* sessions.find(hash("a"))))
      }).pipe(Effect.scoped))

    test("one that Redis let expire before its name and its entry is unknown", (prefix) =>
      Effect.gen(function* () {
        const sessions = yield* SessionStore
        yield* sessions.start(session("a"))
        yield* expire(prefix, "}:session:")
        assert.isTrue(Option.isNone(yield* sessions.find(hash("a"))))
        assert.deepStrictEqual(yield* sessions.sessionsOf("alice"), [])
        assert.strictEqual(yield* sessions.end(hash("a"), now), "Unknown")
        assert.strictEqual(yield* sessions.endAll("alice", now), 0)
      }))

    test("one whose name was used before, by one that Redis let expire, survives the sweep of that", (prefix) =>
      Effect.gen(function* () {
        const sessions = yield* SessionStore
        yield* sessions.start(session("a"))
        yield* expire(prefix, ":session")
        const bobs = session("a", { subject: "bob", expiresAt: now + day })
        yield* sessions.start(bobs)
        assert.deepStrictEqual(yield* sessions.sweep({ now: now + minute, limit: 10 }), { sessions: 0 })
        assert.deepStrictEqual(yield* sessions.find(hash("a")), Option.some({ ...bobs, endedAt: undefined }))
      }))
  })

  describe("grants", () => {
    /** What tells that there was nothing. */
    const unknown = Effect.gen(function* () {
      const grants = yield* GrantStore
      const id = FamilyId("family")
      assert.strictEqual((yield* grants.redeemCode({ hash: hash("code"), now, issue: {} }))._tag, "Unknown")
      assert.strictEqual((yield* grants.rotate(rotation(0)))._tag, "Unknown")
      assert.isTrue(Option.isNone(yield* grants.findCode(hash("code"))))
      assert.isTrue(Option.isNone(yield* grants.findAccessToken(hash("access"))))
      assert.isTrue(Option.isNone(yield* grants.findRefreshFamily(id)))
      assert.strictEqual(yield* grants.revoke({ _tag: "RefreshFamily", id }, now), "Unknown")
      assert.strictEqual(yield* grants.revoke({ _tag: "AccessToken", hash: hash("access") }, now), "Unknown")
    })

    for (const [what, names] of [
      ["a grant before what was issued under it", ["}:grant:"]],
      ["what was issued before its grant", ["}:code:", "}:token:", "}:family:"]]
    ] as const) {
      test(`where Redis lets ${what} expire, there is nothing`, (prefix) =>
        Effect.gen(function* () {
          const issue = { code: code("code"), accessToken: accessToken("access"), refreshFamily: family() }
          yield* (yield* GrantStore).authorize(grant(), issue)
          yield* Effect.forEach(names, (name) => expire(prefix, name))
          yield* unknown
        }))
    }

    for (const [what, issue] of [
      ["its family", {}],
      [
        "a token that outlives its family",
        { accessToken: accessToken("access", { expiresAt: now + 90 * day }) }
      ]
    ] as const) {
      test(
        `one is not looked at by a sweep, while ${what} lives`,
        () =>
          Effect.gen(function* () {
            const grants = yield* GrantStore
            yield* grants.authorize(grant(), { code: code("code"), refreshFamily: family() })
            yield* grants.redeemCode({ hash: hash("code"), now, issue })
            yield* grants.rotate(rotation(0))
            for (const days of "accessToken" in issue ? [1, 31, 61] : [1, 31]) {
              const request = { now: now + days * day, limit: 10 }
              yield* grants.sweep(request)
              const before = counted.steps()
              yield* grants.sweep(request)
              // To ask each shard for what is due of each kind.
              assert.strictEqual(counted.steps() - before, 4 * shards)
            }
          }),
        counted.redis
      )
    }

    test("one under which nothing is issued goes with the next sweep, or in time", (prefix) =>
      Effect.gen(function* () {
        const grants = yield* GrantStore
        yield* grants.authorize(grant(), {})
        const kept = yield* Redises.withoutExpiry(yield* Redises.keysOf(prefix))
        assert.deepStrictEqual(
          kept.filter((key) => key.includes("}:grant:")),
          []
        )
        assert.strictEqual((yield* grants.sweep({ now, limit: 10 })).grants, 1)
        assert.deepStrictEqual(yield* Redises.keysOf(prefix), [])
      }))

    test("a token whose name was used before, by one that Redis let expire, survives the sweep of that", (prefix) =>
      Effect.gen(function* () {
        const grants = yield* GrantStore
        yield* grants.authorize(grant(), { accessToken: accessToken("access") })
        yield* expire(prefix, ":token:")
        const issue = { accessToken: accessToken("access", { expiresAt: now + day }) }
        yield* grants.authorize(grant({ name: "other" }), issue)
        const swept = yield* grants.sweep({ now: now + 10 * minute, limit: 10 })
        assert.deepStrictEqual(swept, { accessTokens: 0, refreshFamilies: 0, codes: 0, grants: 1 })
        const found = Option.getOrThrow(yield* grants.findAccessToken(hash("access")))
        assert.strictEqual(found.grant.id, "other")
      }))

    test("one that could not be stored again, for another client, is not listed with that", () =>
      Effect.gen(function* () {
        const grants = yield* GrantStore
        yield* grants.authorize(grant(), { accessToken: accessToken("access") })
        const others = grant({ clientId: clientId("other"), subject: "bob" })
        yield* Effect.flip(grants.authorize(others, { accessToken: accessToken("other") }))
        for (const listed of [GrantsOf.client(clientId("other")), GrantsOf.subject("bob")]) {
          assert.deepStrictEqual(yield* Stream.runCollect(listed), [])
        }
      }))

    test("a family that is rotated after a sweep has found it stays, and what is beside it goes", (prefix) =>
      Effect.gen(function* () {
        const grants = yield* GrantStore
        // Of one shard: they are swept together.
        const { shard } = Keyspace.make({ prefix })
        const names = Array.from({ length: 1000 }, (_, number) => `beside ${number}`)
        const beside = names.find((name) => shard("g", name) === shard("g", grant().id)) ?? ""
        yield* grants.authorize(grant(), { refreshFamily: family({ expiresAt: now + minute }) })
        yield* grants.authorize(grant({ name: beside }), {
          refreshFamily: family({ id: FamilyId("beside"), expiresAt: now + minute + 1 })
        })
        const rotate = grants.rotate(rotation(0, { now: now + minute - 1 }))
        const sweeping = Context.get(yield* interrupted(prefix, "ZSCORE", rotate), GrantStore)
        const swept = yield* sweeping.sweep({ now: now + minute + 1, limit: 10 })
        assert.deepStrictEqual(swept, { accessTokens: 0, refreshFamilies: 1, codes: 0, grants: 1 })
        const found = Option.getOrThrow(yield* grants.findRefreshFamily(FamilyId("family")))
        assert.strictEqual(found.generation, 1)
        assert.notInclude((yield* Redises.keysOf(prefix)).join(" "), "beside")
      }).pipe(Effect.scoped))
  })
})
