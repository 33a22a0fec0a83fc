/**
 * Scope: a list of case-sensitive tokens (RFC 6749 §3.3), held as the text that
 * goes on the wire, without repetitions, in the order in which it was asked for.
 *
 * @since 0.1.0
 */
import type * as Brand from "effect/Brand"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { InvalidScope } from "./OAuthError.ts"

// scope-token = 1*( %x21 / %x23-5B / %x5D-7E ), one space between two
const scopePattern = /^(?:[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*)?$/

/**
 * @category models
 * @since 0.1.0
 */
export type Scope = Brand.Branded<string, "Scope">

/**
 * A scope as it is stored and sent.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Scope = Schema.String.check(Schema.isPattern(scopePattern)).pipe(Schema.brand("Scope"))

const isScope = Schema.is(Scope)

/**
 * No scope at all.
 *
 * @category constructors
 * @since 0.1.0
 */
export const empty: Scope = Scope.make("")

/**
 * Reads a `scope` parameter. Repeated spaces and repeated tokens are forgiven;
 * a character outside the grammar is `InvalidScope`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parse = (text: string): Result.Result<Scope, InvalidScope> => {
  const scope = text.includes(" ")
    ? Array.from(new Set(text.split(" ").filter((token) => token !== ""))).join(" ")
    : text
  return isScope(scope)
    ? Result.succeed(scope)
    : Result.fail(new InvalidScope({ description: "The scope has a character that no scope may have" }))
}

/**
 * A scope from its tokens. Throws on a token outside the grammar: it is for
 * scopes that the program itself writes down.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromTokens = (tokens: Iterable<string>): Scope =>
  Scope.make(Array.from(new Set(tokens)).join(" "))

/**
 * The tokens of a scope.
 *
 * @category getters
 * @since 0.1.0
 */
export const tokens = (scope: Scope): ReadonlyArray<string> => (scope === "" ? [] : scope.split(" "))

/**
 * Whether a token is in a scope.
 *
 * @category predicates
 * @since 0.1.0
 */
export const has = (scope: Scope, token: string): boolean => tokens(scope).includes(token)

/**
 * Whether every token of `self` is in `that`.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isSubset = (self: Scope, that: Scope): boolean => {
  if (self === that || self === "") return true
  const those = tokens(that)
  return tokens(self).every((token) => those.includes(token))
}

/**
 * Whether both have the same tokens, in whatever order.
 *
 * @category predicates
 * @since 0.1.0
 */
export const equals = (self: Scope, that: Scope): boolean => isSubset(self, that) && isSubset(that, self)

/**
 * The tokens of `self` that are also in `that`.
 *
 * @category combinators
 * @since 0.1.0
 */
export const intersection = (self: Scope, that: Scope): Scope => {
  const those = tokens(that)
  return fromTokens(tokens(self).filter((token) => those.includes(token)))
}

/**
 * The tokens of `self` that are not in `that`.
 *
 * @category combinators
 * @since 0.1.0
 */
export const difference = (self: Scope, that: Scope): Scope => {
  const those = tokens(that)
  return fromTokens(tokens(self).filter((token) => !those.includes(token)))
}
