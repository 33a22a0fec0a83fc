import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { KeyStore } from "../../../src/storage/KeyStore.ts"
import { day, key, now } from "./Fixtures.ts"
import type { Test } from "./Suite.ts"

export const keyStoreTests = (test: Test) => {
  test(
    "keys are listed as they were added, the oldest first, until they have expired",
    Effect.gen(function* () {
      const store = yield* KeyStore
      const first = key("first")
      const second = key("second", { createdAt: now + day, expiresAt: now + 90 * day })
      yield* store.add(first, undefined)
      yield* store.add(second, "first")
      assert.deepStrictEqual(yield* store.list(now), [first, second])
      assert.deepStrictEqual(yield* store.list(now + 60 * day - 1), [first, second])
      assert.deepStrictEqual(yield* store.list(now + 60 * day), [second])
      assert.deepStrictEqual(yield* store.list(now + 90 * day), [])
    })
  )

  test(
    "Superseded: a key has one successor, and an algorithm one first key",
    Effect.gen(function* () {
      const store = yield* KeyStore
      assert.strictEqual(yield* store.add(key("first"), undefined), "Added")
      assert.strictEqual(yield* store.add(key("other first"), undefined), "Superseded")
      assert.strictEqual(yield* store.add(key("second"), "first"), "Added")
      assert.strictEqual(yield* store.add(key("other second"), "first"), "Superseded")
      assert.strictEqual(yield* store.add(key("third"), "second"), "Added")
      assert.strictEqual(yield* store.add(key("rsa", { algorithm: "RS256" }), undefined), "Added")
      assert.deepStrictEqual(
        (yield* store.list(now)).map(({ id }) => id),
        ["first", "rsa", "second", "third"]
      )
    })
  )

  test(
    "an expired key that was not swept yet does not stand in the way of the next first one",
    Effect.gen(function* () {
      const store = yield* KeyStore
      yield* store.add(key("first"), undefined)
      const later = now + 60 * day
      const times = { activeAt: later + 1, retiresAt: later + 2, expiresAt: later + day }
      const next = key("next", { createdAt: later, ...times })
      assert.strictEqual(yield* store.add({ ...next, createdAt: later - 1 }, undefined), "Superseded")
      assert.strictEqual(yield* store.add(next, undefined), "Added")
      assert.strictEqual(yield* store.add({ ...next, id: "other next" }, undefined), "Superseded")
      assert.deepStrictEqual(yield* store.list(later), [next])
    })
  )

  test(
    "there is one key by a name: a second one is refused in another place, too",
    Effect.gen(function* () {
      const store = yield* KeyStore
      yield* store.add(key("first"), undefined)
      const error = yield* Effect.flip(store.add(key("first", { publicKey: "another" }), "elsewhere"))
      assert.strictEqual(error.operation, "KeyStore.add")
      assert.deepStrictEqual(yield* store.list(now), [key("first")])
    })
  )
}
