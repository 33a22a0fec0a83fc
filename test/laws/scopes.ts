import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { AuthorizationEndpoint, OAuthRequest, Scope } from "effect-oauth"
import { Arbitraries, Flows } from "effect-oauth/testing"
import { scopeOf } from "./support/History.ts"
import { open, refreshing, resourceServer, showWorld, worlds } from "./support/House.ts"
import { Broken, law, mustWork, require } from "./support/Law.ts"

/** Some of the tokens that the server has, and perhaps one that it has not. */
const wish = (scopes: ReadonlyArray<string>) =>
  Arbitrary.map(
    Arbitrary.all({
      some: Arbitraries.subset(scopes),
      more: Arbitrary.schema(Schema.Literals(["", "", "", "of no server", "of_nobody"]))
    }),
    ({ more, some }) => [...some, ...(more === "" ? [] : more.split(" "))]
  )

const given = Arbitrary.flatMap(Arbitrary.map(worlds, refreshing), (world) =>
  Arbitrary.all({
    world: Arbitrary.Constant(world),
    registered: Arbitraries.subset(world.scopes),
    requested: wish(world.scopes),
    granted: wish(world.scopes),
    refreshed: Arbitrary.array(wish(world.scopes), { maxLength: 3 })
  })
)

const within = (one: ReadonlyArray<string>, other: ReadonlyArray<string>) =>
  one.every((token) => other.includes(token))

const tokensOf = (scope: string) => scope.split(" ").filter((token) => token !== "")

export const scopes = law("issued scope ⊆ granted ⊆ requested ⊆ registered", {
  given,
  show: ({ world, ...wishes }) => `${showWorld(world)}\n  ${JSON.stringify(wishes)}`,
  holds: ({ granted, refreshed, registered, requested, world: before }, house) => {
    const [{ client: unrestricted, secret }, second, third] = before.clients
    const scope = Scope.fromTokens(registered)
    const client = { client: { ...unrestricted, scope }, secret }
    const world = { ...before, clients: [client, second, third] as const }
    return Effect.gen(function* () {
      const registeredScope = scopeOf(world, client)
      const request = Flows.authorizationRequest(client, {
        redirect_uri: client.client.redirectUris[0],
        scope: requested.join(" ")
      })
      const validated = yield* Effect.result(
        AuthorizationEndpoint.validate(OAuthRequest.make({ parameters: request }))
      )
      const mayAsk = within(requested, registeredScope)
      yield* require(Result.isSuccess(validated) === mayAsk, () =>
        mayAsk ? "a client was refused what it registered" : "a client may ask for more than it registered")
      if (Result.isFailure(validated)) return
      const asked = requested.length === 0 ? registeredScope : requested

      const approved = yield* Effect.result(
        AuthorizationEndpoint.approve(validated.success.request, {
          subject: "ada",
          authenticatedAt: 0,
          scope: Scope.fromTokens(granted)
        })
      )
      // Nothing of what was asked for is no grant.
      const mayGrant = within(granted, asked) && (granted.length > 0 || asked.length === 0)
      yield* require(Result.isSuccess(approved) === mayGrant, () =>
        mayGrant
          ? "a person may not grant less than was asked for"
          : "more was granted than asked for, or nothing")
      if (Result.isFailure(approved)) return

      const { code } = approved.success.parameters
      const text = code === undefined ? "" : Redacted.isRedacted(code) ? Redacted.value(code) : code
      if (text === "") return yield* new Broken({ problem: "there is no code" })
      const first = yield* mustWork("the code")(
        Flows.redeem(client, text, { redirect_uri: client.client.redirectUris[0] })
      )
      yield* issuedWithin(first, granted)
      let refreshToken = first.refreshToken ?? ""
      for (const wanted of refreshed) {
        const result = yield* Effect.result(
          Flows.refresh(client, refreshToken, { scope: wanted.length === 0 ? undefined : wanted.join(" ") })
        )
        const may = within(wanted, granted)
        yield* require(Result.isSuccess(result) === may, () =>
          may ? "a refresh for less was refused" : "a refresh gave more than was granted")
        if (Result.isFailure(result)) continue
        yield* issuedWithin(result.success, granted)
        refreshToken = result.success.refreshToken ?? ""
      }
    }).pipe(Effect.provide(open(world, house)))
  }
})

/** As the client is told, and as a resource server is. */
const issuedWithin = Effect.fnUntraced(function* (tokens: Flows.Tokens, granted: ReadonlyArray<string>) {
  const said = yield* mustWork("introspection")(Flows.introspect(resourceServer, tokens.accessToken))
  yield* require((said.scope ?? "") === tokens.scope, () =>
    `${said.scope} is introspected of ${tokens.scope}`)
  yield* require(within(tokensOf(tokens.scope), granted), () => `${tokens.scope} was issued, of ${granted}`)
})
