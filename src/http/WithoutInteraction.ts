/**
 * An authentication request that asks for nothing to be shown (`prompt=none`,
 * OpenID Connect Core §3.1.2.1): answered from what is known, or refused.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as AuthorizationEndpoint from "../endpoints/AuthorizationEndpoint.ts"
import type { AuthenticationRequest } from "../oidc/AuthenticationRequest.ts"
import { ConsentRequired, LoginRequired } from "../protocol/OAuthError.ts"
import * as LoginSession from "./LoginSession.ts"
import * as RememberedConsent from "./RememberedConsent.ts"

/**
 * The answer to the request of a person who is signed in well enough, if one is,
 * and has allowed it before.
 *
 * Fails with an `AuthorizationError`: `LoginRequired` or `ConsentRequired`.
 *
 * @category steps
 * @since 0.1.0
 */
export const answer = Effect.fnUntraced(function* (
  { client, request }: AuthorizationEndpoint.Validated,
  authentication: AuthenticationRequest,
  session: Option.Option<LoginSession.LoginSession>
) {
  if (Option.isNone(session)) return yield* AuthorizationEndpoint.refuse(request, loginRequired)
  const { identity } = session.value
  const covered = RememberedConsent.covers(client, request, authentication, identity.subject)
  if (!(yield* covered)) return yield* AuthorizationEndpoint.refuse(request, consentRequired)
  const response = yield* AuthorizationEndpoint.approve(request, LoginSession.approval(session.value))
  // It may have been withdrawn before the grant was there to be revoked with it.
  return (yield* covered) ? response : yield* AuthorizationEndpoint.refuse(request, consentRequired)
})

const loginRequired = new LoginRequired({ description: "The person has to sign in" })
const consentRequired = new ConsentRequired({ description: "The person has to be asked for consent" })
