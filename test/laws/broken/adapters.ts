import * as Effect from "effect/Effect"
import * as Adapters from "../../http/support/Adapters.ts"
import type { House } from "../support/House.ts"

/** One that reads a form in its own way. */
export const mendsForms: House = {
  adapters: [
    Adapters.fetchHandler,
    {
      ...Adapters.fetchHandler,
      name: "one that mends forms",
      open: (options) =>
        Effect.map(
          Adapters.fetchHandler.open(options),
          (exchange) => (sent) =>
            exchange(
              sent.body instanceof Uint8Array
                ? { ...sent, body: new TextEncoder().encode(new TextDecoder().decode(sent.body)) }
                : sent
            )
        )
    }
  ]
}

/** One that drops a header of the answer. */
export const dropsChallenges: House = {
  adapters: [
    Adapters.fetchHandler,
    {
      ...Adapters.fetchHandler,
      name: "one that drops challenges",
      open: (options) =>
        Effect.map(
          Adapters.fetchHandler.open(options),
          (exchange) => (sent) =>
            Effect.map(exchange(sent), (exact) => ({
              ...exact,
              headers: exact.headers.filter(([name]) => name !== "www-authenticate")
            }))
        )
    }
  ]
}
