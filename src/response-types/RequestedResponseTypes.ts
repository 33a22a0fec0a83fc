/**
 * The response types that a client asks for, held against what the server has
 * installed and what the client registered.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Client from "../protocol/Client.ts"
import { UnauthorizedClient, UnsupportedResponseType } from "../protocol/OAuthError.ts"
import * as Parameters from "../protocol/Parameters.ts"
import { type ResponseType, ResponseTypes } from "./ResponseType.ts"

/**
 * One or more response types, in the order in which they contribute.
 *
 * @category models
 * @since 0.1.0
 */
export type Requested = readonly [ResponseType, ...ReadonlyArray<ResponseType>]

/**
 * The `response_type` parameter (RFC 6749 §3.1.1).
 *
 * Fails with `InvalidRequest` if it is missing, `UnsupportedResponseType` if the
 * server does not have it, `UnauthorizedClient` if the client may not use it.
 *
 * @category steps
 * @since 0.1.0
 */
export const requestedResponseTypes = Effect.fnUntraced(function* (
  client: Client.Client,
  parameters: Parameters.Parameters
) {
  const names = namesOf(yield* Effect.fromResult(Parameters.required(parameters, "response_type")))
  return yield* allowedResponseTypes(client, names)
})

/**
 * The response types of these names, which the client may use.
 *
 * Fails with `UnsupportedResponseType` if the server does not have one of them,
 * `UnauthorizedClient` if the client may not use them.
 *
 * @category steps
 * @since 0.1.0
 */
export const allowedResponseTypes = Effect.fnUntraced(function* (
  client: Client.Client,
  names: Iterable<string>
) {
  const types = yield* installedResponseTypes(names)
  yield* requireAllowedResponseTypes(client, types)
  return types
})

/**
 * The response types of these names. `UnsupportedResponseType` if one of them is
 * not installed, or does not combine with the others.
 *
 * @category steps
 * @since 0.1.0
 */
export const installedResponseTypes = Effect.fnUntraced(function* (names: Iterable<string>) {
  const wanted = new Set(names)
  const [first, ...others] = (yield* ResponseTypes).filter((type) => wanted.has(type.name))
  if (first === undefined || others.length + 1 !== wanted.size) return yield* unsupported
  if (others.length > 0 && [first, ...others].some((type) => !type.combines)) return yield* unsupported
  const types: Requested = [first, ...others]
  return types
})

/**
 * The names in a `response_type`, which is a list without an order (OAuth 2.0
 * Multiple Response Type Encoding Practices §5).
 *
 * @category getters
 * @since 0.1.0
 */
export const namesOf = (responseType: string): ReadonlySet<string> =>
  new Set(responseType.split(" ").filter((name) => name !== ""))

const unsupported = new UnsupportedResponseType({ description: "The response type is not supported" })

const requireAllowedResponseTypes = (client: Client.Client, types: Requested) =>
  Client.allowsResponseType(client, new Set(types.map((type) => type.name))) &&
  types.every((type) => type.grantType === undefined || client.grantTypes.includes(type.grantType))
    ? Effect.void
    : Effect.fail(new UnauthorizedClient({ description: "The client may not use this response type" }))
