/**
 * `code`: an authorization code, for the token endpoint (RFC 6749 §4.1.2).
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Secret from "../protocol/Secret.ts"
import { Entropy, secret } from "../services/Entropy.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import type { Contribution, ResponseType } from "./ResponseType.ts"

/**
 * @category response types
 * @since 0.1.0
 */
export const code: ResponseType<ServerConfig> = {
  name: "code",
  responseMode: "query",
  grantType: "authorization_code",
  combines: true,
  keeps: [],
  validate: () => Result.void,
  contribute: Effect.fnUntraced(function* ({ request }) {
    const { lifetimes } = yield* ServerConfig
    const code = secret(yield* Entropy)
    const issuedAt = yield* Clock.currentTimeMillis
    const contribution: Contribution = {
      parameters: { code },
      code: {
        hash: Secret.hash(code),
        redirectUri: request.redirectUri,
        redirectUriGiven: request.redirectUriGiven,
        codeChallenge: request.codeChallenge,
        extensions: request.extensions,
        issuedAt,
        expiresAt: issuedAt + Duration.toMillis(lifetimes.code)
      }
    }
    return contribution
  })
}
