/**
 * What is swept of flows, sessions and keys.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { FlowStore } from "../../../storage/FlowStore.ts"
import { KeyStore } from "../../../storage/KeyStore.ts"
import { SessionStore } from "../../../storage/SessionStore.ts"
import { found, holds, same } from "../Expect.ts"
import { maker } from "../Law.ts"
import * as Stage from "../Stage.ts"
import { sum, sweepAll } from "../Sweeping.ts"

const flowLaw = maker("FlowStore", "sweeping")

export const flowSweeping = [
  flowLaw(
    "expired flows are swept, used or not, and no others",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const stage = yield* Stage.swept
      const { expiresAt } = stage.flow()
      const live = stage.flow("live", { expiresAt: expiresAt + 1 })
      const flows = [stage.flow("used"), stage.flow("unused"), live]
      for (const flow of flows) yield* store.create(flow, stage.now)
      yield* store.consume(stage.flow("used"), stage.now)
      const tags = Effect.forEach(flows, (flow) =>
        Effect.map(store.find(flow, stage.now), ({ _tag }) => _tag)
      )
      yield* sweepAll(store.sweep, expiresAt - 1)
      yield* same("a millisecond before", yield* tags, ["Consumed", "Found", "Found"])
      yield* sweepAll(store.sweep, expiresAt)
      yield* same("at their expiry", yield* tags, ["Unknown", "Unknown", "Found"])
    })
  ),

  flowLaw(
    "a flow that took the place of an expired one is not swept in its stead",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const stage = yield* Stage.swept
      const { expiresAt } = stage.flow()
      const fresh = stage.flow("flow", { value: "fresh", expiresAt: expiresAt + Stage.minute })
      yield* store.create(stage.flow(), stage.now)
      yield* store.create(fresh, expiresAt)
      yield* sweepAll(store.sweep, expiresAt)
      const { expiresAt: later, value } = fresh
      yield* same("the flow", yield* store.find(fresh, expiresAt), { _tag: "Found", value, expiresAt: later })
    })
  ),

  flowLaw(
    "a sweep deletes no more flows than it may, and leaves the rest to the next",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const stage = yield* Stage.swept
      const flows = ["1", "2", "3", "4", "5"].map((name) => stage.flow(name))
      for (const flow of flows) yield* store.create(flow, stage.now)
      const request = { now: stage.flow().expiresAt, limit: 2 }
      yield* holds("no more than two", sum(yield* store.sweep(request)) <= 2)
      const outcomes = Effect.forEach(flows, (flow) => store.find(flow, stage.now))
      const gone = (yield* outcomes).filter(({ _tag }) => _tag === "Unknown").length
      yield* holds(`${gone} deleted`, gone <= 2)
      yield* sweepAll(store.sweep, request.now, request.limit)
      yield* holds(
        "in the end, all of them",
        (yield* outcomes).every(({ _tag }) => _tag === "Unknown")
      )
    })
  )
]

const sessionLaw = maker("SessionStore", "sweeping")

export const sessionSweeping = [
  sessionLaw(
    "expired sessions are swept, ended or not, and no others",
    Effect.gen(function* () {
      const store = yield* SessionStore
      const stage = yield* Stage.swept
      const { expiresAt } = stage.session()
      const names = ["ended", "open", "live", "live and ended"]
      for (const name of names) {
        yield* store.start(stage.session(name, { expiresAt: expiresAt + (name.startsWith("live") ? 1 : 0) }))
      }
      yield* store.end(stage.hash("ended"), stage.now)
      yield* store.end(stage.hash("live and ended"), stage.now)
      const left = Effect.filter(names, (name) => Effect.map(store.find(stage.hash(name)), Option.isSome))
      yield* sweepAll(store.sweep, expiresAt - 1)
      yield* same("a millisecond before", yield* left, names)
      yield* sweepAll(store.sweep, expiresAt)
      yield* same("at their expiry", yield* left, ["live", "live and ended"])
      yield* same("how many end then", yield* store.endAll(stage.text("alice"), stage.now), 1)
    })
  ),

  sessionLaw(
    "a consent is never swept",
    Effect.gen(function* () {
      const store = yield* SessionStore
      const stage = yield* Stage.swept
      const consent = stage.consent({ grantedAt: 0 })
      yield* store.remember(consent)
      yield* sweepAll(store.sweep, stage.now + 365 * Stage.day)
      yield* same("the consent", yield* found(store.findConsent(consent.subject, consent.clientId)), consent)
    })
  )
]

const keyLaw = maker("KeyStore", "sweeping")

export const keySweeping = [
  keyLaw(
    "expired keys are swept, and no others",
    Effect.gen(function* () {
      const store = yield* KeyStore
      const stage = yield* Stage.swept
      const first = stage.key("first", { expiresAt: stage.now + 1 })
      const second = stage.key("second", { createdAt: stage.now + 1, expiresAt: stage.now + 2 })
      const third = stage.key("third", { createdAt: stage.now + 2, expiresAt: stage.now + 3 })
      yield* store.add(first, undefined)
      yield* store.add(second, first.id)
      yield* store.add(third, second.id)
      // Listed as of long ago, when none had expired.
      const left = Effect.map(store.list(0), (keys) =>
        keys.filter(({ algorithm }) => algorithm === first.algorithm)
      )
      yield* sweepAll(store.sweep, stage.now)
      yield* same("a millisecond before", yield* left, [first, second, third])
      yield* sweepAll(store.sweep, stage.now + 2)
      yield* same("when two have expired", yield* left, [third])
    })
  )
]
