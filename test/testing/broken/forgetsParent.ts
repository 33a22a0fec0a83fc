/** Rotates without keeping the hash of the token before: a retry looks like a thief. */
import { overGrants } from "./Over.ts"

export const forgetsParent = overGrants((store) => ({
  rotate: (request) => store.rotate({ ...request, grace: { ...request.grace, window: 0 } })
}))
