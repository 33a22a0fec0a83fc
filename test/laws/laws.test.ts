import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { all } from "./all.ts"
import { ours } from "./support/House.ts"

describe("laws of the flows", () => {
  for (const law of all) {
    it.live(
      law.sentence,
      () =>
        Effect.gen(function* () {
          const checked = yield* law.check(ours)
          if (checked._tag === "Broken") assert.fail(checked.message)
        }),
      { timeout: 240_000 }
    )
  }
})
