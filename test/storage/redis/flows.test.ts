import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FlowStore } from "../../../src/storage/FlowStore.ts"
import * as RedisStorage from "../../../src/storage/redis/RedisStorage.ts"
import * as Services from "../../support/Services.ts"
import { hash, minute, now } from "../suite/Fixtures.ts"
import * as Redises from "./Redises.ts"

const flow = { kind: "ciba", key: hash("flow"), value: "", expiresAt: now + minute }

await Services.describeWith(Services.redis, (url) => {
  const test = Redises.tests(url, (prefix) => RedisStorage.layer({ prefix }))

  const queues = (prefix: string) =>
    Effect.map(Redises.keysOf(prefix), (keys) => keys.filter((key) => key.includes("}:queue:")))

  test("one that is due at no time is not due because of an expired one in its place", (prefix) =>
    Effect.gen(function* () {
      const flows = yield* FlowStore
      yield* flows.create({ ...flow, dueAt: now }, now)
      const later = now + minute
      yield* flows.create({ ...flow, expiresAt: later + minute }, later)
      assert.deepStrictEqual(yield* queues(prefix), [])
      assert.deepStrictEqual(
        yield* flows.claim({ kind: "ciba", now: later, until: later + 1, limit: 10 }),
        []
      )
    }))

  test("a sweep takes what has expired out of its queue, and leaves nothing", (prefix) =>
    Effect.gen(function* () {
      const flows = yield* FlowStore
      for (const name of ["one", "another", "a third"]) {
        yield* flows.create({ ...flow, key: hash(name), dueAt: now }, now)
      }
      assert.deepStrictEqual(yield* flows.sweep({ now: now + minute, limit: 10 }), { flows: 3 })
      assert.deepStrictEqual(yield* Redises.keysOf(prefix), [])
    }))

  for (const [which, end, at] of [
    ["used", (flows: FlowStore["Service"]) => flows.consume(flow, now), now],
    ["expired", () => Effect.void, now + minute]
  ] as const) {
    test(`one that is ${which} is in the way of no claim but the first`, (prefix) =>
      Effect.gen(function* () {
        const flows = yield* FlowStore
        yield* flows.create({ ...flow, dueAt: now }, now)
        yield* end(flows)
        assert.lengthOf(yield* queues(prefix), 1)
        assert.deepStrictEqual(yield* flows.claim({ kind: "ciba", now: at, until: at + 1, limit: 10 }), [])
        assert.deepStrictEqual(yield* queues(prefix), [])
      }))
  }
})
