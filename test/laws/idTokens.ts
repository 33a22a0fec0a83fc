import * as Arbitrary from "effect/Arbitrary"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import {
  type Event,
  type Held,
  histories,
  nothing,
  play,
  type Session,
  showHistory
} from "./support/History.ts"
import { openIdWorlds, openOpenId, showWorld } from "./support/House.ts"
import { Broken, law, require } from "./support/Law.ts"
import { Model } from "./support/Model.ts"
import { claimOf, fetchJwkSet, refuses } from "./support/RelyingParty.ts"

export const idTokens = law(
  "an ID token verifies at the client that asked for it, vouches for what comes with it, and says when and in which session its person signed in",
  {
    given: Arbitrary.all({ world: openIdWorlds, history: histories(14) }),
    show: ({ history, world }) => `${showWorld(world)}\n${showHistory(history)}`,
    size: 14,
    holds: ({ history, world }, house) =>
      Effect.gen(function* () {
        const jwkSet = yield* fetchJwkSet
        const held = nothing()
        const model = new Model(world)
        const names = new Names()
        for (const [index, command] of history.entries()) {
          const before = held.idTokens.length
          const event = yield* play(world, held, command)
          const problems = model.see(event, yield* Clock.currentTimeMillis)
          if (problems.length > 0) return yield* new Broken({ problem: problems.join("; ") })
          const came = held.idTokens.length > before
          const expected = isDue(event)
          yield* require(expected === undefined || came === expected, () =>
            `step ${index + 1}: ${came ? "an" : "no"} ID token came`)
          yield* require(!came || names.agree(held), () => `step ${index + 1}: its sid is of another session`)
          for (const idToken of held.idTokens.slice(before)) {
            const problem = yield* refuses(jwkSet, idToken)
            if (problem !== undefined) return yield* new Broken({ problem: `step ${index + 1}: ${problem}` })
          }
        }
      }).pipe(Effect.provide(openOpenId(world, house)))
  }
)

/** Whether an ID token belongs to a token response; what a response type gives, the model knows. */
const isDue = (event: Event): boolean | undefined => {
  switch (event._tag) {
    case "Redeemed":
      return Result.isSuccess(event.result) && event.code.asked.isOpenId
    case "Refreshed": {
      const scope = event.scope?.split(" ") ?? event.token.asked?.mayHave ?? []
      return (
        Result.isSuccess(event.result) && event.token.asked?.isOpenId === true && scope.includes("openid")
      )
    }
    case "Authorized":
      return undefined
    default:
      return false
  }
}

/** A session has one name (`sid`), whatever client it is for, and no other session has it. */
class Names {
  readonly #sessions = new Map<unknown, Session | undefined>()
  readonly #names = new Map<Session | undefined, unknown>()

  agree({ idTokens }: Held): boolean {
    return idTokens.every(({ asked: { session }, text }) => {
      const sid = claimOf(text, "sid")
      if (!this.#sessions.has(sid) && !this.#names.has(session)) {
        this.#sessions.set(sid, session)
        this.#names.set(session, sid)
      }
      return (
        typeof sid === "string" && this.#sessions.get(sid) === session && this.#names.get(session) === sid
      )
    })
  }
}
