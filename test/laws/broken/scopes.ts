import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Scope } from "effect-oauth"
import { overClients, overGrants } from "./Over.ts"

/** Forgets what a client registered: it may ask for all that the server has. */
export const forgetsRegisteredScope = overClients((store) => ({
  find: (id) =>
    Effect.map(
      store.find(id),
      Option.map(({ scope: _, ...client }) => client)
    )
}))

/** Holds a refresh against what the client once asked for, and not against what it was granted. */
export const refreshesForMore = overGrants((store) => ({
  findRefreshFamily: (id) =>
    Effect.map(
      store.findRefreshFamily(id),
      Option.map((family) => ({ ...family, scope: Scope.Scope.make(`${family.scope} of_nobody`.trim()) }))
    )
}))
