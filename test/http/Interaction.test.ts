/** An application that has pages of its own, or none. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  AuthorizationEndpoint,
  type AuthorizationRequest,
  AuthorizationServer,
  OAuthError,
  Storage
} from "effect-oauth"
import {
  AuthorizationHttpResponse,
  ErrorResponse,
  HttpMessage,
  Interaction,
  OAuthHandler,
  OAuthRoutes,
  Route
} from "effect-oauth/http"
import * as TestServer from "../support/TestServer.ts"
import * as Adapters from "./support/Adapters.ts"
import * as Server from "./support/Server.ts"
import * as Web from "./support/Web.ts"

/** Sends everybody to a page of the application, and takes its word when they come back. */
const elsewhere = Layer.effect(
  Interaction.Interaction,
  Effect.gen(function* () {
    const context = yield* Effect.context<Exclude<OAuthHandler.Requirements, Interaction.Interaction>>()
    let waiting: AuthorizationRequest.AuthorizationRequest | undefined
    const done = yield* Route.make({
      path: "/my/login",
      methods: ["GET"],
      audience: "person",
      crossOrigin: false,
      handle: Effect.fnUntraced(function* (http) {
        if (waiting === undefined)
          return yield* new OAuthError.InvalidRequest({ description: "Nobody waits" })
        const approval = { subject: "u-9", authenticatedAt: 0 }
        const response = yield* Effect.catchTag(
          AuthorizationEndpoint.approve(waiting, approval),
          "AuthorizationError",
          ({ error }) => new OAuthError.InvalidRequest({ description: error.description })
        )
        return AuthorizationHttpResponse.authorizationResponse(http, response)
      })
    })
    return {
      begin: ({ client, request }) =>
        Effect.sync(() => {
          waiting = request
          return HttpMessage.empty(302, { location: `/my/login?for=${client.clientId}` })
        }),
      routes: [{ path: done.path, handle: (http) => Effect.provideContext(done.handle(http), context) }]
    }
  })
)

const parts = AuthorizationServer.layer(TestServer.options).pipe(
  Layer.provideMerge(TestServer.People),
  Layer.provideMerge(Storage.layerMemoryWith({ clients: TestServer.clients })),
  Layer.provideMerge(Server.silent)
)

const authorize = { path: "/authorize", query: Web.encode(Web.authorizationRequest) }

describe("an Interaction of the application's own", () => {
  it.effect("works in the routes without pages", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const handle = yield* Adapters.webHandler(
          OAuthRoutes.layerNoPages.pipe(Layer.provide(elsewhere), Layer.provide(parts))
        )
        const exchange = Adapters.toFetch(TestServer.issuer, handle)
        assert.strictEqual((yield* exchange({ path: "/my/login" })).status, 400)
        const sent = yield* exchange(authorize)
        assert.strictEqual(sent.status, 302)
        assert.deepInclude(sent.headers, ["location", "/my/login?for=confidential"])
        const back = yield* exchange({ path: "/my/login" })
        assert.strictEqual(back.status, 302)
        const location = back.headers.find(([name]) => name === "location")?.[1] ?? ""
        const code = new URL(location).searchParams.get("code") ?? ""
        const tokens = yield* exchange(
          Web.form(
            "/token",
            {
              grant_type: "authorization_code",
              code,
              redirect_uri: TestServer.redirectUri,
              code_verifier: Web.verifier
            },
            Server.basic("confidential")
          )
        )
        assert.strictEqual(tokens.status, 200)
        // The built-in forms are not there.
        assert.strictEqual((yield* exchange(Web.form("/authorize/sign-in", {}))).status, 404)
        assert.strictEqual((yield* exchange(Web.form("/authorize/consent", {}))).status, 404)
      })
    )
  )

  it.effect("its routes have what every route has: methods, transport, errors", () =>
    Effect.gen(function* () {
      const send = yield* Server.send
      const refused = yield* send(Web.form("/my/login", {}))
      assert.strictEqual(refused.status, 405)
      assert.strictEqual(refused.headers.allow, "GET")
      const error = yield* send({ path: "/my/login", headers: { accept: "text/html" } })
      assert.strictEqual(error.status, 400)
      assert.include(error.body, "Nobody waits")
    }).pipe(Effect.provide(OAuthHandler.layer.pipe(Layer.provide(elsewhere), Layer.provideMerge(parts))))
  )

  it.effect("is not asked about a request that is refused", () =>
    Effect.gen(function* () {
      const send = yield* Server.send
      assert.strictEqual((yield* send({ path: "/authorize" })).status, 400)
      const query = Web.encode({ ...Web.authorizationRequest, scope: "unknown" })
      assert.match((yield* send({ path: "/authorize", query })).headers.location ?? "", /error=invalid_scope/)
    }).pipe(
      Effect.provide(
        OAuthHandler.layer.pipe(
          Layer.provide(
            Layer.succeed(Interaction.Interaction, {
              begin: () => Effect.die(new Error("asked about a request that is refused")),
              routes: []
            })
          ),
          Layer.provideMerge(parts)
        )
      )
    )
  )

  // One error of each kind of wire form that a begin may fail with.
  for (const [error, status, headers] of [
    [new OAuthError.AccessDenied({ description: "Not today" }), 403, {}],
    [new OAuthError.InvalidRequest({ description: "Not like this" }), 400, {}],
    [ErrorResponse.storageUnavailable, 503, { "retry-after": "5" }]
  ] as const) {
    it.effect(`may refuse: ${error._tag}`, () =>
      Effect.gen(function* () {
        const send = yield* Server.send
        const answer = yield* send(authorize)
        assert.strictEqual(answer.status, status)
        assert.strictEqual(Server.json(answer).error, error.error)
        assert.include(answer.headers, headers)
        assert.isUndefined(answer.headers.location)
      }).pipe(
        Effect.provide(
          OAuthHandler.layer.pipe(
            Layer.provide(
              Layer.succeed(Interaction.Interaction, { begin: () => Effect.fail(error), routes: [] })
            ),
            Layer.provideMerge(parts)
          )
        )
      )
    )
  }
})
