/**
 * `none`: the client learns that the resource owner said yes, and gets nothing
 * (OAuth 2.0 Multiple Response Type Encoding Practices §4).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { ResponseType } from "./ResponseType.ts"

/**
 * @category response types
 * @since 0.1.0
 */
export const none: ResponseType = {
  name: "none",
  responseMode: "query",
  grantType: undefined,
  combines: false,
  keeps: [],
  validate: () => Result.void,
  contribute: () => Effect.succeed({ parameters: {} })
}
