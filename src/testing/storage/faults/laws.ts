/**
 * The laws of a disturbed verb, for a store that has these scenarios.
 */
import * as Effect from "effect/Effect"
import { Broken, type Law, maker, type StoreName } from "../Law.ts"
import type { Model } from "../model/Model.ts"
import { Settings } from "../Settings.ts"
import { failingAt, interruptedAfter, interruptedAt } from "./Disturbances.ts"
import { isSound, type Scenario, wholly } from "./Wholly.ts"

export const faultLaws = <State, Command, Call, R>(
  store: StoreName,
  kept: string,
  model: Model<State, Command, Call, R>,
  scenarios: ReadonlyArray<Scenario<Command>>
): ReadonlyArray<Law<R>> => {
  const law = maker(store, "faults")
  const lawWithFaults = maker(store, "faults", "faults")

  /** A store that does a scenario wrong without being disturbed breaks another law, and not this one. */
  const sound = Effect.gen(function* () {
    const sound = yield* Effect.filter(scenarios, (scenario) => isSound(model, scenario))
    if (sound.length > 0) return sound
    return yield* new Broken({ problem: "none of it works, even undisturbed" })
  })

  const interrupted = Effect.gen(function* () {
    for (const scenario of yield* sound) {
      for (let turns = 0; turns <= 12; turns++) yield* wholly(model, scenario, interruptedAfter(turns, 0))
      for (let loops = 1; loops <= 8; loops++) yield* wholly(model, scenario, interruptedAfter(0, loops))
    }
  })

  /** At the first step, the second, and so on, until the verb has no such step. */
  const atEachStep = (disturbing: typeof failingAt) =>
    Effect.gen(function* () {
      const { faults } = yield* Settings
      if (faults === undefined) return
      let strikes = 0
      for (const scenario of yield* sound) {
        for (const moment of ["before", "after"] as const) {
          for (let step = 1; step < 100; step++) {
            let struck = false
            const onStrike = () => {
              struck = true
              strikes++
            }
            yield* wholly(model, scenario, disturbing(faults, { step, moment, onStrike }))
            if (!struck) break
          }
        }
      }
      if (strikes === 0) return yield* new Broken({ problem: "the fault injection never struck" })
    })

  return [
    law(`what becomes of ${kept} happens wholly or not at all, interrupted at any moment`, interrupted),
    lawWithFaults(
      `what becomes of ${kept} happens wholly or not at all, failing at any step`,
      atEachStep(failingAt)
    ),
    lawWithFaults(
      `what becomes of ${kept} happens wholly or not at all, interrupted at any step`,
      atEachStep(interruptedAt)
    )
  ]
}
