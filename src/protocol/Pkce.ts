/**
 * Proof Key for Code Exchange (RFC 7636): a code is worth nothing without the
 * verifier whose challenge came with the authorization request.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { InvalidGrant, InvalidRequest } from "./OAuthError.ts"
import type { Parameters } from "./Parameters.ts"
import { sha256Base64Url, timingSafeEqual } from "./Secret.ts"

/**
 * A transformation of the verifier (RFC 7636 §4.2).
 *
 * @category models
 * @since 0.1.0
 */
export const CodeChallengeMethod = Schema.Literals(["S256", "plain"])

/**
 * @category models
 * @since 0.1.0
 */
export type CodeChallengeMethod = typeof CodeChallengeMethod.Type

/**
 * The challenge that an authorization request came with.
 *
 * @category models
 * @since 0.1.0
 */
export const CodeChallenge = Schema.Struct({
  challenge: Schema.String,
  method: CodeChallengeMethod
})

/**
 * @category models
 * @since 0.1.0
 */
export type CodeChallenge = typeof CodeChallenge.Type

/**
 * The method to allow by default.
 *
 * @category methods
 * @since 0.1.0
 */
export const s256: CodeChallengeMethod = "S256"

/**
 * The method that protects only against those who cannot read the authorization
 * request (RFC 7636 §7.2). Allow it only for clients that can do nothing else.
 *
 * @category methods
 * @since 0.1.0
 */
export const plain: CodeChallengeMethod = "plain"

// RFC 7636 §4.1: 43*128unreserved
const unreserved43to128 = /^[A-Za-z0-9._~-]{43,128}$/
// RFC 7636 §4.2: BASE64URL-ENCODE(SHA256(ASCII(code_verifier))) has 43 characters
const s256Challenge = /^[A-Za-z0-9_-]{43}$/

/**
 * What an authorization request has to bring.
 *
 * @category models
 * @since 0.1.0
 */
export interface Policy {
  readonly required: boolean
  readonly methods: ReadonlyArray<CodeChallengeMethod>
}

/**
 * Reads `code_challenge` and `code_challenge_method` of an authorization request.
 * A challenge without a method means `plain` (RFC 7636 §4.3).
 *
 * Fails with `InvalidRequest` if there is no challenge where one is required
 * (RFC 7636 §4.4.1), a method without a challenge, a method that is not allowed,
 * or a challenge that no verifier could have.
 *
 * @category steps
 * @since 0.1.0
 */
export const requireCodeChallenge = (
  parameters: Parameters,
  policy: Policy
): Result.Result<CodeChallenge | undefined, InvalidRequest> => {
  const challenge = parameters.get("code_challenge")
  const method = parameters.get("code_challenge_method")
  if (challenge === undefined) {
    if (method !== undefined) return refuse("The parameter code_challenge_method came without code_challenge")
    return policy.required ? refuse("The parameter code_challenge is missing") : Result.succeed(undefined)
  }
  const allowed = policy.methods.find((known) => known === (method ?? "plain"))
  // RFC 7636 §4.4.1
  if (allowed === undefined) return refuse("Transform algorithm not supported")
  if (!(allowed === "S256" ? s256Challenge : unreserved43to128).test(challenge)) {
    return refuse("The parameter code_challenge is malformed")
  }
  return Result.succeed({ challenge, method: allowed })
}

/**
 * Holds a challenge that was read earlier against the policy again. Fails with
 * `InvalidRequest` like `requireCodeChallenge`.
 *
 * @category steps
 * @since 0.1.0
 */
export const requireAllowedChallenge = (
  challenge: CodeChallenge | undefined,
  policy: Policy
): Result.Result<void, InvalidRequest> => {
  if (challenge === undefined) {
    return policy.required ? refuse("The parameter code_challenge is missing") : Result.void
  }
  return policy.methods.includes(challenge.method) ? Result.void : refuse("Transform algorithm not supported")
}

/**
 * Compares the `code_verifier` of a token request with the challenge that its code was
 * issued for, in constant time (RFC 7636 §4.6).
 *
 * A challenge without its verifier, or a verifier that is malformed or does not
 * fit, is `InvalidGrant`. A verifier where there was no challenge is refused too: it is
 * what a downgrade looks like (RFC 9700 §4.8.2).
 *
 * @category steps
 * @since 0.1.0
 */
export const verifyCodeVerifier = (
  challenge: CodeChallenge | undefined,
  parameters: Parameters
): Result.Result<void, InvalidGrant> => {
  const verifier = parameters.get("code_verifier")
  if (challenge === undefined) {
    return verifier === undefined ? Result.void : mismatch("The code was issued without a code_challenge")
  }
  if (verifier === undefined) return mismatch("The parameter code_verifier is missing")
  // RFC 7636 §4.1
  if (!unreserved43to128.test(verifier)) return mismatch("The parameter code_verifier is malformed")
  const computed = challenge.method === "S256" ? sha256Base64Url(verifier) : verifier
  return timingSafeEqual(computed, challenge.challenge)
    ? Result.void
    : mismatch("The code_verifier does not match the code_challenge")
}

const refuse = (description: string) => Result.fail(new InvalidRequest({ description }))
const mismatch = (description: string) => Result.fail(new InvalidGrant({ description }))
