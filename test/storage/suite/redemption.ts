import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { FamilyId, GrantId, GrantStore } from "../../../src/storage/GrantStore.ts"
import { accessToken, code, family, grant, hash, minute, now, withCode } from "./Fixtures.ts"
import type { Test } from "./Suite.ts"

const redeem = (at: number) => ({ hash: hash("code"), now: at, issue: {} })
const replayed = { _tag: "Replayed", grantId: GrantId("grant") } as const

export const redemptionTests = (test: Test) => {
  test(
    "Redeemed: the code is used, and its tokens are there",
    Effect.gen(function* () {
      const store = yield* withCode
      const outcome = yield* store.redeemCode({
        hash: hash("code"),
        now: now + 1,
        issue: { accessToken: accessToken("access"), refreshFamily: family() }
      })
      assert.deepStrictEqual(outcome, { _tag: "Redeemed" })
      assert.strictEqual(Option.getOrThrow(yield* store.findCode(hash("code"))).redeemedAt, now + 1)
      const token = Option.getOrThrow(yield* store.findAccessToken(hash("access")))
      assert.deepStrictEqual(token, {
        ...accessToken("access"),
        grant: { ...grant(), revokedAt: undefined },
        revokedAt: undefined
      })
      const refresh = Option.getOrThrow(yield* store.findRefreshFamily(FamilyId("family")))
      assert.strictEqual(refresh.currentHash, family().currentHash)
      assert.strictEqual(refresh.grant.id, "grant")
    })
  )

  test(
    "Redeemed until the moment of expiry, and Expired at it",
    Effect.gen(function* () {
      const store = yield* GrantStore
      yield* store.authorize(grant({ name: "a" }), { code: code("a", { expiresAt: now + minute }) })
      yield* store.authorize(grant({ name: "b" }), { code: code("b", { expiresAt: now + minute }) })
      const late = { hash: hash("a"), now: now + minute, issue: { accessToken: accessToken("late") } }
      assert.deepStrictEqual(yield* store.redeemCode(late), { _tag: "Expired" })
      const inTime = { hash: hash("b"), now: now + minute - 1, issue: {} }
      assert.deepStrictEqual(yield* store.redeemCode(inTime), { _tag: "Redeemed" })
      // Expired changed nothing.
      assert.isTrue(Option.isNone(yield* store.findAccessToken(hash("late"))))
      const found = Option.getOrThrow(yield* store.findCode(hash("a")))
      assert.strictEqual(found.redeemedAt, undefined)
      assert.strictEqual(found.grant.revokedAt, undefined)
    })
  )

  test(
    "Replayed: the grant is revoked, and nothing more is stored",
    Effect.gen(function* () {
      const store = yield* withCode
      yield* store.redeemCode({ ...redeem(now), issue: { accessToken: accessToken("first") } })
      const again = { ...redeem(now + 1), issue: { accessToken: accessToken("second") } }
      assert.deepStrictEqual(yield* store.redeemCode(again), replayed)
      assert.strictEqual(
        Option.getOrThrow(yield* store.findAccessToken(hash("first"))).grant.revokedAt,
        now + 1
      )
      assert.isTrue(Option.isNone(yield* store.findAccessToken(hash("second"))))
      // Again: the first time of redemption and of revocation stay.
      assert.deepStrictEqual(yield* store.redeemCode(redeem(now + 2)), replayed)
      const found = Option.getOrThrow(yield* store.findCode(hash("code")))
      assert.strictEqual(found.redeemedAt, now)
      assert.strictEqual(found.grant.revokedAt, now + 1)
    })
  )

  test(
    "Replayed although the code has expired since",
    Effect.gen(function* () {
      const store = yield* withCode
      yield* store.redeemCode(redeem(now))
      assert.deepStrictEqual(yield* store.redeemCode(redeem(now + 2 * minute)), replayed)
      const found = Option.getOrThrow(yield* store.findCode(hash("code")))
      assert.strictEqual(found.grant.revokedAt, now + 2 * minute)
    })
  )

  test(
    "Replayed although the grant is revoked already",
    Effect.gen(function* () {
      const store = yield* withCode
      yield* store.redeemCode(redeem(now))
      yield* store.revoke({ _tag: "Grant", id: GrantId("grant") }, now + 1)
      assert.deepStrictEqual(yield* store.redeemCode(redeem(now + 2)), replayed)
      assert.strictEqual(Option.getOrThrow(yield* store.findCode(hash("code"))).grant.revokedAt, now + 1)
    })
  )

  test(
    "Revoked: the grant was, before the code was used",
    Effect.gen(function* () {
      const store = yield* withCode
      yield* store.revoke({ _tag: "Grant", id: GrantId("grant") }, now)
      const issue = { accessToken: accessToken("access") }
      assert.deepStrictEqual(yield* store.redeemCode({ ...redeem(now + 1), issue }), { _tag: "Revoked" })
      assert.isTrue(Option.isNone(yield* store.findAccessToken(hash("access"))))
      assert.strictEqual(Option.getOrThrow(yield* store.findCode(hash("code"))).redeemedAt, undefined)
    })
  )

  test(
    "Revoked rather than Expired",
    Effect.gen(function* () {
      const store = yield* withCode
      yield* store.revoke({ _tag: "Grant", id: GrantId("grant") }, now)
      assert.deepStrictEqual(yield* store.redeemCode(redeem(now + 2 * minute)), { _tag: "Revoked" })
    })
  )

  test(
    "Unknown: nobody issued that code",
    Effect.gen(function* () {
      const store = yield* withCode
      assert.deepStrictEqual(yield* store.redeemCode({ hash: hash("other"), now, issue: {} }), {
        _tag: "Unknown"
      })
      assert.strictEqual(Option.getOrThrow(yield* store.findCode(hash("code"))).redeemedAt, undefined)
    })
  )

  test(
    "a redemption touches its own grant and no other of the same subject",
    Effect.gen(function* () {
      const store = yield* withCode
      yield* store.authorize(grant({ name: "other" }), { code: code("other") })
      yield* store.redeemCode(redeem(now))
      yield* store.redeemCode(redeem(now))
      const other = Option.getOrThrow(yield* store.findCode(hash("other")))
      assert.strictEqual(other.grant.revokedAt, undefined)
      assert.strictEqual(other.redeemedAt, undefined)
    })
  )

  test(
    "a code whose tokens cannot be stored is not spent",
    Effect.gen(function* () {
      const store = yield* withCode
      yield* store.authorize(grant({ name: "other" }), { accessToken: accessToken("taken") })
      const issue = { refreshFamily: family(), accessToken: accessToken("taken") }
      const error = yield* Effect.flip(store.redeemCode({ ...redeem(now), issue }))
      assert.strictEqual(error.operation, "GrantStore.redeemCode")
      assert.isTrue(Option.isNone(yield* store.findRefreshFamily(FamilyId("family"))))
      assert.deepStrictEqual(yield* store.redeemCode(redeem(now)), { _tag: "Redeemed" })
    })
  )
}
