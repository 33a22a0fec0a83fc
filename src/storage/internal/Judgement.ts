/**
 * How a presented code or refresh token is judged, in the order of the checks.
 * Every back end that has the row in hand judges it here, so that they agree.
 */

import type { Scope } from "../../protocol/Scope.ts"
import type { GrantId, RedeemOutcome, RefreshFamilyRecord, Rotate, RotateOutcome } from "../GrantStore.ts"

type Standing = { readonly id: GrantId; readonly revokedAt: number | undefined }

/** What decides about a code. */
export interface PresentedCode {
  readonly grant: Standing
  readonly redeemedAt: number | undefined
  readonly expiresAt: number
}

/**
 * `Redeemed` says that the code may be redeemed now. A used code is `Replayed`
 * whatever else it is: that somebody holds a copy does not expire.
 */
export const judgeCode = (code: PresentedCode | undefined, now: number): RedeemOutcome => {
  if (code === undefined) return { _tag: "Unknown" }
  if (code.redeemedAt !== undefined) return { _tag: "Replayed", grantId: code.grant.id }
  if (code.grant.revokedAt !== undefined) return { _tag: "Revoked" }
  if (isExpired(code, now)) return { _tag: "Expired" }
  return { _tag: "Redeemed" }
}

/** A refresh family, with what a retry has to match. */
export interface PresentedFamily extends Omit<RefreshFamilyRecord, "grant"> {
  readonly grant: Standing
  /** The scope of the access token at the last rotation. */
  readonly rotatedScope: Scope | undefined
  /** How often the previous token was presented since. */
  readonly replays: number
}

/**
 * `Rotated` says that the presented token is current, and `GraceReplay` that it
 * may be honoured once more; neither has been done yet.
 */
export const judgeRotation = (family: PresentedFamily | undefined, request: Rotate): RotateOutcome => {
  if (family === undefined) return { _tag: "Unknown" }
  if (family.revokedAt !== undefined || family.grant.revokedAt !== undefined) return { _tag: "Revoked" }
  if (isExpired(family, request.now)) return { _tag: "Expired" }
  if (request.presented.hash === family.currentHash) return { _tag: "Rotated" }
  if (request.presented.hash === family.previousHash) return judgeRetry(family, request)
  // A family had other tokens in its past; in its future it has none.
  return request.presented.generation < family.generation
    ? { _tag: "Reused", grantId: family.grant.id }
    : { _tag: "Unknown" }
}

const judgeRetry = (family: PresentedFamily, { accessToken, grace, now }: Rotate): RotateOutcome => {
  const age = family.rotatedAt === undefined ? Number.POSITIVE_INFINITY : now - family.rotatedAt
  if (grace.window === 0 || age > grace.window) return { _tag: "Reused", grantId: family.grant.id }
  if (accessToken.scope !== family.rotatedScope) return { _tag: "GraceRefused", reason: "scope" }
  if (family.replays >= grace.maximumReplays) return { _tag: "GraceRefused", reason: "replays" }
  return { _tag: "GraceReplay", currentHash: family.currentHash, expiresAt: family.expiresAt }
}

/** Something is good until the moment of its expiry, and no longer at it. */
export const isExpired = (self: { readonly expiresAt: number }, now: number): boolean => self.expiresAt <= now
