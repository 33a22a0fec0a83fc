/** Takes what will be due in a millisecond. */
import { overFlows } from "./Over.ts"

export const claimsTooEarly = overFlows((store) => ({
  claim: (request) => store.claim({ ...request, now: request.now + 1 })
}))
