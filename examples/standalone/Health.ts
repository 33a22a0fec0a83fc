/** `GET /healthz`: whether the server can do its work, for whoever watches over it. */
import { Effect, Redacted } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { GrantStore, KeyStore, Secret } from "effect-oauth"

const noToken = Secret.hash(Redacted.make("healthz"))

const answer = (status: number, text: string) =>
  HttpServerResponse.jsonUnsafe({ status: text }, { status, headers: { "cache-control": "no-store" } })

/** 200 while the store of tokens and that of keys answer, 503 while they do not. */
export const layer = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const grants = yield* GrantStore.GrantStore
    const keys = yield* KeyStore.KeyStore
    const ask = Effect.andThen(grants.findAccessToken(noToken), keys.list(Number.MAX_SAFE_INTEGER))
    yield* router.add(
      "GET",
      "/healthz",
      ask.pipe(
        Effect.as(answer(200, "ok")),
        Effect.catch(() => Effect.succeed(answer(503, "unavailable")))
      )
    )
  })
)
