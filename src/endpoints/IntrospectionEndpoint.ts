/**
 * The introspection endpoint (RFC 7662): is this token good, and what for?
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { type AuthenticatedClient, authenticateClient } from "../client-authentication/AuthenticateClient.ts"
import type { ClientAuthenticationMethods } from "../client-authentication/ClientAuthenticationMethod.ts"
import * as Client from "../protocol/Client.ts"
import { type ActiveToken, type IntrospectionResponse, inactive } from "../protocol/IntrospectionResponse.ts"
import { InvalidClient, type InvalidRequest } from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"
import * as Parameters from "../protocol/Parameters.ts"
import type { SecretKeys } from "../services/SecretKeys.ts"
import { ServerConfig, type Settings } from "../services/ServerConfig.ts"
import { type Service as SubjectIdentification, SubjectIdentifiers } from "../services/SubjectIdentifiers.ts"
import { traced } from "../services/Traced.ts"
import { ClientStore } from "../storage/ClientStore.ts"
import type { GrantStore } from "../storage/GrantStore.ts"
import type { StorageError } from "../storage/StorageError.ts"
import { type FoundToken, findToken } from "./FindToken.ts"

/**
 * @category errors
 * @since 0.1.0
 */
export type IntrospectionError = InvalidRequest | InvalidClient | StorageError

/**
 * What the endpoint needs.
 *
 * @category models
 * @since 0.1.0
 */
export type Requirements = ServerConfig | ClientAuthenticationMethods | ClientStore | GrantStore | SecretKeys

/**
 * Answers what RFC 7662 §2.2 lists for a token of the caller's own (or of any
 * client, for a client registered with `introspect_any_token`), and for
 * everything else that it is not active.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const handle: (
  request: OAuthRequest
) => Effect.Effect<IntrospectionResponse, IntrospectionError, Requirements> = (request) =>
  introspect(request).pipe(
    Effect.map(({ response }) => response),
    traced("IntrospectionEndpoint.handle")
  )

/**
 * The answer, and who asked.
 *
 * @category steps
 * @since 0.1.0
 */
export const introspect: (
  request: OAuthRequest
) => Effect.Effect<
  { readonly caller: AuthenticatedClient; readonly response: IntrospectionResponse },
  IntrospectionError,
  Requirements
> = Effect.fnUntraced(function* (request) {
  const token = yield* Effect.fromResult(Parameters.requiredSecret(request.parameters, "token"))
  const caller = yield* authenticateClient(request)
  yield* requireConfidentialClient(caller)
  return { caller, response: yield* answer(caller, token) }
})

const answer = Effect.fnUntraced(function* (caller: Client.Client, token: Redacted.Redacted<string>) {
  const found = yield* findToken(token)
  if (Option.isNone(found)) return inactive
  const now = yield* Clock.currentTimeMillis
  if (!isActive(found.value, now)) return inactive
  if (!(yield* mayIntrospect(caller, found.value))) return inactive
  const identity = identityFor(yield* SubjectIdentifiers, caller, found.value)
  return describe(yield* ServerConfig, found.value, identity)
})

// RFC 7662 §2.1: the endpoint "MUST also require some form of authorization"
const requireConfidentialClient = (client: Client.Client) =>
  Client.isPublic(client)
    ? Effect.fail(new InvalidClient({ description: "A public client may not introspect" }))
    : Effect.void

const isActive = (found: FoundToken, now: number): boolean =>
  found.record.expiresAt > now &&
  found.record.revokedAt === undefined &&
  found.record.grant.revokedAt === undefined &&
  (found._tag === "AccessToken" || found.isCurrent)

const mayIntrospect = (caller: Client.Client, { record }: FoundToken) => {
  const { clientId } = record.grant
  if (clientId === caller.clientId) return Effect.succeed(true)
  return caller.introspectAnyToken === true ? isRegistered(clientId) : Effect.succeed(false)
}

// What was issued to a client that has gone is of no use any more.
const isRegistered = Effect.fnUntraced(function* (clientId: Client.ClientId) {
  const clients = yield* ClientStore
  return Option.isSome(yield* clients.find(clientId))
})

const seconds = (millis: number) => Math.floor(millis / 1000)

// RFC 7662 §5: a caller that knows the person by an identifier of its own learns
// neither their subject nor their name.
const identityFor = (
  { subjectFor }: SubjectIdentification,
  caller: Client.Client,
  { record: { grant } }: FoundToken
): Pick<ActiveToken, "sub" | "username"> => {
  if (grant.subject === undefined) return { sub: grant.clientId }
  const sub = subjectFor(caller, grant.subject)
  return sub === grant.subject && grant.username !== undefined ? { sub, username: grant.username } : { sub }
}

const describe = (
  config: Settings,
  found: FoundToken,
  identity: Pick<ActiveToken, "sub" | "username">
): IntrospectionResponse => {
  const { grant, expiresAt, id, issuedAt, scope } = found.record
  return {
    active: true,
    ...(scope !== "" && { scope }),
    client_id: grant.clientId,
    ...(found._tag === "AccessToken" && { token_type: "Bearer" as const }),
    exp: seconds(expiresAt),
    iat: seconds(issuedAt),
    nbf: seconds(issuedAt),
    ...identity,
    aud: config.audience,
    iss: config.issuer,
    jti: id
  }
}
