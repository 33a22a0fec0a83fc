import * as Arbitrary from "effect/Arbitrary"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { SigningKeys } from "effect-oauth"
import { Browser, Flows, type TestClient } from "effect-oauth/testing"
import type { JSONWebKeySet } from "jose"
import {
  idTokenLifetime,
  openIdWorlds,
  openReplacing,
  people,
  showWorld,
  type World
} from "./support/House.ts"
import { law, mustWork, require } from "./support/Law.ts"
import { fetchJwkSet, verify } from "./support/RelyingParty.ts"

const schedule = { rotateEvery: "9 hours", cacheFor: "1 hour", tokenLifetime: "2 hours" } as const

/** In seconds. */
const cacheFor = 3600

const Step = Schema.Struct({
  /** In seconds: around what a token, a JWK Set and a key are good for. */
  wait: Schema.Literals([0, 59, 60, 299, 300, 3540, 3600, 3719, 3720, 7200, 28_800, 32_400]),
  replace: Schema.Literals(["nothing", "nothing", "ES256", "EdDSA"]),
  fetch: Schema.Literals([true, true, false]),
  client: Schema.Literals([0, 1, 2])
})

const signedBy = ({ client, secret }: TestClient.TestClient): TestClient.TestClient => {
  const { scope: _, ...rest } = client
  const algorithm = client.idTokenSignedResponseAlg === "ES256" ? "ES256" : "EdDSA"
  return {
    secret,
    client: {
      ...rest,
      idTokenSignedResponseAlg: algorithm,
      responseTypes: ["code id_token"],
      grantTypes: ["authorization_code", "implicit"]
    }
  }
}

const withReplacedKeys = (world: World): World => {
  const [one, two, three] = world.clients
  // No hint may outlive the key that signed it, and a session is as long as its hints are good.
  const settings = { ...world.settings, session: 3600 }
  return { ...world, settings, clients: [signedBy(one), signedBy(two), signedBy(three)] }
}

export const keys = law(
  "whenever keys are replaced, an ID token verifies for as long as it is good, against every JWK Set that may still be used",
  {
    given: Arbitrary.all({
      world: Arbitrary.map(openIdWorlds, withReplacedKeys),
      steps: Arbitrary.array(Arbitrary.schema(Step), { minLength: 2, maxLength: 12 })
    }),
    show: ({ steps, world }) =>
      [showWorld(world), ...steps.map((step, index) => `  ${index + 1}. ${JSON.stringify(step)}`)].join("\n"),
    holds: ({ steps, world }, house) =>
      Effect.gen(function* () {
        const rotation = yield* SigningKeys.KeyRotation
        const browser = new Browser.Browser()
        const sets: Array<{ readonly jwkSet: JSONWebKeySet; readonly until: number }> = []
        const tokens: Array<{
          readonly text: string
          readonly client: TestClient.TestClient
          readonly until: number
        }> = []
        for (const [index, { client: which, fetch, replace, wait }] of steps.entries()) {
          yield* TestClock.adjust(`${wait} seconds`)
          const now = yield* Clock.currentTimeMillis
          if (replace !== "nothing") yield* mustWork("replacing a key")(rotation.rotate(replace))
          const client = world.clients[which]
          const { parameters } = yield* mustWork("signing in")(
            Flows.authorize({
              client,
              person: people[0],
              browser,
              parameters: {
                response_type: "code id_token",
                scope: "openid",
                nonce: "n",
                redirect_uri: client.client.redirectUris[0]
              }
            })
          )
          tokens.push({ text: parameters.id_token ?? "", client, until: now + idTokenLifetime * 1000 })
          if (fetch) sets.push({ jwkSet: yield* fetchJwkSet, until: now + cacheFor * 1000 })
          const usable = sets.filter(({ until }) => now <= until)
          for (const { client, text } of tokens.filter(({ until }) => now < until)) {
            for (const { jwkSet } of usable) {
              const verified = yield* verify(jwkSet, client, text, now)
              yield* require(Result.isSuccess(verified), () => `step ${index + 1}: a token does not verify`)
            }
          }
        }
      }).pipe(Effect.provide(openReplacing(world, house, schedule)))
  }
)
