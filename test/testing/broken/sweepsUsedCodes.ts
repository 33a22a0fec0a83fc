/** Sweeps used codes as soon as they have expired: a late replay is taken for a code that never was. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { SecretHash } from "../../../src/protocol/Secret.ts"
import { overGrants } from "./Over.ts"

export const sweepsUsedCodes = overGrants((store) => {
  const used = new Set<SecretHash>()
  const gone = new Set<SecretHash>()
  return {
    redeemCode: (request) =>
      gone.has(request.hash)
        ? Effect.succeed({ _tag: "Unknown" })
        : Effect.tap(store.redeemCode(request), () => Effect.sync(() => used.add(request.hash))),
    findCode: (hash) => (gone.has(hash) ? Effect.succeedNone : store.findCode(hash)),
    sweep: Effect.fnUntraced(function* (request) {
      for (const hash of used) {
        const code = yield* store.findCode(hash)
        if (Option.exists(code, ({ expiresAt }) => expiresAt <= request.now)) gone.add(hash)
      }
      return yield* store.sweep(request)
    })
  }
})
