/**
 * The grants of a resource owner, or of a client: a sorted set of texts that
 * sort by when the grant was made, and then by its id.
 *
 * It is written before the grant and cleared after it: an entry may have no grant
 * yet, or any more, or one that came to be in another way, and is passed over.
 */
import * as Effect from "effect/Effect"
import type { Redis, RedisError } from "effect/persistence/Redis"
import { GrantId, type GrantStatus, type Page } from "../../GrantStore.ts"
import type { Failure } from "./Failure.ts"
import { listOf, read, textOf } from "./Reply.ts"

interface Owned {
  readonly id: GrantId
  readonly createdAt: number
}

const timeDigits = 16

const memberOf = ({ createdAt, id }: Owned): string =>
  `${String(Math.max(0, Math.trunc(createdAt))).padStart(timeDigits, "0")}:${id}`

const idOf = (member: string): GrantId => GrantId(member.slice(timeDigits + 1))

export const make = (redis: Redis["Service"]) => ({
  add: (owners: ReadonlyArray<string>, grant: Owned): ReadonlyArray<Effect.Effect<unknown, RedisError>> =>
    owners.map((owner) => redis.send("ZADD", owner, "0", memberOf(grant))),

  remove: (owners: ReadonlyArray<string>, grant: Owned): Effect.Effect<void, RedisError> =>
    Effect.forEach(owners, (owner) => redis.send("ZREM", owner, memberOf(grant)), { discard: true }),

  oldestFirst: Effect.fnUntraced(function* (
    owner: string,
    { after, limit }: Page,
    find: (id: GrantId) => Effect.Effect<GrantStatus | undefined, Failure>,
    isOwned: (grant: GrantStatus) => boolean
  ) {
    const told: Array<GrantStatus> = []
    let from = after === undefined ? "-" : `(${memberOf(after)}`
    for (;;) {
      // What is passed over is made up for: a page that is not full is the last.
      const missing = limit - told.length
      const members = yield* redis
        .send("ZRANGEBYLEX", owner, from, "+", "LIMIT", "0", String(missing))
        .pipe(read((reply) => listOf(reply).map(textOf)))
      const grants = yield* Effect.forEach(members, (member) => find(idOf(member)), {
        concurrency: "unbounded"
      })
      grants.forEach((grant, position) => {
        if (grant !== undefined && isOwned(grant) && memberOf(grant) === members[position]) told.push(grant)
      })
      const last = members.at(-1)
      if (last === undefined || members.length < missing || told.length === limit) return told
      from = `(${last}`
    }
  })
})
