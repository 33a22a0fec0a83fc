/**
 * SessionStore: each verb, each outcome.
 */
import * as Effect from "effect/Effect"
import { type SessionRecord, SessionStore } from "../../../storage/SessionStore.ts"
import { found, refused, same } from "../Expect.ts"
import { maker } from "../Law.ts"
import * as Stage from "../Stage.ts"

const law = maker("SessionStore", "laws")

const withStore = Effect.gen(function* () {
  const store = yield* SessionStore
  const stage = yield* Stage.kept
  const session = (name: string) => found(store.find(stage.hash(name)))
  return { session, stage, store }
})

const byHash = (sessions: ReadonlyArray<SessionRecord>) =>
  Object.fromEntries(sessions.map((session) => [session.hash, session]))

export const sessionLaws = [
  law(
    "a session is found as it was started, expired or not",
    Effect.gen(function* () {
      const { session, stage, store } = yield* withStore
      const past = stage.session("past", { expiresAt: stage.now - 1 })
      yield* store.start(stage.session())
      yield* store.start(past)
      yield* same("the session", yield* session("session"), stage.session())
      yield* same("an expired one", yield* session("past"), past)
      yield* same("one that nobody started", yield* session("other"), undefined)
    })
  ),

  law(
    "a session that is there already is refused",
    Effect.gen(function* () {
      const { session, stage, store } = yield* withStore
      yield* store.start(stage.session())
      const mallory = stage.session("session", { subject: stage.text("mallory") })
      yield* refused("a second session of its hash", store.start(mallory))
      yield* same("the session", yield* session("session"), stage.session())
    })
  ),

  law(
    "a session ends once, and for good",
    Effect.gen(function* () {
      const { session, stage, store } = yield* withStore
      yield* store.start(stage.session())
      const before = yield* session("session")
      yield* same("another", yield* store.end(stage.hash("other"), stage.now), "Unknown")
      yield* same("the first time", yield* store.end(stage.hash("session"), stage.now + 1), "Ended")
      yield* same("the second time", yield* store.end(stage.hash("session"), stage.now + 2), "AlreadyEnded")
      yield* same("the session", yield* session("session"), { ...stage.session(), endedAt: stage.now + 1 })
      yield* same("what was told before", before, stage.session())
    })
  ),

  law(
    "all sessions of a subject end, and nobody else's",
    Effect.gen(function* () {
      const { session, stage, store } = yield* withStore
      for (const name of ["a", "b", "c"]) yield* store.start(stage.session(name))
      yield* store.start(stage.session("d", { subject: stage.text("bob") }))
      yield* store.end(stage.hash("a"), stage.now + 1)
      yield* same("how many end", yield* store.endAll(stage.text("alice"), stage.now + 2), 2)
      yield* same("how many end then", yield* store.endAll(stage.text("alice"), stage.now + 3), 0)
      const endedAt = (name: string) => Effect.map(session(name), (session) => session?.endedAt)
      const ends = yield* Effect.forEach(["a", "b", "c", "d"], endedAt)
      yield* same("when they ended", ends, [stage.now + 1, stage.now + 2, stage.now + 2, undefined])
    })
  ),

  law(
    "the sessions of a subject are told as they are, whatever their number, and nobody else's",
    Effect.gen(function* () {
      const { stage, store } = yield* withStore
      const names = Array.from({ length: 250 }, (_, index) => `session ${index}`)
      const sessions = names.map((name) => stage.session(name))
      yield* Effect.forEach(sessions, (session) => store.start(session), { discard: true })
      yield* store.start(stage.session("of bob", { subject: stage.text("bob") }))
      yield* store.end(stage.hash("session 0"), stage.now + 1)
      const told = yield* store.sessionsOf(stage.text("alice"))
      const expected = sessions.map((session, index) => ({
        ...session,
        endedAt: index === 0 ? stage.now + 1 : undefined
      }))
      yield* same("how many there are", told.length, expected.length)
      yield* same("alice's, by their hashes", byHash(told), byHash(expected))
      yield* same("carol's", yield* store.sessionsOf(stage.text("carol")), [])
    })
  ),

  law(
    "a consent is for one subject and one client, in place of an earlier one",
    Effect.gen(function* () {
      const { stage, store } = yield* withStore
      const [alice, bob] = [stage.text("alice"), stage.text("bob")]
      const [client, other] = [stage.clientId(), stage.clientId("other")]
      yield* store.remember(stage.consent())
      const wider = stage.consent({ scope: Stage.scope("read", "write"), grantedAt: stage.now + 1 })
      yield* store.remember(wider)
      yield* same("the consent", yield* found(store.findConsent(alice, client)), wider)
      yield* same("for another client", yield* found(store.findConsent(alice, other)), undefined)
      yield* same("of another subject", yield* found(store.findConsent(bob, client)), undefined)
      yield* same("all of alice's", yield* store.consentsOf(alice), [wider])
      yield* same("all of bob's", yield* store.consentsOf(bob), [])
    })
  ),

  law(
    "a consent is forgotten once, and the others stay",
    Effect.gen(function* () {
      const { stage, store } = yield* withStore
      const [alice, bob] = [stage.text("alice"), stage.text("bob")]
      const other = stage.consent({ clientId: stage.clientId("other") })
      yield* store.remember(stage.consent())
      yield* store.remember(other)
      yield* same("of another subject", yield* store.forget(bob, stage.clientId()), "Unknown")
      yield* same("for another client", yield* store.forget(alice, stage.clientId("third")), "Unknown")
      yield* same("the first time", yield* store.forget(alice, stage.clientId()), "Forgotten")
      yield* same("the second time", yield* store.forget(alice, stage.clientId()), "Unknown")
      yield* same("what is left", yield* store.consentsOf(alice), [other])
    })
  ),

  law(
    "all consents of a subject are told, whatever their number",
    Effect.gen(function* () {
      const { stage, store } = yield* withStore
      const clients = Array.from({ length: 250 }, (_, index) => stage.clientId(`client ${index}`))
      yield* Effect.forEach(clients, (clientId) => store.remember(stage.consent({ clientId })))
      yield* store.remember(stage.consent({ subject: stage.text("bob") }))
      const told = yield* store.consentsOf(stage.text("alice"))
      yield* same("the clients", told.map(({ clientId }) => clientId).sort(), clients.toSorted())
    })
  )
]
