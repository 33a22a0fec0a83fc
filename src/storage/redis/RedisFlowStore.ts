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
  type ClaimedFlow,
  type ClaimFlows,
  type ConsumeFlowOutcome,
  type FindFlowOutcome,
  type FlowKey,
  FlowStore
} from "../FlowStore.ts"
import { brandHash } from "../internal/Brands.ts"
import { isExpired } from "../internal/Judgement.ts"
import { toStorageError } from "./internal/Failure.ts"
import * as Keyspace from "./internal/Keyspace.ts"
import { integer, listOf, optionalText, outcomeOf, read, row, text, textOf } from "./internal/Reply.ts"
import * as Script from "./internal/Script.ts"
import * as Sweep from "./internal/Sweep.ts"
import type { RedisOptions } from "./RedisOptions.ts"

/**
 * KEYS: the flow, the flows by their expiry, those of the kind by when they are due. ARGV: now, the flow's
 * entry, its lifetime, expiry and value, and when it is due, or nothing.
 */
const create = Script.make(`${Script.keep}
local now, entry, lifetime, expiresAt, value, dueAt = unpack(ARGV)
local other = redis.call('HGET', KEYS[1], 'expiresAt')
if other and tonumber(other) > tonumber(now) then return 'Taken' end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'value', value, 'expiresAt', expiresAt)
redis.call('PEXPIRE', KEYS[1], lifetime)
redis.call('ZADD', KEYS[2], expiresAt, entry)
if dueAt == '' then
  redis.call('ZREM', KEYS[3], entry)
else
  redis.call('ZADD', KEYS[3], dueAt, entry)
  keep(KEYS[3], lifetime)
end
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

/** KEYS: the flows of a kind by when they are due. ARGV: now, and how many. */
const findDue = Script.make(
  `return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])`
)

/**
 * KEYS: the flows of a kind by when they are due, then some of them. ARGV: now, when they are due again, their
 * entries. Answers with the entries and the values, by turns, of those that nobody else has claimed.
 */
const claim = Script.make(`
local now, till = tonumber(ARGV[1]), ARGV[2]
local claimed = {}
for i = 2, #KEYS do
  local entry = ARGV[i + 1]
  local dueAt = redis.call('ZSCORE', KEYS[1], entry)
  if dueAt and tonumber(dueAt) <= now then
    local value, expiresAt, consumedAt = unpack(redis.call('HMGET', KEYS[i], 'value', 'expiresAt', 'consumedAt'))
    if not expiresAt or consumedAt or tonumber(expiresAt) <= now then
      redis.call('ZREM', KEYS[1], entry)
    else
      redis.call('ZADD', KEYS[1], till, entry)
      claimed[#claimed + 1] = entry
      claimed[#claimed + 1] = value
    end
  end
end
return claimed
`)

/** For `Sweep`: KEYS are an index, and for each entry the flow and those of its kind by when they are due. */
const sweepFlows = Script.make(`
local outcomes = {}
for i = 2, #KEYS, 2 do
  local entry = ARGV[i / 2 + 1]
  local expiry = redis.call('ZSCORE', KEYS[1], entry)
  if expiry and tonumber(expiry) <= tonumber(ARGV[1]) then
    redis.call('ZREM', KEYS[1], entry)
    redis.call('ZREM', KEYS[i + 1], entry)
    outcomes[#outcomes + 1] = redis.call('DEL', KEYS[i])
  else
    outcomes[#outcomes + 1] = -1
  end
end
return outcomes
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

    const queueOf = (shard: string, kind: string) => Keyspace.keyOf(shard, "queue", kind)
    const placeOf = (entry: string) => {
      const shard = keyspace.shard("f", entry)
      return {
        key: `${shard}:flow:${entry}`,
        index: `${shard}:due`,
        queue: queueOf(shard, Keyspace.unpair(entry)[0]),
        entry
      }
    }
    const place = ({ key, kind }: FlowKey) => placeOf(Keyspace.pair(kind, key))

    // What is due in a shard is looked at first, which tells the keys; then a script decides about each.
    const claimIn = Effect.fnUntraced(function* (
      queue: string,
      { limit, now, until }: Omit<ClaimFlows, "kind">
    ) {
      const entries = yield* run(findDue, [queue], [String(now), String(limit)]).pipe(
        read((reply) => listOf(reply).map(textOf))
      )
      if (entries.length === 0) return []
      return yield* run(
        claim,
        [queue, ...entries.map((entry) => placeOf(entry).key)],
        [String(now), String(until), ...entries]
      ).pipe(read(readClaimed))
    })

    const sweep = Sweep.make(run, {
      indexes: keyspace.shards("f").map((shard) => `${shard}:due`),
      script: sweepFlows,
      keysOf: (entry) => {
        const { key, queue } = placeOf(entry)
        return [key, queue]
      },
      afterwards: () => Effect.void
    })

    return FlowStore.of({
      create: (flow, now) => {
        const { entry, index, key, queue } = place(flow)
        const lifetime = keyspace.lifetime(flow.expiresAt, now)
        return run(
          create,
          [key, index, queue],
          [String(now), entry, lifetime, String(flow.expiresAt), flow.value, String(flow.dueAt ?? "")]
        ).pipe(read(readCreated), storageError("create"))
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

      claim: Effect.fnUntraced(function* ({ kind, limit, now, until }) {
        const claimed: Array<ClaimedFlow> = []
        for (const shard of keyspace.shards("f")) {
          if (claimed.length >= limit) break
          const wanted = Math.min(limit - claimed.length, entriesPerScript)
          claimed.push(...(yield* claimIn(queueOf(shard, kind), { limit: wanted, now, until })))
        }
        return claimed
      }, storageError("claim")),

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

const entriesPerScript = 250

const storageError = (verb: string) => toStorageError(`FlowStore.${verb}`)

const flowFields = ["value", "expiresAt", "consumedAt"]

const readClaimed = (reply: unknown): ReadonlyArray<ClaimedFlow> => {
  const list = listOf(reply).map(textOf)
  return Array.from({ length: list.length / 2 }, (_, position) => ({
    key: brandHash(Keyspace.unpair(textOf(list[2 * position]))[1]),
    value: textOf(list[2 * position + 1])
  }))
}

const readFound = (reply: unknown, now: number): FindFlowOutcome => {
  const flow = row(flowFields, reply)
  if (optionalText(flow, "expiresAt") === undefined) return { _tag: "Unknown" }
  if (optionalText(flow, "consumedAt") !== undefined) return { _tag: "Consumed" }
  const expiresAt = integer(flow, "expiresAt")
  return isExpired({ expiresAt }, now)
    ? { _tag: "Expired" }
    : { _tag: "Found", value: text(flow, "value"), expiresAt }
}

const readCreated = outcomeOf(["Created", "Taken"])

const readReplaced = outcomeOf(["Replaced", "Conflict", "Consumed", "Expired", "Unknown"])

const readTag = outcomeOf(["Consumed", "AlreadyConsumed", "Expired", "Unknown"])

const readConsumed = (reply: unknown): ConsumeFlowOutcome => {
  const [outcome, value] = listOf(reply)
  const _tag = readTag(outcome)
  return _tag === "Consumed" ? { _tag, value: textOf(value) } : { _tag }
}
