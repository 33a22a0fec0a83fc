/**
 * What a person has allowed a client before, so that they need not be asked again
 * where they may not be.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type AuthenticationRequest, requestedClaims } from "../oidc/AuthenticationRequest.ts"
import { OpenIdProvider } from "../oidc/OpenIdProvider.ts"
import { claimsOfScope, standardClaims } from "../oidc/StandardClaims.ts"
import type { AuthorizationRequest } from "../protocol/AuthorizationRequest.ts"
import * as Client from "../protocol/Client.ts"
import * as Scope from "../protocol/Scope.ts"
import { SessionStore } from "../storage/SessionStore.ts"

/**
 * Remembers that a person allowed what a request asks for.
 *
 * @category steps
 * @since 0.1.0
 */
export const remember = Effect.fnUntraced(function* (request: AuthorizationRequest, subject: string) {
  const sessions = yield* SessionStore
  yield* sessions.remember({
    subject,
    clientId: request.clientId,
    scope: request.scope,
    grantedAt: yield* Clock.currentTimeMillis
  })
})

/**
 * Whether a person allowed it all before: the scope, and the claims that are asked
 * for one by one, which the scope has to stand for.
 *
 * @category steps
 * @since 0.1.0
 */
export const covers = Effect.fnUntraced(function* (
  client: Client.Client,
  request: AuthorizationRequest,
  authentication: AuthenticationRequest,
  subject: string
) {
  if (!isKnownForCertain(client, request)) return false
  const sessions = yield* SessionStore
  const consent = Option.getOrUndefined(yield* sessions.findConsent(subject, client.clientId))
  if (consent === undefined || !Scope.isSubset(request.scope, consent.scope)) return false
  const provider = yield* Effect.serviceOption(OpenIdProvider)
  const scopeClaims = Option.match(provider, {
    onNone: () => standardClaims,
    onSome: ({ scopeClaims }) => scopeClaims
  })
  const allowed = new Set(["sub", "auth_time", "acr", ...claimsOfScope(scopeClaims, consent.scope)])
  return requestedClaims(authentication).every((name) => allowed.has(name))
})

// RFC 6749 §10.2, RFC 8252 §8.6: who has no credentials, and no host of its own to
// be answered at, may be anybody.
const isKnownForCertain = (client: Client.Client, { redirectUri }: AuthorizationRequest): boolean =>
  !Client.isPublic(client) || redirectUri.startsWith("https:")
