/**
 * A token response over HTTP (RFC 6749 §5.1).
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import type { TokenResponse } from "../protocol/TokenResponse.ts"
import { type HttpResponse, json } from "./HttpMessage.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const tokenResponse = (response: TokenResponse): HttpResponse => {
  const body: Record<string, string | number> = {
    access_token: Redacted.value(response.accessToken),
    token_type: response.tokenType,
    expires_in: Math.floor(Duration.toSeconds(response.expiresIn))
  }
  // RFC 6749 §3.3: a scope has one token at least
  if (response.scope !== "") body.scope = response.scope
  if (response.refreshToken !== undefined) body.refresh_token = Redacted.value(response.refreshToken)
  if (response.extensions !== undefined) {
    for (const [name, value] of Object.entries(response.extensions)) {
      body[name] = Redacted.isRedacted(value) ? Redacted.value(value) : value
    }
  }
  return json(200, body)
}
