import * as Arbitrary from "effect/Arbitrary"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Flows } from "effect-oauth/testing"
import { histories, nothing, play, showHistory } from "./support/History.ts"
import { open, resourceServer, showWorld, worlds } from "./support/House.ts"
import { Broken, law, mustWork, require } from "./support/Law.ts"
import { Model } from "./support/Model.ts"

export const introspection = law(
  "introspection says active exactly when issued, not expired, not revoked, and the grant alive",
  {
    given: Arbitrary.all({ world: worlds, history: histories(16) }),
    show: ({ history, world }) => `${showWorld(world)}\n${showHistory(history)}`,
    size: 16,
    holds: ({ history, world }, house) =>
      Effect.gen(function* () {
        const held = nothing()
        const model = new Model(world)
        for (const [index, command] of history.entries()) {
          const event = yield* play(world, held, command)
          const now = yield* Clock.currentTimeMillis
          const problems = model.see(event, now)
          if (problems.length > 0) {
            return yield* new Broken({ problem: `step ${index + 1}: ${problems.join("; ")}` })
          }
          for (const token of [...held.accessTokens, ...held.refreshTokens]) {
            const said = yield* mustWork("introspection")(Flows.introspect(resourceServer, token.text))
            const expected = model.isActive(token.text, now)
            yield* require(said.active === expected, () => {
              const kind = held.accessTokens.includes(token) ? "an access token" : "a refresh token"
              return `step ${index + 1}: ${kind} is said to be ${said.active ? "" : "not "}active`
            })
          }
        }
      }).pipe(Effect.provide(open(world, house)))
  }
)
