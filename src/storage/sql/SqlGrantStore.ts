/**
 * Grants and what is issued under them, in SQL.
 *
 * Every transition first takes the lock of its grant, so that those under one
 * grant happen one after the other and no two wait for each other; where a
 * database has one writer at a time, it has that lock already. An UPDATE then says
 * under which conditions the transition may happen. Only if it hits nothing is the
 * row read, to tell why.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import {
  type AtomicRotation,
  type AuthorizationCode,
  type FamilyId,
  type Grant,
  type GrantId,
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
import { judgeCode, judgeRotation } from "../internal/Judgement.ts"
import * as AccessTokenTable from "./internal/AccessTokenTable.ts"
import * as CodeTable from "./internal/CodeTable.ts"
import { toStorageError } from "./internal/Failure.ts"
import * as FamilyTable from "./internal/FamilyTable.ts"
import * as GrantSweep from "./internal/GrantSweep.ts"
import * as GrantTable from "./internal/GrantTable.ts"
import { lockGrantOf } from "./internal/Locks.ts"
import type { QueryError } from "./internal/Row.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<GrantStore["Service"], never, SqlClient.SqlClient> = Effect.gen(
  function* () {
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()
    const grants = GrantTable.make(sql)
    const codes = CodeTable.make(sql)
    const accessTokens = AccessTokenTable.make(sql)
    const families = FamilyTable.make(sql)
    const lockGrantOfCode = lockGrantOf(sql, "oauth_codes")
    const lockGrantOfFamily = lockGrantOf(sql, "oauth_refresh_families")

    const insertTokens = Effect.fnUntraced(function* (
      grantId: GrantId,
      { accessToken, refreshFamily }: Issue
    ) {
      if (accessToken !== undefined) yield* accessTokens.insert(grantId, accessToken)
      if (refreshFamily !== undefined) yield* families.insert(grantId, refreshFamily)
    })

    const revokeFamily = Effect.fnUntraced(function* (id: FamilyId, now: number): Verb<RevokeOutcome> {
      yield* lockGrantOfFamily(id)
      const grantId = yield* families.revoke(id, now)
      if (grantId === undefined) return "Unknown"
      return (yield* grants.revoke(grantId, now)) ? "Revoked" : "AlreadyRevoked"
    })

    const authorize = Effect.fnUntraced(function* (
      grant: Grant,
      issue: Issue & { readonly code?: AuthorizationCode }
    ): Verb<void> {
      yield* grants.insert(grant, lastExpiry(issue.code, issue.accessToken, issue.refreshFamily))
      if (issue.code !== undefined) yield* codes.insert(grant.id, issue.code)
      yield* insertTokens(grant.id, issue)
    })

    const redeemCode = Effect.fnUntraced(function* ({ hash, issue, now }: RedeemCode): Verb<RedeemOutcome> {
      yield* lockGrantOfCode(hash)
      const grantId = yield* codes.redeem(hash, now)
      if (grantId !== undefined) {
        yield* grants.extend(grantId, lastExpiry(issue.accessToken, issue.refreshFamily))
        yield* insertTokens(grantId, issue)
        return { _tag: "Redeemed" }
      }
      const refused = judgeCode(yield* codes.find(hash), now)
      if (refused._tag === "Replayed") yield* grants.revoke(refused.grantId, now)
      // What makes a code unfit cannot be undone. If it is fit now, it was stored after the UPDATE had looked.
      return refused._tag === "Redeemed" ? { _tag: "Unknown" } : refused
    })

    const rotate = Effect.fnUntraced(function* (request: Rotate): Verb<RotateOutcome> {
      const { accessToken, next, now } = request
      yield* lockGrantOfFamily(request.family)
      const grantId = yield* families.rotate(request)
      if (grantId !== undefined) {
        yield* grants.extend(grantId, lastExpiry(accessToken, next))
        yield* accessTokens.insert(grantId, accessToken)
        return { _tag: "Rotated" }
      }
      // Locked, so that what is judged here is still so when it is acted upon.
      const family = yield* families.findLocked(request.family)
      const judged = judgeRotation(family, request)
      if (family === undefined) return judged
      if (judged._tag === "Reused") {
        // Of two who find a reason to revoke, one does.
        return (yield* revokeFamily(family.id, now)) === "Revoked" ? judged : { _tag: "Revoked" }
      }
      if (judged._tag === "GraceReplay") {
        yield* families.countReplay(family.id)
        yield* grants.extend(family.grant.id, accessToken.expiresAt)
        yield* accessTokens.insert(family.grant.id, accessToken)
      }
      // As with a code: if it is current now, it was issued after the UPDATE had looked.
      return judged._tag === "Rotated" ? { _tag: "Unknown" } : judged
    })

    const revoke = (target: RevokeTarget, now: number): Effect.Effect<RevokeOutcome, QueryError> => {
      switch (target._tag) {
        case "AccessToken":
          return revokeOr(accessTokens.revoke(target.hash, now), accessTokens.isRevoked(target.hash))
        case "RefreshFamily":
          return sql.withTransaction(revokeFamily(target.id, now))
        case "Grant":
          return revokeOr(grants.revoke(target.id, now), grants.isRevoked(target.id))
      }
    }

    const sweep = GrantSweep.make(sql)

    return GrantStore.of({
      authorize: (grant, issue) =>
        authorize(grant, issue).pipe(sql.withTransaction, storageError("authorize")),
      findCode: (hash) => optionally(codes.find(hash)).pipe(storageError("findCode")),
      redeemCode: (request) => redeemCode(request).pipe(sql.withTransaction, storageError("redeemCode")),
      findRefreshFamily: (id) => optionally(families.find(id)).pipe(storageError("findRefreshFamily")),
      rotate: (request) => rotate(request).pipe(sql.withTransaction, storageError("rotate")),
      findAccessToken: (hash) => optionally(accessTokens.find(hash)).pipe(storageError("findAccessToken")),
      revoke: (target, now) => revoke(target, now).pipe(storageError("revoke")),
      grantsOfSubject: (subject, page) =>
        grants.ofSubject(subject, page).pipe(storageError("grantsOfSubject")),
      grantsOfClient: (clientId, page) =>
        grants.ofClient(clientId, page).pipe(storageError("grantsOfClient")),
      sweep: (request) => sweep(request).pipe(storageError("sweep"))
    })
  }
)

/**
 * Needs the tables of `Migrations`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<GrantStore | AtomicRotation, never, SqlClient.SqlClient> = layerAtomic(make)

type Verb<A> = Effect.fn.Return<A, QueryError>

const storageError = (verb: string) => toStorageError(`GrantStore.${verb}`)

const optionally = <A, E>(self: Effect.Effect<A | undefined, E>) => Effect.map(self, Option.fromUndefinedOr)

/**
 * Revoking is never undone, so that what was not revoked by this call either was before, or did not exist: what
 * stands now was stored after the UPDATE had looked.
 */
const revokeOr = (
  revoked: Effect.Effect<boolean, SqlError>,
  before: Effect.Effect<boolean, SqlError>
): Effect.Effect<RevokeOutcome, SqlError> =>
  Effect.flatMap(revoked, (revoked) =>
    revoked
      ? Effect.succeed("Revoked")
      : Effect.map(before, (before) => (before ? "AlreadyRevoked" : "Unknown"))
  )

/** When the last of these expires; what was never issued counts as expired since ever. */
const lastExpiry = (...issued: ReadonlyArray<{ readonly expiresAt: number } | undefined>): number =>
  issued.reduce((last, one) => Math.max(last, one?.expiresAt ?? 0), 0)
