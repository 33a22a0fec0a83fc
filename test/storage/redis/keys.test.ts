import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { KeyStore } from "../../../src/storage/KeyStore.ts"
import * as Services from "../../support/Services.ts"
import { day, key, now } from "../suite/Fixtures.ts"
import * as Redises from "./Redises.ts"

await Services.describeWith(Services.redis, (url) => {
  const storage = Redises.emptyStorage(Redises.prefixes(url), Redises.connection(url))

  it.live("keys are listed by their age and then by their id, although Redis has them by their expiry", () =>
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
    }).pipe(Effect.provide(storage))
  )
})
