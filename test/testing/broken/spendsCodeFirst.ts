/** Marks a code as used in one step, and stores its access token in the next. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { SecretHash } from "../../../src/protocol/Secret.ts"
import type { AccessToken } from "../../../src/storage/GrantStore.ts"
import { overGrants } from "./Over.ts"

export const spendsCodeFirst = overGrants((store) => {
  const later = new Map<SecretHash, { readonly code: SecretHash; readonly token: AccessToken }>()
  return {
    redeemCode: Effect.fnUntraced(function* ({ issue, ...request }) {
      const { accessToken: token, ...rest } = issue
      const outcome = yield* store.redeemCode({ ...request, issue: rest })
      if (outcome._tag === "Redeemed" && token !== undefined) {
        yield* Effect.yieldNow
        later.set(token.hash, { code: request.hash, token })
      }
      return outcome
    }),
    findAccessToken: Effect.fnUntraced(function* (hash) {
      const row = later.get(hash)
      if (row === undefined) return yield* store.findAccessToken(hash)
      const code = yield* store.findCode(row.code)
      return Option.map(code, ({ grant }) => ({ ...row.token, grant, revokedAt: undefined }))
    })
  }
})
