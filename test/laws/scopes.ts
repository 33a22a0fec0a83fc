import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { AuthorizationEndpoint, OAuthRequest, Scope } from "effect-oauth"
import { Arbitraries, Flows } from "effect-oauth/testing"
import { mayHave, scopeOf } from "./support/History.ts"
import { open, people, refreshing, resourceServer, scopesOf, showWorld, worlds } from "./support/House.ts"
import { Broken, law, mustWork, require } from "./support/Law.ts"

/** Some of the tokens that the server has, and perhaps one that it has not. */
const wish = (scopes: ReadonlyArray<string>) =>
  Arbitrary.map(
    Arbitrary.all({
      some: Arbitraries.subset(scopes),
      more: Arbitrary.schema(Schema.Literals(["", "", "", "of no server", "of_nobody", "openid"]))
    }),
    ({ more, some }) => Array.from(new Set([...some, ...(more === "" ? [] : more.split(" "))]))
  )

const given = Arbitrary.flatMap(Arbitrary.map(worlds, refreshing), (world) =>
  Arbitrary.all({
    world: Arbitrary.Constant(world),
    registered: Arbitraries.subset(scopesOf(world)),
    requested: wish(scopesOf(world)),
    granted: wish(scopesOf(world)),
    refreshed: Arbitrary.array(wish(scopesOf(world)), { maxLength: 3 }),
    /** Whether an access token comes with the code. */
    hybrid: Arbitrary.schema(Schema.Boolean)
  })
)

const within = (one: ReadonlyArray<string>, other: ReadonlyArray<string>) =>
  one.every((token) => other.includes(token))

const tokensOf = (scope: string) => scope.split(" ").filter((token) => token !== "")

export const scopes = law("issued scope ⊆ granted ⊆ requested ⊆ registered", {
  given,
  show: ({ world, ...wishes }) => `${showWorld(world)}\n  ${JSON.stringify(wishes)}`,
  holds: ({ granted, hybrid, refreshed, registered, requested, world: before }, house) => {
    const [{ client: unrestricted, secret }, second, third] = before.clients
    const scope = Scope.fromTokens(registered)
    const client = {
      secret,
      client: {
        ...unrestricted,
        scope,
        grantTypes: [...unrestricted.grantTypes, "implicit", "password"],
        responseTypes: ["code", "code token"]
      }
    }
    const world = { ...before, clients: [client, second, third] as const }
    return Effect.gen(function* () {
      const asked =
        requested.length === 0
          ? scopeOf(world, client)
          : mayHave(world, client, requested.join(" "), ["code"])
      const mayAsk = within(asked, registered)
      const withPassword = yield* Effect.result(
        Flows.token(client, { grant_type: "password", ...people[0], scope: requested.join(" ") })
      )
      yield* require(Result.isSuccess(withPassword) === mayAsk, () =>
        mayAsk ? "a password was refused what is registered" : "a password gives more than is registered")
      if (Result.isSuccess(withPassword)) yield* issuedWithin(withPassword.success, asked)

      const request = Flows.authorizationRequest(client, {
        redirect_uri: client.client.redirectUris[0],
        scope: requested.join(" "),
        response_type: hybrid ? "code token" : "code"
      })
      const validated = yield* Effect.result(
        AuthorizationEndpoint.validate(OAuthRequest.make({ parameters: request }))
      )
      yield* require(Result.isSuccess(validated) === mayAsk, () =>
        mayAsk ? "a client was refused what it registered" : "a client may ask for more than it registered")
      if (Result.isFailure(validated)) return

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

      const { access_token, code, scope: issued = "" } = approved.success.parameters
      const text = textOf(code)
      if (text === undefined) return yield* new Broken({ problem: "there is no code" })
      if (hybrid) {
        const together = { accessToken: textOf(access_token) ?? "", scope: textOf(issued) ?? "" }
        yield* issuedWithin(together, granted)
      }
      const first = yield* mustWork("the code")(
        Flows.redeem(client, text, { redirect_uri: client.client.redirectUris[0] })
      )
      yield* issuedWithin(first, granted)
      // OpenID Connect Core §11: the history of the law of introspection knows who gets one.
      if (first.refreshToken === undefined) return
      let refreshToken: string = first.refreshToken
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

const textOf = (value: string | Redacted.Redacted<string> | undefined) =>
  Redacted.isRedacted(value) ? Redacted.value(value) : value

/** As the client is told, and as a resource server is. */
const issuedWithin = Effect.fnUntraced(function* (
  tokens: Pick<Flows.Tokens, "accessToken" | "scope">,
  granted: ReadonlyArray<string>
) {
  const said = yield* mustWork("introspection")(Flows.introspect(resourceServer, tokens.accessToken))
  yield* require((said.scope ?? "") === tokens.scope, () =>
    `${said.scope} is introspected of ${tokens.scope}`)
  yield* require(within(tokensOf(tokens.scope), granted), () => `${tokens.scope} was issued, of ${granted}`)
})
