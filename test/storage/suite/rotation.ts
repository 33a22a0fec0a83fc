import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { FamilyId, GrantId, GrantStore, type RotateOutcome } from "../../../src/storage/GrantStore.ts"
import * as GrantsOf from "../../../src/storage/GrantsOf.ts"
import {
  accessToken,
  day,
  family,
  grant,
  hash,
  now,
  rotation,
  scope,
  second,
  withFamily
} from "./Fixtures.ts"
import type { Test } from "./Suite.ts"

const reused: RotateOutcome = { _tag: "Reused", grantId: GrantId("grant") }
const graceReplay = (generation: number): RotateOutcome => ({
  _tag: "GraceReplay",
  currentHash: hash(`refresh ${generation}`),
  expiresAt: now + 60 * day
})

const findFamily = Effect.gen(function* () {
  const store = yield* GrantStore
  return Option.getOrThrow(yield* store.findRefreshFamily(FamilyId("family")))
})

const isStored = (token: string) =>
  Effect.gen(function* () {
    const store = yield* GrantStore
    return Option.isSome(yield* store.findAccessToken(hash(token)))
  })

export const rotationTests = (test: Test, rotations: number) => {
  test(
    "Rotated: the successor is current, and the access token is there",
    Effect.gen(function* () {
      const store = yield* withFamily
      assert.deepStrictEqual(yield* store.rotate(rotation(0, { now: now + 1 })), { _tag: "Rotated" })
      assert.deepStrictEqual(yield* findFamily, {
        ...family(),
        generation: 1,
        currentHash: hash("refresh 1"),
        expiresAt: now + 60 * day,
        grant: { ...grant(), revokedAt: undefined },
        previousHash: hash("refresh 0"),
        rotatedAt: now + 1,
        revokedAt: undefined
      })
      assert.deepStrictEqual(
        yield* store.findAccessToken(hash("access 0 first")),
        Option.some({
          ...accessToken("access 0 first"),
          grant: { ...grant(), revokedAt: undefined },
          revokedAt: undefined
        })
      )
      assert.isTrue(yield* isStored("access"))
    })
  )

  test(
    "Rotated until the moment of expiry, and Expired at it",
    Effect.gen(function* () {
      const store = yield* withFamily
      const { expiresAt } = family()
      assert.deepStrictEqual(yield* store.rotate(rotation(0, { now: expiresAt })), { _tag: "Expired" })
      assert.isFalse(yield* isStored("access 0 first"))
      assert.strictEqual((yield* findFamily).generation, 0)
      assert.deepStrictEqual(yield* store.rotate(rotation(0, { now: expiresAt - 1 })), { _tag: "Rotated" })
    })
  )

  test(
    "GraceReplay: the retries of one family are no other's",
    Effect.gen(function* () {
      const store = yield* withFamily
      const other = { id: FamilyId("other"), currentHash: hash("other 0") }
      yield* store.authorize(grant({ name: "other" }), { refreshFamily: family(other) })
      const ofOther = (attempt: string) =>
        rotation(0, {
          attempt,
          family: other.id,
          presented: { hash: other.currentHash, generation: 0 },
          next: { hash: hash("other 1"), expiresAt: now + 60 * day },
          grace: { window: 30 * second, maximumReplays: 1 }
        })
      yield* store.rotate(rotation(0))
      yield* store.rotate(ofOther("of the other"))
      assert.deepStrictEqual(yield* store.rotate(rotation(0, { attempt: "second" })), graceReplay(1))
      assert.strictEqual((yield* store.rotate(ofOther("again")))._tag, "GraceReplay")
    })
  )

  test(
    "GraceReplay: a retry gets the successor of the first try, and an access token of its own",
    Effect.gen(function* () {
      const store = yield* withFamily
      yield* store.rotate(rotation(0))
      const before = yield* findFamily
      const retry = rotation(0, { attempt: "retry", now: now + 30 * second })
      assert.deepStrictEqual(yield* store.rotate(retry), graceReplay(1))
      assert.isTrue(yield* isStored("access 0 first"))
      assert.isTrue(yield* isStored("access 0 retry"))
      assert.deepStrictEqual(yield* findFamily, before)
      assert.deepStrictEqual(yield* store.rotate(rotation(1)), { _tag: "Rotated" })
    })
  )

  test(
    "GraceReplay tells the successor of the first try, whatever the retry computed",
    Effect.gen(function* () {
      const store = yield* withFamily
      yield* store.rotate(rotation(0))
      const next = { hash: hash("another"), expiresAt: now + 90 * day }
      assert.deepStrictEqual(yield* store.rotate(rotation(0, { attempt: "retry", next })), graceReplay(1))
    })
  )

  test(
    "GraceRefused for another scope, even one that differs in order only; nothing changes",
    Effect.gen(function* () {
      const store = yield* withFamily
      const both = accessToken("both", { scope: scope("read", "write") })
      yield* store.rotate(rotation(0, { accessToken: both }))
      for (const other of [scope("read"), scope("write", "read"), scope()]) {
        const retry = rotation(0, { accessToken: accessToken("retry", { scope: other }) })
        assert.deepStrictEqual(yield* store.rotate(retry), { _tag: "GraceRefused", reason: "scope" })
      }
      assert.isFalse(yield* isStored("retry"))
      assert.strictEqual((yield* findFamily).grant.revokedAt, undefined)
      const same = rotation(0, { accessToken: accessToken("retry", { scope: scope("read", "write") }) })
      assert.deepStrictEqual(yield* store.rotate(same), graceReplay(1))
    })
  )

  test(
    "GraceRefused after so many retries; the next generation may be retried as often again",
    Effect.gen(function* () {
      const store = yield* withFamily
      for (const generation of [0, 1]) {
        yield* store.rotate(rotation(generation))
        for (const attempt of ["1", "2", "3"]) {
          assert.deepStrictEqual(
            yield* store.rotate(rotation(generation, { attempt })),
            graceReplay(generation + 1)
          )
        }
        const oneMore = rotation(generation, { attempt: "4" })
        assert.deepStrictEqual(yield* store.rotate(oneMore), { _tag: "GraceRefused", reason: "replays" })
        assert.isFalse(yield* isStored(`access ${generation} 4`))
      }
      assert.strictEqual((yield* findFamily).grant.revokedAt, undefined)
    })
  )

  test(
    "Reused: the parent after the grace window; the family, its grant and its tokens are dead",
    Effect.gen(function* () {
      const store = yield* withFamily
      yield* store.rotate(rotation(0))
      const at = now + 30 * second + 1
      assert.deepStrictEqual(yield* store.rotate(rotation(0, { attempt: "thief", now: at })), reused)
      const dead = yield* findFamily
      assert.strictEqual(dead.revokedAt, at)
      assert.strictEqual(dead.grant.revokedAt, at)
      assert.strictEqual(dead.currentHash, hash("refresh 1"))
      assert.isFalse(yield* isStored("access 0 thief"))
      const token = Option.getOrThrow(yield* store.findAccessToken(hash("access 0 first")))
      assert.strictEqual(token.grant.revokedAt, at)
      assert.deepStrictEqual(yield* store.rotate(rotation(1, { now: at })), { _tag: "Revoked" })
    })
  )

  test(
    "Reused: the parent at once, where there is no grace",
    Effect.gen(function* () {
      const store = yield* withFamily
      const grace = { window: 0, maximumReplays: 3 }
      yield* store.rotate(rotation(0, { grace }))
      assert.deepStrictEqual(yield* store.rotate(rotation(0, { grace, attempt: "again" })), reused)
    })
  )

  test(
    "Reused: an older generation, however soon",
    Effect.gen(function* () {
      const store = yield* withFamily
      yield* store.rotate(rotation(0))
      yield* store.rotate(rotation(1))
      assert.deepStrictEqual(yield* store.rotate(rotation(0, { attempt: "again" })), reused)
      assert.strictEqual((yield* findFamily).revokedAt, now)
    })
  )

  test(
    "Reused touches its own grant and no other of the same subject",
    Effect.gen(function* () {
      const store = yield* withFamily
      const otherId = FamilyId("other")
      yield* store.authorize(grant({ name: "other" }), { refreshFamily: family({ id: otherId }) })
      const grace = { window: 0, maximumReplays: 0 }
      yield* store.rotate(rotation(0, { grace }))
      yield* store.rotate(rotation(0, { grace, attempt: "again" }))
      const other = Option.getOrThrow(yield* store.findRefreshFamily(otherId))
      assert.strictEqual(other.revokedAt, undefined)
      assert.strictEqual(other.grant.revokedAt, undefined)
      assert.strictEqual(other.generation, 0)
    })
  )

  test(
    "Revoked rather than Expired, Reused or GraceReplay; nothing changes",
    Effect.gen(function* () {
      const store = yield* withFamily
      yield* store.rotate(rotation(0))
      yield* store.revoke({ _tag: "Grant", id: GrantId("grant") }, now + 1)
      for (const [generation, at] of [
        [0, now + 2],
        [1, now + 2],
        [1, now + 90 * day]
      ] as const) {
        const outcome = yield* store.rotate(rotation(generation, { now: at, attempt: "again" }))
        assert.deepStrictEqual(outcome, { _tag: "Revoked" })
      }
      const revoked = yield* findFamily
      assert.strictEqual(revoked.grant.revokedAt, now + 1)
      assert.strictEqual(revoked.generation, 1)
      assert.isFalse(yield* isStored("access 1 again"))
    })
  )

  test(
    "Expired rather than Reused or GraceReplay; nothing changes",
    Effect.gen(function* () {
      const store = yield* withFamily
      const soon = { hash: hash("refresh 1"), expiresAt: now + 10 }
      yield* store.rotate(rotation(0, { next: soon }))
      const retry = rotation(0, { now: now + 10, attempt: "again" })
      assert.deepStrictEqual(yield* store.rotate(retry), { _tag: "Expired" })
      assert.strictEqual((yield* findFamily).grant.revokedAt, undefined)
      assert.isFalse(yield* isStored("access 0 again"))
    })
  )

  test(
    "Unknown: no such family, or a token that it never issued; nothing changes",
    Effect.gen(function* () {
      const store = yield* withFamily
      yield* store.rotate(rotation(0))
      const before = yield* findFamily
      assert.deepStrictEqual(yield* store.rotate(rotation(1, { family: FamilyId("other") })), {
        _tag: "Unknown"
      })
      for (const generation of [1, 2]) {
        const presented = { hash: hash("made up"), generation }
        assert.deepStrictEqual(yield* store.rotate(rotation(1, { presented })), { _tag: "Unknown" })
      }
      assert.deepStrictEqual(yield* findFamily, before)
      assert.isFalse(yield* isStored("access 1 first"))
    })
  )

  test(
    "a rotation whose access token cannot be stored has not happened",
    Effect.gen(function* () {
      const store = yield* withFamily
      const error = yield* Effect.flip(store.rotate(rotation(0, { accessToken: accessToken("access") })))
      assert.strictEqual(error.operation, "GrantStore.rotate")
      assert.strictEqual((yield* findFamily).generation, 0)
      assert.deepStrictEqual(yield* store.rotate(rotation(0)), { _tag: "Rotated" })
    })
  )

  test(
    `${rotations} rotations later there is one family, and the first token is still known as reused`,
    Effect.gen(function* () {
      const store = yield* withFamily
      for (let generation = 0; generation < rotations; generation++) {
        const outcome = yield* store.rotate(rotation(generation))
        if (outcome._tag !== "Rotated") assert.fail(`${outcome._tag} at generation ${generation}`)
      }
      const last = yield* findFamily
      assert.strictEqual(last.generation, rotations)
      assert.strictEqual(last.currentHash, hash(`refresh ${rotations}`))
      // Sweeping at the end of days counts the rows there were.
      assert.deepStrictEqual(yield* store.rotate(rotation(0, { attempt: "thief" })), reused)
      const swept = yield* store.sweep({ now: now + 100 * day, limit: 10 * rotations })
      assert.deepStrictEqual(swept, { accessTokens: rotations + 1, refreshFamilies: 1, codes: 0, grants: 1 })
      assert.deepStrictEqual(yield* Stream.runCollect(GrantsOf.subject("alice")), [])
    })
  )
}
