import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { FlowStore } from "../../../src/storage/FlowStore.ts"
import { FamilyId, GrantId, GrantStore } from "../../../src/storage/GrantStore.ts"
import * as GrantsOf from "../../../src/storage/GrantsOf.ts"
import { KeyStore } from "../../../src/storage/KeyStore.ts"
import { SessionStore } from "../../../src/storage/SessionStore.ts"
import { accessToken, code, day, family, grant, hash, key, minute, now, rotation } from "./Fixtures.ts"
import type { Test } from "./Suite.ts"

const expiring = (at: number) => ({ expiresAt: at })
const nothing = { accessTokens: 0, refreshFamilies: 0, codes: 0, grants: 0 }
const grantIds = Effect.gen(function* () {
  const grants = yield* Stream.runCollect(GrantsOf.subject("alice"))
  return grants.map(({ id }) => String(id))
})

export const sweepTests = (test: Test) => {
  test(
    "deletes what has expired at its moment, and not a millisecond before",
    Effect.gen(function* () {
      const store = yield* GrantStore
      yield* store.authorize(grant({ name: "a" }), { code: code("code", expiring(now + 1)) })
      yield* store.authorize(grant({ name: "b" }), { accessToken: accessToken("access", expiring(now + 1)) })
      yield* store.authorize(grant({ name: "c" }), { refreshFamily: family(expiring(now + 1)) })
      assert.deepStrictEqual(yield* store.sweep({ now, limit: 100 }), nothing)
      assert.deepStrictEqual(yield* grantIds, ["a", "b", "c"])
      assert.deepStrictEqual(yield* store.sweep({ now: now + 1, limit: 100 }), {
        accessTokens: 1,
        refreshFamilies: 1,
        codes: 1,
        grants: 3
      })
      assert.isTrue(Option.isNone(yield* store.findCode(hash("code"))))
      assert.isTrue(Option.isNone(yield* store.findAccessToken(hash("access"))))
      assert.isTrue(Option.isNone(yield* store.findRefreshFamily(FamilyId("family"))))
      assert.deepStrictEqual(yield* grantIds, [])
      assert.deepStrictEqual(yield* store.sweep({ now: now + 1, limit: 100 }), nothing)
    })
  )

  test(
    "a grant that is due stays while something under it has to wait for the next sweep",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const request = { now: now + 10, limit: 1 }
      const late = (name: string) => accessToken(name, expiring(now + 3))
      const sweepAll = Effect.forEach([1, 2, 3], () => store.sweep(request))
      // The first family to go is under the grant that is due last.
      const one = family({ id: FamilyId("one"), ...expiring(now + 1) })
      const other = family({ id: FamilyId("other"), ...expiring(now + 2) })
      yield* store.authorize(grant({ name: "a" }), { refreshFamily: one, accessToken: late("of a") })
      yield* store.authorize(grant({ name: "b" }), { refreshFamily: other })
      assert.strictEqual((yield* store.sweep(request)).refreshFamilies, 1)
      assert.isTrue(Option.isSome(yield* store.findRefreshFamily(FamilyId("other"))))
      assert.include(yield* grantIds, "b")
      yield* sweepAll
      assert.deepStrictEqual(yield* grantIds, [])
      // And so is the first code.
      const code1 = code("one", expiring(now + 1))
      yield* store.authorize(grant({ name: "c" }), { code: code1, accessToken: late("of c") })
      yield* store.authorize(grant({ name: "d" }), { code: code("other", expiring(now + 2)) })
      assert.strictEqual((yield* store.sweep(request)).codes, 1)
      assert.isTrue(Option.isSome(yield* store.findCode(hash("other"))))
      assert.include(yield* grantIds, "d")
      yield* sweepAll
      assert.deepStrictEqual(yield* grantIds, [])
    })
  )

  test(
    "what is issued under a grant makes no other live longer",
    Effect.gen(function* () {
      const store = yield* GrantStore
      yield* store.authorize(grant({ name: "a" }), { accessToken: accessToken("of a", expiring(now + 1)) })
      yield* store.authorize(grant({ name: "b" }), { refreshFamily: family() })
      yield* store.rotate(rotation(0))
      const swept = { ...nothing, accessTokens: 1, grants: 1 }
      assert.deepStrictEqual(yield* store.sweep({ now: now + 1, limit: 10 }), swept)
      assert.deepStrictEqual(yield* grantIds, ["b"])
    })
  )

  test(
    "a grant lives as long as anything under it, and its used code with it",
    Effect.gen(function* () {
      const store = yield* GrantStore
      yield* store.authorize(grant(), { code: code("code", expiring(now + minute)) })
      const issue = {
        accessToken: accessToken("access", expiring(now + 10 * minute)),
        refreshFamily: family(expiring(now + day))
      }
      yield* store.redeemCode({ hash: hash("code"), now, issue })
      const next = { hash: hash("refresh 1"), expiresAt: now + 2 * day }
      const token = accessToken("second", expiring(now + 5 * minute))
      yield* store.rotate(rotation(0, { next, accessToken: token }))

      const half = { now: now + day, limit: 100 }
      assert.deepStrictEqual(yield* store.sweep(half), { ...nothing, accessTokens: 2 })
      assert.isTrue(Option.isSome(yield* store.findRefreshFamily(FamilyId("family"))))
      // Replay is still recognised, and stops the family.
      const replay = yield* store.redeemCode({ hash: hash("code"), now: now + day, issue: {} })
      assert.deepStrictEqual(replay, { _tag: "Replayed", grantId: GrantId("grant") })
      // A revoked family is kept until it expires.
      assert.deepStrictEqual(yield* store.sweep(half), nothing)
      const end = { now: now + 2 * day, limit: 100 }
      assert.deepStrictEqual(yield* store.sweep(end), { ...nothing, refreshFamilies: 1, grants: 1 })
      assert.isTrue(Option.isNone(yield* store.findCode(hash("code"))))
      assert.deepStrictEqual(yield* grantIds, [])
    })
  )

  test(
    "a used code keeps its grant until it would have expired",
    Effect.gen(function* () {
      const store = yield* GrantStore
      yield* store.authorize(grant(), { code: code("code", expiring(now + minute)) })
      yield* store.redeemCode({
        hash: hash("code"),
        now,
        issue: { accessToken: accessToken("a", expiring(now + 1)) }
      })
      assert.deepStrictEqual(yield* store.sweep({ now: now + 1, limit: 9 }), { ...nothing, accessTokens: 1 })
      assert.deepStrictEqual(yield* grantIds, ["grant"])
      assert.deepStrictEqual(yield* store.sweep({ now: now + minute, limit: 9 }), { ...nothing, grants: 1 })
      assert.isTrue(Option.isNone(yield* store.findCode(hash("code"))))
    })
  )

  test(
    "a grant under which nothing was issued goes at once",
    Effect.gen(function* () {
      const store = yield* GrantStore
      yield* store.authorize(grant(), {})
      assert.deepStrictEqual(yield* store.sweep({ now, limit: 9 }), { ...nothing, grants: 1 })
      assert.deepStrictEqual(yield* Stream.runCollect(GrantsOf.client(grant().clientId)), [])
      assert.strictEqual(yield* store.revoke({ _tag: "Grant", id: grant().id }, now), "Unknown")
    })
  )

  test(
    "a live grant next to expired ones, of the same subject and client, keeps all it has",
    Effect.gen(function* () {
      const store = yield* GrantStore
      yield* store.authorize(grant({ name: "live" }), {
        code: code("live", expiring(now + day)),
        accessToken: accessToken("live", expiring(now + day)),
        refreshFamily: family(expiring(now + day))
      })
      yield* store.authorize(grant({ name: "dead" }), {
        code: code("dead", expiring(now)),
        accessToken: accessToken("dead", expiring(now)),
        refreshFamily: family({ id: FamilyId("dead"), ...expiring(now) })
      })
      assert.deepStrictEqual(yield* store.sweep({ now, limit: 100 }), {
        accessTokens: 1,
        refreshFamilies: 1,
        codes: 1,
        grants: 1
      })
      assert.deepStrictEqual(yield* grantIds, ["live"])
      assert.isTrue(Option.isSome(yield* store.findCode(hash("live"))))
      assert.isTrue(Option.isSome(yield* store.findAccessToken(hash("live"))))
      assert.isTrue(Option.isSome(yield* store.findRefreshFamily(FamilyId("family"))))
    })
  )

  test(
    "deletes at most so many of each kind, those that expired first",
    Effect.gen(function* () {
      const store = yield* GrantStore
      for (const number of [4, 1, 3, 2, 5]) {
        yield* store.authorize(grant({ name: `g${number}` }), {
          accessToken: accessToken(`access ${number}`, expiring(now + number)),
          code: code(`code ${number}`, expiring(now + number))
        })
      }
      const request = { now: now + 4, limit: 3 }
      assert.deepStrictEqual(yield* store.sweep(request), {
        ...nothing,
        accessTokens: 3,
        codes: 3,
        grants: 3
      })
      assert.isTrue(Option.isNone(yield* store.findAccessToken(hash("access 3"))))
      assert.isTrue(Option.isSome(yield* store.findAccessToken(hash("access 4"))))
      assert.deepStrictEqual(yield* grantIds, ["g4", "g5"])
      assert.deepStrictEqual(yield* store.sweep(request), {
        ...nothing,
        accessTokens: 1,
        codes: 1,
        grants: 1
      })
      assert.deepStrictEqual(yield* grantIds, ["g5"])
    })
  )

  test(
    "a grant waits for all that was issued under it, and keeps its used code so long",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const soon = expiring(now + 1)
      yield* store.authorize(grant(), { code: code("code", soon) })
      yield* store.redeemCode({
        hash: hash("code"),
        now,
        issue: { accessToken: accessToken("first", soon), refreshFamily: family(soon) }
      })
      const next = { hash: hash("refresh 1"), ...soon }
      for (const attempt of ["second", "third"]) {
        yield* store.rotate(rotation(0, { next, accessToken: accessToken(attempt, soon) }))
      }
      const request = { now: now + 1, limit: 2 }
      const first = yield* store.sweep(request)
      assert.deepStrictEqual(first, { ...nothing, accessTokens: 2, refreshFamilies: 1 })
      assert.deepStrictEqual(yield* grantIds, ["grant"])
      assert.isTrue(Option.isSome(yield* store.findCode(hash("code"))))
      assert.deepStrictEqual(yield* store.sweep(request), { ...nothing, accessTokens: 1, grants: 1 })
      assert.isTrue(Option.isNone(yield* store.findCode(hash("code"))))
    })
  )

  test(
    "live grants, however they got their tokens, do not stand in the way of an expired one",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const soon = expiring(now + 1)
      const later = (name: string) => accessToken(name, expiring(now + day))
      const next = { hash: hash("refresh 1"), ...soon }
      yield* store.authorize(grant({ name: "redeemed" }), { code: code("code", soon) })
      yield* store.redeemCode({ hash: hash("code"), now, issue: { accessToken: later("redeemed") } })
      for (const name of ["rotated", "replayed"]) {
        const id = FamilyId(name)
        yield* store.authorize(grant({ name }), { refreshFamily: family({ id, ...soon }) })
        const first = name === "rotated" ? later(name) : accessToken("replayed at first", soon)
        yield* store.rotate(rotation(0, { family: id, next, accessToken: first }))
      }
      yield* store.rotate(rotation(0, { family: FamilyId("replayed"), next, accessToken: later("replayed") }))
      yield* store.authorize(grant({ name: "expired" }), { code: code("other", expiring(now + 2)) })

      const swept = yield* store.sweep({ now: now + 2, limit: 9 })
      assert.deepStrictEqual(swept, { accessTokens: 1, refreshFamilies: 2, codes: 1, grants: 1 })
      yield* store.authorize(grant({ name: "next" }), { code: code("next", expiring(now + 3)) })
      const one = yield* store.sweep({ now: now + 3, limit: 1 })
      assert.deepStrictEqual(one, { ...nothing, codes: 1, grants: 1 })
      assert.deepStrictEqual(yield* grantIds, ["redeemed", "replayed", "rotated"])
    })
  )

  test(
    "expired flows, used or not",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const flow = (name: string, at: number) => ({ kind: "par", key: hash(name), value: "", expiresAt: at })
      for (const name of ["a", "b", "c"]) yield* store.create(flow(name, now + minute), now)
      yield* store.create(flow("live", now + day), now)
      yield* store.consume(flow("a", 0), now)
      assert.deepStrictEqual(yield* store.sweep({ now: now + minute - 1, limit: 9 }), { flows: 0 })
      assert.deepStrictEqual(yield* store.sweep({ now: now + minute, limit: 2 }), { flows: 2 })
      assert.deepStrictEqual(yield* store.sweep({ now: now + minute, limit: 2 }), { flows: 1 })
      assert.deepStrictEqual(yield* store.find(flow("a", 0), now), { _tag: "Unknown" })
      assert.deepStrictEqual(yield* store.find(flow("b", 0), now), { _tag: "Unknown" })
      assert.strictEqual((yield* store.find(flow("live", 0), now))._tag, "Found")
    })
  )

  test(
    "expired sessions, ended or not, and no consent",
    Effect.gen(function* () {
      const store = yield* SessionStore
      const session = (name: string, at: number) => ({
        hash: hash(name),
        subject: "alice",
        authenticatedAt: now,
        expiresAt: at
      })
      for (const name of ["a", "b", "c"]) yield* store.start(session(name, now + minute))
      yield* store.start(session("live", now + day))
      yield* store.end(hash("a"), now)
      yield* store.end(hash("live"), now)
      yield* store.remember({ ...grant(), subject: "alice", grantedAt: 0 })
      assert.deepStrictEqual(yield* store.sweep({ now: now + minute - 1, limit: 9 }), { sessions: 0 })
      assert.deepStrictEqual(yield* store.sweep({ now: now + minute, limit: 2 }), { sessions: 2 })
      assert.deepStrictEqual(yield* store.sweep({ now: now + minute, limit: 2 }), { sessions: 1 })
      assert.isTrue(Option.isNone(yield* store.find(hash("a"))))
      assert.isTrue(Option.isSome(yield* store.find(hash("live"))))
      assert.strictEqual(yield* store.endAll("alice", now), 0)
      assert.isTrue(Option.isSome(yield* store.findConsent("alice", grant().clientId)))
    })
  )

  test(
    "expired keys",
    Effect.gen(function* () {
      const store = yield* KeyStore
      yield* store.add(key("first", expiring(now + 1)), undefined)
      yield* store.add(key("second", expiring(now + 2)), "first")
      yield* store.add(key("third", expiring(now + 3)), "second")
      assert.deepStrictEqual(yield* store.sweep({ now, limit: 9 }), { keys: 0 })
      assert.deepStrictEqual(yield* store.sweep({ now: now + 2, limit: 1 }), { keys: 1 })
      assert.deepStrictEqual(yield* store.sweep({ now: now + 2, limit: 9 }), { keys: 1 })
      assert.deepStrictEqual(
        (yield* store.list(0)).map(({ id }) => id),
        ["third"]
      )
    })
  )
}
