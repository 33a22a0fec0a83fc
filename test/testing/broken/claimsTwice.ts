/** Looks at what is due, and marks it after somebody else may have looked too. */
import * as Effect from "effect/Effect"
import { overFlows } from "./Over.ts"

export const claimsTwice = overFlows((store) => ({
  claim: Effect.fnUntraced(function* (request) {
    const seen = yield* store.claim({ ...request, until: request.now })
    yield* Effect.yieldNow
    yield* store.claim(request)
    return seen
  })
}))
