/**
 * What a person has allowed a client before, so that they need not be asked again
 * where they may not be.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AuthenticationRequest } from "../oidc/AuthenticationRequest.ts"
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
 * Whether a person allowed it all before. Claims that the scope does not stand for
 * are not remembered: the person has to be asked.
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
  if (!isKnownForCertain(client, request) || authentication.furtherClaims.length > 0) return false
  const sessions = yield* SessionStore
  const consent = yield* sessions.findConsent(subject, client.clientId)
  return Option.isSome(consent) && Scope.isSubset(request.scope, consent.value.scope)
})

// RFC 6749 §10.2, RFC 8252 §8.6: who has no credentials, and no host of its own to
// be answered at, may be anybody.
const isKnownForCertain = (client: Client.Client, { redirectUri }: AuthorizationRequest): boolean =>
  !Client.isPublic(client) || redirectUri.startsWith("https:")
