/** Places in a Redis for tests: each with a prefix of its own, of which nothing is left at the end. */
import { randomBytes } from "node:crypto"
import * as NodeRedis from "@effect/platform-node/NodeRedis"
import { afterAll, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Redis, type RedisError } from "effect/persistence/Redis"
import * as RedisStorage from "../../../src/storage/redis/RedisStorage.ts"
import type { Storage } from "../../../src/storage/Storage.ts"

export const connection = (url: string) =>
  NodeRedis.layer({ url, disableOfflineQueue: true, commandOptions: { timeout: 20_000 } })

/** Prefixes for the tests of a file; their keys are removed after the last. */
export const prefixes = (url: string): (() => string) => {
  const ofFile = `oauth-test-${randomBytes(8).toString("hex")}`
  let count = 0
  afterAll(() => Effect.runPromise(removeAll(ofFile).pipe(Effect.provide(connection(url)))), 60_000)
  return () => `${ofFile}-${count++}`
}

/** Tests of a file: each has a store of its own, under a prefix that it is told, and may bring its own Redis. */
export const tests = <A, E>(
  url: string,
  storage: (prefix: string) => Layer.Layer<A, E, Redis>
): ((
  behaviour: string,
  body: (prefix: string) => Effect.Effect<void, unknown, A | Redis>,
  redis?: Layer.Layer<Redis, RedisError>
) => void) => {
  const nextPrefix = prefixes(url)
  return (behaviour, body, redis = connection(url)) =>
    it.live(behaviour, () => {
      const prefix = nextPrefix()
      return body(prefix).pipe(Effect.provide(storage(prefix).pipe(Layer.provideMerge(redis))))
    })
}

/** A store of its own each time that it is built. */
export const emptyStorage = (
  nextPrefix: () => string,
  redis: Layer.Layer<Redis, RedisError>
): Layer.Layer<Storage, RedisError> =>
  Layer.unwrap(Effect.sync(() => RedisStorage.layer({ prefix: nextPrefix() }))).pipe(Layer.provide(redis))

/** The keys that begin with a prefix. */
export const keysOf = Effect.fnUntraced(function* (prefix: string) {
  const redis = yield* Redis
  const keys: Array<string> = []
  let cursor = "0"
  do {
    const page = yield* redis.send<[string, Array<string>]>(
      "SCAN",
      cursor,
      "MATCH",
      `${prefix}*`,
      "COUNT",
      "5000"
    )
    cursor = page[0]
    keys.push(...page[1])
  } while (cursor !== "0")
  return Array.from(new Set(keys))
})

const removeAll = Effect.fnUntraced(function* (prefix: string) {
  const redis = yield* Redis
  const keys = yield* keysOf(prefix)
  yield* Effect.forEach(keys, (key) => redis.send("UNLINK", key), { concurrency: 100, discard: true })
})

/** Those of the keys that Redis would keep for good. */
export const withoutExpiry = Effect.fnUntraced(function* (keys: ReadonlyArray<string>) {
  const redis = yield* Redis
  const lifetimes = yield* Effect.forEach(keys, (key) => redis.send<number>("PTTL", key), {
    concurrency: 100
  })
  return keys.filter((_, position) => lifetimes[position] === -1)
})
