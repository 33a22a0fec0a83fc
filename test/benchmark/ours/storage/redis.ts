import * as NodeRedis from "@effect/platform-node/NodeRedis"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import * as RedisStorage from "effect-oauth/storage/redis/RedisStorage"
import { servers } from "../../harness/Services.ts"
import { durable } from "./durable.ts"

const prefix = `effect-oauth-bench-${process.pid}`

const removeKeys = Effect.gen(function* () {
  const redis = yield* Redis.Redis
  let cursor = "0"
  do {
    const [next, keys] = yield* redis.send<readonly [string, ReadonlyArray<string>]>(
      "SCAN",
      cursor,
      "MATCH",
      `*${prefix}*`,
      "COUNT",
      "1000"
    )
    if (keys.length > 0) yield* redis.send("UNLINK", ...keys)
    cursor = next
  } while (cursor !== "0")
})

const Cleanup = Layer.effectDiscard(Effect.acquireRelease(Effect.void, () => Effect.ignore(removeKeys)))

export const layer = durable(
  RedisStorage.layer({ prefix }).pipe(
    Layer.merge(Cleanup),
    Layer.provide(NodeRedis.layer({ url: servers.redis }))
  )
)
