import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AuthorizationServer, Grants, ResponseTypes, Storage } from "effect-oauth"
import { Interaction, OAuthHandler } from "effect-oauth/http"
import { Browser, type Fields, redirectOf } from "../support/Flow.ts"
import * as Provider from "./support/Provider.ts"

/** More than the client may have: an error of the second phase. */
const tooMuch = { scope: "openid unknown", prompt: "none" } as const

const errorOf = (answer: Provider.Response) => redirectOf(answer).query.error

const signedIn = Effect.gen(function* () {
  const browser = new Browser()
  yield* Provider.visit(browser)
  return browser
})

const isPage = (answer: Provider.Response) => {
  assert.strictEqual(answer.status, 400)
  assert.isUndefined(answer.headers.location)
  assert.include(answer.headers["content-type"] ?? "", "text/html")
}

const refused: Fields = { scope: "read unknown" }

describe("an error that goes back to the client", () => {
  describe("errorRedirects: signedIn (RFC 9700 §4.11.2)", () => {
    const careful = Provider.over({ errorRedirects: "signedIn" })

    // @covers rfc9700-4.11.2-b rfc9700-4.11.2-c
    it.effect("is a page where nobody is signed in", () =>
      Effect.gen(function* () {
        const answer = yield* Provider.authorize(new Browser(), refused)
        isPage(answer)
        assert.include(answer.body, "invalid_scope")
      }).pipe(Effect.provide(careful))
    )

    it.effect("is a redirect where somebody is", () =>
      Effect.gen(function* () {
        const answer = yield* Provider.authorize(yield* signedIn, refused)
        assert.strictEqual(errorOf(answer), "invalid_scope")
      }).pipe(Effect.provide(careful))
    )

    it.effect("is a redirect where the client asks for silence (OpenID Connect Core §3.1.2.1)", () =>
      Effect.gen(function* () {
        const answer = yield* Provider.authorize(new Browser(), { prompt: "none" })
        assert.strictEqual(errorOf(answer), "login_required")
      }).pipe(Effect.provide(careful))
    )

    it.effect("is a page where an authentication request asks for no silence", () =>
      Effect.gen(function* () {
        const answer = yield* Provider.authorize(new Browser(), { code_challenge_method: "S256" })
        isPage(answer)
        assert.include(answer.body, "invalid_request")
      }).pipe(Effect.provide(careful))
    )

    it.effect("is a page where silence is asked for without OpenID Connect, which knows no such thing", () =>
      Effect.gen(function* () {
        isPage(yield* Provider.authorize(new Browser(), { ...refused, prompt: "none" }))
      }).pipe(Effect.provide(careful))
    )

    it.effect("is a page on a server without OpenID Connect, whatever it is asked for", () =>
      Effect.gen(function* () {
        isPage(yield* Provider.authorize(new Browser(), tooMuch))
      }).pipe(Effect.provide(Provider.over({ errorRedirects: "signedIn", scopes: ["read"] })))
    )

    it.effect("is a page where an Interaction of one's own does not say who is signed in", () =>
      Effect.gen(function* () {
        isPage(yield* Provider.authorize(new Browser(), refused))
      }).pipe(
        Effect.provide(
          OAuthHandler.layer.pipe(
            Layer.provide(
              Layer.succeed(Interaction.Interaction, {
                begin: () => Effect.die(new Error("asked about a request that is refused")),
                routes: []
              })
            ),
            Layer.provideMerge(
              AuthorizationServer.layer({
                issuer: Provider.issuer,
                scopes: ["read"],
                grants: [Grants.authorizationCode],
                responseTypes: [ResponseTypes.code],
                allowHttp: true,
                errorRedirects: "signedIn"
              })
            ),
            Layer.provideMerge(Storage.layerMemoryWith({ clients: Provider.clients }))
          )
        )
      )
    )
  })

  it.effect("is a redirect at once where nothing else is said (RFC 6749 §4.1.2.1)", () =>
    Effect.gen(function* () {
      const answer = yield* Provider.authorize(new Browser(), refused)
      assert.strictEqual(errorOf(answer), "invalid_scope")
    }).pipe(Effect.provide(Provider.over({})))
  )
})
