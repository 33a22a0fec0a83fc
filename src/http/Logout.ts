/**
 * The logout endpoint over HTTP (OpenID Connect RP-Initiated Logout §2).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { path, url } from "../endpoints/Endpoints.ts"
import { BackChannelLogout } from "../oidc/BackChannelLogout.ts"
import { Logout } from "../oidc/Logout.ts"
import * as LogoutEndpoint from "../oidc/LogoutEndpoint.ts"
import * as SessionId from "../oidc/SessionId.ts"
import { InvalidRequest } from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"
import * as Parameters from "../protocol/Parameters.ts"
import { toLocation } from "../protocol/PostLogoutRedirect.ts"
import * as Secret from "../protocol/Secret.ts"
import type { ResourceOwner } from "../services/ResourceOwner.ts"
import { type SecretKey, SecretKeys } from "../services/SecretKeys.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import type { SigningKeys } from "../services/SigningKeys.ts"
import type { ClientStore } from "../storage/ClientStore.ts"
import type { SessionStore } from "../storage/SessionStore.ts"
import type { Extension } from "./Extensions.ts"
import { empty, type HttpRequest, type HttpResponse } from "./HttpMessage.ts"
import * as LoginSession from "./LoginSession.ts"
import * as PendingInteraction from "./PendingInteraction.ts"
import { askLogoutPage, signedOutPage, stillSignedInPage } from "./pages/LogoutPage.ts"
import { readForm, readQuery } from "./ReadRequest.ts"

/**
 * What letting clients send people to sign out needs.
 *
 * @category models
 * @since 0.1.0
 */
export type Requirements =
  | Logout
  | SigningKeys
  | ResourceOwner
  | ServerConfig
  | SecretKeys
  | ClientStore
  | SessionStore

const make = (isSettled: IsSettled): Extension<Requirements> => ({
  endpoints: [
    {
      path: LogoutEndpoint.path,
      methods: ["GET", "POST"],
      audience: "person",
      crossOrigin: false,
      handle: (http) => (http.method === "POST" ? post(http, isSettled) : get(http, isSettled))
    },
    {
      path: `${LogoutEndpoint.path}/confirm`,
      methods: ["POST"],
      audience: "person",
      crossOrigin: false,
      handle: (http) => confirm(http)
    }
  ],
  metadata: Effect.map(ServerConfig, ({ issuer }) => ({
    end_session_endpoint: url(issuer, LogoutEndpoint.path)
  }))
})

/**
 * Lets clients send people to sign out, for `Extensions.layer`: at `/logout`, with
 * GET or POST. The person is asked, whatever the client says (OpenID Connect
 * RP-Initiated Logout §2).
 *
 * @category extensions
 * @since 0.1.0
 */
export const logout: Extension<Requirements> = make(() => Effect.succeed(false))

/**
 * The same, but a person whose session the client has proved to know, by an ID
 * token of that session, is signed out at once. Everybody else is asked.
 *
 * Whoever gets hold of such an ID token can sign the person out; and the person is
 * signed out of all applications, where they may have meant one.
 *
 * @category extensions
 * @since 0.1.0
 */
export const logoutByHint: Extension<Requirements> = make((parameters, request, session) =>
  Effect.gen(function* () {
    if (yield* isHinted(parameters, session)) return true
    const sid = SessionId.of(session.hash)
    return yield* LogoutEndpoint.isAbout(request, { ...session.identity, sid })
  })
)

/**
 * Says in the metadata that clients are told of a session's end, and so requires
 * that they are (OpenID Connect Back-Channel Logout §2.1).
 *
 * @category extensions
 * @since 0.1.0
 */
export const backChannelLogout: Extension<BackChannelLogout> = {
  endpoints: [],
  metadata: Effect.as(BackChannelLogout, {
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true
  })
}

// Whether a session ends without a question.
type IsSettled = (
  parameters: Parameters.Parameters,
  request: LogoutEndpoint.LogoutRequest,
  session: LoginSession.LoginSession
) => Effect.Effect<boolean, never, SecretKeys>

const get = Effect.fnUntraced(function* (http: HttpRequest, isSettled: IsSettled) {
  const given = yield* readQuery(http)
  const request = yield* LogoutEndpoint.validate(given)
  const session = yield* LoginSession.current(http)
  return Option.isNone(session)
    ? yield* signedOut(http, request)
    : yield* signOutOrAsk(http, isSettled, given, request, session.value)
})

