import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RedisStorage from "../../../src/storage/redis/RedisStorage.ts"
import { storeLaws } from "../../../src/testing/vitest.ts"
import { otherLaws } from "../../support/Runs.ts"
import * as Services from "../../support/Services.ts"
import * as Faults from "./Faults.ts"
import * as Redises from "./Redises.ts"

await Services.describeWith(Services.redis, (url) => {
  const prefix = Redises.prefixes(url)()
  const connection = Faults.layer(Redises.connection(url))
  const storage = RedisStorage.layer({ prefix }).pipe(Layer.provide(connection))

  storeLaws("Redis", otherLaws, storage, {
    rotations: 1000,
    faults: Faults.inject,
    countRows: Redises.keysOf(prefix).pipe(
      Effect.map((keys) => keys.length),
      Effect.provide(connection)
    )
  })
})
