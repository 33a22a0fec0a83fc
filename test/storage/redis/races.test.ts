import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Redis } from "effect/persistence/Redis"
import * as Schedule from "effect/Schedule"
import { FamilyId, GrantStore } from "../../../src/storage/GrantStore.ts"
import * as RedisGrantStore from "../../../src/storage/redis/RedisGrantStore.ts"
import * as RedisSessionStore from "../../../src/storage/redis/RedisSessionStore.ts"
import { SessionStore } from "../../../src/storage/SessionStore.ts"
import * as Services from "../../support/Services.ts"
import { accessToken, code, family, grant, hash, minute, now, rotation } from "../suite/Fixtures.ts"
import * as Commands from "./Commands.ts"
import * as Redises from "./Redises.ts"

const fifty = Array.from({ length: 50 }, (_, index) => index)
const hundred = Array.from({ length: 100 }, (_, index) => index)

const count = (outcomes: ReadonlyArray<{ readonly _tag: string }>) => {
  const counts: Record<string, number> = {}
  for (const { _tag } of outcomes) counts[_tag] = (counts[_tag] ?? 0) + 1
  return counts
}

const script = fileURLToPath(new URL("./fixtures/contender.ts", import.meta.url))

const start = (...args: ReadonlyArray<string>): { child: ChildProcess; lines: NodeJS.EventEmitter } => {
  const child = spawn(
    process.execPath,
    ["--conditions=effect-oauth-source", "--no-warnings", script, ...args],
    {
      stdio: ["pipe", "pipe", "inherit"]
    }
  )
  const lines = createInterface({ input: child.stdout })
  child.once("exit", (status) => {
    if (status !== 0) lines.emit("error", new Error(`A process ended with ${status}`))
  })
  return { child, lines }
}

/** Starts so many processes, lets them all go at the same moment, and collects what each tells. */
const contend = (processes: number, ...args: ReadonlyArray<string>) =>
  Effect.promise(async () => {
    const started = Array.from({ length: processes }, () => start(...args))
    await Promise.all(started.map(({ lines }) => once(lines, "line")))
    return await Promise.all(
      started.map(async ({ child, lines }) => {
        const line = once(lines, "line")
        child.stdin?.write("go\n")
        const outcomes: ReadonlyArray<{ readonly _tag: string }> = JSON.parse(String(await line))
        return outcomes
      })
    )
  })

