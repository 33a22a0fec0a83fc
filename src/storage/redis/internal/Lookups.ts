/**
 * Under which grant something was issued. The store is asked by hash or id, and
 * what changes together is in the shard of the grant: so each hash and id has a
 * small key of its own, which tells the grant and, as long as that lives, the
 * code it came from.
 */
import * as Effect from "effect/Effect"
import type { Redis } from "effect/persistence/Redis"
import { GrantId } from "../../GrantStore.ts"
import type { Claim } from "./Claims.ts"
import * as Claims from "./Claims.ts"
import { Duplicate, type Failure } from "./Failure.ts"
import type { GrantKeys } from "./GrantKeys.ts"
import type { Issued } from "./Issued.ts"
import { pair, unpair } from "./Keyspace.ts"
import { listOf, read, textOf, UnexpectedReply } from "./Reply.ts"

export interface Origin {
  readonly grantId: GrantId
  /** The hash of the code that the grant came from; empty without one. */
  readonly code: string
}

/** What a transition answers: how it went, and what goes with that. */
export type Answer = readonly [tag: string, ...values: ReadonlyArray<string>]

const atOnce = { concurrency: "unbounded" } as const

export const make = (redis: Redis["Service"], keys: GrantKeys) => {
  const claims = Claims.make(redis)

  const claimFor =
    (origin: Origin) =>
    ({ lifetime, place: { kind, lookup, name } }: Issued) =>
      claims.claim(
        lookup,
        format(origin),
        lifetime,
        (other) => keys.place(kind, name, parse(other).grantId).key
      )

  return {
    find: (lookup: string): Effect.Effect<Origin | undefined, Failure> =>
      Effect.map(claims.find(lookup), (origin) => (origin === undefined ? undefined : parse(origin))),

    /** Keeps a name for some time more. */
    extend: claims.extend,

    /** Gives a name free whose row was deleted. */
    release: claims.release,

    /** Runs a transition with the names claimed of what it issues, and releases them if it issues nothing. */
    claiming: Effect.fnUntraced(function* (
      origin: Origin,
      issued: ReadonlyArray<Issued>,
      transition: {
        /** What else is to be done before it. */
        readonly before: ReadonlyArray<Effect.Effect<unknown, Failure>>
        /** With these answers it has issued something. */
        readonly issues: ReadonlyArray<string>
        readonly run: (claim: Claim) => Effect.Effect<unknown, Failure>
      }
    ): Effect.fn.Return<Answer, Failure> {
      const [claimed] = yield* Effect.all(
        [Effect.forEach(issued, claimFor(origin), atOnce), Effect.all(transition.before, atOnce)],
        atOnce
      )
      const answer = yield* transition
        .run(claimed.includes("Taken") ? "Taken" : "Claimed")
        .pipe(read(readAnswer))
      if (transition.issues.includes(answer[0])) return answer
      const ours = issued.filter((_, position) => claimed[position] === "Claimed")
      yield* Effect.forEach(ours, ({ place }) => claims.release(place.lookup), atOnce)
      return answer[0] === "Duplicate" ? yield* new Duplicate() : answer
    })
  }
}

const format = ({ code, grantId }: Origin): string => pair(code, grantId)

const parse = (origin: string): Origin => {
  const [code, grantId] = unpair(origin)
  return { code, grantId: GrantId(grantId) }
}

const readAnswer = (reply: unknown): Answer => {
  const [tag, ...values] = listOf(reply).map(textOf)
  if (tag === undefined) throw new UnexpectedReply({ about: "an empty list" })
  return [tag, ...values]
}
