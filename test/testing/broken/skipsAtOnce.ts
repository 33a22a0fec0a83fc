/** Goes on behind the moment of the last grant: of those that were made together, some are never told. */
import * as Effect from "effect/Effect"
import { overGrants } from "./Over.ts"

export const skipsAtOnce = overGrants((store) => ({
  grantsOfClient: (clientId, { after, limit }) =>
    Effect.map(store.grantsOfClient(clientId, { limit: Number.MAX_SAFE_INTEGER }), (grants) =>
      grants.filter(({ createdAt }) => after === undefined || createdAt > after.createdAt).slice(0, limit)
    )
}))