await Services.describeWith(Services.redis, (url) => {
  const nextPrefix = Redises.prefixes(url)
  const connection = Redises.connection(url)

  describe("several connections", () => {
    /** So many stores over the same rows, each with a connection of its own. */
    const stores = Effect.gen(function* () {
      const prefix = nextPrefix()
      const store = Layer.fresh(
        RedisGrantStore.layer({ prefix }).pipe(Layer.provide(Layer.fresh(connection)))
      )
      const first = Context.get(yield* Layer.build(store), GrantStore)
      const others = yield* Effect.forEach([1, 2, 3, 4, 5, 6, 7], () => Layer.build(store))
      const all = [first, ...others.map((context) => Context.get(context, GrantStore))]
      return (index: number) => all[index % all.length] ?? first
    })

    for (const identical of [false, true]) {
      const what = identical ? "the very same request" : "a request of its own"
      const name = (of: string, index: number) => (identical ? of : `${of} ${index}`)

      it.live(`fifty redeem one code with ${what}: one gets it`, () =>
        Effect.gen(function* () {
          const store = yield* stores
          yield* store(0).authorize(grant(), { code: code("code") })
          const outcomes = yield* Effect.forEach(
            fifty,
            (index) =>
              store(index).redeemCode({
                hash: hash("code"),
                now,
                issue: {
                  accessToken: accessToken(name("access", index)),
                  refreshFamily: family({ id: FamilyId(name("family", index)) })
                }
              }),
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual(count(outcomes), { Redeemed: 1, Replayed: 49 })
          const found = yield* Effect.forEach(
            identical ? [0] : fifty,
            Effect.fnUntraced(function* (index) {
              const token = yield* store(0).findAccessToken(hash(name("access", index)))
              const refresh = yield* store(1).findRefreshFamily(FamilyId(name("family", index)))
              assert.strictEqual(Option.isSome(token), Option.isSome(refresh))
              return Option.isSome(token)
            })
          )
          assert.lengthOf(
            found.filter((stored) => stored),
            1
          )
        }).pipe(Effect.scoped)
      )
    }

    for (const window of [0, minute]) {
      it.live(`fifty rotate one token ${window === 0 ? "without" : "with"} grace: one successor`, () =>
        Effect.gen(function* () {
          const store = yield* stores
          yield* store(0).authorize(grant(), { refreshFamily: family() })
          const grace = { window, maximumReplays: 10 }
          const outcomes = yield* Effect.forEach(
            fifty,
            (index) => store(index).rotate(rotation(0, { attempt: `${index}`, grace })),
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual(
            count(outcomes),
            window === 0
              ? { Rotated: 1, Reused: 1, Revoked: 48 }
              : { Rotated: 1, GraceReplay: 10, GraceRefused: 39 }
          )
          const after = Option.getOrThrow(yield* store(1).findRefreshFamily(FamilyId("family")))
          assert.strictEqual(after.generation, 1)
          const tokens = yield* Effect.forEach(fifty, (index) =>
            store(index).findAccessToken(hash(`access 0 ${index}`))
          )
          assert.lengthOf(tokens.filter(Option.isSome), window === 0 ? 1 : 11)
        }).pipe(Effect.scoped)
      )
    }

    it.live("two that authorize the same grant: one of them does", () =>
      Effect.gen(function* () {
        const store = yield* stores
        for (const index of fifty) {
          const name = `grant ${index}`
          const results = yield* Effect.forEach(
            [0, 1],
            (which) =>
              Effect.result(
                store(which).authorize(grant({ name }), {
                  code: code(`code ${index}`, { redirectUri: `${which}` })
                })
              ),
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual(results.map(({ _tag }) => _tag).sort(), ["Failure", "Success"])
          const winner = results.findIndex(({ _tag }) => _tag === "Success")
          const found = Option.getOrThrow(yield* store(2).findCode(hash(`code ${index}`)))
          assert.strictEqual(found.redirectUri, `${winner}`)
        }
      }).pipe(Effect.scoped)
    )
  })

  describe("what comes in between two steps of a verb", () => {
    /** Two views of the same rows; before the first does something for the first time, something else happens. */
    const interfered = Effect.fnUntraced(function* <S>(
      layer: Layer.Layer<S, never, Redis>,
      isMoment: (command: Commands.Command) => boolean,
      interfere: Effect.Effect<unknown, unknown, S>
    ) {
      let moments = 0
      const other = yield* Layer.build(layer.pipe(Layer.provide(connection)))
      const interfering = Commands.around(
        connection,
        (command) => (run) =>
          isMoment(command) && moments++ === 0
            ? Effect.andThen(Effect.orDie(Effect.provideContext(interfere, other)), run)
            : run
      )
      const context = yield* Layer.build(layer.pipe(Layer.provide(Layer.fresh(interfering)), Layer.fresh))
      return { context, other, moments: () => moments }
    })

    it.live("a session that is started while all are ended is ended too", () =>
      Effect.gen(function* () {
        const session = (name: string) => ({
          hash: hash(name),
          subject: "alice",
          authenticatedAt: now,
          expiresAt: now + minute
        })
        const { context, moments, other } = yield* interfered(
          RedisSessionStore.layer({ prefix: nextPrefix() }),
          ({ keys, lua }) => lua?.includes("'ZCARD'") === true && keys.length === 2,
          Effect.flatMap(SessionStore, (store) => store.start(session("second")))
        )
        yield* Context.get(other, SessionStore).start(session("first"))
        assert.strictEqual(yield* Context.get(context, SessionStore).endAll("alice", now), 2)
        assert.strictEqual(moments(), 1)
      }).pipe(Effect.scoped)
    )

    it.live("a name that another claims in vain is free when that one is done", () =>
      Effect.gen(function* () {
        const authorizeOther = Effect.flatMap(GrantStore, (store) =>
          Effect.forkDetach(store.authorize(grant({ name: "other" }), { accessToken: accessToken("same") }))
        )
        const { context, moments, other } = yield* interfered(
          RedisGrantStore.layer({ prefix: nextPrefix() }),
          ({ lua }) => lua?.includes("'Authorized'") === true,
          Effect.andThen(authorizeOther, Effect.sleep("3 millis"))
        )
        yield* Context.get(other, GrantStore).authorize(grant(), {})
        // It is there already, and so is not stored; the name was its own until then.
        yield* Effect.flip(
          Context.get(context, GrantStore).authorize(grant(), { accessToken: accessToken("same") })
        )
        assert.strictEqual(moments(), 1)
        const found = yield* Context.get(other, GrantStore)
          .findAccessToken(hash("same"))
          .pipe(Effect.repeat({ until: Option.isSome, times: 100, schedule: Schedule.spaced("10 millis") }))
        assert.strictEqual(Option.getOrThrow(found).grant.id, "other")
      }).pipe(Effect.scoped)
    )
  })

  describe("several processes on one Redis", () => {
    const withHundred = (prefix: string) =>
      Effect.gen(function* () {
        const store = yield* GrantStore
        yield* Effect.forEach(
          hundred,
          (index) =>
            store.authorize(grant({ name: `grant ${index}` }), {
              code: code(`code ${index}`),
              refreshFamily: family({ id: FamilyId(`family ${index}`) })
            }),
          { concurrency: 10 }
        )
      }).pipe(Effect.provide(RedisGrantStore.layer({ prefix }).pipe(Layer.provide(connection))))

    it.live(
      "each of a hundred codes is redeemed once, by one of them",
      () =>
        Effect.gen(function* () {
          const prefix = nextPrefix()
          yield* withHundred(prefix)
          const outcomes = yield* contend(2, url, prefix, "redeem")
          for (const index of hundred) {
            const tags = outcomes.map((ofProcess) => ofProcess[index]?._tag).sort()
            assert.deepStrictEqual(tags, ["Redeemed", "Replayed"])
          }
        }),
      120_000
    )

    it.live(
      "each of a hundred families gets one successor, and everybody is told the same",
      () =>
        Effect.gen(function* () {
          const prefix = nextPrefix()
          yield* withHundred(prefix)
          const outcomes = yield* contend(2, url, prefix, "rotate")
          for (const index of hundred) {
            const tags = outcomes.map((ofProcess) => ofProcess[index]?._tag).sort()
            assert.deepStrictEqual(tags, ["GraceReplay", "Rotated"])
          }
        }),
      120_000
    )
  })
})
