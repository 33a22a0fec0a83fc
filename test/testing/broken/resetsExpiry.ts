/** Revokes an access token by letting it expire. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { SecretHash } from "../../../src/protocol/Secret.ts"
import { overGrants } from "./Over.ts"

export const resetsExpiry = overGrants((store) => {
  const expiries = new Map<SecretHash, number>()
  return {
    revoke: (target, now) =>
      Effect.tap(store.revoke(target, now), (outcome) =>
        Effect.sync(() => {
          if (target._tag === "AccessToken" && outcome === "Revoked") expiries.set(target.hash, now)
        })
      ),
    findAccessToken: (hash) =>
      Effect.map(store.findAccessToken(hash), (found) =>
        Option.map(found, (token) => ({ ...token, expiresAt: expiries.get(hash) ?? token.expiresAt }))
      )
  }
})
