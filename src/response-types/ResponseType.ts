/**
 * A response type (RFC 6749 §3.1.1, §8.4): a value that names itself as in
 * `response_type` and says what the authorization endpoint gives for it. Several
 * may be asked for together (OAuth 2.0 Multiple Response Type Encoding
 * Practices §3); each contributes its part to one response and to one step of
 * the store.
 *
 * What it requires joins the requirements of the server that installs it.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Result from "effect/Result"
import type { AuthorizationRequest } from "../protocol/AuthorizationRequest.ts"
import type { RedirectableError, ResponseParameters } from "../protocol/AuthorizationResponse.ts"
import type { Client } from "../protocol/Client.ts"
import type { Parameters } from "../protocol/Parameters.ts"
import { provideRequestContext } from "../services/RequestContext.ts"
import type { AccessToken, AuthorizationCode, Grant } from "../storage/GrantStore.ts"
import type { StorageError } from "../storage/StorageError.ts"

/**
 * What a response type makes its contribution from.
 *
 * @category models
 * @since 0.1.0
 */
export interface Approved {
  readonly request: AuthorizationRequest
  readonly client: Client
  readonly grant: Grant
  /** What the response types that are installed before this one have contributed. */
  readonly soFar: ResponseParameters
}

/**
 * The part of a response type in the response, and what has to be stored for it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Contribution {
  readonly parameters: ResponseParameters
  readonly code?: AuthorizationCode
  readonly accessToken?: AccessToken
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ResponseType<out R = never> {
  readonly name: string
  /**
   * Where its parameters go unless the client asks otherwise. What goes into the
   * fragment may not go into the query, whatever the client asks for
   * (OAuth 2.0 Multiple Response Type Encoding Practices §3, RFC 9700 §4.3.1).
   */
  readonly responseMode: "query" | "fragment"
  /** The grant type that a client must have registered along with it (RFC 7591 §2.1). */
  readonly grantType: string | undefined
  /** Whether it may be asked for together with others. */
  readonly combines: boolean
  /** Whether it vouches for what the others give, and so contributes after them. Default: no. */
  readonly vouches?: boolean
  /** Parameters of the authorization request that it needs after the approval. */
  readonly keeps: ReadonlyArray<string>
  /** What it demands of the authorization request, before anybody is asked. */
  readonly validate: (parameters: Parameters) => Result.Result<void, RedirectableError>
  readonly contribute: (
    approved: Approved
  ) => Effect.Effect<Contribution, RedirectableError | StorageError, R>
}

/**
 * The response types that a server has installed, in the order in which they
 * contribute: those that vouch for others come last.
 *
 * @category services
 * @since 0.1.0
 */
export class ResponseTypes extends Context.Service<ResponseTypes, ReadonlyArray<ResponseType>>()(
  "effect-oauth/response-types/ResponseTypes"
) {}

/**
 * What a list of response types requires.
 *
 * @category models
 * @since 0.1.0
 */
export type Services<Types extends ReadonlyArray<ResponseType<unknown>>> = Requirements<Types[number]>

// Distributes, so that an empty list requires nothing.
type Requirements<Installed> = Installed extends ResponseType<infer R> ? R : never

/**
 * Installs response types; what they require, the Layer requires.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <R>(types: ReadonlyArray<ResponseType<R>>): Layer.Layer<ResponseTypes, never, R> =>
  Layer.effect(
    ResponseTypes,
    Effect.map(provideRequestContext<R>(), (provide) =>
      inOrder(types).map((type) => ({
        ...type,
        contribute: (approved: Approved) => provide(type.contribute(approved))
      }))
    )
  )

const inOrder = <R>(types: ReadonlyArray<ResponseType<R>>) => [
  ...types.filter((type) => type.vouches !== true),
  ...types.filter((type) => type.vouches === true)
]

/**
 * Every value that `response_type` may have with these installed, for metadata
 * (RFC 8414 §2): each alone, and each combination of those that combine, whose names
 * are in the order in which they are registered, which is the alphabet's (OAuth 2.0
 * Multiple Response Type Encoding Practices §6.1).
 *
 * @category getters
 * @since 0.1.0
 */
export const combinations = (types: ReadonlyArray<ResponseType>): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (const { combines, name } of types) {
    if (combines) found.push(name, ...found.map((others) => [...others.split(" "), name].sort().join(" ")))
  }
  return [...found, ...types.filter((type) => !type.combines).map((type) => type.name)]
}
