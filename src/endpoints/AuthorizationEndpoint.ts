/**
 * The authorization endpoint (RFC 6749 §3.1) in two steps, between which a
 * person signs in and consents, over as many requests and in as many processes
 * as it takes: `validate`, then `approve` or `deny`. What is in between is one
 * `AuthorizationRequest`, plain data.
 *
 * Errors come in two phases. Until the client and its redirect URI are trusted,
 * they are told to the person. From then on they are an `AuthorizationError`,
 * which carries the `TrustedRedirect` that takes them to the client.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { makeGrant } from "../grants/IssueTokens.ts"
import { requestedScope, requireAllowedScope } from "../grants/RequestedScope.ts"
import type { Approval, AuthorizationRequest } from "../protocol/AuthorizationRequest.ts"
import {
  AuthorizationError,
  type AuthorizationResponse,
  type Destination,
  type RedirectableError,
  type ResponseParameters
} from "../protocol/AuthorizationResponse.ts"
import * as Client from "../protocol/Client.ts"
import {
  AccessDenied,
  type InvalidRedirectUri,
  type InvalidRequest,
  InvalidScope,
  UnknownClient
} from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"
import * as Parameters from "../protocol/Parameters.ts"
import * as Pkce from "../protocol/Pkce.ts"
import * as Scope from "../protocol/Scope.ts"
import { TrustedRedirect } from "../protocol/TrustedRedirect.ts"
import {
  allowedResponseMode,
  defaultResponseMode,
  requestedResponseMode
} from "../response-types/RequestedResponseMode.ts"
import {
  allowedResponseTypes,
  namesOf,
  requestedResponseTypes
} from "../response-types/RequestedResponseTypes.ts"
import { type ResponseType, ResponseTypes } from "../response-types/ResponseType.ts"
import * as AuditLog from "../services/AuditLog.ts"
import * as ProtocolExtensions from "../services/ProtocolExtensions.ts"
import { ServerConfig, type Settings } from "../services/ServerConfig.ts"
import { traced } from "../services/Traced.ts"
import { ClientStore } from "../storage/ClientStore.ts"
import { type AccessToken, type AuthorizationCode, GrantStore } from "../storage/GrantStore.ts"
import type { StorageError } from "../storage/StorageError.ts"

/**
 * The errors of the first phase: nothing says yet where they could be sent.
 *
 * @category errors
 * @since 0.1.0
 */
export type UntrustedError = InvalidRequest | UnknownClient | InvalidRedirectUri

/**
 * @category errors
 * @since 0.1.0
 */
export type AuthorizationFailure = UntrustedError | AuthorizationError | StorageError

/**
 * An authorization request that is good, and the client that made it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Validated {
  readonly request: AuthorizationRequest
  readonly client: Client.Client
}

/**
 * Validates an authorization request (RFC 6749 §4.1.1).
 *
 * @category endpoints
 * @since 0.1.0
 */
export const validate: (
  request: OAuthRequest
) => Effect.Effect<Validated, AuthorizationFailure, ServerConfig | ResponseTypes | ClientStore> =
  Effect.fnUntraced(function* ({ parameters }) {
    const config = yield* ServerConfig
    const client = yield* requireClient(parameters)
    const redirect = yield* Effect.fromResult(
      TrustedRedirect.requireRegistered(client, parameters.get("redirect_uri"), {
        allowHttp: config.allowHttp,
        responseType: parameters.get("response_type")?.split(" ")
      })
    )
    const destination = yield* responseDestination(redirect, parameters)
    const request = yield* validateTrusted(client, redirect, parameters).pipe(redirectErrors(destination))
    return { request, client }
  }, traced("AuthorizationEndpoint.validate"))

