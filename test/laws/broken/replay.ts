import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TokenFactory } from "effect-oauth"
import type { House } from "../support/House.ts"

/** Makes tokens of the platform's generator, whatever the seed. */
export const ignoresTheSeed: House = {
  references: Layer.succeed(TokenFactory.TokenFactory, {
    accessToken: () => Effect.sync(() => Redacted.make(crypto.randomUUID()))
  })
}

/** Looks at the machine's clock. */
export const ignoresTheClock: House = {
  handler: (handler) => ({
    ...handler,
    handle: (request) => {
      const answer = handler.handle(request)
      return (
        answer &&
        Effect.map(answer, (response) => ({
          ...response,
          headers: { ...response.headers, "x-time": String(performance.now()) }
        }))
      )
    }
  })
}
