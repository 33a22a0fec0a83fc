/** Takes all that is due, however little was asked for. */
import { overFlows } from "./Over.ts"

export const claimsBeyondLimit = overFlows((store) => ({
  claim: (request) => store.claim({ ...request, limit: Number.MAX_SAFE_INTEGER })
}))
