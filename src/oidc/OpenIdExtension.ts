/**
 * What OpenID Connect adds to the authorization endpoint and to token responses.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Client } from "../protocol/Client.ts"
import type { Claims } from "../protocol/Jwt.ts"
import {
  InvalidGrant,
  InvalidRequest,
  LoginRequired,
  RegistrationNotSupported,
  RequestNotSupported,
  RequestUriNotSupported,
  UnauthorizedClient,
  UnmetAuthenticationRequirements
} from "../protocol/OAuthError.ts"
import * as Parameters from "../protocol/Parameters.ts"
import * as Scope from "../protocol/Scope.ts"
import { ConfigurationError } from "../services/ConfigurationError.ts"
import type {
  Approved,
  Issued,
  Members,
  ProtocolExtension,
  Requested
} from "../services/ProtocolExtensions.ts"
import { ResourceOwner } from "../services/ResourceOwner.ts"
import type { Settings } from "../services/ServerConfig.ts"
import { SigningKeys } from "../services/SigningKeys.ts"
import type { Grant } from "../storage/GrantStore.ts"
import type { StorageError } from "../storage/StorageError.ts"
import * as Authentication from "./Authentication.ts"
import * as AuthenticationRequest from "./AuthenticationRequest.ts"
import * as ClaimsRequest from "./ClaimsRequest.ts"
import * as IdToken from "./IdToken.ts"
import * as IdTokenHint from "./IdTokenHint.ts"
import { OpenIdProvider } from "./OpenIdProvider.ts"
import { sectorIdentifier } from "./PairwiseSubjects.ts"
import { personClaims } from "./PersonClaims.ts"
import { claimsOfScope } from "./StandardClaims.ts"

/**
 * What the extension needs while it works.
 *
 * @category models
 * @since 0.1.0
 */
export type Requirements = OpenIdProvider | SigningKeys | ResourceOwner

