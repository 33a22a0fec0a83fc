import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Turns from "../../src/node/internal/Turns.ts"

const nextTurn = Effect.callback<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

const observed = () => {
  const events: Array<string> = []
  const answerInTurn = Turns.make<string>(Effect.runFork)
  return {
    events,
    answerInTurn,
    arrive: (name: string, program: Effect.Effect<void> = Effect.void) =>
      answerInTurn(
        Effect.as(
          Effect.andThen(
            Effect.sync(() => events.push(`run ${name}`)),
            program
          ),
          name
        ),
        (answer) => events.push(`send ${answer}`)
      )
  }
}

describe("Turns", () => {
  it.live("all that arrived in one turn is run, and then all is sent", () =>
    Effect.gen(function* () {
      const { arrive, events } = observed()
      arrive("a")
      arrive("b")
      expect(events).toEqual([])
      yield* nextTurn
      expect(events).toEqual(["run a", "run b", "send a", "send b"])
    })
  )

  it.live("a program that has to wait holds nobody up, and is answered when it has ended", () =>
    Effect.gen(function* () {
      const { arrive, events } = observed()
      arrive("slow", Effect.sleep(20))
      arrive("quick")
      yield* nextTurn
      expect(events).toEqual(["run slow", "run quick", "send quick"])
      yield* Effect.sleep(60)
      expect(events.at(-1)).toBe("send slow")
    })
  )

  it.live("what arrives while answers are sent has the next turn", () =>
    Effect.gen(function* () {
      const { answerInTurn, arrive, events } = observed()
      answerInTurn(Effect.succeed("first"), () => arrive("second"))
      yield* nextTurn
      yield* nextTurn
      expect(events).toEqual(["run second", "send second"])
    })
  )

  it.live("what arrives while programs run is not forgotten", () =>
    Effect.gen(function* () {
      const { arrive, events } = observed()
      arrive(
        "first",
        Effect.sync(() => arrive("second"))
      )
      yield* nextTurn
      yield* nextTurn
      expect(events).toEqual(["run first", "send first", "run second", "send second"])
    })
  )

  it.live("a program that dies is not answered, and the others are", () =>
    Effect.gen(function* () {
      const { arrive, events } = observed()
      arrive("broken", Effect.die("broken"))
      arrive("whole")
      yield* nextTurn
      expect(events).toEqual(["run broken", "run whole", "send whole"])
    })
  )
})
