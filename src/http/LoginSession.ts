/**
 * The login session of a browser: a cookie here, a `Session` in the store, and a
 * person whom the application still knows.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as SessionId from "../oidc/SessionId.ts"
import type { Approval } from "../protocol/AuthorizationRequest.ts"
import * as Secret from "../protocol/Secret.ts"
import { Entropy, secret } from "../services/Entropy.ts"
import { type Identity, ResourceOwner } from "../services/ResourceOwner.ts"
import { type SecretKey, SecretKeys } from "../services/SecretKeys.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { SessionStore } from "../storage/SessionStore.ts"
import * as Cookie from "./Cookie.ts"
import type { HttpRequest, HttpResponse } from "./HttpMessage.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface LoginSession {
  readonly hash: Secret.SecretHash
  readonly identity: Identity
  readonly authenticatedAt: number
}

/**
 * What the person of a session grants, before anything is said of the scope. They
 * have signed in with a password.
 *
 * @category conversions
 * @since 0.1.0
 */
export const approval = ({ authenticatedAt, hash, identity }: LoginSession): Approval => ({
  subject: identity.subject,
  username: identity.username,
  authenticatedAt,
  amr: ["pwd"],
  sessionId: SessionId.of(hash)
})

/**
 * The session of a request's browser; `None` if nobody is signed in there.
 *
 * @category steps
 * @since 0.1.0
 */
export const current = Effect.fnUntraced(function* (http: HttpRequest) {
  const { issuer } = yield* ServerConfig
  const keys = yield* SecretKeys
  const cookie = Cookie.read(http, sessionCookie(issuer), keys.all)
  if (Option.isNone(cookie)) return Option.none<LoginSession>()
  const sessions = yield* SessionStore
  const hash = Secret.hash(cookie.value)
  const session = yield* sessions.find(hash)
  const now = yield* Clock.currentTimeMillis
  if (Option.isNone(session) || session.value.endedAt !== undefined || session.value.expiresAt <= now) {
    return Option.none<LoginSession>()
  }
  const people = yield* ResourceOwner
  const identity = yield* people.find(session.value.subject)
  return Option.map(
    identity,
    (identity): LoginSession => ({
      hash,
      identity,
      authenticatedAt: session.value.authenticatedAt
    })
  )
})

/**
 * Begins a session for a person who has just signed in. It always has a new
 * cookie, so that nobody can plant one beforehand.
 *
 * @category steps
 * @since 0.1.0
 */
export const start = Effect.fnUntraced(function* (identity: Identity) {
  const { issuer, lifetimes } = yield* ServerConfig
  const keys = yield* SecretKeys
  const sessions = yield* SessionStore
  const cookie = secret(yield* Entropy)
  const hash = Secret.hash(cookie)
  const authenticatedAt = yield* Clock.currentTimeMillis
  yield* sessions.start({
    hash,
    subject: identity.subject,
    authenticatedAt,
    expiresAt: authenticatedAt + Duration.toMillis(lifetimes.session)
  })
  const session: LoginSession = { hash, identity, authenticatedAt }
  const headers: HttpResponse["headers"] = {
    "set-cookie": Cookie.set(sessionCookie(issuer), cookie, {
      key: keys.current,
      issuer,
      maximumAge: lifetimes.session
    })
  }
  return { session, headers }
})

/**
 * The headers that make a browser forget its session.
 *
 * @category constructors
 * @since 0.1.0
 */
export const forget = (issuer: string): HttpResponse["headers"] => ({
  "set-cookie": Cookie.clear(sessionCookie(issuer), issuer)
})

/**
 * What the forms of a page carry along, so that no other site can make a browser
 * send them (RFC 6819 §5.3.5): it is good for this session and this purpose.
 *
 * @category form tokens
 * @since 0.1.0
 */
export const formToken = Effect.fnUntraced(function* ({ hash }: LoginSession, purpose: string) {
  const { current } = yield* SecretKeys
  return formTokenBy(current, hash, purpose)
})

/**
 * Whether a form carries the token of this session and this purpose.
 *
 * @category form tokens
 * @since 0.1.0
 */
export const isFormToken = Effect.fnUntraced(function* (
  { hash }: LoginSession,
  purpose: string,
  given: string
) {
  const keys = yield* SecretKeys
  return keys.all.some((key) => Secret.timingSafeEqual(formTokenBy(key, hash, purpose), given))
})

const formTokenBy = (key: SecretKey, hash: Secret.SecretHash, purpose: string): string =>
  Secret.hmacSha256Base64Url(key.cookie, `form ${purpose} ${hash}`)

const sessionCookie = (issuer: string) => Cookie.name(issuer, "oauth-session")
