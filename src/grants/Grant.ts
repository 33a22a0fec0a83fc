/**
 * A grant type (RFC 6749 §1.3, §4.5): a value that names itself as in
 * `grant_type` and turns a token request of an authenticated client into tokens.
 * What it requires joins the requirements of the server that installs it.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { AuthenticatedClient } from "../client-authentication/AuthenticateClient.ts"
import {
  type AccessDenied,
  type InvalidGrant,
  InvalidRequest,
  type InvalidScope,
  type TooManyAttempts,
  type UnauthorizedClient
} from "../protocol/OAuthError.ts"
import type { Parameters } from "../protocol/Parameters.ts"
import type { Scope } from "../protocol/Scope.ts"
import type { TokenResponse } from "../protocol/TokenResponse.ts"
import { provideRequestContext } from "../services/RequestContext.ts"
import type { ServerConfig } from "../services/ServerConfig.ts"
import type { StorageError } from "../storage/StorageError.ts"
import { requestedScope } from "./RequestedScope.ts"

/**
 * A token request whose client is authenticated and may use the grant type.
 *
 * @category models
 * @since 0.1.0
 */
export interface GrantRequest {
  readonly client: AuthenticatedClient
  readonly parameters: Parameters
  /** Where the request came from, if that is known. */
  readonly remoteAddress?: string | undefined
}

/**
 * The ways in which a grant type may refuse (RFC 6749 §5.2).
 *
 * @category errors
 * @since 0.1.0
 */
export type GrantError =
  | InvalidRequest
  | InvalidGrant
  | InvalidScope
  | UnauthorizedClient
  | AccessDenied
  | TooManyAttempts
  | StorageError

/**
 * @category models
 * @since 0.1.0
 */
export interface Grant<out R = never> {
  readonly grantType: string
  /** Whether a public client gets `UnauthorizedClient`, and is issued nothing for it. Default: no. */
  readonly confidentialOnly?: boolean
  readonly execute: (request: GrantRequest) => Effect.Effect<TokenResponse, GrantError, R>
}

/**
 * A grant type of one's own (RFC 6749 §4.5). Its parameters are decoded with a
 * Schema, and the `scope` parameter is held against what the client registered,
 * before `execute` is called; what does not fit is `InvalidRequest` or
 * `InvalidScope`.
 *
 * @example
 * ```ts
 * import { Grant, IssueTokens } from "effect-oauth"
 * import { Context, Effect, Schema } from "effect"
 *
 * class Badges extends Context.Service<Badges, {
 *   readonly find: (badge: string) => Effect.Effect<{ readonly id: string }>
 * }>()("Badges") {}
 *
 * const BadgeGrant = Grant.make("urn:example:badge", {
 *   parameters: Schema.Struct({ badge: Schema.NonEmptyString }),
 *   execute: Effect.fnUntraced(function* ({ client, parameters, scope }) {
 *     const employee = yield* Badges.use((badges) => badges.find(parameters.badge))
 *     return yield* IssueTokens.issueTokens({ client, subject: employee.id, scope })
 *   })
 * })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <A, R, DecodingServices = never>(
  grantType: string,
  options: {
    /** Whether only confidential clients may use it. Default: no. */
    readonly confidentialOnly?: boolean
    readonly parameters: Schema.Codec<A, Readonly<Record<string, string>>, DecodingServices, unknown>
    readonly execute: (request: {
      readonly client: AuthenticatedClient
      readonly parameters: A
      readonly scope: Scope
    }) => Effect.Effect<TokenResponse, GrantError, R>
  }
): Grant<R | DecodingServices | ServerConfig> => {
  const decode = Schema.decodeUnknownEffect(options.parameters)
  return {
    grantType,
    confidentialOnly: options.confidentialOnly ?? false,
    execute: Effect.fnUntraced(function* ({ client, parameters }) {
      const decoded = yield* Effect.mapError(decode(parameters.toRecord()), toInvalidRequest)
      const scope = yield* requestedScope(client, parameters)
      return yield* options.execute({ client, parameters: decoded, scope })
    })
  }
}

const firstIssue = SchemaIssue.makeFormatterStandardSchemaV1()

const toInvalidRequest = (error: Schema.SchemaError) => {
  const name = firstIssue(error.issue).issues[0]?.path?.[0]
  return new InvalidRequest({
    description:
      typeof name === "string" ? `The parameter ${name} is missing or malformed` : "A parameter is malformed"
  })
}

/**
 * The grant types that a server has installed, by their names.
 *
 * @category services
 * @since 0.1.0
 */
export class GrantTypes extends Context.Service<GrantTypes, ReadonlyMap<string, Grant>>()(
  "effect-oauth/grants/GrantTypes"
) {}

/**
 * What a list of grant types requires.
 *
 * @category models
 * @since 0.1.0
 */
export type Services<Grants extends ReadonlyArray<Grant<unknown>>> = Requirements<Grants[number]>

// Distributes, so that an empty list requires nothing.
type Requirements<Installed> = Installed extends Grant<infer R> ? R : never

/**
 * Installs grant types; what they require, the Layer requires.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <R>(grants: ReadonlyArray<Grant<R>>): Layer.Layer<GrantTypes, never, R> =>
  Layer.effect(
    GrantTypes,
    Effect.map(
      provideRequestContext<R>(),
      (provide) =>
        new Map(
          grants.map((grant) => [
            grant.grantType,
            { ...grant, execute: (request) => provide(grant.execute(request)) }
          ])
        )
    )
  )
