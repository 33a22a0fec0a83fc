/**
 * The access token of a request to a protected resource (RFC 6750 §2).
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { InvalidTokenRequest, MissingToken } from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"

/**
 * The token in the `Authorization` header, or in the form. One in the query is not
 * looked at: URLs end up in logs (RFC 6750 §2.3, RFC 9700 §4.3.2).
 *
 * Fails with `MissingToken` if there is none, and with `InvalidTokenRequest` if
 * there are two, or the header is malformed.
 *
 * @category steps
 * @since 0.1.0
 */
export const bearerToken = ({
  authorization,
  parameters
}: OAuthRequest): Result.Result<Redacted.Redacted<string>, MissingToken | InvalidTokenRequest> => {
  const inForm = parameters.secret("access_token")
  if (authorization === undefined) {
    return inForm === undefined
      ? Result.fail(new MissingToken({ description: "The request has no access token" }))
      : Result.succeed(inForm)
  }
  // Another scheme authenticates to something else than this resource.
  if (authorization.scheme !== "bearer") {
    return inForm === undefined
      ? Result.fail(new MissingToken({ description: "The request has no Bearer token" }))
      : refuse("The access token came in the form along with an Authorization header")
  }
  if (inForm !== undefined) return refuse("The access token came in more than one way")
  return /^[A-Za-z0-9._~+/-]+=*$/.test(authorization.credentials)
    ? Result.succeed(Redacted.make(authorization.credentials, { label: "access_token" }))
    : refuse("The Authorization header is malformed")
}

const refuse = (description: string) => Result.fail(new InvalidTokenRequest({ description }))
