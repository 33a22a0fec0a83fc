/**
 * FlowStore: each verb, each outcome.
 */
import * as Effect from "effect/Effect"
import { type FlowKey, FlowStore } from "../../../storage/FlowStore.ts"
import { holds, same } from "../Expect.ts"
import { maker } from "../Law.ts"
import * as Stage from "../Stage.ts"

const law = maker("FlowStore", "laws")

/** The name of a flow that does not exist yet. */
const withKey = Effect.gen(function* () {
  const store = yield* FlowStore
  const stage = yield* Stage.kept
  const flow = stage.flow()
  const { expiresAt, kind, key, value } = flow
  return {
    expiry: expiresAt,
    flow,
    found: { _tag: "Found", value, expiresAt },
    key: { kind, key },
    now: stage.now,
    store
  }
})

export const flowLaws = [
  law(
    "a key is taken until its flow has expired, used or not",
    Effect.gen(function* () {
      const { expiry, flow, found, key, now, store } = yield* withKey
      yield* same("the first", yield* store.create(flow, now), "Created")
      yield* same("a second", yield* store.create({ ...flow, value: "other" }, now), "Taken")
      yield* same("the flow", yield* store.find(key, now), found)
      yield* store.consume(key, now)
      yield* same("one after its use", yield* store.create(flow, expiry - 1), "Taken")
      const fresh = { ...flow, value: "fresh", expiresAt: expiry + 1 }
      yield* same("one at its expiry", yield* store.create(fresh, expiry), "Created")
      yield* same("that one", yield* store.find(key, expiry), {
        _tag: "Found",
        value: "fresh",
        expiresAt: expiry + 1
      })
    })
  ),

  law(
    "a flow that took the place of an expired one starts anew",
    Effect.gen(function* () {
      const { expiry, flow, key, now, store } = yield* withKey
      yield* store.create(flow, now)
      yield* store.consume(key, now)
      yield* store.create({ ...flow, value: "fresh", expiresAt: expiry + Stage.minute }, expiry)
      yield* same("its use", yield* store.consume(key, expiry), { _tag: "Consumed", value: "fresh" })
    })
  ),

  law(
    "flows of different kinds and keys are kept apart",
    Effect.gen(function* () {
      const { flow, found, key, now, store } = yield* withKey
      yield* store.create(flow, now)
      yield* same("another kind", yield* store.create({ ...flow, kind: "jti", value: "" }, now), "Created")
      yield* store.consume({ ...key, kind: "jti" }, now)
      yield* same("the flow", yield* store.find(key, now), found)
      yield* same("a third kind", yield* store.find({ ...key, kind: "device" }, now), { _tag: "Unknown" })
    })
  ),

  law(
    "a flow is found, consumed, expired or unknown, and finding it changes nothing",
    Effect.gen(function* () {
      const { expiry, flow, found, key, now, store } = yield* withKey
      yield* same("before it is created", yield* store.find(key, now), { _tag: "Unknown" })
      yield* store.create(flow, now)
      yield* same("at its expiry", yield* store.find(key, expiry), { _tag: "Expired" })
      yield* same("a millisecond before", yield* store.find(key, expiry - 1), found)
      yield* same("after its use", yield* Effect.andThen(store.consume(key, now), store.find(key, now)), {
        _tag: "Consumed"
      })
      yield* same("used and expired", yield* store.find(key, expiry), { _tag: "Consumed" })
    })
  ),

  law(
    "a flow is replaced from the expected state only",
    Effect.gen(function* () {
      const { expiry, flow, found, key, now, store } = yield* withKey
      const change = { from: flow.value, to: "second", now }
      yield* same("one that is not there", yield* store.replace(key, change), "Unknown")
      yield* store.create(flow, now)
      yield* same("from another state", yield* store.replace(key, { ...change, from: "other" }), "Conflict")
      yield* same("at its expiry", yield* store.replace(key, { ...change, now: expiry }), "Expired")
      yield* same("the flow", yield* store.find(key, now), found)
      yield* same("from its state", yield* store.replace(key, { ...change, now: expiry - 1 }), "Replaced")
      yield* same("from its state before", yield* store.replace(key, change), "Conflict")
      yield* same("the flow", yield* store.find(key, now), { ...found, value: "second" })
      yield* store.consume(key, now)
      yield* same("after its use", yield* store.replace(key, { ...change, from: "second" }), "Consumed")
    })
  ),

  law(
    "a flow is consumed once, with its last state",
    Effect.gen(function* () {
      const { expiry, flow, key, now, store } = yield* withKey
      yield* same("one that is not there", yield* store.consume(key, now), { _tag: "Unknown" })
      yield* store.create(flow, now)
      yield* store.replace(key, { from: flow.value, to: "second", now })
      yield* same("at its expiry", yield* store.consume(key, expiry), { _tag: "Expired" })
      const consumed = { _tag: "Consumed", value: "second" }
      yield* same("a millisecond before", yield* store.consume(key, expiry - 1), consumed)
      yield* same("again", yield* store.consume(key, now), { _tag: "AlreadyConsumed" })
      yield* same("again, when it has expired", yield* store.consume(key, expiry), {
        _tag: "AlreadyConsumed"
      })
    })
  ),

  law(
    "a flow that is due is claimed, until it is due again or used, and never without a due time",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const stage = yield* Stage.kept
      const kind = stage.text("work")
      const { now } = stage
      const due = now + Stage.second
      const flow = stage.flow("work", { kind, dueAt: due })
      const claim = (at: number) => store.claim({ kind, now: at, until: at + 10 * Stage.second, limit: 10 })
      const claimed = [{ key: flow.key, value: flow.value }]
      yield* store.create(flow, now)
      yield* store.create(stage.flow("never due", { kind }), now)
      yield* store.create(stage.flow("other work", { kind: stage.text("other work"), dueAt: now }), now)
      yield* same("a millisecond before it is due", yield* claim(due - 1), [])
      yield* same("when it is due", yield* claim(due), claimed)
      yield* same("again", yield* claim(due), [])
      yield* same("a millisecond before it is due again", yield* claim(due + 10 * Stage.second - 1), [])
      const later = due + 10 * Stage.second
      yield* store.replace(flow, { from: flow.value, to: "second", now: later })
      yield* same("when it is due again", yield* claim(later), [{ key: flow.key, value: "second" }])
      yield* same("its use", yield* store.consume(flow, later), { _tag: "Consumed", value: "second" })
      yield* same("when it is used", yield* claim(later + 10 * Stage.second), [])
    })
  ),

  law(
    "no more flows are claimed than asked for, none that has expired, and what took its place as it is",
    Effect.gen(function* () {
      const store = yield* FlowStore
      const stage = yield* Stage.kept
      const kind = stage.text("work")
      const { now } = stage
      const claim = (at: number, limit: number) => store.claim({ kind, now: at, until: at + 1, limit })
      const flows = ["1", "2", "3", "4", "5"].map((name) => stage.flow(name, { kind, dueAt: now }))
      for (const flow of flows) yield* store.create(flow, now)
      const first = yield* claim(now, 2)
      yield* same("how many at first", first.length, 2)
      const both = [...first, ...(yield* claim(now, 10))]
      yield* same("how many in all", both.length, flows.length)
      yield* same("which", keysOf(both), keysOf(flows))
      const { expiresAt } = stage.flow()
      yield* same("at their expiry", yield* claim(expiresAt, 10), [])
      const fresh = { kind, value: "fresh", expiresAt: expiresAt + Stage.minute }
      yield* store.create(stage.flow("1", { ...fresh, dueAt: expiresAt }), expiresAt)
      yield* store.create(stage.flow("2", fresh), expiresAt)
      yield* same("after that", yield* claim(expiresAt, 10), [{ key: stage.hash("1"), value: "fresh" }])
      const replaced = [stage.hash("1"), stage.hash("2")]
      const late = yield* claim(now + 1, 10)
      yield* holds(
        "by a clock that lags, nothing that was replaced",
        late.every(({ key }) => !replaced.includes(key))
      )
    })
  )
]

const keysOf = (flows: ReadonlyArray<Pick<FlowKey, "key">>): ReadonlyArray<string> =>
  flows.map(({ key }) => key).toSorted()
