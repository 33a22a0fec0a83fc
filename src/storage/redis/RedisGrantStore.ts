/**
 * Grants and what is issued under them, in Redis.
 *
 * Each transition is one script, which decides. All that it touches is in the
 * shard of the grant, so that Redis Cluster can run it, and so that the grant's
 * status stops everything under it at once.
 *
 * The store is asked by the hash of a code or token, or by the id of a family,
 * which say nothing of the grant. So each has a small key elsewhere that tells
 * its grant, and a verb has two steps: look up the grant, then ask its shard.
 * Where something is issued, its name is claimed in between:
 *
 * 1. claim the names, since a name belongs to one grant only; a new grant is
 *    listed with its resource owner and its client
 * 2. run the transition, which is told whether a name is taken by another grant
 * 3. release the names, if the transition issued nothing
 *
 * Nothing shows before the second step, and with it everything. Whoever breaks
 * off before leaves a name without a row, which is told as unknown like any
 * other, and which Redis forgets in time. What has not come to be of a new grant
 * leaves an entry in the lists of its owners, which is passed over.
 *
 * Redis expires by its own clock, and the callers go by theirs: so a row is kept
 * for as long as it would live by the caller's `now`, and for `retention` on top.
 * A grant is kept as long as anything under it, and its code with it, since its
 * use has to be recognised as a replay. What Redis does not delete by itself are
 * the entries of indexes: this store wants to be swept like any other.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Redis } from "effect/persistence/Redis"
import {
  type AtomicRotation,
  type AuthorizationCode,
  type Grant,
  type GrantId,
  type GrantStatus,
  GrantStore,
  type Issue,
  layerAtomic,
  type RedeemCode,
  type RedeemOutcome,
  type RevokeOutcome,
  type RevokeTarget,
  type Rotate,
  type RotateOutcome
} from "../GrantStore.ts"
import { brandHash } from "../internal/Brands.ts"
import { type Failure, toStorageError } from "./internal/Failure.ts"
import * as GrantKeys from "./internal/GrantKeys.ts"
import * as GrantRows from "./internal/GrantRows.ts"
import * as GrantScripts from "./internal/GrantScripts.ts"
import * as GrantSweep from "./internal/GrantSweep.ts"
import * as Issued from "./internal/Issued.ts"
import * as Keyspace from "./internal/Keyspace.ts"
import * as Lookups from "./internal/Lookups.ts"
import * as Owners from "./internal/Owners.ts"
import { listOf, numberOf, optionalText, outcomeOf, type Row, read, row, textOf } from "./internal/Reply.ts"
import * as Script from "./internal/Script.ts"
import type { RedisOptions } from "./RedisOptions.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: RedisOptions = {}): Effect.Effect<GrantStore["Service"], never, Redis> =>
  Effect.gen(function* () {
    const redis = yield* Redis
    const run = Script.runner(redis)
    const keyspace = Keyspace.make(options)
    const keys = GrantKeys.make(keyspace)
    const naming = { keys, keyspace }
    const lookups = Lookups.make(redis, keys)
    const owners = Owners.make(redis)
    const sweep = GrantSweep.make(redis, keys)

    /** With these keys begins every transition. */
    const transitionKeys = ({ code, grantId }: Lookups.Origin) => [
      keys.grant(grantId),
      keys.grants(grantId),
      keys.place("code", code, grantId).key
    ]

    const authorize = Effect.fnUntraced(function* (
      grant: Grant,
      { code, ...issue }: Issue & { readonly code?: AuthorizationCode }
    ): Verb<void> {
      const origin = { grantId: grant.id, code: code?.hash ?? "" }
      const tokens = Issued.tokens(naming, grant.id, issue)
      const issued = code === undefined ? tokens : Issued.withCode(naming, grant.id, code, tokens)
      const fields = GrantRows.grant(grant)
      yield* lookups.claiming(origin, issued, {
        before: owners.add(keys.owners(grant), grant),
        issues: ["Authorized"],
        run: (claim) =>
          run(
            GrantScripts.authorize,
            [...transitionKeys(origin), ...Issued.keysOf(issued)],
            [
              claim,
              GrantRows.grantEntry(grant, origin.code),
              keyspace.lifetime(grant.createdAt, grant.createdAt),
              String(fields.length),
              ...fields,
              ...Issued.argumentsOf(issued)
            ]
          )
      })
    })

    const redeemCode = Effect.fnUntraced(function* ({ hash, issue, now }: RedeemCode): Verb<RedeemOutcome> {
      const lookup = keys.lookup("code", hash)
      const origin = yield* lookups.find(lookup)
      if (origin === undefined) return { _tag: "Unknown" }
      const code = keys.place("code", hash, origin.grantId)
      const issued = Issued.tokens(naming, origin.grantId, issue, now)
      const lifetime = Issued.longest(issued.map(({ lifetime }) => lifetime))
      return yield* lookups
        .claiming(origin, issued, {
          before: [lookups.extend(lookup, lifetime)],
          issues: ["Redeemed"],
          run: (claim) =>
            run(
              GrantScripts.redeemCode,
              [...transitionKeys(origin), code.index, ...Issued.keysOf(issued)],
              [claim, String(now), code.entry, ...Issued.argumentsOf(issued)]
            )
        })
        .pipe(read((answer) => readRedeemed(answer, origin.grantId)))
    })

    const rotate = Effect.fnUntraced(function* (request: Rotate): Verb<RotateOutcome> {
      const { accessToken, grace, next, now, presented } = request
      const lookup = keys.lookup("family", request.family)
      const origin = yield* lookups.find(lookup)
      if (origin === undefined) return { _tag: "Unknown" }
      const family = keys.place("family", request.family, origin.grantId)
      const issued = Issued.tokens(naming, origin.grantId, { accessToken }, now)
      const familyLifetime = keyspace.lifetime(next.expiresAt, now)
      const lifetime = Issued.longest([familyLifetime, ...issued.map(({ lifetime }) => lifetime)])
      return yield* lookups
        .claiming(origin, issued, {
          before: [
            lookups.extend(lookup, familyLifetime),
            lookups.extend(keys.lookup("code", origin.code), lifetime)
          ],
          issues: ["Rotated", "GraceReplay"],
          run: (claim) =>
            run(
              GrantScripts.rotate,
              [...transitionKeys(origin), family.key, family.index, ...Issued.keysOf(issued)],
              [
                claim,
                String(now),
                presented.hash,
                String(presented.generation),
                next.hash,
                String(next.expiresAt),
                family.entry,
                familyLifetime,
                String(grace.window),
                String(grace.maximumReplays),
                accessToken.scope,
                ...Issued.argumentsOf(issued)
              ]
            )
        })
        .pipe(read((answer) => readRotated(answer, origin.grantId)))
    })

    /** What was issued, with its grant; `None` unless there are both. */
    const find = Effect.fnUntraced(function* <A>(
      kind: GrantKeys.Kind,
      name: string,
      fields: ReadonlyArray<string>,
      readRow: (row: Row, grant: GrantStatus) => A
    ): Verb<Option.Option<A>> {
      const origin = yield* lookups.find(keys.lookup(kind, name))
      if (origin === undefined) return Option.none()
      return yield* run(
        GrantScripts.find,
        [keys.grant(origin.grantId), keys.place(kind, name, origin.grantId).key],
        [String(GrantRows.grantFields.length), ...GrantRows.grantFields, ...fields]
      ).pipe(
        read((reply) => {
          const [ofGrant, ofRow] = listOf(reply)
          const grant = GrantRows.readGrant(ofGrant)
          const found = row(fields, ofRow)
          return grant === undefined || optionalText(found, "expiresAt") === undefined
            ? Option.none()
            : Option.some(readRow(found, grant))
        })
      )
    })

    const findGrant = (id: GrantId) =>
      redis.send("HMGET", keys.grant(id), ...GrantRows.grantFields).pipe(read(GrantRows.readGrant))

    const revokeUnder = Effect.fnUntraced(function* (
      kind: GrantKeys.Kind,
      name: string,
      script: Script.Script,
      now: number
    ): Verb<RevokeOutcome> {
      const origin = yield* lookups.find(keys.lookup(kind, name))
      if (origin === undefined) return "Unknown"
      const { key } = keys.place(kind, name, origin.grantId)
      return yield* run(script, [keys.grant(origin.grantId), key], [String(now)]).pipe(read(readRevoked))
    })

    const revoke = (target: RevokeTarget, now: number): Effect.Effect<RevokeOutcome, Failure> => {
      switch (target._tag) {
        case "AccessToken":
          return revokeUnder("token", target.hash, GrantScripts.revokeAccessToken, now)
        case "RefreshFamily":
          return revokeUnder("family", target.id, GrantScripts.revokeFamily, now)
        case "Grant":
          return run(GrantScripts.revokeGrant, [keys.grant(target.id)], [String(now)]).pipe(read(readRevoked))
      }
    }

    return GrantStore.of({
      authorize: (grant, issue) => authorize(grant, issue).pipe(storageError("authorize")),

      findCode: (hash) =>
        find("code", hash, GrantRows.codeFields, (row, grant) => GrantRows.readCode(hash, row, grant)).pipe(
          storageError("findCode")
        ),

      redeemCode: (request) => redeemCode(request).pipe(storageError("redeemCode")),

      findRefreshFamily: (id) =>
        find("family", id, GrantRows.familyFields, (row, grant) => GrantRows.readFamily(id, row, grant)).pipe(
          storageError("findRefreshFamily")
        ),

      rotate: (request) => rotate(request).pipe(storageError("rotate")),

      findAccessToken: (hash) =>
        find("token", hash, GrantRows.accessTokenFields, (row, grant) =>
          GrantRows.readAccessToken(hash, row, grant)
        ).pipe(storageError("findAccessToken")),

      revoke: (target, now) => revoke(target, now).pipe(storageError("revoke")),

      grantsOfSubject: (subject, page) =>
        owners
          .oldestFirst(keys.ofSubject(subject), page, findGrant, (grant) => grant.subject === subject)
          .pipe(storageError("grantsOfSubject")),

      grantsOfClient: (clientId, page) =>
        owners
          .oldestFirst(keys.ofClient(clientId), page, findGrant, (grant) => grant.clientId === clientId)
          .pipe(storageError("grantsOfClient")),

      sweep: (request) => sweep(request).pipe(storageError("sweep"))
    })
  })

