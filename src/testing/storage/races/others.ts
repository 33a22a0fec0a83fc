/**
 * Races for a flow, a session, a place behind a key, a client.
 */
import * as Effect from "effect/Effect"
import { ClientStore } from "../../../storage/ClientStore.ts"
import { FlowStore } from "../../../storage/FlowStore.ts"
import { KeyStore } from "../../../storage/KeyStore.ts"
import { SessionStore } from "../../../storage/SessionStore.ts"
import { found, holds, same } from "../Expect.ts"
import * as Stage from "../Stage.ts"
import { contenders, race, raceLaw } from "./Race.ts"

const flowLaw = raceLaw("FlowStore")

export const flowRaces = [
  flowLaw(
    "a flow is created once, whatever races for its key, and so when it has expired",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const stage = yield* Stage.kept
      const many = yield* contenders
      for (const now of [stage.now, stage.flow().expiresAt]) {
        const flow = (index: number) =>
          stage.flow("flow", { value: `${index}`, expiresAt: now + Stage.minute })
        const counts = yield* race((index) => store.create(flow(index), now))
        yield* same("the outcomes", counts, { Created: 1, Taken: many - 1 })
      }
    })
  ),

  flowLaw(
    "a flow is consumed once, whatever races for it",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const stage = yield* Stage.kept
      const many = yield* contenders
      yield* store.create(stage.flow(), stage.now)
      const counts = yield* race(() => store.consume(stage.flow(), stage.now))
      yield* same("the outcomes", counts, { Consumed: 1, AlreadyConsumed: many - 1 })
    })
  ),

  flowLaw(
    "a flow leaves a state once, whatever races to replace it",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const stage = yield* Stage.kept
      const many = yield* contenders
      const flow = stage.flow()
      yield* store.create(flow, stage.now)
      const change = (index: number) => ({ from: flow.value, to: `${index}`, now: stage.now })
      const counts = yield* race((index) => store.replace(flow, change(index)))
      yield* same("the outcomes", counts, { Replaced: 1, Conflict: many - 1 })
    })
  ),

  flowLaw(
    "a flow that is due is claimed by one, whatever races for it, and again when its time is up",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const stage = yield* Stage.kept
      const many = yield* contenders
      const kind = stage.text("work")
      const names = Array.from({ length: many }, (_, index) => `${index}`)
      for (const name of names) {
        yield* store.create(stage.flow(name, { kind, dueAt: stage.now }), stage.now)
      }
      for (const now of [stage.now, stage.now + Stage.second]) {
        const taken: Array<string> = []
        const claim = store.claim({ kind, now, until: now + Stage.second, limit: 3 }).pipe(
          Effect.tap((claimed) => Effect.sync(() => taken.push(...claimed.map(({ key }) => key)))),
          Effect.as("Done")
        )
        yield* race(() => claim)
        // Whoever came between found them locked, and left them.
        for (let before = -1; before < taken.length; ) {
          before = taken.length
          yield* claim
        }
        yield* same("how often they were claimed", taken.length, many)
        yield* same("how many were", new Set(taken).size, many)
      }
    })
  )
]

const sessionLaw = raceLaw("SessionStore")

export const sessionRaces = [
  sessionLaw(
    "a session is started once, whatever races for its hash",
    Effect.gen(function* () {
      const store = yield* SessionStore
      const stage = yield* Stage.kept
      const many = yield* contenders
      const session = (index: number) => stage.session("session", { subject: stage.text(`${index}`) })
      const counts = yield* race((index) =>
        store.start(session(index)).pipe(
          Effect.as("Stored"),
          Effect.catch(() => Effect.succeed("Refused"))
        )
      )
      yield* same("the outcomes", counts, { Stored: 1, Refused: many - 1 })
    })
  ),

  sessionLaw(
    "a session ends once, whatever races to end it",
    Effect.gen(function* () {
      const store = yield* SessionStore
      const stage = yield* Stage.kept
      const many = yield* contenders
      yield* store.start(stage.session())
      const counts = yield* race((index) => store.end(stage.hash("session"), stage.now + index))
      yield* same("the outcomes", counts, { Ended: 1, AlreadyEnded: many - 1 })
    })
  ),

  sessionLaw(
    "a session is counted once by those who end them all at once",
    Effect.gen(function* () {
      const store = yield* SessionStore
      const stage = yield* Stage.kept
      for (const name of ["a", "b", "c"]) yield* store.start(stage.session(name))
      let total = 0
      yield* race((index) =>
        Effect.map(store.endAll(stage.text("alice"), stage.now + index), (ended) => {
          total += ended
          return "Done"
        })
      )
      yield* same("how many ended", total, 3)
    })
  ),

  sessionLaw(
    "a consent is forgotten once, whatever races to forget it",
    Effect.gen(function* () {
      const store = yield* SessionStore
      const stage = yield* Stage.kept
      const many = yield* contenders
      yield* store.remember(stage.consent())
      const counts = yield* race(() => store.forget(stage.text("alice"), stage.clientId()))
      yield* same("the outcomes", counts, { Forgotten: 1, Unknown: many - 1 })
    })
  )
]

const keyLaw = raceLaw("KeyStore")

export const keyRaces = [
  keyLaw(
    "a key has one successor, and an algorithm one first key, whatever races for the place",
    Effect.gen(function* () {
      const store = yield* KeyStore
      const stage = yield* Stage.kept
      const many = yield* contenders
      let last: string | undefined
      for (const generation of ["first", "second"]) {
        const after = last
        const added = yield* race((index) =>
          Effect.tap(store.add(stage.key(`${generation} ${index}`), after), (outcome) =>
            Effect.sync(() => {
              if (outcome === "Added") last = stage.text(`${generation} ${index}`)
            })
          )
        )
        yield* same(generation, added, { Added: 1, Superseded: many - 1 })
      }
    })
  )
]

const clientLaw = raceLaw("ClientStore")

export const clientRaces = [
  clientLaw(
    "a client is removed once, whatever races to remove it",
    Effect.gen(function* () {
      const store = yield* ClientStore
      const stage = yield* Stage.kept
      const many = yield* contenders
      yield* store.put(stage.client())
      const counts = yield* race(() => store.remove(stage.clientId()))
      yield* same("the outcomes", counts, { Removed: 1, Unknown: many - 1 })
    })
  ),

  clientLaw(
    "a client that many put at once is one of theirs, whole",
    Effect.gen(function* () {
      const store = yield* ClientStore
      const stage = yield* Stage.kept
      const registration = (index: number) =>
        stage.client("client", { client_name: `${index}`, client_uri: `https://client.example/${index}` })
      yield* race((index) => Effect.as(store.put(registration(index)), "Stored"))
      const client = yield* found(store.find(stage.clientId()))
      yield* same("the client", client, registration(Number(client?.clientName)))
      yield* holds("it is there", client !== undefined)
    })
  )
]
