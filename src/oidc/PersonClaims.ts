/**
 * What a client is told of a person: what the application knows, as far as it was
 * asked for and granted.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Claims } from "../protocol/Jwt.ts"
import type { Scope } from "../protocol/Scope.ts"
import { ResourceOwner } from "../services/ResourceOwner.ts"
import * as ClaimsRequest from "./ClaimsRequest.ts"
import { isProtocolClaim } from "./ProtocolClaims.ts"
import { claimsOfScope, type ScopeClaims } from "./StandardClaims.ts"

/**
 * Requests for all claims that a scope stands for (OpenID Connect Core §5.4).
 *
 * @category constructors
 * @since 0.1.0
 */
export const requestsOfScope = (scopeClaims: ScopeClaims, scope: Scope): ClaimsRequest.Requests =>
  Object.fromEntries(claimsOfScope(scopeClaims, scope).map((name) => [name, null]))

/**
 * The claims of a person that are asked for, and are what was asked for; `None` if
 * the application does not know the person any more.
 *
 * Fails with `StorageError`.
 *
 * @category steps
 * @since 0.1.0
 */
export const personClaims = Effect.fnUntraced(function* (
  subject: string,
  requests: ClaimsRequest.Requests,
  locales: ReadonlyArray<string>
) {
  const people = yield* ResourceOwner
  const names = Object.keys(requests).filter((name) => !isProtocolClaim(name))
  const known: Option.Option<Claims> =
    people.claims === undefined || names.length === 0
      ? Option.map(yield* people.find(subject), () => ({}))
      : yield* people.claims(subject, { names, locales })
  return Option.map(known, (claims) => grantedOf(claims, requests))
})

const grantedOf = (claims: Claims, requests: ClaimsRequest.Requests): Claims =>
  Object.fromEntries(
    Object.entries(claims).filter(([name, value]) => {
      const request = requestFor(requests, name)
      return request !== undefined && hasValue(value) && ClaimsRequest.accepts(request, value)
    })
  )

// OpenID Connect Core §5.3.2: "it SHOULD NOT be present with a null or empty string value"
const hasValue = (value: Claims[string] | undefined): value is Claims[string] =>
  value !== undefined && value !== null && value !== ""

// OpenID Connect Core §5.2: a claim in some language has the language in its name,
// and whoever asks for the claim is told all of them.
const requestFor = (
  requests: ClaimsRequest.Requests,
  name: string
): ClaimsRequest.ClaimRequest | undefined => {
  const [base = name] = name.split("#", 1)
  if (isProtocolClaim(base)) return undefined
  if (Object.hasOwn(requests, name)) return requests[name]
  if (Object.hasOwn(requests, base)) return requests[base]
  return Object.entries(requests).find(([asked]) => isSameInAnyCase(asked, name))?.[1]
}

// RFC 5646 §2.1.1: the case of a language tag says nothing; that of a claim's name does.
const isSameInAnyCase = (asked: string, name: string): boolean => {
  const at = asked.indexOf("#")
  return at > 0 && asked.slice(0, at) === name.slice(0, at) && asked.toLowerCase() === name.toLowerCase()
}
