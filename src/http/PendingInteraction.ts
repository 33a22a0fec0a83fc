/**
 * An authorization request that waits in the `FlowStore` for its person, and the
 * browser that it waits for.
 *
 * Its identifier is in a hidden field of our forms. The browser is known by a
 * cookie: a form that somebody else's page sends, or that was begun in somebody
 * else's browser, finds nothing (RFC 6819 §4.4.1.9, §5.3.5).
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { AuthorizationRequest } from "../protocol/AuthorizationRequest.ts"
import { InvalidRequest } from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"
import * as Parameters from "../protocol/Parameters.ts"
import * as Secret from "../protocol/Secret.ts"
import { Entropy, secret } from "../services/Entropy.ts"
import { SecretKeys } from "../services/SecretKeys.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { type FlowKey, FlowStore } from "../storage/FlowStore.ts"
import { StorageError } from "../storage/StorageError.ts"
import * as Cookie from "./Cookie.ts"
import type { HttpRequest, HttpResponse } from "./HttpMessage.ts"

const State = Schema.Struct({
  request: AuthorizationRequest,
  /** The hash of the browser's cookie. */
  browser: Secret.SecretHash,
  /** Who was asked to consent. */
  subject: Schema.optionalKey(Schema.String)
})

type State = typeof State.Type

const StateJson = Schema.fromJsonString(State)
const encode = Schema.encodeEffect(StateJson)
const decode = Schema.decodeEffect(StateJson)

/**
 * @category models
 * @since 0.1.0
 */
export interface PendingInteraction {
  readonly id: Redacted.Redacted<string>
  readonly request: AuthorizationRequest
  readonly subject: string | undefined
  readonly key: FlowKey
  /** The state as it is stored. */
  readonly stored: string
  readonly state: State
}

/**
 * Begins an interaction in the browser of a request, and gives the headers that
 * make the browser known.
 *
 * @category steps
 * @since 0.1.0
 */
export const begin = Effect.fnUntraced(function* (
  http: HttpRequest,
  request: AuthorizationRequest,
  subject: string | undefined
) {
  const { issuer, lifetimes } = yield* ServerConfig
  const keys = yield* SecretKeys
  const flows = yield* FlowStore
  const entropy = yield* Entropy
  const now = yield* Clock.currentTimeMillis
  const name = browserCookie(issuer)
  const browser = Option.getOrElse(Cookie.read(http, name, keys.all), () => secret(entropy))
  const id = secret(entropy)
  const state: State = { request, browser: Secret.hash(browser), ...(subject !== undefined && { subject }) }
  const stored = yield* encodeState(state)
  const key: FlowKey = { kind: "interaction", key: Secret.hash(id) }
  yield* flows.create(
    { ...key, value: stored, expiresAt: now + Duration.toMillis(lifetimes.interaction) },
    now
  )
  const pending: PendingInteraction = { id, request, subject, key, stored, state }
  const headers: HttpResponse["headers"] = {
    // Long-lived: it only tells one browser from another.
    "set-cookie": Cookie.set(name, browser, { key: keys.current, issuer, maximumAge: Duration.days(30) })
  }
  return { pending, headers }
})

/**
 * The interaction that a form belongs to. `InvalidRequest` if there is none, it
 * has expired or was answered, or belongs to another browser.
 *
 * @category steps
 * @since 0.1.0
 */
export const resume = Effect.fnUntraced(function* (http: HttpRequest, form: OAuthRequest) {
  yield* requireSameSite(http)
  const { issuer } = yield* ServerConfig
  const keys = yield* SecretKeys
  const flows = yield* FlowStore
  const id = yield* Effect.fromResult(Parameters.requiredSecret(form.parameters, "interaction"))
  const key: FlowKey = { kind: "interaction", key: Secret.hash(id) }
  const found = yield* flows.find(key, yield* Clock.currentTimeMillis)
  switch (found._tag) {
    case "Consumed":
      return yield* answered
    case "Expired":
    case "Unknown":
      return yield* gone
    case "Found": {
      const state = yield* decodeState(found.value)
      const browser = Cookie.read(http, browserCookie(issuer), keys.all)
      if (Option.isNone(browser) || Secret.hash(browser.value) !== state.browser) return yield* gone
      const pending: PendingInteraction = {
        id,
        request: state.request,
        subject: state.subject,
        key,
        stored: found.value,
        state
      }
      return pending
    }
  }
})

/**
 * Notes who is asked to consent, so that nobody else can answer for them. They may
 * sign in again meanwhile, in another tab: whoever answers is the same person, in
 * the same browser.
 *
 * @category steps
 * @since 0.1.0
 */
export const bindSubject = Effect.fnUntraced(function* (pending: PendingInteraction, subject: string) {
  const flows = yield* FlowStore
  const to = yield* encodeState({ ...pending.state, subject })
  const outcome = yield* flows.replace(pending.key, {
    from: pending.stored,
    to,
    now: yield* Clock.currentTimeMillis
  })
  switch (outcome) {
    case "Replaced":
      return
    case "Consumed":
      return yield* answered
    case "Conflict":
    case "Expired":
    case "Unknown":
      return yield* gone
  }
})

/**
 * Takes an interaction to answer it, once.
 *
 * @category steps
 * @since 0.1.0
 */
export const answer = Effect.fnUntraced(function* (pending: PendingInteraction) {
  const flows = yield* FlowStore
  const outcome = yield* flows.consume(pending.key, yield* Clock.currentTimeMillis)
  switch (outcome._tag) {
    case "Consumed":
      return
    case "AlreadyConsumed":
      return yield* answered
    case "Expired":
    case "Unknown":
      return yield* gone
  }
})

const gone = new InvalidRequest({
  description:
    "This page has expired or was opened in another browser; go back to the application and start again"
})

const answered = new InvalidRequest({
  description: "This page has been answered; go back to the application and start again"
})

/**
 * Our own forms are never sent from another site (Fetch Metadata §2.3). Fails with
 * `InvalidRequest`.
 *
 * @category steps
 * @since 0.1.0
 */
export const requireSameSite = (http: HttpRequest) =>
  http.header("sec-fetch-site") === "cross-site"
    ? Effect.fail(new InvalidRequest({ description: "The form was sent from another site" }))
    : Effect.void

const browserCookie = (issuer: string) => Cookie.name(issuer, "oauth-browser")

const encodeState = (state: State) =>
  Effect.mapError(
    encode(state),
    (cause) => new StorageError({ operation: "PendingInteraction.encode", cause })
  )

const decodeState = (text: string) =>
  Effect.mapError(
    decode(text),
    (cause) => new StorageError({ operation: "PendingInteraction.decode", cause })
  )
