import { overGrants } from "./Over.ts"

/** Takes a client that retries for a thief. */
export const knowsNoGrace = overGrants((store) => ({
  rotate: (request) => store.rotate({ ...request, grace: { ...request.grace, window: 0 } })
}))

/** Counts retries over all generations, or too strictly. */
export const allowsOneRetry = overGrants((store) => ({
  rotate: (request) =>
    store.rotate({
      ...request,
      grace: { ...request.grace, maximumReplays: Math.min(1, request.grace.maximumReplays) }
    })
}))

/** Honours a retry whenever it comes. */
export const graceNeverEnds = overGrants((store) => ({
  rotate: (request) =>
    store.rotate({ ...request, grace: { ...request.grace, window: Number.MAX_SAFE_INTEGER } })
}))