/**
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<ProtocolExtension, never, Requirements> = Effect.map(
  // No more than that: a request has its own span, and its own everything else.
  Effect.map(Effect.context<Requirements>(), Context.pick(OpenIdProvider, SigningKeys, ResourceOwner)),
  (context): ProtocolExtension => ({
    name: AuthenticationRequest.extensionName,
    check: (settings) => requireVerifiableHints(settings, Context.get(context, SigningKeys)),
    validate: (requested) => Effect.provideContext(validate(requested), context),
    approve: (approved) => Effect.provideContext(approve(approved), context),
    accessTokenClaims,
    tokenResponse: (issued) => Effect.provideContext(tokenResponse(issued), context)
  })
)

// OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2: ID tokens "SHOULD" be good as
// hints while the session goes on, and so has the key to be there that signed them.
const requireVerifiableHints = (
  { lifetimes }: Settings,
  { tokenLifetime }: SigningKeys["Service"]
): Effect.Effect<void, ConfigurationError> =>
  Duration.isGreaterThan(lifetimes.session, tokenLifetime)
    ? Effect.fail(
        new ConfigurationError({
          setting: "lifetimes.session",
          description: "is longer than the tokenLifetime of the signing keys"
        })
      )
    : Effect.void

const validate = Effect.fnUntraced(function* ({ client, parameters, responseType, scope }: Requested) {
  yield* refuseRequestObjects(parameters)
  if (!Scope.has(scope, "openid")) {
    return responseType.includes("id_token") ? yield* withoutOpenid : { scope, kept: undefined }
  }
  // OpenID Connect Core §3.1.2.1: OAuth 2.0 may do without, OpenID Connect may not
  yield* Effect.fromResult(Parameters.required(parameters, "redirect_uri"))
  yield* requireKnownSubject(client)
  yield* requireKnownAlgorithms(client)
  const { scopeClaims } = yield* OpenIdProvider
  const request = yield* Effect.fromResult(
    AuthenticationRequest.read(client, parameters, claimsOfScope(scopeClaims, scope))
  )
  const hinted = yield* requireHintedSubject(client, request, parameters)
  return {
    // OpenID Connect Core §11: ignored, unless a code comes of it
    scope: responseType.includes("code") ? scope : Scope.difference(scope, offlineAccess),
    kept: AuthenticationRequest.encode(hinted)
  }
})

const offlineAccess = Scope.fromTokens(["offline_access"])

const withoutOpenid = new InvalidRequest({ description: "The response type id_token needs the scope openid" })

// OpenID Connect Core §6.1, §6.2, §7.2.1
const refuseRequestObjects = (parameters: Parameters.Parameters) => {
  if (parameters.has("request")) {
    return Effect.fail(new RequestNotSupported({ description: "The parameter request is not supported" }))
  }
  if (parameters.has("request_uri")) {
    return Effect.fail(
      new RequestUriNotSupported({ description: "The parameter request_uri is not supported" })
    )
  }
  return parameters.has("registration")
    ? Effect.fail(
        new RegistrationNotSupported({ description: "The parameter registration is not supported" })
      )
    : Effect.void
}

const requireKnownSubject = Effect.fnUntraced(function* (client: Client) {
  const { subjectTypes } = yield* OpenIdProvider
  if (client.subjectType !== "pairwise") return
  if (!subjectTypes.includes("pairwise")) {
    return yield* new UnauthorizedClient({
      description: "The client is registered for pairwise subjects, which the server does not have"
    })
  }
  yield* Effect.fromResult(sectorIdentifier(client))
})

const requireKnownAlgorithms = Effect.fnUntraced(function* (client: Client) {
  const { algorithms } = yield* SigningKeys
  yield* IdToken.requireAlgorithm(algorithms, client)
  const registered = client.userinfoSignedResponseAlg
  if (registered === undefined || algorithms.some((algorithm) => algorithm === registered)) return
  return yield* new UnauthorizedClient({
    description: "The client is registered for userinfo with a signature that the server does not have"
  })
})

const requireHintedSubject = Effect.fnUntraced(function* (
  client: Client,
  request: AuthenticationRequest.AuthenticationRequest,
  parameters: Parameters.Parameters
) {
  const hint = parameters.get("id_token_hint")
  if (hint === undefined) return request
  const { sub: subject } = yield* IdTokenHint.verify(client, hint)
  if (!AuthenticationRequest.isSubject(request, subject)) {
    return yield* new InvalidRequest({
      description: "The parameters claims and id_token_hint disagree on sub"
    })
  }
  return { ...request, subject }
})

const approve = Effect.fnUntraced(function* ({ approval, client, request }: Approved) {
  const authenticationRequest = yield* AuthenticationRequest.of(request)
  if (authenticationRequest === undefined) return undefined
  const { acr: usual, subjects } = yield* OpenIdProvider
  // OpenID Connect Core §3.1.2.2
  if (
    !AuthenticationRequest.isSubject(authenticationRequest, subjects.subjectFor(client, approval.subject))
  ) {
    return yield* new LoginRequired({ description: "Another person has signed in" })
  }
  const acr = approval.acr ?? usual
  yield* requireEssentialAcr(authenticationRequest, acr)
  return Authentication.encode(
    Authentication.make(authenticationRequest, { ...approval, ...(acr !== undefined && { acr }) })
  )
})

// OpenID Connect Core §5.5.1.1: an acr that is essential and cannot be had is "a
// failed authentication attempt"
const requireEssentialAcr = (
  { claims }: AuthenticationRequest.AuthenticationRequest,
  acr: string | undefined
) => {
  const request = claims?.idToken?.acr
  const wanted = ClaimsRequest.wantedTexts(request)
  return request?.essential === true && wanted.length > 0 && (acr === undefined || !wanted.includes(acr))
    ? Effect.fail(
        new UnmetAuthenticationRequirements({
          description: "The person cannot sign in as the parameter claims insists on"
        })
      )
    : Effect.void
}

// RFC 9068 §2.2.1: "fixed and remain the same across all access tokens"
const accessTokenClaims = (grant: Grant): Effect.Effect<Claims, StorageError> =>
  Effect.map(Authentication.of(grant), (authentication) => ({
    ...(authentication?.acr !== undefined && { acr: authentication.acr }),
    ...(authentication?.amr !== undefined && { amr: authentication.amr })
  }))

const tokenResponse = Effect.fnUntraced(function* ({ accessToken, client, from, grant, scope }: Issued) {
  const authentication = yield* Authentication.of(grant)
  const none: Members = {}
  if (authentication === undefined || grant.subject === undefined || !Scope.has(scope, "openid")) return none
  const claims = yield* personClaims(
    grant.subject,
    authentication.claims?.idToken ?? {},
    authentication.claimsLocales
  )
  if (Option.isNone(claims))
    return yield* new InvalidGrant({ description: "The person is not known any more" })
  const { nonce: _, ...later } = authentication
  const members: Members = {
    id_token: yield* IdToken.make({
      client,
      grant,
      subject: grant.subject,
      // OpenID Connect Core §12.2: "it SHOULD NOT have a nonce Claim"
      authentication: from === "code" ? authentication : later,
      together: { accessToken },
      personClaims: claims.value
    })
  }
  return members
})
