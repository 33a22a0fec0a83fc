/**
 * Short-lived protocol state in Redis. A flow and the index by expiry are in one
 * shard, so that each verb is one script on one node.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Redis } from "effect/persistence/Redis"
import {
  type ConsumeFlowOutcome,
  type FindFlowOutcome,
  type FlowKey,
  FlowStore,
  type ReplaceFlowOutcome
} from "../FlowStore.ts"
import { isExpired } from "../internal/Judgement.ts"
import { toStorageError } from "./internal/Failure.ts"
import * as Keyspace from "./internal/Keyspace.ts"
import { integer, listOf, optionalText, read, row, text, textOf, UnexpectedReply } from "./internal/Reply.ts"
import * as Script from "./internal/Script.ts"
import * as Sweep from "./internal/Sweep.ts"
import type { RedisOptions } from "./RedisOptions.ts"

/** KEYS: the flow, the flows by their expiry. ARGV: now, the flow's entry, its lifetime, expiry and value. */
const create = Script.make(`
local now, entry, lifetime, expiresAt, value = unpack(ARGV)
local other = redis.call('HGET', KEYS[1], 'expiresAt')
if other and tonumber(other) > tonumber(now) then return 'Taken' end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'value', value, 'expiresAt', expiresAt)
redis.call('PEXPIRE', KEYS[1], lifetime)
redis.call('ZADD', KEYS[2], expiresAt, entry)
return 'Created'
`)

const judge = `
local value, expiresAt, consumedAt = unpack(redis.call('HMGET', KEYS[1], 'value', 'expiresAt', 'consumedAt'))
local function judge(now)
  if not expiresAt then return 'Unknown' end
  if consumedAt then return 'AlreadyConsumed' end
  if tonumber(expiresAt) <= tonumber(now) then return 'Expired' end
end
`

/** KEYS: the flow. ARGV: now, the state it should be in, and the next. */
const replace = Script.make(`${judge}
local refused = judge(ARGV[1])
if refused == 'AlreadyConsumed' then return 'Consumed' end
if refused then return refused end
if value ~= ARGV[2] then return 'Conflict' end
redis.call('HSET', KEYS[1], 'value', ARGV[3])
return 'Replaced'
`)

/** KEYS: the flow. ARGV: now. */
const consume = Script.make(`${judge}
local refused = judge(ARGV[1])
if refused then return {refused} end
redis.call('HSET', KEYS[1], 'consumedAt', ARGV[1])
return {'Consumed', value}
`)

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: RedisOptions = {}): Effect.Effect<FlowStore["Service"], never, Redis> =>
  Effect.gen(function* () {
    const redis = yield* Redis
    const run = Script.runner(redis)
    const keyspace = Keyspace.make(options)

    const placeOf = (entry: string) => {
      const shard = keyspace.shard("f", entry)
      return { key: `${shard}:flow:${entry}`, index: `${shard}:due`, entry }
    }
    const place = ({ key, kind }: FlowKey) => placeOf(Keyspace.pair(kind, key))

    const sweep = Sweep.make(run, {
      indexes: keyspace.shards("f").map((shard) => `${shard}:due`),
      script: Sweep.deleteRows,
      keysOf: (entry) => [placeOf(entry).key],
      afterwards: () => Effect.void
    })

    return FlowStore.of({
      create: (flow, now) => {
        const { entry, index, key } = place(flow)
        const lifetime = keyspace.lifetime(flow.expiresAt, now)
        return run(
          create,
          [key, index],
          [String(now), entry, lifetime, String(flow.expiresAt), flow.value]
        ).pipe(
          read((reply) => (textOf(reply) === "Created" ? "Created" : "Taken")),
          storageError("create")
        )
      },

      find: (flow, now) =>
        redis.send("HMGET", place(flow).key, ...flowFields).pipe(
          read((reply) => readFound(reply, now)),
          storageError("find")
        ),

      replace: (flow, { from, now, to }) =>
        run(replace, [place(flow).key], [String(now), from, to]).pipe(
          read(readReplaced),
          storageError("replace")
        ),

      consume: (flow, now) =>
        run(consume, [place(flow).key], [String(now)]).pipe(read(readConsumed), storageError("consume")),

      sweep: (request) =>
        sweep(request).pipe(
          Effect.map((flows) => ({ flows })),
          storageError("sweep")
        )
    })
  })

/**
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: RedisOptions): Layer.Layer<FlowStore, never, Redis> =>
  Layer.effect(FlowStore, make(options))

const storageError = (verb: string) => toStorageError(`FlowStore.${verb}`)

const flowFields = ["value", "expiresAt", "consumedAt"]

const readFound = (reply: unknown, now: number): FindFlowOutcome => {
  const flow = row(flowFields, reply)
  if (optionalText(flow, "expiresAt") === undefined) return { _tag: "Unknown" }
  if (optionalText(flow, "consumedAt") !== undefined) return { _tag: "Consumed" }
  const expiresAt = integer(flow, "expiresAt")
  return isExpired({ expiresAt }, now)
    ? { _tag: "Expired" }
    : { _tag: "Found", value: text(flow, "value"), expiresAt }
}

const readReplaced = (reply: unknown): ReplaceFlowOutcome => {
  const outcome = textOf(reply)
  switch (outcome) {
    case "Replaced":
    case "Conflict":
    case "Consumed":
    case "Expired":
    case "Unknown":
      return outcome
    default:
      throw new UnexpectedReply({ about: outcome })
  }
}

const readConsumed = (reply: unknown): ConsumeFlowOutcome => {
  const [outcome, value] = listOf(reply).map(textOf)
  switch (outcome) {
    case "Consumed":
      return { _tag: outcome, value: textOf(value) }
    case "AlreadyConsumed":
    case "Expired":
    case "Unknown":
      return { _tag: outcome }
    default:
      throw new UnexpectedReply({ about: "the outcome of consuming a flow" })
  }
}
