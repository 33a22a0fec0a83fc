/**
 * The built-in interaction: a page to sign in, a page to consent. Plain HTML
 * forms, which work without script.
 *
 * A person who is signed in is asked to consent at once; everyone else signs in
 * first, and so does whoever an authentication request of OpenID Connect wants to
 * sign in again. The form of the first page has the fields `username` and `password`, of
 * the second `decision`, which is `approve` or `deny`.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as AuthorizationEndpoint from "../endpoints/AuthorizationEndpoint.ts"
import type { AuthorizationServer } from "../endpoints/AuthorizationServer.ts"
import { path, paths } from "../endpoints/Endpoints.ts"
import { mayRefresh } from "../grants/IssueTokens.ts"
import * as AuthenticationRequest from "../oidc/AuthenticationRequest.ts"
import type { AuthorizationRequest } from "../protocol/AuthorizationRequest.ts"
import type { AuthorizationResponse } from "../protocol/AuthorizationResponse.ts"
import type * as Client from "../protocol/Client.ts"
import { InvalidRequest, LoginRequired, UnknownClient } from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"
import * as Parameters from "../protocol/Parameters.ts"
import * as AttemptLimit from "../services/AttemptLimit.ts"
import * as AuditLog from "../services/AuditLog.ts"
import { provideRequestContext } from "../services/RequestContext.ts"
import { type Identity, ResourceOwner } from "../services/ResourceOwner.ts"
import type { SecretKeys } from "../services/SecretKeys.ts"
import { ServerConfig, type Settings } from "../services/ServerConfig.ts"
import { SubjectIdentifiers } from "../services/SubjectIdentifiers.ts"
import { ClientStore } from "../storage/ClientStore.ts"
import type { FlowStore } from "../storage/FlowStore.ts"
import type { GrantStore } from "../storage/GrantStore.ts"
import type { SessionStore } from "../storage/SessionStore.ts"
import { authorizationErrorResponse, authorizationResponse } from "./AuthorizationHttpResponse.ts"
import type { HttpRequest, HttpResponse } from "./HttpMessage.ts"
import { Interaction } from "./Interaction.ts"
import * as LoginSession from "./LoginSession.ts"
import * as PendingInteraction from "./PendingInteraction.ts"
import { consentPage, type Lifetime } from "./pages/ConsentPage.ts"
import { signInPage } from "./pages/SignInPage.ts"
import { readForm } from "./ReadRequest.ts"
import * as RememberedConsent from "./RememberedConsent.ts"
import * as Route from "./Route.ts"
import * as WithoutInteraction from "./WithoutInteraction.ts"

/**
 * What the pages need while they answer.
 *
 * @category models
 * @since 0.1.0
 */
export type Requirements =
  | AuthorizationServer
  | ResourceOwner
  | SecretKeys
  | ClientStore
  | GrantStore
  | FlowStore
  | SessionStore

const signInPath = `${paths.authorization}/sign-in`
const consentPath = `${paths.authorization}/consent`

