/** Updates the columns that a registration has, and leaves the others as they were. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { overClients } from "./Over.ts"

export const mergesClients = overClients((store) => ({
  put: Effect.fnUntraced(function* (client) {
    const before = Option.getOrUndefined(yield* store.find(client.clientId))
    yield* store.put({ ...before, ...client })
  })
}))
