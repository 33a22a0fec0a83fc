import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Entropy, TokenFactory } from "effect-oauth"
import type { House } from "../support/House.ts"

const factory = (tell: (token: string) => Effect.Effect<void>): House => ({
  references: Layer.effect(
    TokenFactory.TokenFactory,
    Effect.map(Entropy.Entropy, (entropy) => ({
      accessToken: () =>
        Effect.tap(
          Effect.sync(() => Entropy.secret(entropy)),
          (token) => tell(Redacted.value(token))
        )
    }))
  )
})

export const logsTokens = factory((token) => Effect.logDebug(`issued ${token}`))

export const tracesTokens = factory((token) => Effect.annotateCurrentSpan("token", token))

export const logsFormsWhenItFails: House = {
  handler: (handler) => ({
    ...handler,
    handle: (request) => {
      const answer = handler.handle(request)
      return (
        answer &&
        Effect.tap(answer, ({ status }) =>
          status < 400
            ? Effect.void
            : Effect.flatMap(
                Effect.orElseSucceed(request.body, () => new Uint8Array()),
                (body) => Effect.logError("refused", Buffer.from(body).toString())
              )
        )
      )
    }
  })
}