// A form that another site sends comes without the session, whose cookie is
// SameSite=Lax: the browser is sent on to where it comes along. The ID token stays
// behind, since URLs end up in logs; what it says of the session does not.
const post = Effect.fnUntraced(function* (http: HttpRequest, isSettled: IsSettled) {
  const given = yield* readForm(http)
  const request = yield* LogoutEndpoint.validate(given)
  const session = yield* LoginSession.current(http)
  if (Option.isSome(session)) return yield* signOutOrAsk(http, isSettled, given, request, session.value)
  const { issuer } = yield* ServerConfig
  const query = new URLSearchParams()
  const fields = { ...carriedAlong(request), hinted_session: yield* hintedSession(request) }
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) query.set(name, value)
  return empty(303, { location: `${url(issuer, LogoutEndpoint.path)}?${query}` })
})

const signOutOrAsk = Effect.fnUntraced(function* (
  http: HttpRequest,
  isSettled: IsSettled,
  { parameters }: OAuthRequest,
  request: LogoutEndpoint.LogoutRequest,
  session: LoginSession.LoginSession
) {
  return (yield* isSettled(parameters, request, session))
    ? yield* signOut(http, request, session)
    : yield* ask(request, session)
})

const confirm = Effect.fnUntraced(function* (http: HttpRequest) {
  yield* PendingInteraction.requireSameSite(http)
  const form = yield* readForm(http)
  const request = yield* LogoutEndpoint.validate(form)
  const decision = yield* requireDecision(form)
  const session = yield* LoginSession.current(http)
  if (Option.isNone(session)) return yield* signedOut(http, request)
  // Whoever answers is who was asked, on our page.
  const token = form.parameters.get("form_token") ?? ""
  if (!(yield* LoginSession.isFormToken(session.value, purpose, token))) {
    return yield* ask(request, session.value)
  }
  return decision === "stay" ? stillSignedInPage() : yield* signOut(http, request, session.value)
})

const purpose = "logout"

const requireDecision = Effect.fnUntraced(function* ({ parameters }: OAuthRequest) {
  const decision = yield* Effect.fromResult(Parameters.required(parameters, "decision"))
  if (decision === "stay" || decision === "sign-out") return decision
  return yield* new InvalidRequest({ description: "The decision is neither stay nor sign-out" })
})

const signOut = Effect.fnUntraced(function* (
  http: HttpRequest,
  request: LogoutEndpoint.LogoutRequest,
  { hash, identity }: LoginSession.LoginSession
) {
  const { endSession } = yield* Logout
  yield* endSession({ hash, sid: SessionId.of(hash), subject: identity.subject })
  return yield* signedOut(http, request)
})

const signedOut = Effect.fnUntraced(function* (
  http: HttpRequest,
  { redirect, state }: LogoutEndpoint.LogoutRequest
) {
  const { issuer } = yield* ServerConfig
  const headers = LoginSession.forget(issuer)
  const response: HttpResponse =
    redirect === undefined
      ? signedOutPage(headers)
      : empty(http.method === "POST" ? 303 : 302, { location: toLocation(redirect, state), ...headers })
  return response
})

const ask = Effect.fnUntraced(function* (
  request: LogoutEndpoint.LogoutRequest,
  session: LoginSession.LoginSession
) {
  const { issuer } = yield* ServerConfig
  return askLogoutPage({
    client: request.client,
    username: session.identity.username,
    action: path(issuer, `${LogoutEndpoint.path}/confirm`),
    fields: { ...carriedAlong(request), form_token: yield* LoginSession.formToken(session, purpose) }
  })
})

const carriedAlong = ({ client, redirect, state }: LogoutEndpoint.LogoutRequest) => ({
  client_id: client?.clientId,
  post_logout_redirect_uri: redirect?.uri,
  state
})

// A session that an ID token has named, and a tag which shows that this server saw it.
const hintedSession = Effect.fnUntraced(function* ({ hint }: LogoutEndpoint.LogoutRequest) {
  const { current } = yield* SecretKeys
  return hint?.sid === undefined ? undefined : tagged(current, hint.sid)
})

const isHinted = Effect.fnUntraced(function* (
  parameters: Parameters.Parameters,
  { hash }: LoginSession.LoginSession
) {
  const given = parameters.get("hinted_session")
  if (given === undefined) return false
  const keys = yield* SecretKeys
  return keys.all.some((key) => Secret.timingSafeEqual(tagged(key, SessionId.of(hash)), given))
})

const tagged = (key: SecretKey, sid: string): string =>
  Secret.hmacSha256Base64Url(key.cookie, `hinted session ${sid}`)
