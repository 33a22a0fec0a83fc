/**
 * `client_secret_basic`: the identifier and the secret, form-encoded, in the
 * HTTP Basic scheme (RFC 6749 §2.3.1, RFC 7617).
 *
 * @since 0.1.0
 */
import * as Base64 from "effect/encoding/Base64"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { InvalidClient } from "../protocol/OAuthError.ts"
import * as Parameters from "../protocol/Parameters.ts"
import type { ClientAuthenticationMethod } from "./ClientAuthenticationMethod.ts"
import { verifyClientSecret } from "./ClientSecret.ts"

/**
 * @category methods
 * @since 0.1.0
 */
export const clientSecretBasic: ClientAuthenticationMethod = {
  name: "client_secret_basic",
  read: ({ authorization }) => {
    if (authorization === undefined) return Result.succeed(undefined)
    const credentials = /^Basic +(\S+) *$/i.exec(Redacted.value(authorization))?.[1]
    if (credentials === undefined) return isBasic(authorization) ? malformed : Result.succeed(undefined)
    const text = decodeUtf8(credentials)
    const colon = text?.indexOf(":") ?? -1
    if (text === undefined || colon === -1) return malformed
    // RFC 6749 §2.3.1: each is encoded with application/x-www-form-urlencoded
    const clientId = Parameters.decode(text.slice(0, colon))
    const secret = Parameters.decode(text.slice(colon + 1))
    if (clientId === undefined || secret === undefined) return malformed
    return Result.succeed({
      clientId,
      verify: verifyClientSecret(secret)
    })
  }
}

const isBasic = (authorization: Redacted.Redacted<string>) =>
  /^Basic(?: |$)/i.test(Redacted.value(authorization))

const malformed = Result.fail(new InvalidClient({ description: "The Basic credentials are malformed" }))

const utf8 = new TextDecoder("utf-8", { fatal: true })

const decodeUtf8 = (base64: string): string | undefined => {
  const bytes = Base64.decode(base64)
  if (Result.isFailure(bytes)) return undefined
  try {
    return utf8.decode(bytes.success)
  } catch {
    return undefined
  }
}
