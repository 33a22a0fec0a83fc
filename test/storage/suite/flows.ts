import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FlowStore } from "../../../src/storage/FlowStore.ts"
import { hash, minute, now } from "./Fixtures.ts"
import type { Test } from "./Suite.ts"

const key = { kind: "interaction", key: hash("flow") }
const flow = { ...key, value: `{"step":"login ✓"}`, expiresAt: now + minute }
const found = { _tag: "Found", value: flow.value, expiresAt: flow.expiresAt } as const

export const flowStoreTests = (test: Test) => {
  test(
    "create: Created once, Taken until it has expired, used or not",
    Effect.gen(function* () {
      const store = yield* FlowStore
      assert.strictEqual(yield* store.create(flow, now), "Created")
      assert.strictEqual(yield* store.create({ ...flow, value: "other" }, now), "Taken")
      assert.deepStrictEqual(yield* store.find(key, now), found)
      yield* store.consume(key, now)
      assert.strictEqual(yield* store.create(flow, now + minute - 1), "Taken")
      const fresh = { ...flow, value: "fresh", expiresAt: now + 3 * minute }
      assert.strictEqual(yield* store.create(fresh, now + minute), "Created")
      assert.deepStrictEqual(yield* store.find(key, now + minute), {
        _tag: "Found",
        value: "fresh",
        expiresAt: now + 3 * minute
      })
    })
  )

  test(
    "kinds are kept apart",
    Effect.gen(function* () {
      const store = yield* FlowStore
      assert.strictEqual(yield* store.create(flow, now), "Created")
      assert.strictEqual(yield* store.create({ ...flow, kind: "jti", value: "" }, now), "Created")
      yield* store.consume({ ...key, kind: "jti" }, now)
      assert.deepStrictEqual(yield* store.find(key, now), found)
      assert.deepStrictEqual(yield* store.find({ ...key, kind: "device" }, now), { _tag: "Unknown" })
    })
  )

  test(
    "replace: one flow, and no other that is in the same state",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const others = [
        { ...flow, kind: "device" },
        { ...flow, key: hash("other") }
      ]
      yield* Effect.forEach([flow, ...others], (one) => store.create(one, now))
      assert.strictEqual(yield* store.replace(key, { from: flow.value, to: "second", now }), "Replaced")
      for (const other of others) assert.deepStrictEqual(yield* store.find(other, now), found)
    })
  )

  test(
    "find: Found, Expired, Consumed, Unknown; it changes nothing",
    Effect.gen(function* () {
      const store = yield* FlowStore
      assert.deepStrictEqual(yield* store.find(key, now), { _tag: "Unknown" })
      yield* store.create(flow, now)
      assert.deepStrictEqual(yield* store.find(key, now + minute), { _tag: "Expired" })
      assert.deepStrictEqual(yield* store.find(key, now + minute - 1), found)
      yield* store.consume(key, now)
      assert.deepStrictEqual(yield* store.find(key, now), { _tag: "Consumed" })
      // That it was used stays true.
      assert.deepStrictEqual(yield* store.find(key, now + minute), { _tag: "Consumed" })
    })
  )

  test(
    "replace: Replaced from the expected state only",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const step = { from: flow.value, to: "second", now }
      assert.strictEqual(yield* store.replace(key, step), "Unknown")
      yield* store.create(flow, now)
      assert.strictEqual(yield* store.replace(key, { ...step, from: "other" }), "Conflict")
      assert.deepStrictEqual(yield* store.find(key, now), found)
      assert.strictEqual(yield* store.replace(key, { ...step, now: now + minute }), "Expired")
      assert.strictEqual(yield* store.replace(key, step), "Replaced")
      assert.strictEqual(yield* store.replace(key, step), "Conflict")
      assert.deepStrictEqual(yield* store.find(key, now), { ...found, value: "second" })
      yield* store.consume(key, now)
      assert.strictEqual(yield* store.replace(key, { ...step, from: "second" }), "Consumed")
    })
  )

  test(
    "consume: Consumed once, with the last state",
    Effect.gen(function* () {
      const store = yield* FlowStore
      assert.deepStrictEqual(yield* store.consume(key, now), { _tag: "Unknown" })
      yield* store.create(flow, now)
      yield* store.replace(key, { from: flow.value, to: "second", now })
      assert.deepStrictEqual(yield* store.consume(key, now + minute), { _tag: "Expired" })
      assert.deepStrictEqual(yield* store.consume(key, now + minute - 1), {
        _tag: "Consumed",
        value: "second"
      })
      assert.deepStrictEqual(yield* store.consume(key, now), { _tag: "AlreadyConsumed" })
      assert.deepStrictEqual(yield* store.consume(key, now + minute), { _tag: "AlreadyConsumed" })
    })
  )

  test(
    "a flow that took the place of an expired one starts anew",
    Effect.gen(function* () {
      const store = yield* FlowStore
      yield* store.create(flow, now)
      yield* store.consume(key, now)
      yield* store.create({ ...flow, value: "fresh", expiresAt: now + 3 * minute }, now + 2 * minute)
      // The sweep that the first was due for leaves it alone.
      assert.deepStrictEqual(yield* store.sweep({ now: now + 2 * minute, limit: 10 }), { flows: 0 })
      assert.deepStrictEqual(yield* store.consume(key, now + 2 * minute), {
        _tag: "Consumed",
        value: "fresh"
      })
    })
  )

  test(
    "claim: what is due goes to one, until it is due again or used",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const claim = (at: number) =>
        store.claim({ kind: flow.kind, now: at, until: at + minute / 2, limit: 10 })
      const claimed = [{ key: flow.key, value: flow.value }]
      yield* store.create({ ...flow, dueAt: now + 10 }, now)
      assert.deepStrictEqual(yield* claim(now + 9), [])
      assert.deepStrictEqual(yield* claim(now + 10), claimed)
      assert.deepStrictEqual(yield* claim(now + 10), [])
      assert.deepStrictEqual(yield* claim(now + 10 + minute / 2), claimed)
      yield* store.consume(key, now + 10 + minute / 2)
      assert.deepStrictEqual(yield* claim(now + minute - 1), [])
    })
  )

  test(
    "claim: what was used is due no more, nor what has expired",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const claim = (at: number) => store.claim({ kind: flow.kind, now: at, until: at + 1, limit: 10 })
      const used = { ...flow, key: hash("used"), dueAt: now }
      yield* store.create(used, now)
      yield* store.create({ ...flow, dueAt: now }, now)
      assert.lengthOf(yield* claim(now), 2)
      yield* store.consume(used, now)
      assert.deepStrictEqual(yield* claim(now + minute - 1), [{ key: flow.key, value: flow.value }])
      assert.deepStrictEqual(yield* claim(now + minute), [])
    })
  )

  test(
    "claim: no more than so many at once, of one kind, and none that is never due",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const names = Array.from({ length: 40 }, (_, index) => `flow ${index}`)
      for (const name of names)
        yield* store.create({ ...flow, key: hash(name), value: name, dueAt: now }, now)
      yield* store.create({ ...flow, key: hash("other kind"), kind: "jti", dueAt: now }, now)
      yield* store.create({ ...flow, key: hash("never due") }, now)
      const claim = Effect.map(
        store.claim({ kind: flow.kind, now, until: now + minute / 2, limit: 7 }),
        (claimed) => claimed.map(({ value }) => value)
      )
      const claims = yield* Effect.replicateEffect(claim, 6)
      assert.deepStrictEqual(
        claims.map(({ length }) => length),
        [7, 7, 7, 7, 7, 5]
      )
      assert.sameMembers(claims.flat(), names)
      assert.deepStrictEqual(yield* claim, [])
    })
  )

  test(
    "claim: what took the place of an expired flow is claimed as it is, once",
    Effect.gen(function* () {
      const store = yield* FlowStore
      yield* store.create({ ...flow, dueAt: now }, now)
      const later = now + 2 * minute
      yield* store.create({ ...flow, value: "fresh", expiresAt: later + minute, dueAt: later }, later)
      const claim = (at: number) => store.claim({ kind: flow.kind, now: at, until: later + 1, limit: 10 })
      // Somebody's clock may lag.
      assert.deepStrictEqual(yield* claim(now), [])
      assert.deepStrictEqual(yield* claim(later), [{ key: flow.key, value: "fresh" }])
      assert.deepStrictEqual(yield* claim(later), [])
    })
  )

  test(
    "claim: what was swept is gone, for a clock that lags too",
    Effect.gen(function* () {
      const store = yield* FlowStore
      yield* store.create({ ...flow, dueAt: now }, now)
      assert.deepStrictEqual(yield* store.sweep({ now: now + minute, limit: 10 }), { flows: 1 })
      assert.deepStrictEqual(yield* store.claim({ kind: flow.kind, now, until: now + 1, limit: 10 }), [])
    })
  )
}
