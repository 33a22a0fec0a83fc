/**
 * The session store next to its model: two people, their sessions and consents.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Consent, type SessionRecord, SessionStore } from "../../../storage/SessionStore.ts"
import { minute, type Stage, scope } from "../Stage.ts"
import type { Model, Question } from "./Model.ts"
import * as SessionModel from "./SessionModel.ts"

const people = ["alice", "bob"]
const clients = ["client 0", "client 1"]
const sessions = ["session 0", "session 1", "session 2"]

const subject = Schema.Literals(people)
const client = Schema.Literals(clients)
const session = Schema.Literals(sessions)

const Command = Schema.Union([
  Schema.TaggedStruct("Start", { session, subject, minutes: Schema.Literals([1, 10]) }),
  Schema.TaggedStruct("End", { session }),
  Schema.TaggedStruct("EndAll", { subject }),
  Schema.TaggedStruct("Remember", { subject, client, scope: Schema.Literals(["read", "write"]) }),
  Schema.TaggedStruct("Forget", { subject, client })
])
type Command = typeof Command.Type

const call = (stage: Stage, command: Command, now: number): SessionModel.Call => {
  switch (command._tag) {
    case "Start": {
      const { minutes, session, subject } = command
      const times = { authenticatedAt: now, expiresAt: now + minutes * minute }
      return { verb: "start", session: stage.session(session, { subject: stage.text(subject), ...times }) }
    }
    case "End":
      return { verb: "end", hash: stage.hash(command.session), now }
    case "EndAll":
      return { verb: "endAll", subject: stage.text(command.subject), now }
    case "Remember":
      return {
        verb: "remember",
        consent: {
          subject: stage.text(command.subject),
          clientId: stage.clientId(command.client),
          scope: scope(command.scope),
          grantedAt: now
        }
      }
    case "Forget":
      return {
        verb: "forget",
        subject: stage.text(command.subject),
        clientId: stage.clientId(command.client)
      }
  }
}

const execute = Effect.fnUntraced(function* (call: SessionModel.Call) {
  const store = yield* SessionStore
  switch (call.verb) {
    case "start":
      return yield* Effect.as(store.start(call.session), "Stored")
    case "end":
      return yield* store.end(call.hash, call.now)
    case "endAll":
      return yield* store.endAll(call.subject, call.now)
    case "remember":
      return yield* Effect.as(store.remember(call.consent), "Stored")
    case "forget":
      return yield* store.forget(call.subject, call.clientId)
  }
})

type Ask = Question<SessionModel.State, SessionStore>

const askSession = (stage: Stage, name: string): Ask => {
  const hash = stage.hash(name)
  return {
    name: `find(${name})`,
    store: Effect.flatMap(SessionStore, (store) => Effect.map(store.find(hash), Option.getOrUndefined)),
    model: ({ sessions }) => sessions[hash]
  }
}

const askSessions = (stage: Stage, name: string): Ask => {
  const subject = stage.text(name)
  return {
    name: `sessionsOf(${name})`,
    store: Effect.flatMap(SessionStore, (store) => Effect.map(store.sessionsOf(subject), byHash)),
    model: ({ sessions }) => byHash(Object.values(sessions).filter((session) => session?.subject === subject))
  }
}

const byHash = (sessions: ReadonlyArray<SessionRecord | undefined>) =>
  Object.fromEntries(sessions.map((session) => [session?.hash, session]))

const askConsent = (stage: Stage, name: string, client: string): Ask => {
  const subject = stage.text(name)
  const clientId = stage.clientId(client)
  return {
    name: `findConsent(${name}, ${client})`,
    store: Effect.flatMap(SessionStore, (store) =>
      Effect.map(store.findConsent(subject, clientId), Option.getOrUndefined)
    ),
    model: (state) => SessionModel.findConsent(state, subject, clientId)
  }
}

const askConsents = (stage: Stage, name: string): Ask => {
  const subject = stage.text(name)
  return {
    name: `consentsOf(${name})`,
    store: Effect.flatMap(SessionStore, (store) => Effect.map(store.consentsOf(subject), inNoOrder)),
    model: ({ consents }) =>
      inNoOrder(Object.values(consents).filter((consent) => consent?.subject === subject))
  }
}

const inNoOrder = (consents: ReadonlyArray<Consent | undefined>) =>
  Object.fromEntries(consents.map((consent) => [consent?.clientId, consent]))

export const sessionModel: Model<SessionModel.State, Command, SessionModel.Call, SessionStore> = {
  opening: [
    { _tag: "Start", session: "session 0", subject: "alice", minutes: 10 },
    { _tag: "Remember", subject: "alice", client: "client 0", scope: "read" }
  ],
  commands: Arbitrary.schema(Command),
  call,
  empty: SessionModel.empty,
  step: SessionModel.step,
  execute,
  questions: (stage) => [
    ...sessions.map((name) => askSession(stage, name)),
    ...people.flatMap((name) => [
      askSessions(stage, name),
      askConsents(stage, name),
      ...clients.map((client) => askConsent(stage, name, client))
    ])
  ],
  sweep: {
    state: SessionModel.sweep,
    store: (request) => Effect.flatMap(SessionStore, (store) => store.sweep(request))
  }
}