const validateTrusted = Effect.fnUntraced(function* (
  client: Client.Client,
  redirect: TrustedRedirect,
  parameters: Parameters.Parameters
) {
  const config = yield* ServerConfig
  const types = yield* requestedResponseTypes(client, parameters)
  const responseMode = yield* Effect.fromResult(requestedResponseMode(types, parameters))
  const { kept, scope } = yield* ProtocolExtensions.validate({
    client,
    responseType: types.map((type) => type.name),
    scope: yield* requestedScope(client, parameters),
    parameters
  })
  const codeChallenge = yield* Effect.fromResult(
    Pkce.requireCodeChallenge(parameters, pkcePolicy(config, client, types))
  )
  for (const type of types) yield* Effect.fromResult(type.validate(parameters))

  const [firstType, ...otherTypes] = types
  const state = parameters.get("state")
  const request: AuthorizationRequest = {
    clientId: client.clientId,
    redirectUri: redirect.uri,
    redirectUriGiven: parameters.has("redirect_uri"),
    responseType: [firstType.name, ...otherTypes.map((type) => type.name)],
    responseMode,
    scope,
    ...(state !== undefined && { state }),
    ...(codeChallenge !== undefined && { codeChallenge }),
    extensions: { ...keep(types, parameters), ...kept }
  }
  return request
})

