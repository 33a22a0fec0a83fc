/**
 * How keys are called, and how long they are kept.
 *
 * What changes together has the same hash tag (the part in braces), so that
 * Redis Cluster keeps it on one node and one script may touch all of it. A tag
 * is one of a fixed number of shards, and not the id of a row, so that the rows
 * of a shard can have an index by expiry that changes with them. The number is
 * large enough to spread over any cluster, and small enough for a sweep to ask
 * every shard; changing it would lose what is stored.
 */
import * as Duration from "effect/Duration"
import type { RedisOptions } from "../RedisOptions.ts"

const shards = 64

export type Keyspace = ReturnType<typeof make>

export const make = ({ prefix = "oauth", retention = "1 day" }: RedisOptions) => {
  const retained = Math.ceil(Duration.toMillis(retention))
  return {
    /** A key that is touched alone. */
    key: (kind: string, name: string): string => `${prefix}:${kind}:${encodeName(name)}`,

    /** What the keys of a shard begin with. */
    shard: (store: string, name: string): string => `${prefix}:{${store}${shardOf(name)}}`,

    shards: (store: string): ReadonlyArray<string> =>
      Array.from({ length: shards }, (_, number) => `${prefix}:{${store}${number}}`),

    /** What keys begin with that all change together. */
    together: (store: string): string => `${prefix}:{${store}}`,

    /** For how many milliseconds to keep something from now on. */
    lifetime: (expiresAt: number, now: number): string =>
      String(Math.min(Math.max(Math.ceil(expiresAt - now), 1) + retained, Number.MAX_SAFE_INTEGER))
  }
}

/** A key among those of a shard. */
export const keyOf = (shard: string, kind: string, name: string): string =>
  `${shard}:${kind}:${encodeName(name)}`

/** A name without the characters that have a meaning in a key. */
export const encodeName = (name: string): string => name.replace(/[%{}:]/g, encodeURIComponent)

export const decodeName: (escaped: string) => string = decodeURIComponent

/** Two names in one text. */
export const pair = (first: string, second: string): string => `${encodeName(first)}:${encodeName(second)}`

export const unpair = (pair: string): readonly [first: string, second: string] => {
  const colon = pair.indexOf(":")
  return [decodeName(pair.slice(0, colon)), decodeName(pair.slice(colon + 1))]
}

const shardOf = (name: string): number => {
  let hash = 0
  for (let position = 0; position < name.length; position++) {
    hash = (Math.imul(hash, 31) + name.charCodeAt(position)) | 0
  }
  // The low bits alone would tell little but the end of the name.
  return ((hash ^ (hash >>> 15)) >>> 0) % shards
}

/** A hash's fields and values by turns, as Redis takes them; what is absent is not stored. */
export const fields = (
  record: Readonly<Record<string, string | number | undefined>>
): ReadonlyArray<string> =>
  Object.entries(record).flatMap(([field, value]) => (value === undefined ? [] : [field, String(value)]))
