import * as Effect from "effect/Effect"
import { spin } from "../../fuzz/support/Spin.ts"
import type { House } from "../support/House.ts"

/** Looks into the body before anybody has read it strictly. */
export const decodesCarelessly: House = {
  handler: (handler) => ({
    ...handler,
    handle: (request) => {
      const answer = handler.handle(request)
      return (
        answer &&
        Effect.flatMap(
          Effect.orElseSucceed(request.body, () => new Uint8Array()),
          (bytes) => {
            decodeURIComponent(Buffer.from(bytes).toString("latin1"))
            return answer
          }
        )
      )
    }
  })
}

/** Takes four times as long for a query twice as long. */
export const isQuadratic: House = {
  handler: (handler) => ({
    ...handler,
    handle: (request) => {
      // Nobody needs to wait for longer than it takes to be sure.
      spin(Math.min(2500, (request.query.length / 400) ** 2))
      return handler.handle(request)
    }
  })
}

/** Tells a developer what was wrong, in the client's own words. */
export const echoes: House = {
  handler: (handler) => ({
    ...handler,
    handle: (request) => {
      const answer = handler.handle(request)
      return (
        answer &&
        Effect.map(answer, (response) => {
          if (response.headers["content-type"] !== "application/json" || response.status < 400)
            return response
          const body = { error: "invalid_request", error_description: `cannot read ${request.query}` }
          return { ...response, body: JSON.stringify(body) }
        })
      )
    }
  })
}
