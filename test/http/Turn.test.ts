import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { inNextTurn, nextTurn } from "../../src/http/Turn.ts"

/** A request as the adapters answer it: its program in one turn, its answer in the next. */
const request = (name: string, events: Array<string>, program: Effect.Effect<void> = Effect.void) =>
  Effect.gen(function* () {
    events.push(`arrives ${name}`)
    yield* nextTurn
    events.push(`runs ${name}`)
    yield* program
    yield* nextTurn
    events.push(`is sent ${name}`)
  })

describe("a turn of the event loop", () => {
  it.live("runs all that arrived, and then sends all answers", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      yield* Effect.all([request("a", events), request("b", events)], { concurrency: "unbounded" })
      assert.deepStrictEqual(events, ["arrives a", "arrives b", "runs a", "runs b", "is sent a", "is sent b"])
    })
  )

  it.live("does not wait for a program that waits", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      yield* Effect.all([request("slow", events, Effect.sleep(20)), request("quick", events)], {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(events.slice(2), ["runs slow", "runs quick", "is sent quick", "is sent slow"])
    })
  )

  it.live("is not waited for where the platform has none", () =>
    Effect.gen(function* () {
      vi.resetModules()
      vi.stubGlobal("setImmediate", undefined)
      const elsewhere = yield* Effect.promise(() => import("../../src/http/Turn.ts"))
      assert.isUndefined(Effect.runSync(elsewhere.nextTurn))
    }).pipe(Effect.ensuring(Effect.sync(() => vi.unstubAllGlobals())))
  )

  it.live("forgets nothing that arrives while it runs", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      inNextTurn(() => {
        events.push("first")
        inNextTurn(() => events.push("second"))
      })
      yield* nextTurn
      yield* nextTurn
      assert.deepStrictEqual(events, ["first", "second"])
    })
  )

  it.live("is left by a request that is interrupted, and the others go on", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      const gone = yield* Effect.forkChild(request("gone", events), { startImmediately: true })
      const stays = yield* Effect.forkChild(request("stays", events), { startImmediately: true })
      yield* Fiber.interrupt(gone)
      yield* Fiber.join(stays)
      assert.deepStrictEqual(events, ["arrives gone", "arrives stays", "runs stays", "is sent stays"])
    })
  )
})