/**
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Interaction, never, Requirements> = Layer.effect(
  Interaction,
  Effect.gen(function* () {
    const provide = yield* provideRequestContext<Requirements>()
    const { issuer } = yield* ServerConfig
    const forms: ReadonlyArray<Route.Route<Requirements>> = yield* Effect.all([
      Route.make({
        path: path(issuer, signInPath),
        methods: ["POST"],
        audience: "person",
        crossOrigin: false,
        handle: signIn
      }),
      Route.make({
        path: path(issuer, consentPath),
        methods: ["POST"],
        audience: "person",
        crossOrigin: false,
        handle: consent
      })
    ])
    return {
      begin: (validated, request) => provide(begin(validated, request)),
      isSignedIn: (request) => provide(Effect.map(LoginSession.current(request), Option.isSome)),
      routes: forms.map(
        (form): Route.Route => ({
          path: form.path,
          handle: (request) => provide(form.handle(request))
        })
      )
    }
  })
)

const begin = Effect.fnUntraced(function* (validated: AuthorizationEndpoint.Validated, http: HttpRequest) {
  const { client, request } = validated
  const authentication = yield* AuthenticationRequest.of(request)
  const session = yield* sufficientSession(client, authentication, yield* LoginSession.current(http))
  if (authentication?.prompt.includes("none") === true) {
    return yield* answered(http, WithoutInteraction.answer(validated, authentication, session))
  }
  const { headers, pending } = yield* PendingInteraction.begin(
    http,
    request,
    Option.getOrUndefined(Option.map(session, ({ identity }) => identity.subject))
  )
  return Option.isSome(session)
    ? yield* askConsent(client, pending, session.value, headers)
    : yield* askSignIn(client, pending, { headers, username: authentication?.loginHint })
})

// A session that the client is content with: any, for plain OAuth.
const sufficientSession = Effect.fnUntraced(function* (
  client: Client.Client,
  authentication: AuthenticationRequest.AuthenticationRequest | undefined,
  session: Option.Option<LoginSession.LoginSession>
) {
  if (authentication === undefined) return session
  const { subjectFor } = yield* SubjectIdentifiers
  const now = yield* Clock.currentTimeMillis
  return Option.filter(
    session,
    ({ authenticatedAt, identity }) =>
      !AuthenticationRequest.mustSignIn(
        authentication,
        { authenticatedAt, subject: subjectFor(client, identity.subject) },
        now
      )
  )
})

const signIn = Effect.fnUntraced(function* (http: HttpRequest) {
  const form = yield* readForm(http)
  const pending = yield* PendingInteraction.resume(http, form)
  const client = yield* findClient(pending)
  const username = form.parameters.get("username") ?? ""
  const password = form.parameters.secret("password") ?? Redacted.make("")
  yield* AttemptLimit.count({ at: "sign-in", username, remoteAddress: http.remoteAddress })
  const people = yield* ResourceOwner
  const identity = yield* people.authenticate({ username, password })
  if (Option.isNone(identity)) {
    yield* AuditLog.record({ _tag: "SignInFailed", remoteAddress: http.remoteAddress })
    return yield* askSignIn(client, pending, { username, failed: true })
  }
  yield* AuditLog.record({ _tag: "SignedIn", subject: identity.value.subject })
  if (!(yield* isExpected(client, pending, identity.value))) {
    yield* PendingInteraction.answer(pending)
    return yield* answered(http, AuthorizationEndpoint.refuse(pending.request, anotherPerson))
  }
  const { headers, session } = yield* LoginSession.start(identity.value)
  yield* PendingInteraction.bindSubject(pending, session.identity.subject)
  return yield* askConsent(client, pending, session, headers)
})

// OpenID Connect Core §3.1.2.1: whoever the id_token_hint names has to be "logged in
// by the request", or else it is an error.
const isExpected = Effect.fnUntraced(function* (
  client: Client.Client,
  { request }: PendingInteraction.PendingInteraction,
  { subject }: Identity
) {
  const authentication = yield* AuthenticationRequest.of(request)
  const { subjectFor } = yield* SubjectIdentifiers
  return (
    authentication === undefined ||
    AuthenticationRequest.isSubject(authentication, subjectFor(client, subject))
  )
})

const anotherPerson = new LoginRequired({ description: "Another person has signed in" })

const consent = Effect.fnUntraced(function* (http: HttpRequest) {
  const form = yield* readForm(http)
  const pending = yield* PendingInteraction.resume(http, form)
  const session = yield* LoginSession.current(http)
  // Whoever answers is who was asked.
  if (Option.isNone(session) || session.value.identity.subject !== pending.subject) {
    return yield* askSignIn(yield* findClient(pending), pending)
  }
  const decision = yield* requireDecision(form)
  yield* PendingInteraction.answer(pending)
  if (decision === "deny") return yield* answered(http, AuthorizationEndpoint.deny(pending.request))
  if ((yield* AuthenticationRequest.of(pending.request)) !== undefined) {
    yield* RememberedConsent.remember(pending.request, session.value.identity.subject)
  }
  return yield* answered(
    http,
    AuthorizationEndpoint.approve(pending.request, LoginSession.approval(session.value))
  )
})

// The client is told, whatever the answer is.
const answered = Effect.fnUntraced(function* <R>(
  http: HttpRequest,
  answer: Effect.Effect<AuthorizationResponse, AuthorizationEndpoint.AuthorizationFailure, R>
) {
  const config = yield* ServerConfig
  return yield* answer.pipe(
    Effect.map((response) => authorizationResponse(http, response)),
    Effect.catchTag("AuthorizationError", (error) =>
      Effect.succeed(authorizationErrorResponse(http, error, config))
    )
  )
})

const requireDecision = Effect.fnUntraced(function* ({ parameters }: OAuthRequest) {
  const decision = yield* Effect.fromResult(Parameters.required(parameters, "decision"))
  if (decision === "approve" || decision === "deny") return decision
  return yield* new InvalidRequest({ description: "The decision is neither approve nor deny" })
})

const findClient = Effect.fnUntraced(function* (pending: PendingInteraction.PendingInteraction) {
  const clients = yield* ClientStore
  const client = yield* clients.find(pending.request.clientId)
  return Option.isSome(client)
    ? client.value
    : yield* new UnknownClient({ description: "The client is not registered any more" })
})

const askSignIn = Effect.fnUntraced(function* (
  client: Client.Client,
  pending: PendingInteraction.PendingInteraction,
  options: {
    readonly username?: string | undefined
    readonly failed?: boolean
    readonly headers?: HttpResponse["headers"]
  } = {}
) {
  const { issuer } = yield* ServerConfig
  const authentication = yield* AuthenticationRequest.of(pending.request)
  return signInPage({
    client,
    action: path(issuer, signInPath),
    interaction: Redacted.value(pending.id),
    username: options.username,
    failed: options.failed ?? false,
    display: authentication?.display,
    headers: options.headers ?? {}
  })
})

const askConsent = Effect.fnUntraced(function* (
  client: Client.Client,
  pending: PendingInteraction.PendingInteraction,
  session: LoginSession.LoginSession,
  headers: HttpResponse["headers"]
) {
  const config = yield* ServerConfig
  const authentication = yield* AuthenticationRequest.of(pending.request)
  return consentPage({
    client,
    request: pending.request,
    claims: authentication?.furtherClaims ?? [],
    display: authentication?.display,
    username: session.identity.username,
    lifetime: lifetimeOf(config, client, pending.request),
    action: path(config.issuer, consentPath),
    interaction: Redacted.value(pending.id),
    headers
  })
})

const lifetimeOf = (
  config: Settings,
  client: Client.Client,
  { responseType, scope }: AuthorizationRequest
): Lifetime =>
  responseType.includes("code") && mayRefresh(config, client, scope)
    ? { _tag: "Renewed", refreshToken: config.lifetimes.refreshToken }
    : { _tag: "Once", accessToken: config.lifetimes.accessToken }
