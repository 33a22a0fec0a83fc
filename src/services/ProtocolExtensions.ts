/**
 * What an extension such as OpenID Connect adds to the authorization endpoint and
 * to token responses, without their knowing of it.
 *
 * A `Context.Reference`: none are installed unless a Layer does.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { Approval, AuthorizationRequest } from "../protocol/AuthorizationRequest.ts"
import type { RedirectableError } from "../protocol/AuthorizationResponse.ts"
import type { Client } from "../protocol/Client.ts"
import type { Claims } from "../protocol/Jwt.ts"
import type { InvalidGrant, UnauthorizedClient } from "../protocol/OAuthError.ts"
import type { Parameters } from "../protocol/Parameters.ts"
import type { Scope } from "../protocol/Scope.ts"
import type { Grant } from "../storage/GrantStore.ts"
import type { StorageError } from "../storage/StorageError.ts"
import type { ConfigurationError } from "./ConfigurationError.ts"
import type { ServerConfig, Settings } from "./ServerConfig.ts"

/**
 * An authorization request, as far as it has been validated.
 *
 * @category models
 * @since 0.1.0
 */
export interface Requested {
  readonly client: Client
  /** The names in `response_type`. */
  readonly responseType: ReadonlyArray<string>
  readonly scope: Scope
  readonly parameters: Parameters
}

/**
 * What an extension makes of an authorization request.
 *
 * @category models
 * @since 0.1.0
 */
export interface Extended {
  /** The scope that was asked for, or less. */
  readonly scope: Scope
  /** What the extension wants to know of the request after the approval; nothing, if it is none of its own. */
  readonly kept: string | undefined
}

/**
 * An authorization request, and what its resource owner said to it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Approved {
  readonly client: Client
  readonly request: AuthorizationRequest
  readonly approval: Approval
}

/**
 * The grant that came of it, which is stored by now.
 *
 * @category models
 * @since 0.1.0
 */
export interface Granted extends Approved {
  readonly grant: Grant
}

/**
 * Tokens that are about to be stored.
 *
 * @category models
 * @since 0.1.0
 */
export interface Issued {
  readonly client: Client
  readonly grant: Grant
  readonly scope: Scope
  readonly accessToken: Redacted.Redacted<string>
  /** Whether they come from a code, or from a refresh token. */
  readonly from: "code" | "refresh_token"
}

/**
 * Members of a token response.
 *
 * @category models
 * @since 0.1.0
 */
export type Members = Readonly<Record<string, string | Redacted.Redacted<string>>>

/**
 * @category models
 * @since 0.1.0
 */
export interface ProtocolExtension {
  /** Under this name it keeps things, with a request and with a grant. */
  readonly name: string
  /** Whether it can do with the settings of the server, which fails to start if not. */
  readonly check?: (settings: Settings) => Effect.Effect<void, ConfigurationError>
  /** Validates its part of an authorization request, before anybody is asked. */
  readonly validate: (
    requested: Requested
  ) => Effect.Effect<Extended, RedirectableError | StorageError, ServerConfig>
  /** What it keeps with the grant that an approval makes. */
  readonly approve: (
    approved: Approved
  ) => Effect.Effect<string | undefined, RedirectableError | StorageError>
  /**
   * Has the last word, when the grant is stored and the client has nothing yet.
   * Whoever withdraws what a grant depends on first says so, and then revokes the
   * grants that are there: a grant either is there by then, or is refused here.
   */
  readonly granted?: (granted: Granted) => Effect.Effect<void, RedirectableError | StorageError, ServerConfig>
  /** What it says in access tokens that are JWTs; what the server says itself it does not replace. */
  readonly accessTokenClaims?: (grant: Grant) => Effect.Effect<Claims, StorageError>
  /** What it adds to a token response (RFC 6749 §5.1). */
  readonly tokenResponse: (
    issued: Issued
  ) => Effect.Effect<Members, InvalidGrant | UnauthorizedClient | StorageError, ServerConfig>
}

/**
 * @category references
 * @since 0.1.0
 */
export const ProtocolExtensions = Context.Reference<ReadonlyArray<ProtocolExtension>>(
  "effect-oauth/services/ProtocolExtensions",
  { defaultValue: () => [] }
)

/**
 * Has every extension check the settings of the server. Fails with a
 * `ConfigurationError`.
 *
 * @category steps
 * @since 0.1.0
 */
export const check = Effect.fnUntraced(function* (settings: Settings) {
  for (const extension of yield* ProtocolExtensions) {
    if (extension.check !== undefined) yield* extension.check(settings)
  }
})

/**
 * Has every extension validate an authorization request. Each may take from the
 * scope.
 *
 * @category steps
 * @since 0.1.0
 */
export const validate = Effect.fnUntraced(function* (requested: Requested) {
  let { scope } = requested
  const kept: Record<string, string> = {}
  for (const extension of yield* ProtocolExtensions) {
    const extended = yield* extension.validate({ ...requested, scope })
    scope = extended.scope
    if (extended.kept !== undefined) kept[extension.name] = extended.kept
  }
  return { scope, kept }
})

/**
 * What the extensions keep with a grant; `undefined` if that is nothing.
 *
 * @category steps
 * @since 0.1.0
 */
export const approve = Effect.fnUntraced(function* (approved: Approved) {
  let kept: Record<string, string> | undefined
  for (const extension of yield* ProtocolExtensions) {
    const text = yield* extension.approve(approved)
    if (text !== undefined) kept = { ...kept, [extension.name]: text }
  }
  return kept
})

/**
 * Has every extension say whether a grant that is stored may go to its client.
 *
 * @category steps
 * @since 0.1.0
 */
export const granted = Effect.fnUntraced(function* (granted: Granted) {
  for (const extension of yield* ProtocolExtensions) {
    if (extension.granted !== undefined) yield* extension.granted(granted)
  }
})

/**
 * What the extensions say in an access token that is a JWT.
 *
 * @category steps
 * @since 0.1.0
 */
export const accessTokenClaims = (grant: Grant): Effect.Effect<Claims, StorageError> =>
  ProtocolExtensions.use((extensions) =>
    extensions.length === 0 ? noClaims : collectClaims(extensions, grant)
  )

const noClaims = Effect.succeed<Claims>({})

const collectClaims = Effect.fnUntraced(function* (
  extensions: ReadonlyArray<ProtocolExtension>,
  grant: Grant
) {
  let claims: Claims = {}
  for (const extension of extensions) {
    if (extension.accessTokenClaims === undefined) continue
    claims = { ...claims, ...(yield* extension.accessTokenClaims(grant)) }
  }
  return claims
})

/**
 * What the extensions add to a token response; `undefined` if that is nothing.
 *
 * @category steps
 * @since 0.1.0
 */
export const tokenResponse = (issued: Issued) =>
  ProtocolExtensions.use((extensions) =>
    extensions.length === 0 ? Effect.succeed(undefined) : collectMembers(extensions, issued)
  )

const collectMembers = Effect.fnUntraced(function* (
  extensions: ReadonlyArray<ProtocolExtension>,
  issued: Issued
) {
  let members: Members = {}
  for (const extension of extensions) members = { ...members, ...(yield* extension.tokenResponse(issued)) }
  return members
})
