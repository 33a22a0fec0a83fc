import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { Client, FlowStore, MemoryFlowStore } from "effect-oauth"
import * as SessionClients from "effect-oauth/oidc/SessionClients"

const [one, two] = [Client.ClientId.make("one"), Client.ClientId.make("two")]
const hour = Duration.hours(1)

/** A store in which somebody else comes first, once, and which counts what is written. */
const racing = (other: Effect.Effect<unknown, unknown, FlowStore.FlowStore> = Effect.void) =>
  Effect.map(MemoryFlowStore.make, (flows) => {
    let writes = 0
    let raced = false
    const race = Effect.suspend(() => {
      writes++
      if (raced) return Effect.void
      raced = true
      return Effect.ignore(Effect.provideService(other, FlowStore.FlowStore, flows))
    })
    const store = FlowStore.FlowStore.of({
      ...flows,
      create: (flow, now) => Effect.andThen(race, flows.create(flow, now)),
      replace: (key, change) => Effect.andThen(race, flows.replace(key, change))
    })
    return { store, flows, writes: () => writes }
  })

describe("the clients of a session", () => {
  it.effect("are noted once each, until it ends, and are told each time that it does", () =>
    Effect.gen(function* () {
      const { store, writes } = yield* racing()
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* SessionClients.note("s", one, hour), "Noted")
        assert.strictEqual(yield* SessionClients.note("s", two, hour), "Noted")
        assert.strictEqual(writes(), 2)
        assert.strictEqual(yield* SessionClients.note("s", one, hour), "Noted")
        assert.strictEqual(writes(), 2)
        assert.deepStrictEqual(yield* SessionClients.end("s", hour), [one, two])
        assert.strictEqual(yield* SessionClients.note("s", Client.ClientId.make("three"), hour), "Ended")
        assert.strictEqual(writes(), 3)
        assert.deepStrictEqual(yield* SessionClients.end("s", hour), [one, two])
        assert.strictEqual(writes(), 3)
        assert.deepStrictEqual(yield* SessionClients.end("another", hour), [])
        assert.strictEqual(yield* SessionClients.note("another", one, hour), "Ended")
      }).pipe(Effect.provideService(FlowStore.FlowStore, store))
    })
  )

  it.effect("are known for so long, and no longer", () =>
    Effect.gen(function* () {
      const store = yield* MemoryFlowStore.make
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("1 day")
        yield* SessionClients.note("s", one, hour)
        yield* SessionClients.note("t", one, hour)
        yield* TestClock.adjust("3599999 millis")
        assert.deepStrictEqual(yield* SessionClients.end("s", hour), [one])
        yield* TestClock.adjust("1 millis")
        assert.deepStrictEqual(yield* SessionClients.end("t", hour), [])
      }).pipe(Effect.provideService(FlowStore.FlowStore, store))
    })
  )

  for (const [name, before] of [
    ["first", Effect.void],
    ["next", SessionClients.note("s", one, hour)]
  ] as const) {
    it.effect(`are all of them, where two are the ${name} at the same moment`, () =>
      Effect.gen(function* () {
        const { flows, store } = yield* racing(SessionClients.note("s", two, hour))
        yield* Effect.provideService(before, FlowStore.FlowStore, flows)
        yield* Effect.gen(function* () {
          const three = Client.ClientId.make("three")
          assert.strictEqual(yield* SessionClients.note("s", three, hour), "Noted")
          const clients = yield* SessionClients.end("s", hour)
          assert.includeMembers([...clients], [two, three])
        }).pipe(Effect.provideService(FlowStore.FlowStore, store))
      })
    )
  }
})
