/**
 * Grants and what is issued under them, in memory. JavaScript runs one verb
 * after another, so that each is atomic by being one `Effect.sync`.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import {
  type AccessTokenRecord,
  type AtomicRotation,
  type CodeRecord,
  type GrantStatus,
  GrantStore,
  layerAtomic,
  type Page,
  type RefreshFamilyRecord,
  type RevokeOutcome
} from "../GrantStore.ts"
import { judgeCode, judgeRotation } from "../internal/Judgement.ts"
import * as Duplicate from "./internal/Duplicate.ts"
import * as GrantRows from "./internal/GrantRows.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<GrantStore["Service"]> = Effect.sync(() => {
  const rows = GrantRows.make()

  return GrantStore.of({
    authorize: (grant, issue) =>
      Effect.suspend(() => {
        const duplicate = rows.grants.has(grant.id) ? "grant" : rows.duplicateOf(issue)
        if (duplicate !== undefined) return Duplicate.fail("GrantStore.authorize", duplicate)
        rows.addGrant(grant, issue)
        return Effect.void
      }),

    findCode: (hash) => Effect.sync(() => Option.map(Option.fromNullishOr(rows.codes.get(hash)), codeRecord)),

    redeemCode: ({ hash, issue, now }) =>
      Effect.suspend(() => {
        const code = rows.codes.get(hash)
        const outcome = judgeCode(code, now)
        if (code === undefined) return Effect.succeed(outcome)
        if (outcome._tag === "Replayed") revokeGrant(code.grant, now)
        if (outcome._tag === "Redeemed") {
          const duplicate = rows.duplicateOf(issue)
          if (duplicate !== undefined) return Duplicate.fail("GrantStore.redeemCode", duplicate)
          code.redeemedAt = now
          rows.addIssue(code.grant, issue)
        }
        return Effect.succeed(outcome)
      }),

    findRefreshFamily: (id) =>
      Effect.sync(() => Option.map(Option.fromNullishOr(rows.families.get(id)), familyRecord)),

    rotate: (request) =>
      Effect.suspend(() => {
        const family = rows.families.get(request.family)
        const outcome = judgeRotation(family, request)
        if (family === undefined) return Effect.succeed(outcome)
        if (outcome._tag === "Reused") revokeFamily(family, request.now)
        if (outcome._tag === "Rotated" || outcome._tag === "GraceReplay") {
          const duplicate = rows.duplicateOf(request)
          if (duplicate !== undefined) return Duplicate.fail("GrantStore.rotate", duplicate)
          rows.addAccessToken(family.grant, request.accessToken)
        }
        if (outcome._tag === "GraceReplay") family.replays++
        if (outcome._tag === "Rotated") {
          family.generation++
          family.previousHash = family.currentHash
          family.currentHash = request.next.hash
          family.expiresAt = request.next.expiresAt
          family.rotatedAt = request.now
          family.rotatedScope = request.accessToken.scope
          family.replays = 0
        }
        return Effect.succeed(outcome)
      }),

    findAccessToken: (hash) =>
      Effect.sync(() => Option.map(Option.fromNullishOr(rows.accessTokens.get(hash)), accessTokenRecord)),

    revoke: (target, now) =>
      Effect.sync(() => {
        switch (target._tag) {
          case "AccessToken": {
            const token = rows.accessTokens.get(target.hash)
            if (token === undefined) return "Unknown"
            if (token.revokedAt !== undefined || token.grant.revokedAt !== undefined) return "AlreadyRevoked"
            token.revokedAt = now
            return "Revoked"
          }
          case "RefreshFamily": {
            const family = rows.families.get(target.id)
            return family === undefined ? "Unknown" : revokeFamily(family, now)
          }
          case "Grant": {
            const grant = rows.grants.get(target.id)
            return grant === undefined ? "Unknown" : revokeGrant(grant, now)
          }
        }
      }),

    grantsOfSubject: (subject, page) => Effect.sync(() => oldestFirst(rows.bySubject.get(subject), page)),

    grantsOfClient: (clientId, page) => Effect.sync(() => oldestFirst(rows.byClient.get(clientId), page)),

    sweep: ({ limit, now }) =>
      Effect.sync(() => ({
        accessTokens: rows.sweepAccessTokens(now, limit),
        refreshFamilies: rows.sweepFamilies(now, limit),
        codes: rows.sweepCodes(now, limit),
        grants: rows.sweepGrants(limit)
      }))
  })
})

/**
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<GrantStore | AtomicRotation> = layerAtomic(make)

const revokeGrant = (grant: GrantRows.GrantRow, now: number): RevokeOutcome => {
  if (grant.revokedAt !== undefined) return "AlreadyRevoked"
  grant.status = Object.freeze({ ...grant.status, revokedAt: now })
  return "Revoked"
}

const revokeFamily = (family: GrantRows.FamilyRow, now: number): RevokeOutcome => {
  family.revokedAt ??= now
  return revokeGrant(family.grant, now)
}

// What is handed out is a copy: a row goes on changing.

const codeRecord = (code: GrantRows.CodeRow): CodeRecord => ({
  hash: code.hash,
  redirectUri: code.redirectUri,
  redirectUriGiven: code.redirectUriGiven,
  codeChallenge: code.codeChallenge,
  extensions: code.extensions,
  issuedAt: code.issuedAt,
  expiresAt: code.expiresAt,
  grant: code.grant.status,
  redeemedAt: code.redeemedAt
})

const accessTokenRecord = (token: GrantRows.AccessTokenRow): AccessTokenRecord => ({
  hash: token.hash,
  id: token.id,
  scope: token.scope,
  issuedAt: token.issuedAt,
  expiresAt: token.expiresAt,
  grant: token.grant.status,
  revokedAt: token.revokedAt
})

const familyRecord = (family: GrantRows.FamilyRow): RefreshFamilyRecord => ({
  id: family.id,
  scope: family.scope,
  generation: family.generation,
  currentHash: family.currentHash,
  issuedAt: family.issuedAt,
  expiresAt: family.expiresAt,
  grant: family.grant.status,
  previousHash: family.previousHash,
  rotatedAt: family.rotatedAt,
  revokedAt: family.revokedAt
})

const oldestFirst = (grants: Iterable<GrantRows.GrantRow>, { after, limit }: Page): Array<GrantStatus> => {
  const behind: Array<GrantStatus> = []
  for (const { status } of grants) {
    if (after === undefined || inOrder(after, status) < 0) behind.push(status)
  }
  return behind.sort(inOrder).slice(0, limit)
}

type Position = Pick<GrantStatus, "createdAt" | "id">

const inOrder = (self: Position, that: Position): number =>
  self.createdAt - that.createdAt || (self.id < that.id ? -1 : 1)
