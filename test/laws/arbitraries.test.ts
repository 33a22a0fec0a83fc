import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import {
  Authorization,
  AuthorizationEndpoint,
  AuthorizationServer,
  Grants,
  Parameters,
  TokenEndpoint
} from "effect-oauth"
import {
  Arbitraries,
  Browser,
  Flows,
  Mistakes,
  type TestClient,
  TestServer,
  Wire
} from "effect-oauth/testing"

const scopes = ["read", "write", "urn:example:a/b", "!"]
const ada = { username: "ada", password: "lovelace" }

const serverFor = (client: TestClient.TestClient) =>
  TestServer.layer({
    clients: [client],
    people: [ada],
    server: AuthorizationServer.layer({
      issuer: "https://auth.example.com",
      scopes,
      grants: [Grants.authorizationCode, Grants.refreshToken, Grants.clientCredentials]
    })
  })

const tagOf = (error: { readonly _tag: string; readonly error?: unknown }) =>
  error._tag === "AuthorizationError" &&
  typeof error.error === "object" &&
  error.error !== null &&
  "_tag" in error.error
    ? error.error._tag
    : error._tag

const seen = new Set<string>()
const met = ({ field, problem }: Mistakes.Mistake) => seen.add(`${field} ${problem}`)

const client = Arbitraries.client({ scopes })
const authorization = Arbitrary.flatMap(client, (client) =>
  Arbitrary.all({
    client: Arbitrary.Constant(client),
    good: Arbitraries.authorizationRequest(client, { scopes }),
    nearly: Arbitraries.nearlyValidAuthorizationRequest(client, { scopes })
  })
)

describe("authorization requests", () => {
  it.effect.prop(
    "a valid one gives a code, which the verifier redeems",
    [authorization],
    ([{ client, good }]) =>
      Effect.gen(function* () {
        const { parameters, verifier } = good
        const code = yield* Flows.authorizationCode({ client, person: ada, parameters })
        yield* Flows.redeem(client, code, { redirect_uri: parameters.redirect_uri, code_verifier: verifier })
      }).pipe(Effect.provide(serverFor(client)))
  )

  it.effect.prop(
    "a nearly valid one fails with the error that it is tagged with, and tells whom it may",
    [authorization],
    ([
      {
        client,
        nearly: { mistake, request }
      }
    ]) =>
      Effect.gen(function* () {
        met(mistake)
        const query = Parameters.encode(request.parameters)
        const program = Effect.fromResult(Parameters.parse(query)).pipe(
          Effect.flatMap((parameters) =>
            AuthorizationEndpoint.validate({ parameters, authorization: undefined, remoteAddress: undefined })
          )
        )
        const error = yield* Effect.flip(program)
        assert.strictEqual(tagOf(error), mistake.expected.tag)

        const wire = yield* Wire.Wire
        const answer = yield* wire.send({ path: "/authorize", query })
        const redirect = Flows.redirectOf(answer, client.client.redirectUris)
        assert.strictEqual(redirect === undefined ? "person" : "client", mistake.expected.toldTo)
        assert.strictEqual(
          (redirect?.parameters ?? Flows.jsonOf(answer)).error,
          mistake.expected.error,
          mistake.problem
        )
      }).pipe(Effect.provide(serverFor(client))),
    { arbitrary: { runs: 400 } }
  )
})

describe("token requests", () => {
  it.effect.prop(
    "a nearly valid one fails with the error that it is tagged with, and the good one works afterwards",
    [client, Arbitraries.pkce],
    ([client]) =>
      Effect.gen(function* () {
        const code = yield* Flows.authorizationCode({ client, person: ada })
        const forCode = {
          grant_type: "authorization_code",
          code,
          redirect_uri: client.client.redirectUris[0] ?? "",
          code_verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        }
        yield* refusesMistakesIn(client, forCode)
        const { refreshToken } = yield* Flows.redeem(client, code)
        if (refreshToken === undefined) return
        const forRefreshToken = { grant_type: "refresh_token", refresh_token: refreshToken }
        yield* refusesMistakesIn(client, forRefreshToken)
        yield* Flows.refresh(client, refreshToken)
      }).pipe(Effect.provide(serverFor(client)))
  )

  /** A few of them, since each leaves the code and the token as they are. */
  const refusesMistakesIn = (client: TestClient.TestClient, parameters: Readonly<Record<string, string>>) =>
    Effect.gen(function* () {
      const wire = yield* Wire.Wire
      const some = yield* Effect.orDie(
        Arbitrary.sampleEffect(Arbitraries.nearlyValidTokenRequest(client, parameters), { count: 8 })
      )
      for (const { mistake, request } of some) {
        met(mistake)
        const { authorization } = request.headers
        const form = Parameters.encode(request.parameters)
        const error = yield* Effect.fromResult(Parameters.parse(form)).pipe(
          Effect.flatMap((parameters) =>
            TokenEndpoint.handle({
              parameters,
              authorization: authorization === undefined ? undefined : Authorization.parse(authorization),
              remoteAddress: undefined
            })
          ),
          Effect.flip
        )
        assert.strictEqual(error._tag, mistake.expected.tag, `${mistake.field} ${mistake.problem}`)
        const sent = Browser.post("/token", {}, request.headers)
        const answer = yield* wire.send({ ...sent, body: form })
        assert.strictEqual(Flows.jsonOf(answer).error, mistake.expected.error)
      }
    })

  it("every mistake was met", () => {
    for (const { field, problem } of [...Mistakes.authorizationMistakes, ...Mistakes.tokenMistakes]) {
      assert.isTrue(seen.has(`${field} ${problem}`), `${field} ${problem}`)
    }
  })
})
