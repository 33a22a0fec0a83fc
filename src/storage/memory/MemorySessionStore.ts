/**
 * Login sessions and remembered consents in memory.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { ClientId } from "../../protocol/Client.ts"
import type { SecretHash } from "../../protocol/Secret.ts"
import { type Consent, type Session, SessionStore } from "../SessionStore.ts"
import * as Duplicate from "./internal/Duplicate.ts"
import * as Expiries from "./internal/Expiries.ts"
import * as MultiMap from "./internal/MultiMap.ts"

interface SessionRow extends Session {
  endedAt: number | undefined
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<SessionStore["Service"]> = Effect.sync(() => {
  const sessions = new Map<SecretHash, SessionRow>()
  const bySubject = MultiMap.make<string, SessionRow>()
  const expiries = Expiries.make<SessionRow>()
  const consents = new Map<string, Map<ClientId, Consent>>()

  return SessionStore.of({
    start: (session) =>
      Effect.suspend(() => {
        if (sessions.has(session.hash)) return Duplicate.fail("SessionStore.start", "session")
        const row: SessionRow = { ...session, endedAt: undefined }
        sessions.set(row.hash, row)
        bySubject.add(row.subject, row)
        expiries.add(row)
        return Effect.void
      }),

    find: (hash) =>
      Effect.sync(() => Option.map(Option.fromNullishOr(sessions.get(hash)), (session) => ({ ...session }))),

    end: (hash, now) =>
      Effect.sync(() => {
        const session = sessions.get(hash)
        if (session === undefined) return "Unknown"
        if (session.endedAt !== undefined) return "AlreadyEnded"
        session.endedAt = now
        return "Ended"
      }),

    endAll: (subject, now) =>
      Effect.sync(() => {
        let ended = 0
        for (const session of bySubject.get(subject)) {
          if (session.endedAt !== undefined) continue
          session.endedAt = now
          ended++
        }
        return ended
      }),

    sessionsOf: (subject) =>
      Effect.sync(() => Array.from(bySubject.get(subject), (session) => ({ ...session }))),

    remember: (consent) =>
      Effect.sync(() => {
        const ofSubject = consents.get(consent.subject) ?? new Map<ClientId, Consent>()
        ofSubject.set(consent.clientId, Object.freeze({ ...consent }))
        consents.set(consent.subject, ofSubject)
      }),

    findConsent: (subject, clientId) =>
      Effect.sync(() => Option.fromNullishOr(consents.get(subject)?.get(clientId))),

    consentsOf: (subject) => Effect.sync(() => Array.from(consents.get(subject)?.values() ?? [])),

    forget: (subject, clientId) =>
      Effect.sync(() => {
        const ofSubject = consents.get(subject)
        if (ofSubject === undefined || !ofSubject.delete(clientId)) return "Unknown"
        if (ofSubject.size === 0) consents.delete(subject)
        return "Forgotten"
      }),

    sweep: ({ limit, now }) =>
      Effect.sync(() => {
        let deleted = 0
        while (deleted < limit) {
          const session = expiries.takeExpired(now)
          if (session === undefined) break
          sessions.delete(session.hash)
          bySubject.remove(session.subject, session)
          deleted++
        }
        return { sessions: deleted }
      })
  })
})

/**
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<SessionStore> = Layer.effect(SessionStore, make)
