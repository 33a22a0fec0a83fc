/**
 * Finding a token that somebody presents, of whatever kind, for introspection
 * and revocation. A refresh token shows by its tag that it is one, so that the
 * `token_type_hint` is not needed to look everywhere (RFC 7009 §2.1, RFC 7662
 * §2.1).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as RefreshToken from "../grants/RefreshToken.ts"
import * as Secret from "../protocol/Secret.ts"
import { SecretKeys } from "../services/SecretKeys.ts"
import { type AccessTokenRecord, GrantStore, type RefreshFamilyRecord } from "../storage/GrantStore.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type FoundToken =
  | { readonly _tag: "AccessToken"; readonly record: AccessTokenRecord }
  | {
      readonly _tag: "RefreshToken"
      readonly record: RefreshFamilyRecord
      /** Whether it is the family's current token, and not one that was replaced. */
      readonly isCurrent: boolean
    }

/**
 * The token and its record, `None` if it is none of this server's.
 *
 * @category steps
 * @since 0.1.0
 */
export const findToken = Effect.fnUntraced(function* (token: Redacted.Redacted<string>) {
  const store = yield* GrantStore
  const keys = yield* SecretKeys
  const hash = Secret.hash(token)
  const refreshToken = RefreshToken.parse(keys.all, token)
  if (Option.isNone(refreshToken)) {
    return Option.map(
      yield* store.findAccessToken(hash),
      (record): FoundToken => ({ _tag: "AccessToken", record })
    )
  }
  return Option.map(
    yield* store.findRefreshFamily(refreshToken.value.family),
    (record): FoundToken => ({ _tag: "RefreshToken", record, isCurrent: record.currentHash === hash })
  )
})
