import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { FlowStore } from "../../../src/storage/FlowStore.ts"
import { FamilyId, GrantId, GrantStore } from "../../../src/storage/GrantStore.ts"
import { KeyStore } from "../../../src/storage/KeyStore.ts"
import { accessToken, hash, key, minute, now, rotation, withCode, withFamily } from "./Fixtures.ts"
import type { Test } from "./Suite.ts"

const fifty = Array.from({ length: 50 }, (_, index) => index)

/** Fifty at once, and how often each outcome came. */
const race = Effect.fnUntraced(function* <E, R>(
  contender: (index: number) => Effect.Effect<string | { readonly _tag: string }, E, R>
) {
  const outcomes = yield* Effect.forEach(fifty, contender, { concurrency: "unbounded" })
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) {
    const name = typeof outcome === "string" ? outcome : outcome._tag
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
})

const storedTokens = Effect.fnUntraced(function* (name: (index: number) => string) {
  const store = yield* GrantStore
  const found = yield* Effect.forEach(fifty, (index) => store.findAccessToken(hash(name(index))))
  return found.filter(Option.isSome).length
})

export const raceTests = (test: Test) => {
  test(
    "fifty redeem one code: one gets it, and its grant ends revoked",
    Effect.gen(function* () {
      const store = yield* withCode
      const counts = yield* race((index) =>
        store.redeemCode({ hash: hash("code"), now, issue: { accessToken: accessToken(`access ${index}`) } })
      )
      assert.deepStrictEqual(counts, { Redeemed: 1, Replayed: 49 })
      assert.strictEqual(yield* storedTokens((index) => `access ${index}`), 1)
      assert.strictEqual(Option.getOrThrow(yield* store.findCode(hash("code"))).grant.revokedAt, now)
    })
  )

  test(
    "fifty rotate one token within the grace window: one successor, and everybody is served",
    Effect.gen(function* () {
      const store = yield* withFamily
      const grace = { window: minute, maximumReplays: 49 }
      const counts = yield* race((index) => store.rotate(rotation(0, { attempt: `${index}`, grace })))
      assert.deepStrictEqual(counts, { Rotated: 1, GraceReplay: 49 })
      assert.strictEqual(yield* storedTokens((index) => `access 0 ${index}`), 50)
      const after = Option.getOrThrow(yield* store.findRefreshFamily(FamilyId("family")))
      assert.strictEqual(after.generation, 1)
      assert.strictEqual(after.currentHash, hash("refresh 1"))
      const again = rotation(0, { attempt: "one more", grace })
      assert.deepStrictEqual(yield* store.rotate(again), { _tag: "GraceRefused", reason: "replays" })
    })
  )

  test(
    "fifty rotate one token of which ten may be retried: no more than ten are",
    Effect.gen(function* () {
      const store = yield* withFamily
      const grace = { window: minute, maximumReplays: 10 }
      const counts = yield* race((index) => store.rotate(rotation(0, { attempt: `${index}`, grace })))
      assert.deepStrictEqual(counts, { Rotated: 1, GraceReplay: 10, GraceRefused: 39 })
      assert.strictEqual(yield* storedTokens((index) => `access 0 ${index}`), 11)
    })
  )

  test(
    "fifty rotate one token without grace: one gets the successor, and the family is dead",
    Effect.gen(function* () {
      const store = yield* withFamily
      const grace = { window: 0, maximumReplays: 0 }
      const counts = yield* race((index) => store.rotate(rotation(0, { attempt: `${index}`, grace })))
      assert.deepStrictEqual(counts, { Rotated: 1, Reused: 1, Revoked: 48 })
      assert.strictEqual(yield* storedTokens((index) => `access 0 ${index}`), 1)
      const dead = Option.getOrThrow(yield* store.findRefreshFamily(FamilyId("family")))
      assert.strictEqual(dead.revokedAt, now)
      assert.strictEqual(dead.grant.revokedAt, now)
    })
  )

  test(
    "rotations, retries and revocations of one family at once: when all is done, it is dead",
    Effect.gen(function* () {
      const store = yield* withFamily
      const grace = { window: minute, maximumReplays: 50 }
      const counts = yield* race((index) =>
        index % 10 === 9
          ? store.revoke({ _tag: "Grant", id: GrantId("grant") }, now + index)
          : store.rotate(rotation(0, { attempt: `${index}`, grace }))
      )
      assert.strictEqual(counts.Reused, undefined)
      assert.deepStrictEqual(yield* store.rotate(rotation(1)), { _tag: "Revoked" })
      assert.deepStrictEqual(yield* store.rotate(rotation(0)), { _tag: "Revoked" })
    })
  )

  test(
    "fifty revoke one grant: one does",
    Effect.gen(function* () {
      const store = yield* withFamily
      const counts = yield* race((index) =>
        store.revoke({ _tag: "Grant", id: GrantId("grant") }, now + index)
      )
      assert.deepStrictEqual(counts, { Revoked: 1, AlreadyRevoked: 49 })
    })
  )

  test(
    "fifty revoke one family: one does",
    Effect.gen(function* () {
      const store = yield* withFamily
      const target = { _tag: "RefreshFamily", id: FamilyId("family") } as const
      const counts = yield* race((index) => store.revoke(target, now + index))
      assert.deepStrictEqual(counts, { Revoked: 1, AlreadyRevoked: 49 })
    })
  )

  test(
    "fifty sweep while a family is rotated: it lives on, with its grant",
    Effect.gen(function* () {
      const store = yield* withFamily
      // By the clock of those who sweep, the family has expired; by that of who rotates it, it is about to.
      const { expiresAt } = Option.getOrThrow(yield* store.findRefreshFamily(FamilyId("family")))
      const next = { hash: hash("refresh 1"), expiresAt: expiresAt + minute }
      const token = accessToken("rotated", { expiresAt: expiresAt + minute })
      const counts = yield* race((index) =>
        index === 0
          ? store.rotate(rotation(0, { now: expiresAt - 1, next, accessToken: token }))
          : Effect.as(store.sweep({ now: expiresAt, limit: 10 }), "Swept")
      )
      const family = yield* store.findRefreshFamily(FamilyId("family"))
      const access = yield* store.findAccessToken(hash("rotated"))
      if (counts.Rotated === 1) {
        assert.isTrue(Option.isSome(family) && Option.isSome(access))
      } else {
        assert.deepStrictEqual(counts, { Unknown: 1, Swept: 49 })
        assert.isTrue(Option.isNone(family) && Option.isNone(access))
      }
    })
  )

  test(
    "fifty create one flow: one does, and so when it has expired",
    Effect.gen(function* () {
      const store = yield* FlowStore
      for (const at of [now, now + minute]) {
        const counts = yield* race((index) =>
          store.create({ kind: "jti", key: hash("jti"), value: `${index}`, expiresAt: at + minute }, at)
        )
        assert.deepStrictEqual(counts, { Created: 1, Taken: 49 })
      }
    })
  )

  test(
    "fifty consume one flow: one does",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const flow = { kind: "device", key: hash("flow") }
      yield* store.create({ ...flow, value: "", expiresAt: now + minute }, now)
      const counts = yield* race(() => store.consume(flow, now))
      assert.deepStrictEqual(counts, { Consumed: 1, AlreadyConsumed: 49 })
    })
  )

  test(
    "fifty move one flow from the same state: one does",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const flow = { kind: "device", key: hash("flow") }
      yield* store.create({ ...flow, value: "pending", expiresAt: now + minute }, now)
      const counts = yield* race((index) => store.replace(flow, { from: "pending", to: `${index}`, now }))
      assert.deepStrictEqual(counts, { Replaced: 1, Conflict: 49 })
    })
  )

  test(
    "fifty rotate the signing key: one does",
    Effect.gen(function* () {
      const store = yield* KeyStore
      const first = yield* race((index) => store.add(key(`first ${index}`), undefined))
      assert.deepStrictEqual(first, { Added: 1, Superseded: 49 })
      const [current] = yield* store.list(now)
      const second = yield* race((index) => store.add(key(`second ${index}`), current?.id))
      assert.deepStrictEqual(second, { Added: 1, Superseded: 49 })
      assert.lengthOf(yield* store.list(now), 2)
    })
  )
}
