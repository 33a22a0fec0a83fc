/** `GET /healthz`: whether the server can do its work, for whoever watches over it. */
import { Effect, Redacted } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { GrantStore, Secret } from "effect-oauth"

const noToken = Secret.hash(Redacted.make("healthz"))

const answer = (status: number, text: string) =>
  HttpServerResponse.jsonUnsafe({ status: text }, { status, headers: { "cache-control": "no-store" } })

/** 200 while the store of tokens answers, 503 while it does not. */
export const layer = HttpRouter.use((router) =>
  Effect.flatMap(GrantStore.GrantStore, (store) =>
    router.add(
      "GET",
      "/healthz",
      store.findAccessToken(noToken).pipe(
        Effect.as(answer(200, "ok")),
        Effect.catch(() => Effect.succeed(answer(503, "unavailable")))
      )
    )
  )
)
