/** Takes a token that it does not know for the last one that it knew. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { GrantStore } from "effect-oauth"
import { overGrants } from "../../laws/broken/Over.ts"
import type { House } from "../../laws/support/House.ts"

export const takesAnyToken = (): House => {
  let last: Option.Option<GrantStore.AccessTokenRecord> = Option.none()
  return overGrants((store) => ({
    findAccessToken: (hash) =>
      Effect.map(store.findAccessToken(hash), (found) => {
        if (Option.isSome(found)) last = found
        return last
      })
  }))
}
