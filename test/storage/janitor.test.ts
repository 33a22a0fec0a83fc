import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { TestClock } from "effect/testing"
import { FlowStore } from "../../src/storage/FlowStore.ts"
import { GrantStore } from "../../src/storage/GrantStore.ts"
import * as Janitor from "../../src/storage/Janitor.ts"
import { KeyStore } from "../../src/storage/KeyStore.ts"
import { SessionStore } from "../../src/storage/SessionStore.ts"
import * as Storage from "../../src/storage/Storage.ts"
import { StorageError } from "../../src/storage/StorageError.ts"
import type { SweepRequest } from "../../src/storage/Swept.ts"
import { accessToken, grant, hash, key } from "./suite/Fixtures.ts"

/** Stores what expires at a moment: five flows, and one of everything else. */
const store = Effect.fnUntraced(function* (expiresAt: number) {
  for (const index of [0, 1, 2, 3, 4]) {
    yield* (yield* FlowStore).create({ kind: "jti", key: hash(`${index}`), value: "", expiresAt }, 0)
  }
  yield* (yield* GrantStore).authorize(grant(), { accessToken: accessToken("access", { expiresAt }) })
  const session = { hash: hash("session"), subject: "alice", authenticatedAt: 0, expiresAt }
  yield* (yield* SessionStore).start(session)
  yield* (yield* KeyStore).add(key("key", { createdAt: 0, expiresAt }), undefined)
})

const flows = Effect.gen(function* () {
  const found = yield* (yield* FlowStore).find({ kind: "jti", key: hash("0") }, 0)
  return found._tag
})

/** Lets time pass, and a background fiber finish what it does then. */
const pass = (milliseconds: number) =>
  TestClock.adjust(milliseconds).pipe(Effect.andThen(Effect.yieldNow.pipe(Effect.repeat({ times: 50 }))))

/** Stores in memory, whose flow store tells how it is swept and may go wrong for a while. */
const makeStorage = (failures: Array<Effect.Effect<never, StorageError>> = []) => {
  const requests: Array<SweepRequest> = []
  const flowStore = Layer.effect(
    FlowStore,
    Effect.map(FlowStore, (real) =>
      FlowStore.of({
        ...real,
        sweep: (request) =>
          Effect.suspend(() => {
            requests.push(request)
            return failures.shift() ?? real.sweep(request)
          })
      })
    )
  )
  return { requests, layer: Layer.provideMerge(flowStore, Storage.layerMemory) }
}

describe("Janitor.sweep", () => {
  it.effect("deletes everything that has expired, in goes of the limit, and tells how much that was", () => {
    const { layer, requests } = makeStorage()
    return Effect.gen(function* () {
      yield* store(1000)
      yield* TestClock.adjust(1000)
      assert.deepStrictEqual(yield* Janitor.sweep({ limit: 2 }), {
        accessTokens: 1,
        refreshFamilies: 0,
        codes: 0,
        grants: 1,
        flows: 5,
        sessions: 1,
        keys: 1
      })
      const go = { now: 1000, limit: 2 }
      assert.deepStrictEqual(requests, [go, go, go])
    }).pipe(Effect.provide(layer))
  })

  it.effect("leaves alone what has not expired by the clock", () =>
    Effect.gen(function* () {
      yield* store(1000)
      yield* TestClock.adjust(999)
      const swept = yield* Janitor.sweep()
      assert.deepStrictEqual(new Set(Object.values(swept)), new Set([0]))
      assert.strictEqual(yield* flows, "Found")
    }).pipe(Effect.provide(Storage.layerMemory))
  )

  it.effect("fails with what a store fails with", () => {
    const failure = new StorageError({ operation: "FlowStore.sweep", cause: "down" })
    const { layer } = makeStorage([Effect.fail(failure)])
    return Effect.gen(function* () {
      assert.strictEqual(yield* Effect.flip(Janitor.sweep()), failure)
    }).pipe(Effect.provide(layer))
  })

  it.effect("comes to an end even with a limit of nothing", () =>
    Effect.gen(function* () {
      yield* store(0)
      assert.strictEqual((yield* Janitor.sweep({ limit: 0 })).flows, 5)
      yield* store(0)
      assert.strictEqual((yield* Janitor.sweep({ limit: Number.NaN })).flows, 5)
    }).pipe(Effect.provide(Storage.layerMemory))
  )
})

describe("Janitor.layer", () => {
  for (const [setting, options] of [
    ["interval", { interval: 0 }],
    ["interval", { interval: "Infinity" }],
    ["limit", { limit: 0 }],
    ["limit", { limit: Number.NaN }],
    ["limit", { limit: 1.5 }]
  ] as const) {
    it.effect(`refuses ${setting}: ${Object.values(options)}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Layer.build(Janitor.layer(options)))
        assert.strictEqual(error.setting, setting)
      }).pipe(Effect.scoped, Effect.provide(Storage.layerMemory))
    )
  }

  it.effect("sweeps at once, and every minute from then on", () => {
    const { layer, requests } = makeStorage()
    return Effect.gen(function* () {
      yield* pass(0)
      assert.deepStrictEqual(requests, [{ now: 0, limit: 1000 }])
      yield* store(1000)
      yield* pass(59_999)
      assert.strictEqual(yield* flows, "Found")
      assert.lengthOf(requests, 1)
      yield* pass(1)
      assert.strictEqual(yield* flows, "Unknown")
      yield* pass(60_000)
      assert.deepStrictEqual(
        requests.map(({ now }) => now),
        [0, 60_000, 120_000]
      )
    }).pipe(Effect.provide(Janitor.layer().pipe(Layer.provideMerge(layer))))
  })

  it.effect("repeats a sweep at once while a store hits the limit", () => {
    const { layer, requests } = makeStorage()
    return Effect.gen(function* () {
      yield* store(1)
      yield* pass(10_000)
      assert.strictEqual(yield* flows, "Unknown")
      assert.lengthOf(requests, 1 + 3)
    }).pipe(
      Effect.provide(Janitor.layer({ interval: "10 seconds", limit: 2 }).pipe(Layer.provideMerge(layer)))
    )
  })

  it.effect("goes on after a store failed or died, warns, and sweeps the others meanwhile", () => {
    const down = new StorageError({ operation: "FlowStore.sweep", cause: "down" })
    const { layer } = makeStorage([Effect.void.pipe(Effect.andThen(Effect.fail(down))), Effect.die("a bug")])
    const logged: Array<string> = []
    const logger = Logger.layer([Logger.make(({ logLevel }) => logged.push(logLevel))])
    return Effect.gen(function* () {
      yield* store(1)
      yield* pass(1000)
      assert.strictEqual(yield* flows, "Found")
      assert.deepStrictEqual(yield* (yield* KeyStore).list(0), [])
      yield* pass(1000)
      assert.strictEqual(yield* flows, "Unknown")
      assert.deepStrictEqual(logged, ["Warn", "Error"])
    }).pipe(
      Effect.provide(
        Janitor.layer({ interval: "1 second" }).pipe(Layer.provideMerge(layer), Layer.provideMerge(logger))
      )
    )
  })

  it.effect("stops with its scope", () => {
    const { layer, requests } = makeStorage()
    return Effect.gen(function* () {
      yield* pass(0).pipe(Effect.provide(Janitor.layer()))
      const before = requests.length
      yield* pass(600_000)
      assert.lengthOf(requests, before)
    }).pipe(Effect.provide(layer))
  })
})
