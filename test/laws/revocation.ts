import * as Arbitrary from "effect/Arbitrary"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { GrantStore } from "effect-oauth"
import { Flows } from "effect-oauth/testing"
import { sweep } from "./support/History.ts"
import { open, people, refreshing, resourceServer, schedules, showWorld, worlds } from "./support/House.ts"
import { law, mustWork, require } from "./support/Law.ts"

const ways = [
  "its refresh token",
  "a refresh token of before",
  "the grant itself",
  "the code, a second time",
  "a refresh token, after it was replaced"
] as const

export const revocation = law("after revocation nothing under the grant works, anywhere", {
  given: Arbitrary.all({
    world: Arbitrary.map(worlds, refreshing),
    schedule: schedules,
    way: Arbitrary.schema(Schema.Literals(ways)),
    rotations: Arbitrary.schema(Schema.Literals([1, 0, 2, 3])),
    /** How many refresh at the moment of the revocation. */
    atOnce: Arbitrary.schema(Schema.Literals([0, 1, 2, 4])),
    later: Arbitrary.schema(Schema.Literals([0, 1, 31, 601])),
    sweep: Arbitrary.schema(Schema.Boolean)
  }),
  show: ({ world, ...rest }) => `${showWorld(world)}\n  ${JSON.stringify(rest)}`,
  holds: ({ atOnce, later, rotations, schedule, sweep: swept, way, world }, house) => {
    const [client, another] = world.clients
    return Effect.gen(function* () {
      const parameters = { redirect_uri: client.client.redirectUris[0] }
      const code = yield* mustWork("signing in")(
        Flows.authorizationCode({ client, person: people[0], parameters })
      )
      const accessTokens: Array<string> = []
      const refreshTokens: Array<string> = []
      const hold = ({ accessToken, refreshToken = "" }: Flows.Tokens) => {
        accessTokens.push(accessToken)
        refreshTokens.push(refreshToken)
      }
      hold(yield* mustWork("the code")(Flows.redeem(client, code)))
      for (let times = 0; times < rotations; times++) {
        hold(yield* mustWork("a refresh")(Flows.refresh(client, refreshTokens.at(-1) ?? "")))
      }
      const current = refreshTokens.at(-1) ?? ""
      const before = refreshTokens.at(-2) ?? current

      const revoke = Effect.gen(function* () {
        switch (way) {
          case "its refresh token":
            return yield* mustWork("revocation")(Flows.revoke(client, current))
          case "a refresh token of before":
            return yield* mustWork("revocation")(Flows.revoke(client, before))
          case "the grant itself":
            return yield* revokeGrants(people[0].username)
          case "the code, a second time":
            return yield* Effect.ignore(Flows.redeem(client, code))
          case "a refresh token, after it was replaced": {
            const next = yield* mustWork("a refresh")(Flows.refresh(client, current))
            hold(next)
            yield* TestClock.adjust(`${world.settings.grace + 1} seconds`)
            // If there is no window, the first of those who ask at once may have done it.
            return yield* Effect.ignore(Flows.refresh(client, current))
          }
        }
      })
      const others = Effect.forEach(
        Array.from({ length: way === "a refresh token, after it was replaced" ? 0 : atOnce }),
        () => Effect.result(Flows.refresh(client, current)),
        { concurrency: "unbounded" }
      )
      const [, meanwhile] = yield* Effect.all([revoke, others], { concurrency: "unbounded" })
      for (const result of meanwhile) if (Result.isSuccess(result)) hold(result.success)

      // Somebody else's grant is none of its business.
      const neighbour = yield* mustWork("a neighbour")(
        Flows.signIn({ client, person: people[1], parameters })
      )
      if (swept) yield* sweep
      yield* TestClock.adjust(`${later} seconds`)

      const nothingWorks = Effect.gen(function* () {
        for (const token of [...accessTokens, ...refreshTokens]) {
          const said = yield* mustWork("introspection")(Flows.introspect(resourceServer, token))
          const kind = accessTokens.includes(token) ? "an access token" : "a refresh token"
          yield* require(said.active === false, () => `${kind} is still active`)
        }
        for (const who of [client, another]) {
          for (const token of refreshTokens) {
            const result = yield* Effect.result(Flows.refresh(who, token))
            yield* require(Result.isFailure(result), () => "a refresh token still works")
          }
          const redeemed = yield* Effect.result(Flows.redeem(who, code, parameters))
          yield* require(Result.isFailure(redeemed), () => "the code still works")
        }
      })
      yield* nothingWorks
      // Nor does trying bring it back.
      yield* nothingWorks

      if (later < world.settings.accessToken) {
        const said = yield* mustWork("introspection")(Flows.introspect(resourceServer, neighbour.accessToken))
        yield* require(said.active === true, () => "somebody else's grant went along")
      }
    }).pipe(Effect.provide(open(world, house, { schedule })))
  }
})

/** As an application does that lets people look after their grants. */
const revokeGrants = Effect.fnUntraced(function* (subject: string) {
  const store = yield* GrantStore.GrantStore
  const now = yield* Clock.currentTimeMillis
  yield* Stream.runForEach(store.grantsOfSubject(subject), ({ id }) =>
    store.revoke({ _tag: "Grant", id }, now)
  ).pipe(Effect.orDie)
})
