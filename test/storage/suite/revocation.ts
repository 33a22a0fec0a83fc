import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { FamilyId, GrantId, GrantStore, type RevokeTarget } from "../../../src/storage/GrantStore.ts"
import { accessToken, code, family, grant, hash, now, rotation } from "./Fixtures.ts"
import type { Test } from "./Suite.ts"

const token = (name: string): RevokeTarget => ({ _tag: "AccessToken", hash: hash(name) })
const theFamily: RevokeTarget = { _tag: "RefreshFamily", id: FamilyId("family") }
const theGrant: RevokeTarget = { _tag: "Grant", id: GrantId("grant") }

const withEverything = Effect.gen(function* () {
  const store = yield* GrantStore
  yield* store.authorize(grant(), {
    code: code("code"),
    accessToken: accessToken("access"),
    refreshFamily: family()
  })
  yield* store.authorize(grant({ name: "other" }), { accessToken: accessToken("of other") })
  return store
})

export const revocationTests = (test: Test) => {
  test(
    "an access token alone: its grant, and the others under it, stay",
    Effect.gen(function* () {
      const store = yield* withEverything
      yield* store.rotate(rotation(0))
      assert.strictEqual(yield* store.revoke(token("access"), now + 1), "Revoked")
      const revoked = Option.getOrThrow(yield* store.findAccessToken(hash("access")))
      assert.strictEqual(revoked.revokedAt, now + 1)
      assert.strictEqual(revoked.expiresAt, accessToken("access").expiresAt)
      assert.strictEqual(revoked.grant.revokedAt, undefined)
      const other = Option.getOrThrow(yield* store.findAccessToken(hash("access 0 first")))
      assert.strictEqual(other.revokedAt, undefined)
      assert.deepStrictEqual(yield* store.rotate(rotation(1)), { _tag: "Rotated" })
    })
  )

  test(
    "a refresh family takes its grant along",
    Effect.gen(function* () {
      const store = yield* withEverything
      assert.strictEqual(yield* store.revoke(theFamily, now + 1), "Revoked")
      const revoked = Option.getOrThrow(yield* store.findRefreshFamily(FamilyId("family")))
      assert.strictEqual(revoked.revokedAt, now + 1)
      assert.strictEqual(revoked.grant.revokedAt, now + 1)
      assert.strictEqual(
        Option.getOrThrow(yield* store.findAccessToken(hash("access"))).grant.revokedAt,
        now + 1
      )
    })
  )

  test(
    "a grant stops everything under it, and nothing else",
    Effect.gen(function* () {
      const store = yield* withEverything
      assert.strictEqual(yield* store.revoke(theGrant, now + 1), "Revoked")
      assert.strictEqual(
        Option.getOrThrow(yield* store.findAccessToken(hash("access"))).grant.revokedAt,
        now + 1
      )
      const stopped = Option.getOrThrow(yield* store.findRefreshFamily(FamilyId("family")))
      assert.strictEqual(stopped.grant.revokedAt, now + 1)
      assert.deepStrictEqual(yield* store.rotate(rotation(0)), { _tag: "Revoked" })
      const redeemed = yield* store.redeemCode({ hash: hash("code"), now, issue: {} })
      assert.deepStrictEqual(redeemed, { _tag: "Revoked" })
      assert.strictEqual(
        Option.getOrThrow(yield* store.findAccessToken(hash("of other"))).grant.revokedAt,
        undefined
      )
    })
  )

  for (const [name, target] of [
    ["an access token", token("access")],
    ["a refresh family", theFamily],
    ["a grant", theGrant]
  ] as const) {
    test(
      `AlreadyRevoked: ${name}, which keeps its first time`,
      Effect.gen(function* () {
        const store = yield* withEverything
        assert.strictEqual(yield* store.revoke(target, now + 1), "Revoked")
        assert.strictEqual(yield* store.revoke(target, now + 2), "AlreadyRevoked")
        const access = Option.getOrThrow(yield* store.findAccessToken(hash("access")))
        const refresh = Option.getOrThrow(yield* store.findRefreshFamily(FamilyId("family")))
        const times = [access.revokedAt, access.grant.revokedAt, refresh.revokedAt]
        assert.deepStrictEqual(
          times.filter((time) => time !== undefined && time !== now + 1),
          []
        )
      })
    )

    test(
      `AlreadyRevoked: ${name} that went with its grant`,
      Effect.gen(function* () {
        const store = yield* withEverything
        yield* store.revoke(theGrant, now + 1)
        assert.strictEqual(yield* store.revoke(target, now + 2), "AlreadyRevoked")
        assert.strictEqual(
          Option.getOrThrow(yield* store.findAccessToken(hash("access"))).grant.revokedAt,
          now + 1
        )
      })
    )
  }

  test(
    "Unknown: nobody issued it, whatever else has been revoked",
    Effect.gen(function* () {
      const store = yield* withEverything
      yield* store.revoke(token("of other"), now)
      yield* store.revoke({ _tag: "Grant", id: GrantId("other") }, now)
      assert.strictEqual(yield* store.revoke(token("code"), now), "Unknown")
      assert.strictEqual(
        yield* store.revoke({ _tag: "RefreshFamily", id: FamilyId("grant") }, now),
        "Unknown"
      )
      assert.strictEqual(yield* store.revoke({ _tag: "Grant", id: GrantId("family") }, now), "Unknown")
    })
  )

  test(
    "what has expired can be revoked",
    Effect.gen(function* () {
      const store = yield* withEverything
      const late = accessToken("access").expiresAt + 1
      assert.strictEqual(yield* store.revoke(token("access"), late), "Revoked")
    })
  )
}
