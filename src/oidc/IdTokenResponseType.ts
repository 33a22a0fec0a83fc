/**
 * `id_token`: an ID token straight from the authorization endpoint, alone or
 * together with a code or an access token that it vouches for (OpenID Connect Core
 * §3.2, §3.3).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { ResponseParameters } from "../protocol/AuthorizationResponse.ts"
import { InvalidRequest, LoginRequired } from "../protocol/OAuthError.ts"
import * as Parameters from "../protocol/Parameters.ts"
import * as Scope from "../protocol/Scope.ts"
import type { Contribution, ResponseType } from "../response-types/ResponseType.ts"
import type { ResourceOwner } from "../services/ResourceOwner.ts"
import type { ServerConfig } from "../services/ServerConfig.ts"
import type { SigningKeys } from "../services/SigningKeys.ts"
import * as Authentication from "./Authentication.ts"
import * as IdToken from "./IdToken.ts"
import { OpenIdProvider } from "./OpenIdProvider.ts"
import { personClaims, requestsOfScope } from "./PersonClaims.ts"

/**
 * @category response types
 * @since 0.1.0
 */
export const idToken: ResponseType<OpenIdProvider | SigningKeys | ResourceOwner | ServerConfig> = {
  name: "id_token",
  responseMode: "fragment",
  grantType: "implicit",
  combines: true,
  vouches: true,
  keeps: [],
  // OpenID Connect Core §3.2.2.1, §3.3.2.11
  validate: (parameters) => Result.map(Parameters.required(parameters, "nonce"), () => undefined),
  contribute: Effect.fnUntraced(function* ({ client, grant, request, soFar }) {
    const authentication = yield* Authentication.of(grant)
    // A person may grant less than was asked for.
    if (authentication === undefined || grant.subject === undefined || !Scope.has(grant.scope, "openid")) {
      return yield* new InvalidRequest({ description: "The response type id_token needs the scope openid" })
    }
    const { scopeClaims } = yield* OpenIdProvider
    // OpenID Connect Core §5.4: with no access token, there is nowhere else to ask.
    const alone = request.responseType.length === 1
    const claims = yield* personClaims(
      grant.subject,
      { ...(alone && requestsOfScope(scopeClaims, grant.scope)), ...authentication.claims?.idToken },
      authentication.claimsLocales
    )
    if (Option.isNone(claims)) {
      return yield* new LoginRequired({ description: "The person is not known any more" })
    }
    const contribution: Contribution = {
      parameters: {
        id_token: yield* IdToken.make({
          client,
          grant,
          subject: grant.subject,
          authentication,
          together: {
            code: secretIn(soFar, "code"),
            accessToken: secretIn(soFar, "access_token"),
            state: request.state
          },
          personClaims: claims.value
        })
      }
    }
    return contribution
  })
}

const secretIn = (parameters: ResponseParameters, name: string) => {
  const value = parameters[name]
  return Redacted.isRedacted(value) ? value : undefined
}
