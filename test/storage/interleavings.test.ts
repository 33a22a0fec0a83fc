/**
 * A verb is a statement that decides, and when it hit nothing, another that tells why. What somebody else stores
 * between the two must not be taken for what the first one found. Over SQLite, where the other joins the transaction
 * of the verb: what it sees then is what it would see over PostgreSQL.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { FlowStore } from "../../src/storage/FlowStore.ts"
import { FamilyId, GrantId, GrantStore } from "../../src/storage/GrantStore.ts"
import { SessionStore } from "../../src/storage/SessionStore.ts"
import * as SqlStorage from "../../src/storage/sql/SqlStorage.ts"
import * as Databases from "./Databases.ts"
import { meanwhile } from "./Meanwhile.ts"
import {
  accessToken,
  code,
  day,
  family,
  grant,
  hash,
  minute,
  now,
  rotation,
  withFamily
} from "./suite/Fixtures.ts"

const storage = SqlStorage.layer.pipe(Layer.provide(Databases.inMemory))

/** What the second statement of a verb finds and the first did not. */
const between = <A, E, B, E2>(verb: Effect.Effect<A, E>, other: Effect.Effect<B, E2>) =>
  meanwhile(verb, 2, other)

describe("between the statements of a verb", () => {
  const flow = { kind: "device", key: hash("flow"), value: "pending", expiresAt: now + minute }

  it.effect("a flow is stored as `replace` expects it: it is replaced", () =>
    Effect.gen(function* () {
      const store = yield* FlowStore
      const replace = store.replace(flow, { from: "pending", to: "done", now })
      assert.strictEqual(yield* between(replace, store.create(flow, now)), "Replaced")
      const found = yield* store.find(flow, now)
      assert.deepStrictEqual(found, { _tag: "Found", value: "done", expiresAt: flow.expiresAt })
    }).pipe(Effect.provide(storage))
  )

  it.effect("a flow is stored in another state: `replace` tells of the conflict", () =>
    Effect.gen(function* () {
      const store = yield* FlowStore
      const replace = store.replace(flow, { from: "pending", to: "done", now })
      assert.strictEqual(yield* between(replace, store.create({ ...flow, value: "other" }, now)), "Conflict")
    }).pipe(Effect.provide(storage))
  )

  it.effect("a flow is stored that `consume` has not found: it is consumed", () =>
    Effect.gen(function* () {
      const store = yield* FlowStore
      const outcome = yield* between(store.consume(flow, now), store.create(flow, now))
      assert.deepStrictEqual(outcome, { _tag: "Consumed", value: "pending" })
      assert.deepStrictEqual(yield* store.find(flow, now), { _tag: "Consumed" })
    }).pipe(Effect.provide(storage))
  )

  it.effect("a code is stored that `redeemCode` has not found: it was unknown, and stays to be used", () =>
    Effect.gen(function* () {
      const store = yield* GrantStore
      const redeem = store.redeemCode({
        hash: hash("code"),
        now,
        issue: { accessToken: accessToken("access") }
      })
      const outcome = yield* between(redeem, store.authorize(grant(), { code: code("code") }))
      assert.deepStrictEqual(outcome, { _tag: "Unknown" })
      assert.isTrue(Option.isNone(yield* store.findAccessToken(hash("access"))))
      assert.deepStrictEqual(yield* redeem, { _tag: "Redeemed" })
    }).pipe(Effect.provide(storage))
  )

  it.effect("a family is stored that `rotate` has not found: it was unknown, and stays to be used", () =>
    Effect.gen(function* () {
      const store = yield* GrantStore
      const authorize = store.authorize(grant(), { refreshFamily: family() })
      const outcome = yield* between(store.rotate(rotation(0)), authorize)
      assert.deepStrictEqual(outcome, { _tag: "Unknown" })
      assert.isTrue(Option.isNone(yield* store.findAccessToken(hash("access 0 first"))))
      assert.deepStrictEqual(yield* store.rotate(rotation(0)), { _tag: "Rotated" })
    }).pipe(Effect.provide(storage))
  )

  it.effect(
    "the grant of a token that is reused is revoked: `rotate` has found it so, and revokes nothing",
    () =>
      Effect.gen(function* () {
        const store = yield* withFamily
        yield* store.rotate(rotation(0))
        yield* store.rotate(rotation(1))
        const revoke = store.revoke({ _tag: "Grant", id: GrantId("grant") }, now)
        const outcome = yield* meanwhile(store.rotate(rotation(0)), 3, revoke)
        assert.deepStrictEqual(outcome, { _tag: "Revoked" })
      }).pipe(Effect.provide(storage))
  )

  it.effect("an access token is stored that `revoke` has not found: it was unknown, and is not revoked", () =>
    Effect.gen(function* () {
      const store = yield* GrantStore
      const revoke = store.revoke({ _tag: "AccessToken", hash: hash("access") }, now)
      const authorize = store.authorize(grant(), { accessToken: accessToken("access") })
      assert.strictEqual(yield* between(revoke, authorize), "Unknown")
      assert.strictEqual(yield* revoke, "Revoked")
    }).pipe(Effect.provide(storage))
  )

  it.effect("a grant is stored that `revoke` has not found: it was unknown, and is not revoked", () =>
    Effect.gen(function* () {
      const store = yield* GrantStore
      const revoke = store.revoke({ _tag: "Grant", id: GrantId("grant") }, now)
      const authorize = store.authorize(grant(), { refreshFamily: family() })
      assert.strictEqual(yield* between(revoke, authorize), "Unknown")
      const found = Option.getOrThrow(yield* store.findRefreshFamily(FamilyId("family")))
      assert.strictEqual(found.grant.revokedAt, undefined)
    }).pipe(Effect.provide(storage))
  )

  it.effect("a session is started that `end` has not found: it was unknown, and stays open", () =>
    Effect.gen(function* () {
      const store = yield* SessionStore
      const session = { hash: hash("session"), subject: "alice", authenticatedAt: now, expiresAt: now + day }
      assert.strictEqual(yield* between(store.end(session.hash, now), store.start(session)), "Unknown")
      assert.strictEqual(Option.getOrThrow(yield* store.find(session.hash)).endedAt, undefined)
    }).pipe(Effect.provide(storage))
  )
})
