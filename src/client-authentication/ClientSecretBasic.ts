/**
 * `client_secret_basic`: the identifier and the secret, form-encoded, in the
 * HTTP Basic scheme (RFC 6749 §2.3.1, RFC 7617).
 *
 * @since 0.1.0
 */
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
    if (authorization?.scheme !== "basic") return Result.succeed(undefined)
    const text = decodeUtf8(authorization.credentials)
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

const malformed = Result.fail(new InvalidClient({ description: "The Basic credentials are malformed" }))

const utf8 = new TextDecoder("utf-8", { fatal: true })

// UTF-8 (RFC 7617 §2.1) in base64 (RFC 4648 §4). `atob` gives a character for each byte,
// and forgives spaces and a missing padding.
const decodeUtf8 = (base64: string): string | undefined => {
  if (base64.length % 4 !== 0 || /\s/.test(base64)) return undefined
  try {
    const bytes = atob(base64)
    return isPrintableAscii(bytes) ? bytes : utf8.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))
  } catch {
    return undefined
  }
}

const isPrintableAscii = (text: string): boolean => /^[ -~]*$/.test(text)