/**
 * Answers a validated request whose resource owner said yes (RFC 6749 §4.1.2):
 * makes a grant and what each response type gives, and stores all of it in one
 * step.
 *
 * The client is looked up again, and the request held against it: the client may
 * have gone since, or may do less. That is no proof that the request is the one
 * that was validated: within what the client may ask for, `approve` believes it,
 * and so whoever keeps it in between keeps it in a store, or sealed.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const approve: (
  request: AuthorizationRequest,
  approval: Approval
) => Effect.Effect<
  AuthorizationResponse,
  AuthorizationFailure,
  ServerConfig | ResponseTypes | ClientStore | GrantStore
> = Effect.fnUntraced(function* (request, approval) {
  const { client, destination } = yield* resume(request)
  return yield* issue(client, request, approval).pipe(
    Effect.map((parameters) => ({ destination, parameters })),
    redirectErrors(destination)
  )
}, traced("AuthorizationEndpoint.approve"))

const issue = Effect.fnUntraced(function* (
  client: Client.Client,
  request: AuthorizationRequest,
  approval: Approval
) {
  const types = yield* requireStillAllowed(client, request)
  const scope = approval.scope ?? request.scope
  if (!Scope.isSubset(scope, request.scope)) {
    return yield* new InvalidScope({ description: "The scope is more than was asked for" })
  }
  // RFC 6749 §3.3, §5.1: no token response could say so
  if (scope === "" && request.scope !== "") {
    return yield* new AccessDenied({ description: "Nothing of the scope was granted" })
  }
  const extensions = yield* ProtocolExtensions.approve({
    client,
    request,
    approval: { ...approval, scope }
  })
  const grant = yield* makeGrant({ ...approval, client, scope, extensions })
  let parameters: ResponseParameters = {}
  let code: AuthorizationCode | undefined
  let accessToken: AccessToken | undefined
  for (const type of types) {
    const contribution = yield* type.contribute({ request, client, grant, soFar: parameters })
    parameters = { ...parameters, ...contribution.parameters }
    code = contribution.code ?? code
    accessToken = contribution.accessToken ?? accessToken
  }
  if (code !== undefined || accessToken !== undefined) {
    const store = yield* GrantStore
    yield* store.authorize(grant, { ...(code && { code }), ...(accessToken && { accessToken }) })
  }
  yield* ProtocolExtensions.granted({ client, request, approval: { ...approval, scope }, grant })
  yield* AuditLog.record({
    _tag: "ConsentGiven",
    clientId: client.clientId,
    subject: approval.subject,
    scope
  })
  return parameters
})

// Either the client or the settings may have changed since, or whoever kept the
// request let somebody change it.
const requireStillAllowed = Effect.fnUntraced(function* (
  client: Client.Client,
  { codeChallenge, responseMode, responseType, scope }: AuthorizationRequest
) {
  const config = yield* ServerConfig
  const types = yield* allowedResponseTypes(client, responseType)
  yield* Effect.fromResult(allowedResponseMode(types, responseMode))
  yield* requireAllowedScope(client, scope)
  yield* Effect.fromResult(Pkce.requireAllowedChallenge(codeChallenge, pkcePolicy(config, client, types)))
  return types
})

/**
 * Answers a validated request whose resource owner said no: always with an
 * `AuthorizationError` (RFC 6749 §4.1.2.1 `access_denied`), unless the client
 * has gone.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const deny: (
  request: AuthorizationRequest
) => Effect.Effect<never, AuthorizationFailure, ServerConfig | ClientStore> = Effect.fnUntraced(function* (
  request
) {
  yield* AuditLog.record({ _tag: "ConsentDenied", clientId: request.clientId })
  return yield* refuse(request, new AccessDenied({ description: "The resource owner denied the request" }))
}, traced("AuthorizationEndpoint.deny"))

/**
 * Refuses a validated request, for a reason that showed while its resource owner
 * was to be asked (OpenID Connect Core §3.1.2.6): always with an
 * `AuthorizationError`, unless the client has gone.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const refuse: (
  request: AuthorizationRequest,
  error: RedirectableError
) => Effect.Effect<never, AuthorizationFailure, ServerConfig | ClientStore> = Effect.fnUntraced(
  function* (request, error) {
    const { destination } = yield* resume(request)
    return yield* new AuthorizationError({ destination, error })
  }
)

const resume = Effect.fnUntraced(function* (request: AuthorizationRequest) {
  const config = yield* ServerConfig
  const client = yield* findClient(request.clientId)
  const redirect = yield* Effect.fromResult(
    TrustedRedirect.requireRegistered(client, request.redirectUri, {
      allowHttp: config.allowHttp,
      responseType: request.responseType
    })
  )
  const destination: Destination = {
    redirect,
    responseMode: request.responseMode,
    state: request.state,
    issuer: config.issuer
  }
  return { client, destination }
})

// The second phase begins here: whatever fails from now on knows where it goes.
const redirectErrors =
  (destination: Destination) =>
  <A, E extends RedirectableError | StorageError, R>(
    self: Effect.Effect<A, E, R>
  ): Effect.Effect<A, AuthorizationError | StorageError, R> =>
    Effect.mapError(self, (error: RedirectableError | StorageError) =>
      error._tag === "StorageError" ? error : new AuthorizationError({ destination, error })
    )

const requireClient = Effect.fnUntraced(function* (parameters: Parameters.Parameters) {
  const text = yield* Effect.fromResult(Parameters.required(parameters, "client_id"))
  const id = Client.parseId(text)
  return Option.isSome(id) ? yield* findClient(id.value) : yield* unknownClient
})

const unknownClient = new UnknownClient({ description: "The client is unknown" })

const findClient = Effect.fnUntraced(function* (id: Client.ClientId) {
  const clients = yield* ClientStore
  const client = yield* clients.find(id)
  return Option.isSome(client) ? client.value : yield* unknownClient
})

// An error goes where the answer would have gone: into the fragment, if any of
// the response types asked for says so (RFC 6749 §4.2.2.1).
const responseDestination = Effect.fnUntraced(function* (
  redirect: TrustedRedirect,
  parameters: Parameters.Parameters
) {
  const { issuer } = yield* ServerConfig
  const installed = yield* ResponseTypes
  const names = namesOf(parameters.get("response_type") ?? "")
  const types = installed.filter((type) => names.has(type.name))
  const destination: Destination = {
    redirect,
    responseMode: Result.getOrElse(requestedResponseMode(types, parameters), () =>
      defaultResponseMode(types)
    ),
    state: parameters.get("state"),
    issuer
  }
  return destination
})

// RFC 7636 §4.4.1, RFC 9700 §2.1.1. PKCE protects codes: without one there is
// nothing to require it for.
const pkcePolicy = (
  { pkce }: Settings,
  client: Client.Client,
  types: ReadonlyArray<ResponseType>
): Pkce.Policy => ({
  methods: pkce.methods,
  required:
    types.some((type) => type.name === "code") &&
    (client.requirePkce ?? (pkce.required === "all" || Client.isPublic(client)))
})

const keep = (types: ReadonlyArray<ResponseType>, parameters: Parameters.Parameters) => {
  const kept: Record<string, string> = {}
  for (const name of types.flatMap((type) => type.keeps)) {
    const value = parameters.get(name)
    if (value !== undefined) kept[name] = value
  }
  return kept
}