/**
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: RedisOptions): Layer.Layer<GrantStore | AtomicRotation, never, Redis> =>
  layerAtomic(make(options))

type Verb<A> = Effect.fn.Return<A, Failure>

const storageError = (verb: string) => toStorageError(`GrantStore.${verb}`)

const readRevoked = outcomeOf(["Revoked", "AlreadyRevoked", "Unknown"])

const readRedeemedTag = outcomeOf(["Redeemed", "Replayed", "Revoked", "Expired", "Unknown"])

const readRedeemed = (answer: unknown, grantId: GrantId): RedeemOutcome => {
  const _tag = readRedeemedTag(listOf(answer)[0])
  return _tag === "Replayed" ? { _tag, grantId } : { _tag }
}

const readRotatedTag = outcomeOf([
  "Rotated",
  "GraceReplay",
  "GraceRefused",
  "Reused",
  "Revoked",
  "Expired",
  "Unknown"
])

const readReason = outcomeOf(["scope", "replays"])

const readRotated = (answer: unknown, grantId: GrantId): RotateOutcome => {
  const [tag, ...values] = listOf(answer)
  const _tag = readRotatedTag(tag)
  switch (_tag) {
    case "GraceReplay":
      return { _tag, currentHash: brandHash(textOf(values[0])), expiresAt: numberOf(values[1]) }
    case "GraceRefused":
      return { _tag, reason: readReason(values[0]) }
    case "Reused":
      return { _tag, grantId }
    default:
      return { _tag }
  }
}
