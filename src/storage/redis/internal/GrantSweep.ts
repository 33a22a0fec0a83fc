/**
 * Sweeps grants and what was issued under them: rows first, and then the grants
 * that are left with none.
 */
import * as Effect from "effect/Effect"
import type { Redis } from "effect/persistence/Redis"
import { GrantId } from "../../GrantStore.ts"
import type { SweepRequest, Swept } from "../../Swept.ts"
import type { Failure } from "./Failure.ts"
import type { GrantKeys, Kind } from "./GrantKeys.ts"
import { readGrantEntry } from "./GrantRows.ts"
import * as GrantScripts from "./GrantScripts.ts"
import { unpair } from "./Keyspace.ts"
import * as Lookups from "./Lookups.ts"
import * as Owners from "./Owners.ts"
import * as Script from "./Script.ts"
import * as Sweep from "./Sweep.ts"

/** The outcome of a grant with which its used code was deleted. */
const withCode = 2

export const make = (redis: Redis["Service"], keys: GrantKeys) => {
  const run = Script.runner(redis)
  const owners = Owners.make(redis)
  const lookups = Lookups.make(redis, keys)

  const placeOf = (kind: Kind, entry: string) => {
    const [name, grantId] = unpair(entry)
    return keys.place(kind, name, GrantId(grantId))
  }

  const issued = (kind: Kind) =>
    Sweep.make(run, {
      indexes: keys.indexes(kind),
      script: GrantScripts.sweepIssued,
      keysOf: (entry) => {
        const [, grantId] = unpair(entry)
        return [placeOf(kind, entry).key, keys.grant(GrantId(grantId))]
      },
      afterwards: (_, entry, outcome) =>
        outcome === 0 ? Effect.void : lookups.release(placeOf(kind, entry).lookup)
    })

  const accessTokens = issued("token")
  const refreshFamilies = issued("family")
  const codes = issued("code")
  const grants = Sweep.make(run, {
    indexes: keys.indexes("grant"),
    script: GrantScripts.sweepGrants,
    keysOf: (entry) => {
      const { code, id } = readGrantEntry(entry)
      return [keys.grant(id), keys.place("code", code, id).key]
    },
    afterwards: Effect.fnUntraced(function* (index, entry, outcome) {
      const grant = readGrantEntry(entry)
      yield* owners.remove(keys.owners(grant), grant)
      if (outcome === withCode) yield* lookups.release(keys.lookup("code", grant.code))
      // Last, so that whoever breaks off before does not forget the rest.
      yield* redis.send("ZREM", index, entry)
    })
  })

  return Effect.fnUntraced(function* (request: SweepRequest): Effect.fn.Return<Swept, Failure> {
    return {
      accessTokens: yield* accessTokens(request),
      refreshFamilies: yield* refreshFamilies(request),
      codes: yield* codes(request),
      grants: yield* grants(request)
    }
  })
}
