/**
 * Finding a token that somebody presents, of whatever kind, for introspection
 * and revocation. A refresh token shows by its tag that it is one, so that the
 * `token_type_hint` is not needed to look everywhere (RFC 7009 §2.1, RFC 7662
 * §2.1).
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as RefreshToken from "../grants/RefreshToken.ts"
import * as Secret from "../protocol/Secret.ts"
import { SecretKeys } from "../services/SecretKeys.ts"
import { type AccessTokenRecord, GrantStore, type RefreshFamilyRecord } from "../storage/GrantStore.ts"
import type { StorageError } from "../storage/StorageError.ts"

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
export const findToken = (
  token: Redacted.Redacted<string>
): Effect.Effect<Option.Option<FoundToken>, StorageError, GrantStore | SecretKeys> =>
  Effect.contextWith((context: Context.Context<GrantStore | SecretKeys>) => {
    const store = Context.get(context, GrantStore)
    const hash = Secret.hash(token)
    const refreshToken = RefreshToken.parse(Context.get(context, SecretKeys).all, Redacted.value(token))
    return Option.isNone(refreshToken)
      ? Effect.map(
          store.findAccessToken(hash),
          Option.map((record): FoundToken => ({ _tag: "AccessToken", record }))
        )
      : Effect.map(
          store.findRefreshFamily(refreshToken.value.family),
          Option.map(
            (record): FoundToken => ({
              _tag: "RefreshToken",
              record,
              isCurrent: record.currentHash === hash
            })
          )
        )
  })
