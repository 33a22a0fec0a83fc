/**
 * Where a client wants its answer, held against what the response types allow: a
 * token never travels in a query (OAuth 2.0 Multiple Response Type Encoding
 * Practices §3, RFC 9700 §4.3.1).
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { ResponseMode } from "../protocol/AuthorizationResponse.ts"
import { InvalidRequest } from "../protocol/OAuthError.ts"
import type { Parameters } from "../protocol/Parameters.ts"
import type { ResponseType } from "./ResponseType.ts"

/**
 * The mode that the response types have by themselves: the fragment if one of
 * them asks for it, else the query.
 *
 * @category getters
 * @since 0.1.0
 */
export const defaultResponseMode = (types: Iterable<ResponseType>): "query" | "fragment" => {
  for (const type of types) if (type.responseMode === "fragment") return "fragment"
  return "query"
}

/**
 * The `response_mode` parameter, or the default.
 *
 * Fails with `InvalidRequest` if there is no such mode, or these response types
 * may not use it.
 *
 * @category steps
 * @since 0.1.0
 */
export const requestedResponseMode = (
  types: Iterable<ResponseType>,
  parameters: Parameters
): Result.Result<ResponseMode, InvalidRequest> => {
  return allowedResponseMode(types, parameters.get("response_mode") ?? defaultResponseMode(types))
}

/**
 * A response mode, by its name. Fails with `InvalidRequest` if there is no such
 * mode, or these response types may not use it.
 *
 * @category steps
 * @since 0.1.0
 */
export const allowedResponseMode = (
  types: Iterable<ResponseType>,
  mode: string
): Result.Result<ResponseMode, InvalidRequest> =>
  mode === "form_post" || mode === "fragment" || mode === defaultResponseMode(types)
    ? Result.succeed(mode)
    : Result.fail(
        new InvalidRequest({ description: "The response mode is not supported for this response type" })
      )
