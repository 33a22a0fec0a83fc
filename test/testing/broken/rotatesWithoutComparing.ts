/** Checks that a refresh token is current, and then advances whatever is current by then. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { overGrants } from "./Over.ts"

export const rotatesWithoutComparing = overGrants((store) => ({
  rotate: Effect.fnUntraced(function* (request) {
    const before = Option.getOrUndefined(yield* store.findRefreshFamily(request.family))
    yield* Effect.yieldNow
    const now = Option.getOrUndefined(yield* store.findRefreshFamily(request.family))
    const wasCurrent = before?.currentHash === request.presented.hash
    return yield* store.rotate(
      wasCurrent && now !== undefined
        ? { ...request, presented: { hash: now.currentHash, generation: now.generation } }
        : request
    )
  })
}))
