import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { Faults, Flows } from "effect-oauth/testing"
import { parametersOf, responseTypesOf, sweep } from "./support/History.ts"
import { open, people, schedules, showWorld, worlds } from "./support/House.ts"
import { law, mustWork, require } from "./support/Law.ts"

const Attempt = Schema.Struct({
  by: Schema.Literals(["its client", "its client", "its client", "another"]),
  verifier: Schema.Literals(["right", "right", "right", "wrong"])
})

/** Attempts at once, some time after those before. */
const Round = Schema.Struct({
  after: Schema.Literals([0, 0, 0, 1, 30, 3600]),
  sweep: Schema.Literals([false, false, true]),
  attempts: Schema.NonEmptyArray(Attempt)
})

/** Of one of the redemptions, its answer is lost, or it never happens. */
const Loss = Schema.Struct({
  call: Schema.Literals([1, 2, 3]),
  moment: Schema.Literals(["before", "after"]),
  strike: Schema.Literals(["fail", "interrupt"])
})

export const once = law("a code gives tokens at most once, ever", {
  given: Arbitrary.all({
    world: worlds,
    schedule: schedules,
    rounds: Arbitrary.array(Arbitrary.schema(Round), { minLength: 1, maxLength: 4 }),
    losses: Arbitrary.array(Arbitrary.schema(Loss), { maxLength: 1 }),
    /** Of those that come with a code. */
    responseType: Arbitrary.schema(Schema.Literals([0, 0, 1, 2, 3]))
  }),
  show: ({ losses, responseType, rounds, schedule, world }) =>
    [
      showWorld(world),
      `  the ${responseType}. of its response types`,
      ...rounds.map((round, index) => `  ${index + 1}. ${JSON.stringify(round)}`),
      `  turns: ${JSON.stringify(schedule)}, losses: ${JSON.stringify(losses)}`
    ].join("\n"),
  holds: ({ losses, responseType, rounds, schedule, world }, house) => {
    const [client, another] = world.clients
    const faults = losses.map(
      ({ call, moment, strike }): Faults.Fault => ({
        verb: "GrantStore.redeemCode",
        call,
        moment,
        strike: strike === "fail" ? Faults.fail : Faults.interrupt
      })
    )
    return Effect.gen(function* () {
      const types = responseTypesOf(world, client).filter((type) => type.split(" ").includes("code"))
      const parameters = parametersOf(types[responseType % types.length] ?? "code")
      const code = yield* mustWork("signing in")(
        Flows.authorizationCode({ client, person: people[0], parameters })
      )
      let honoured = 0
      for (const { after, attempts, sweep: swept } of rounds) {
        yield* TestClock.adjust(`${after} seconds`)
        if (swept) yield* sweep
        const answers = yield* Effect.forEach(
          attempts,
          ({ by, verifier }) =>
            Effect.result(
              Flows.redeem(by === "another" ? another : client, code, {
                redirect_uri: client.client.redirectUris[0],
                ...(verifier === "wrong" && { code_verifier: "w".repeat(43) })
              })
            ).pipe(Effect.exit),
          { concurrency: "unbounded" }
        )
        for (const exit of answers) {
          if (exit._tag === "Success" && Result.isSuccess(exit.value)) honoured++
        }
      }
      yield* require(honoured <= 1, () => `the code gave tokens ${honoured} times`)
      // It is not that no code ever gives anything.
      const first = rounds[0]
      const inTime = first?.after === 0 || first?.after === 1
      const good = first?.attempts.some(({ by, verifier }) => by !== "another" && verifier === "right")
      if (losses.length === 0 && inTime && good === true) {
        yield* require(honoured === 1, () => "the code gave no tokens, though its client asked in time")
      }
    }).pipe(Effect.provide(open(world, house, { schedule, faults })))
  }
})
