/**
 * `client_secret_post`: the identifier and the secret in the body
 * (RFC 6749 §2.3.1).
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { InvalidClient } from "../protocol/OAuthError.ts"
import type { ClientAuthenticationMethod } from "./ClientAuthenticationMethod.ts"
import { verifyClientSecret } from "./ClientSecret.ts"

/**
 * @category methods
 * @since 0.1.0
 */
export const clientSecretPost: ClientAuthenticationMethod = {
  name: "client_secret_post",
  read: ({ parameters }) => {
    const secret = parameters.get("client_secret")
    if (secret === undefined) return Result.succeed(undefined)
    const clientId = parameters.get("client_id")
    return clientId === undefined
      ? Result.fail(new InvalidClient({ description: "The parameter client_id is missing" }))
      : Result.succeed({ clientId, verify: verifyClientSecret(secret) })
  }
}
