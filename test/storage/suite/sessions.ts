import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Session, SessionStore } from "../../../src/storage/SessionStore.ts"
import { clientId, day, hash, minute, now, scope } from "./Fixtures.ts"
import type { Test } from "./Suite.ts"

const session = (name: string, subject = "alice"): Session => ({
  hash: hash(name),
  subject,
  authenticatedAt: now - minute,
  expiresAt: now + day
})

const consent = (client: string, subject = "alice") => ({
  subject,
  clientId: clientId(client),
  scope: scope("read"),
  grantedAt: now
})

export const sessionStoreTests = (test: Test) => {
  test(
    "a session is found as it was started",
    Effect.gen(function* () {
      const store = yield* SessionStore
      yield* store.start(session("a"))
      assert.deepStrictEqual(
        yield* store.find(hash("a")),
        Option.some({ ...session("a"), endedAt: undefined })
      )
      assert.isTrue(Option.isNone(yield* store.find(hash("b"))))
    })
  )

  test(
    "a session cannot be started twice",
    Effect.gen(function* () {
      const store = yield* SessionStore
      yield* store.start(session("a"))
      const error = yield* Effect.flip(store.start(session("a", "mallory")))
      assert.strictEqual(error.operation, "SessionStore.start")
      assert.strictEqual(Option.getOrThrow(yield* store.find(hash("a"))).subject, "alice")
    })
  )

  test(
    "a session ends once, and for good",
    Effect.gen(function* () {
      const store = yield* SessionStore
      yield* store.start(session("a"))
      const before = yield* store.find(hash("a"))
      assert.strictEqual(yield* store.end(hash("b"), now), "Unknown")
      assert.strictEqual(yield* store.end(hash("a"), now + 1), "Ended")
      assert.strictEqual(yield* store.end(hash("a"), now + 2), "AlreadyEnded")
      assert.strictEqual(yield* store.end(hash("b"), now + 2), "Unknown")
      assert.deepStrictEqual(yield* store.find(hash("a")), Option.some({ ...session("a"), endedAt: now + 1 }))
      assert.strictEqual(Option.getOrThrow(before).endedAt, undefined)
    })
  )

  test(
    "all sessions of a subject end, and of nobody else",
    Effect.gen(function* () {
      const store = yield* SessionStore
      for (const name of ["a", "b", "c"]) yield* store.start(session(name))
      yield* store.start(session("d", "bob"))
      yield* store.end(hash("a"), now + 1)
      assert.strictEqual(yield* store.endAll("alice", now + 2), 2)
      assert.strictEqual(yield* store.endAll("alice", now + 3), 0)
      const endedAt = (name: string) =>
        Effect.map(store.find(hash(name)), (found) => Option.getOrThrow(found).endedAt)
      assert.deepStrictEqual(yield* Effect.forEach(["a", "b", "c", "d"], endedAt), [
        now + 1,
        now + 2,
        now + 2,
        undefined
      ])
    })
  )

  test(
    "the sessions of a subject are told, as they are",
    Effect.gen(function* () {
      const store = yield* SessionStore
      for (const name of ["a", "b"]) yield* store.start(session(name))
      yield* store.start(session("c", "bob"))
      const before = yield* store.sessionsOf("alice")
      yield* store.end(hash("a"), now + 1)
      assert.deepStrictEqual(
        before.map(({ endedAt }) => endedAt),
        [undefined, undefined]
      )
      const told = yield* store.sessionsOf("alice")
      assert.deepStrictEqual(Object.fromEntries(told.map((session) => [session.hash, session])), {
        [hash("a")]: { ...session("a"), endedAt: now + 1 },
        [hash("b")]: { ...session("b"), endedAt: undefined }
      })
      assert.deepStrictEqual(yield* store.sessionsOf("carol"), [])
    })
  )

  test(
    "a consent is remembered in place of the earlier one for the same client",
    Effect.gen(function* () {
      const store = yield* SessionStore
      yield* store.remember(consent("a"))
      const wider = { ...consent("a"), scope: scope("read", "write"), grantedAt: now + 1 }
      yield* store.remember(wider)
      assert.deepStrictEqual(yield* store.findConsent("alice", clientId("a")), Option.some(wider))
      assert.isTrue(Option.isNone(yield* store.findConsent("alice", clientId("b"))))
      assert.isTrue(Option.isNone(yield* store.findConsent("bob", clientId("a"))))
      assert.deepStrictEqual(yield* store.consentsOf("alice"), [wider])
    })
  )

  test(
    "a consent is forgotten once",
    Effect.gen(function* () {
      const store = yield* SessionStore
      yield* store.remember(consent("a"))
      yield* store.remember(consent("b"))
      assert.strictEqual(yield* store.forget("bob", clientId("a")), "Unknown")
      assert.strictEqual(yield* store.forget("alice", clientId("a")), "Forgotten")
      assert.strictEqual(yield* store.forget("alice", clientId("a")), "Unknown")
      assert.deepStrictEqual(yield* store.consentsOf("alice"), [consent("b")])
      yield* store.forget("alice", clientId("b"))
      assert.deepStrictEqual(yield* store.consentsOf("alice"), [])
      assert.deepStrictEqual(yield* store.consentsOf("nobody"), [])
    })
  )

  test(
    "all consents of a subject are told, whatever their number",
    Effect.gen(function* () {
      const store = yield* SessionStore
      const clients = ["!", "A", "~", ...Array.from({ length: 250 }, (_, index) => `client ${index}`)]
      yield* Effect.forEach(clients, (client) => store.remember(consent(client)))
      yield* store.remember(consent("of bob", "bob"))
      const told = yield* store.consentsOf("alice")
      assert.deepStrictEqual(told.map(({ clientId }) => String(clientId)).sort(), clients.toSorted())
    })
  )
}
