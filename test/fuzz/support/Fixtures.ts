/** What the targets are run with: keys, settings, and a route that always refuses. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { OAuthError, SecretKeys, ServerConfig } from "effect-oauth"
import { Route } from "effect-oauth/http"

const context = Effect.runSync(
  Effect.scoped(
    Layer.build(
      Layer.merge(
        SecretKeys.layer(Redacted.make("a key that only this process knows, of course")),
        ServerConfig.layer(
          { issuer: "http://localhost", scopes: ["read"], trustedProxies: ["192.0.2.1"] },
          []
        )
      )
    )
  )
)

export const settings = Context.get(context, ServerConfig.ServerConfig)
export const key = Context.get(context, SecretKeys.SecretKeys).current
export const keys = Context.get(context, SecretKeys.SecretKeys).all

export const errorRoute = Effect.runSync(
  Route.make({
    path: "/",
    methods: ["GET"],
    audience: "person",
    crossOrigin: false,
    handle: () => Effect.fail(new OAuthError.InvalidRequest({ description: "always" }))
  }).pipe(Effect.provideContext(context))
)
