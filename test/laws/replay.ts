import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import { type TestClient, Wire } from "effect-oauth/testing"
import { type Command, histories, nothing, play, showHistory } from "./support/History.ts"
import { type House, open, showWorld, type World, worlds } from "./support/House.ts"
import { Broken, law } from "./support/Law.ts"

const signedAlike = ({ client, secret }: TestClient.TestClient): TestClient.TestClient => ({
  secret,
  client: {
    ...client,
    idTokenSignedResponseAlg:
      client.idTokenSignedResponseAlg === "ES256" ? "EdDSA" : (client.idTokenSignedResponseAlg ?? "RS256")
  }
})

// ECDSA throws a die for every signature (FIPS 186-5 §6.3), wherever the keys are.
const withoutEs256 = (world: World): World => {
  const [one, two, three] = world.clients
  return { ...world, clients: [signedAlike(one), signedAlike(two), signedAlike(three)] }
}

export const replay = law(
  "a response is a function of request, stored state, time and seed: replaying gives the same bytes",
  {
    given: Arbitrary.all({
      world: Arbitrary.map(worlds, withoutEs256),
      history: histories(12),
      seed: Arbitrary.map(histories(1), (history) => JSON.stringify(history))
    }),
    show: ({ history, seed, world }) => `${showWorld(world)}\n${showHistory(history)}\n  seed: ${seed}`,
    holds: ({ history, seed, world }, house) =>
      Effect.gen(function* () {
        const first = yield* perform(world, history, house, seed)
        const second = yield* perform(world, history, house, seed)
        for (const [index, exchange] of first.entries()) {
          if (exchange === second[index]) continue
          return yield* new Broken({ problem: `once it was\n${exchange}\nand then\n${second[index]}` })
        }
      })
  }
)

/** Every request and its answer, whole. */
const perform = (world: World, history: ReadonlyArray<Command>, house: House, seed: string) =>
  Effect.gen(function* () {
    const wire = yield* Wire.Wire
    const exchanges: Array<string> = []
    const watched = Wire.Wire.of({
      issuer: wire.issuer,
      send: (sent) =>
        Effect.map(wire.send(sent), (answer) => {
          exchanges.push(JSON.stringify([sent, answer]))
          return answer
        })
    })
    const held = nothing()
    for (const command of history) {
      yield* Effect.provideService(play(world, held, command), Wire.Wire, watched)
    }
    return exchanges
  }).pipe(Effect.provide(open(world, house, { seed })))
