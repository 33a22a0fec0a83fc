/**
 * `none`: a public client says who it is, and proves nothing (RFC 6749 §3.2.1).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { ClientAuthenticationMethod } from "./ClientAuthenticationMethod.ts"

/**
 * @category methods
 * @since 0.1.0
 */
export const none: ClientAuthenticationMethod = {
  name: "none",
  read: ({ authorization, parameters }) => {
    const clientId = parameters.get("client_id")
    return Result.succeed(
      clientId === undefined ||
        authorization !== undefined ||
        parameters.has("client_secret") ||
        parameters.has("client_assertion")
        ? undefined
        : { clientId, verify: () => Effect.succeed(true) }
    )
  }
}
