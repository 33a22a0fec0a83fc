/**
 * Small keys that tell where something is. They are claimed before it is stored
 * there, so that it is found as soon as it is stored, and in one place only.
 *
 * How many have claimed it for that place is counted: each of them releases it
 * if it stored nothing after all, and whoever deletes what was stored releases
 * it for whoever stored it. Nobody takes it away from another, and what breaks
 * off in between is forgotten in time.
 */
import * as Effect from "effect/Effect"
import type { Redis } from "effect/persistence/Redis"
import type { Failure } from "./Failure.ts"
import { numberOf, optionalTextOf, read } from "./Reply.ts"
import * as Script from "./Script.ts"

/** `Taken` says that it is stored in another place. */
export type Claim = "Claimed" | "Taken"

/** ARGV: the place, and for how long to keep it. Answers the other place that has it. */
const claim = Script.make(`${Script.keep}
local place = redis.call('HGET', KEYS[1], 'place')
if place and place ~= ARGV[1] then return place end
redis.call('HSET', KEYS[1], 'place', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'claims', 1)
keep(KEYS[1], ARGV[2])
`)

const release = Script.make(`
if redis.call('EXISTS', KEYS[1]) == 1 and redis.call('HINCRBY', KEYS[1], 'claims', -1) <= 0 then
  redis.call('DEL', KEYS[1])
end
`)

const extend = Script.make(`${Script.keep}
keep(KEYS[1], ARGV[1])
`)

/** How often to ask what becomes of another's claim, before taking it for stored: that one needs two steps. */
const patience = 100

export const make = (redis: Redis["Service"]) => {
  const run = Script.runner(redis)
  return {
    find: (lookup: string): Effect.Effect<string | undefined, Failure> =>
      redis.send("HGET", lookup, "place").pipe(read(optionalTextOf)),

    claim: Effect.fnUntraced(function* (
      lookup: string,
      place: string,
      lifetime: string,
      /** The key under which it is stored, in a place. */
      keyIn: (place: string) => string
    ): Effect.fn.Return<Claim, Failure> {
      for (let asked = 0; asked < patience; asked++) {
        const other = yield* run(claim, [lookup], [place, lifetime]).pipe(read(optionalTextOf))
        if (other === undefined) return "Claimed"
        const stored = yield* redis.send("EXISTS", keyIn(other)).pipe(read(numberOf))
        if (stored === 1) return "Taken"
      }
      return "Taken"
    }),

    release: (lookup: string): Effect.Effect<unknown, Failure> => run(release, [lookup]),

    extend: (lookup: string, lifetime: string): Effect.Effect<unknown, Failure> =>
      run(extend, [lookup], [lifetime])
  }
}
