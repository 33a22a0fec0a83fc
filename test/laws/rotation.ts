import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { Flows } from "effect-oauth/testing"
import { sweep } from "./support/History.ts"
import {
  lasting,
  open,
  people,
  refreshing,
  resourceServer,
  schedules,
  showWorld,
  type World,
  worlds
} from "./support/House.ts"
import { Broken, law, mustWork, require } from "./support/Law.ts"

/** A client that wants new tokens, on a bad line. */
const Round = Schema.Struct({
  /** How many of its tabs ask at once. */
  atOnce: Schema.Literals([1, 1, 2, 5]),
  /** How often all answers are lost, and how long it waits before it asks again. */
  losses: Schema.Array(Schema.Literals([0, 1, 2])),
  /** Before the next round. */
  pause: Schema.Literals([0, 1, 31, 100]),
  sweep: Schema.Boolean
})

type Round = typeof Round.Type

/** As far as nobody asks again too late, or too often: how many at once, and after which pauses. */
const honest = ({ settings }: World, { atOnce, losses }: Round) => {
  if (settings.grace === 0) return { tabs: 1, pauses: [] }
  const tabs = Math.min(atOnce, 1 + settings.replays)
  const pauses: Array<number> = []
  for (const pause of losses) {
    const waited = pauses.reduce((sum, earlier) => sum + earlier, pause)
    if (tabs + pauses.length > settings.replays || waited > settings.grace) break
    pauses.push(pause)
  }
  return { tabs, pauses }
}

export const rotation = law(
  "at most one refresh token of a family is live, and a client that retries within the grace window is never logged out",
  {
    given: Arbitrary.all({
      world: Arbitrary.map(worlds, refreshing),
      schedule: schedules,
      rounds: Arbitrary.array(Arbitrary.schema(Round), { minLength: 1, maxLength: 6 }),
      /** Which of all the tokens somebody presents in the end. */
      old: Arbitrary.schema(Schema.Literals([1, 2, 3])),
      /** Whether each response has an ID token, where there are any. */
      openId: Arbitrary.schema(Schema.Boolean)
    }),
    show: ({ old, openId, rounds, schedule, world }) =>
      [
        showWorld(world),
        `  ${openId ? "an authentication request, if it may be" : "a request of plain OAuth"}`,
        ...rounds.map((round, index) => `  ${index + 1}. ${JSON.stringify(round)}`),
        `  turns: ${JSON.stringify(schedule)}; in the end, the ${old}. of the tokens before the last`
      ].join("\n"),
    holds: ({ old, openId, rounds, schedule, world }, house) => {
      const [client] = world.clients
      return Effect.gen(function* () {
        const signedIn = yield* mustWork("signing in")(
          Flows.signIn({
            client,
            person: people[0],
            parameters: {
              redirect_uri: client.client.redirectUris[0],
              ...(openId && world.openId !== undefined && { scope: lasting(world).join(" ") })
            }
          })
        )
        const tokens = [signedIn.refreshToken ?? ""]
        for (const [index, round] of rounds.entries()) {
          const current = tokens.at(-1) ?? ""
          const { pauses, tabs } = honest(world, round)
          const refresh = mustWork(`round ${index + 1}: a client that retries is logged out`)(
            Flows.refresh(client, current)
          )
          const answers = yield* Effect.forEach(Array.from({ length: tabs }), () => refresh, {
            concurrency: "unbounded"
          })
          for (const pause of pauses) {
            yield* TestClock.adjust(`${pause} seconds`)
            answers.push(yield* refresh)
          }
          const successors = new Set(answers.map(({ refreshToken = "" }) => refreshToken))
          yield* require(successors.size === 1, () => `round ${index + 1}: ${successors.size} successors`)
          tokens.push(...successors)
          if (round.sweep) yield* sweep
          yield* mostOneActive(tokens, `round ${index + 1}`)
          yield* TestClock.adjust(`${round.pause} seconds`)
        }
        // What was replaced longer ago than the grace window is not live either, by trying.
        yield* TestClock.adjust(`${world.settings.grace + 1} seconds`)
        const before = tokens.at(-1 - old)
        if (before === undefined) return
        const again = yield* Effect.result(Flows.refresh(client, before))
        yield* require(Result.isFailure(again), () =>
          "a token that was replaced is live after the grace window")
      }).pipe(Effect.provide(open(world, house, { schedule })))
    }
  }
)

const mostOneActive = Effect.fnUntraced(function* (tokens: ReadonlyArray<string>, when: string) {
  const active = yield* Effect.filter(tokens, (token) =>
    mustWork("introspection")(Flows.introspect(resourceServer, token)).pipe(
      Effect.map((said) => said.active === true)
    )
  )
  if (active.length > 1) return yield* new Broken({ problem: `${when}: ${active.length} tokens are live` })
})
