/**
 * `token`: an access token straight from the authorization endpoint, and never a
 * refresh token (RFC 6749 §4.2.2). RFC 9700 §2.1.2 says SHOULD NOT; it is here
 * for those who move away from it, under `Legacy.implicit`.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { makeAccessToken } from "../grants/IssueTokens.ts"
import type { ServerConfig } from "../services/ServerConfig.ts"
import type { Contribution, ResponseType } from "./ResponseType.ts"

/**
 * @category response types
 * @since 0.1.0
 */
export const token: ResponseType<ServerConfig> = {
  name: "token",
  responseMode: "fragment",
  grantType: "implicit",
  combines: true,
  keeps: [],
  validate: () => Result.void,
  contribute: Effect.fnUntraced(function* ({ client, grant }) {
    const { record, token } = yield* makeAccessToken(client, grant, grant.scope)
    const contribution: Contribution = {
      parameters: {
        access_token: token,
        token_type: "Bearer",
        expires_in: String(
          Math.floor(Duration.toSeconds(Duration.millis(record.expiresAt - record.issuedAt)))
        ),
        // RFC 6749 §3.3: a scope has one token at least
        ...(grant.scope !== "" && { scope: grant.scope })
      },
      accessToken: record
    }
    return contribution
  })
}
