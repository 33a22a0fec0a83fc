import * as Layer from "effect/Layer"
import { storeLaws } from "effect-oauth/testing/vitest"
import * as RedisStorage from "../../../src/storage/redis/RedisStorage.ts"
import { modelLaws, runs } from "../../support/Runs.ts"
import * as Services from "../../support/Services.ts"
import * as Redises from "./Redises.ts"

await Services.describeWith(Services.redis, (url) => {
  const storage = RedisStorage.layer({ prefix: Redises.prefixes(url)() })
  storeLaws("Redis", modelLaws, storage.pipe(Layer.provide(Redises.connection(url))), { runs })
})
