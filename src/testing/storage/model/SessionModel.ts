/**
 * The session store in plain data.
 */
import type { ClientId } from "../../../protocol/Client.ts"
import type { SecretHash } from "../../../protocol/Secret.ts"
import type { Consent, Session, SessionRecord } from "../../../storage/SessionStore.ts"
import { alive, type Table, without, withRow } from "./Table.ts"

export interface State {
  readonly sessions: Table<SessionRecord>
  readonly consents: Table<Consent>
}

export const empty: State = { sessions: {}, consents: {} }

export type Call =
  | { readonly verb: "start"; readonly session: Session }
  | { readonly verb: "end"; readonly hash: SecretHash; readonly now: number }
  | { readonly verb: "endAll"; readonly subject: string; readonly now: number }
  | { readonly verb: "remember"; readonly consent: Consent }
  | { readonly verb: "forget"; readonly subject: string; readonly clientId: ClientId }

/** `Refused`: there is such a session already. */
export type Outcome =
  | ("Stored" | "Refused")
  | ("Ended" | "AlreadyEnded" | "Unknown")
  | ("Forgotten" | "Unknown")
  | number

export const step = (state: State, call: Call): readonly [State, Outcome] => {
  switch (call.verb) {
    case "start": {
      if (state.sessions[call.session.hash] !== undefined) return [state, "Refused"]
      return [withSession(state, { ...call.session, endedAt: undefined }), "Stored"]
    }
    case "end": {
      const session = state.sessions[call.hash]
      if (session === undefined) return [state, "Unknown"]
      if (session.endedAt !== undefined) return [state, "AlreadyEnded"]
      return [withSession(state, { ...session, endedAt: call.now }), "Ended"]
    }
    case "endAll": {
      const open = Object.values(state.sessions).filter(
        (session) => session?.subject === call.subject && session.endedAt === undefined
      )
      const ended = open.reduce(
        (state, session) =>
          session === undefined ? state : withSession(state, { ...session, endedAt: call.now }),
        state
      )
      return [ended, open.length]
    }
    case "remember": {
      const { consent } = call
      const consents = withRow(state.consents, idOf(consent.subject, consent.clientId), consent)
      return [{ ...state, consents }, "Stored"]
    }
    case "forget": {
      const consent = state.consents[idOf(call.subject, call.clientId)]
      if (consent === undefined) return [state, "Unknown"]
      return [{ ...state, consents: without(state.consents, (row) => row === consent) }, "Forgotten"]
    }
  }
}

export const findConsent = (state: State, subject: string, clientId: ClientId): Consent | undefined =>
  state.consents[idOf(subject, clientId)]

export const sweep = (state: State, now: number): State => ({
  ...state,
  sessions: without(state.sessions, (session) => !alive(session, now))
})

const withSession = (state: State, session: SessionRecord): State => ({
  ...state,
  sessions: withRow(state.sessions, session.hash, session)
})

const idOf = (subject: string, clientId: ClientId): string => `${subject} / ${clientId}`
