/**
 * A refresh family in its old age.
 */
import * as Effect from "effect/Effect"
import { holds, same } from "../Expect.ts"
import { Broken, describe, maker } from "../Law.ts"
import { familyOn } from "../laws/Family.ts"
import { race, raceLaw } from "../races/Race.ts"
import { Settings } from "../Settings.ts"
import * as Stage from "../Stage.ts"
import { sweepAll } from "../Sweeping.ts"

/** A family in a store from which everything was swept that expires before it does. */
const withOldFamily = Effect.gen(function* () {
  const { rotations = 10_000 } = yield* Settings
  const stage = yield* Stage.swept
  const { family, reused, store } = yield* familyOn(stage)
  const soon = stage.now + Stage.minute
  const end = stage.now + 60 * Stage.day
  /** Each rotation comes with an access token, which is swept. */
  const rotateUpTo = (generation: number) =>
    Effect.gen(function* () {
      for (let current = (yield* family)?.generation ?? 0; current < generation; current++) {
        const rotation = stage.rotation(current)
        const accessToken = { ...rotation.accessToken, expiresAt: soon }
        const outcome = yield* store.rotate({ ...rotation, accessToken })
        yield* same(`rotation ${current + 1}`, outcome, { _tag: "Rotated" })
      }
      yield* sweepAll(store.sweep, soon, 10_000)
    })
  yield* sweepAll(store.sweep, stage.family().expiresAt - 1)
  return { end, family, reused, rotateUpTo, rotations, stage, store }
})

const law = maker("GrantStore", "sweeping")

export const rotationSweeping = [
  law(
    "a family goes on however often it is rotated, and knows its first token as reused",
    Effect.gen(function* () {
      const { end, family, reused, rotateUpTo, rotations, stage, store } = yield* withOldFamily
      yield* rotateUpTo(rotations)
      yield* same("the current token", (yield* family)?.currentHash, stage.rotation(rotations).presented.hash)
      yield* same("the first token", yield* store.rotate(stage.rotation(0, { attempt: "thief" })), reused)
      const swept = yield* sweepAll(store.sweep, end)
      yield* holds(`${swept} rows for one family`, swept < Math.max(rotations, 20))
    })
  ),

  law(
    "every token before the parent is known as reused, however many there were",
    Effect.gen(function* () {
      for (const generation of [0, 1, 5, 17, 18]) {
        const { reused, rotateUpTo, stage, store } = yield* withOldFamily
        yield* rotateUpTo(20)
        const thief = stage.rotation(generation, { attempt: "thief" })
        yield* same(`generation ${generation} of 20`, yield* store.rotate(thief), reused)
      }
    })
  ),

  maker(
    "GrantStore",
    "sweeping",
    "countRows"
  )(
    "a family takes no more rows after so many rotations than after ten",
    Effect.gen(function* () {
      const { rotateUpTo, rotations } = yield* withOldFamily
      const { countRows = Effect.succeed(0) } = yield* Settings
      const count = Effect.mapError(countRows, (error) => new Broken({ problem: describe(error) }))
      yield* rotateUpTo(10)
      const few = yield* count
      yield* rotateUpTo(rotations)
      yield* same(`rows after ${rotations} rotations`, yield* count, few)
    })
  ),

  raceLaw("GrantStore", "sweeping")(
    "a family that is rotated while others sweep lives on with its grant, or was swept before",
    Effect.gen(function* () {
      const stage = yield* Stage.swept
      const { accessToken, family, store } = yield* familyOn(stage)
      // By the clock of those who sweep it has expired; by that of the one who rotates it, it is about to.
      const { expiresAt } = stage.family()
      const later = expiresAt + Stage.minute
      const rotation = stage.rotation(0, {
        now: expiresAt - 1,
        next: { hash: stage.rotation(0).next.hash, expiresAt: later },
        accessToken: stage.accessToken("rotated", { expiresAt: later })
      })
      const counts = yield* race((index) =>
        index === 0
          ? store.rotate(rotation)
          : Effect.as(store.sweep({ now: expiresAt, limit: 1000 }), "Swept")
      )
      const rotated = counts.Rotated === 1
      yield* holds("a family that is not rotated is unknown", rotated || counts.Unknown === 1)
      yield* same("the family is left", (yield* family) !== undefined, rotated)
      yield* same("the access token is left", (yield* accessToken("rotated")) !== undefined, rotated)
    })
  )
]
