import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { KeyStore } from "../../../src/storage/KeyStore.ts"
import { Duplicate } from "../../../src/storage/redis/internal/Failure.ts"
import * as RedisKeyStore from "../../../src/storage/redis/RedisKeyStore.ts"
import * as Services from "../../support/Services.ts"
import { day, key, now } from "../suite/Fixtures.ts"
import * as Redises from "./Redises.ts"

await Services.describeWith(Services.redis, (url) => {
  const test = Redises.tests(url, (prefix) => RedisKeyStore.layer({ prefix }))

  test("keys are listed by their age and then by their id, although Redis has them by their expiry", () =>
    Effect.gen(function* () {
      const store = yield* KeyStore
      const keys = [
        key("a", { expiresAt: now + 5 * day }),
        key("b", { expiresAt: now + 4 * day }),
        key("c", { expiresAt: now + 6 * day }),
        key("0", { createdAt: now + 1, expiresAt: now + 3 * day }),
        key("1", { createdAt: now + 2, expiresAt: now + 2 * day })
      ]
      for (const key of keys) yield* store.add(key, `before ${key.id}`)
      assert.deepStrictEqual(yield* store.list(now), keys)
    }))

  test("a key in the place of an expired one leaves nothing of that, also by the same name", (prefix) =>
    Effect.gen(function* () {
      const store = yield* KeyStore
      yield* store.add(key("first"), undefined)
      const times = (days: number) => ({ createdAt: now + days * day, expiresAt: now + (days + 60) * day })
      assert.strictEqual(yield* store.add(key("first", times(60)), undefined), "Added")
      assert.strictEqual(yield* store.add(key("next", times(120)), undefined), "Added")
      assert.deepStrictEqual(yield* store.list(now), [key("next", times(120))])
      assert.deepStrictEqual(yield* store.sweep({ now: now + 180 * day, limit: 10 }), { keys: 1 })
      assert.deepStrictEqual(yield* Redises.keysOf(prefix), [])
    }))

  test("a sweep leaves each other key its place, and takes no more than it may", (prefix) =>
    Effect.gen(function* () {
      const store = yield* KeyStore
      yield* store.add(key("first"), undefined)
      yield* store.add(key("second", { expiresAt: now + 61 * day }), "first")
      yield* store.add(key("third", { expiresAt: now + 90 * day }), "second")
      assert.deepStrictEqual(yield* store.sweep({ now: now + 61 * day, limit: 1 }), { keys: 1 })
      assert.strictEqual(yield* store.add(key("other second"), "first"), "Superseded")
      assert.deepStrictEqual(yield* store.sweep({ now: now + 61 * day, limit: 10 }), { keys: 1 })
      assert.strictEqual(yield* store.add(key("other third"), "second"), "Superseded")
      assert.strictEqual(yield* store.add(key("other first"), undefined), "Added")
      assert.deepStrictEqual(yield* store.sweep({ now: now + 90 * day, limit: 10 }), { keys: 2 })
      assert.deepStrictEqual(yield* Redises.keysOf(prefix), [])
    }))

  test("a key of another's name is a mistake, and takes no place", () =>
    Effect.gen(function* () {
      const store = yield* KeyStore
      yield* store.add(key("first"), undefined)
      const error = yield* Effect.flip(store.add(key("first", { algorithm: "RS256" }), "first"))
      assert.deepInclude(error, { operation: "KeyStore.add", cause: new Duplicate() })
      assert.deepStrictEqual(yield* store.list(now), [key("first")])
      assert.strictEqual(yield* store.add(key("second"), "first"), "Added")
    }))
})
