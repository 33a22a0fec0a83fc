/**
 * Signing keys in Redis. There are a handful, ever, and they are kept together.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Redis } from "effect/persistence/Redis"
import * as Schema from "effect/Schema"
import { KeyStore, type SigningKey } from "../KeyStore.ts"
import { Duplicate, toStorageError } from "./internal/Failure.ts"
import * as Keyspace from "./internal/Keyspace.ts"
import { listOf, numberOf, outcomeOf, read, textOf, UnexpectedReply } from "./internal/Reply.ts"
import * as Script from "./internal/Script.ts"
import type { RedisOptions } from "./RedisOptions.ts"

// KEYS of each script: the keys by their id, their ids by the place they have behind another, and by their expiry.

/** ARGV: the key's place, id, JSON, time of creation and expiry, and its lifetime. */
const add = Script.make(`${Script.keep}
local place, id, json, createdAt, expiresAt, lifetime = unpack(ARGV)
local other = redis.call('HGET', KEYS[2], place)
local otherExpiresAt = other and redis.call('ZSCORE', KEYS[3], other)
-- An expired key does not hold its place: nobody can list it and go on from there.
if otherExpiresAt and tonumber(otherExpiresAt) > tonumber(createdAt) then return 'Superseded' end
if id ~= other and redis.call('HEXISTS', KEYS[1], id) == 1 then return 'Duplicate' end
if other then
  redis.call('HDEL', KEYS[1], other)
  redis.call('ZREM', KEYS[3], other)
end
redis.call('HSET', KEYS[1], id, json)
redis.call('HSET', KEYS[2], place, id)
redis.call('ZADD', KEYS[3], expiresAt, id)
for i = 1, 3 do keep(KEYS[i], lifetime) end
return 'Added'
`)

/** ARGV: now. */
const list = Script.make(`
local ids = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[1], '+inf')
if #ids == 0 then return {} end
return redis.call('HMGET', KEYS[1], unpack(ids))
`)

/** ARGV: now, and how many to delete at most. */
const sweep = Script.make(`
local ids = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local places = redis.call('HGETALL', KEYS[2])
for _, id in ipairs(ids) do
  redis.call('HDEL', KEYS[1], id)
  redis.call('ZREM', KEYS[3], id)
  for i = 2, #places, 2 do
    if places[i] == id then redis.call('HDEL', KEYS[2], places[i - 1]) end
  end
end
return #ids
`)

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: RedisOptions = {}): Effect.Effect<KeyStore["Service"], never, Redis> =>
  Effect.gen(function* () {
    const run = Script.runner(yield* Redis)
    const keyspace = Keyspace.make(options)
    const together = keyspace.together("keys")
    const keys = [`${together}:ids`, `${together}:places`, `${together}:due`]

    return KeyStore.of({
      list: (now) => run(list, keys, [String(now)]).pipe(read(readKeys), storageError("list")),

      add: (key, after) =>
        run(add, keys, [
          JSON.stringify([key.algorithm, after ?? ""]),
          key.id,
          encode(key),
          String(key.createdAt),
          String(key.expiresAt),
          keyspace.lifetime(key.expiresAt, key.createdAt)
        ]).pipe(
          read(readAdded),
          Effect.flatMap((outcome) =>
            outcome === "Duplicate" ? Effect.fail(new Duplicate()) : Effect.succeed(outcome)
          ),
          storageError("add")
        ),

      sweep: ({ limit, now }) =>
        run(sweep, keys, [String(now), String(limit)]).pipe(
          read((count) => ({ keys: numberOf(count) })),
          storageError("sweep")
        )
    })
  })

/**
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: RedisOptions): Layer.Layer<KeyStore, never, Redis> =>
  Layer.effect(KeyStore, make(options))

const storageError = (verb: string) => toStorageError(`KeyStore.${verb}`)

const readAdded = outcomeOf(["Added", "Superseded", "Duplicate"])

const KeyJson = Schema.fromJsonString(
  Schema.Struct({
    id: Schema.String,
    algorithm: Schema.String,
    publicKey: Schema.String,
    sealedPrivateKey: Schema.String,
    createdAt: Schema.Number,
    activeAt: Schema.Number,
    retiresAt: Schema.Number,
    expiresAt: Schema.Number
  })
)
const encode = Schema.encodeSync(KeyJson)
const decode = Schema.decodeOption(KeyJson)

const readKeys = (reply: unknown): ReadonlyArray<SigningKey> =>
  listOf(reply)
    .map((json) =>
      Option.getOrThrowWith(decode(textOf(json)), () => new UnexpectedReply({ about: "a signing key" }))
    )
    .sort((self, that) => self.createdAt - that.createdAt || (self.id < that.id ? -1 : 1))
