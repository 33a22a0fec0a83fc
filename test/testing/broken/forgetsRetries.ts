/** Never counts how often a token was retried. */
import { overGrants } from "./Over.ts"

export const forgetsRetries = overGrants((store) => ({
  rotate: (request) =>
    store.rotate({ ...request, grace: { ...request.grace, maximumReplays: Number.POSITIVE_INFINITY } })
}))
