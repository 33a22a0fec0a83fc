/**
 * Which claims a scope stands for (OpenID Connect Core §5.4).
 *
 * @since 0.1.0
 */
import * as Scope from "../protocol/Scope.ts"

/**
 * Claims by the token of the scope that asks for them.
 *
 * @category models
 * @since 0.1.0
 */
export type ScopeClaims = Readonly<Record<string, ReadonlyArray<string>>>

/**
 * @category constants
 * @since 0.1.0
 */
export const standardClaims: ScopeClaims = {
  profile: [
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at"
  ],
  email: ["email", "email_verified"],
  address: ["address"],
  phone: ["phone_number", "phone_number_verified"]
}

/**
 * The claims that a scope stands for.
 *
 * @category getters
 * @since 0.1.0
 */
export const claimsOfScope = (scopeClaims: ScopeClaims, scope: Scope.Scope): ReadonlyArray<string> =>
  Scope.tokens(scope).flatMap((token) =>
    Object.hasOwn(scopeClaims, token) ? (scopeClaims[token] ?? []) : []
  )
