import { cpuUsage } from "node:process"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import { Wire } from "effect-oauth/testing"
import { fill, garbage as request, showGarbage } from "./support/Garbage.ts"
import { open } from "./support/House.ts"
import { law, require } from "./support/Law.ts"
import { misshapen } from "./support/Shape.ts"
import { hold, world } from "./support/Site.ts"

/** In milliseconds of the processor, which does other things too. */
const patience = 2000

export const garbage = law(
  "any bytes at any endpoint get an answer of the RFC's shape below 500, in bounded time",
  {
    given: Arbitrary.array(request, { minLength: 1, maxLength: 12 }),
    show: (requests) => requests.map(showGarbage).join("\n"),
    holds: (requests, house) =>
      Effect.gen(function* () {
        const { send } = yield* Wire.Wire
        const held = yield* hold
        for (const garbage of requests) {
          const sent = fill(garbage, held)
          const started = cpuUsage()
          const answer = yield* send(sent)
          const { system, user } = cpuUsage(started)
          const took = (system + user) / 1000
          yield* require(took < patience, () => `an answer took ${took} ms`)
          const problem = misshapen(answer)
          yield* require(problem === undefined, () =>
            `${sent.method} ${sent.path}: ${problem}\n${answer.body}`)
        }
      }).pipe(Effect.provide(open(world, house)))
  }
)
