/**
 * Tells clients that a session has ended (OpenID Connect Back-Channel Logout
 * §2.5), from the server to the client: again and again where the client cannot be
 * reached, until it is told.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Client } from "../protocol/Client.ts"
import { isLoopback } from "../protocol/RedirectUri.ts"
import * as AuditLog from "../services/AuditLog.ts"
import type { ConfigurationError } from "../services/ConfigurationError.ts"
import { requireCount, requireDuration } from "../services/internal/Settings.ts"
import { provideRequestContext } from "../services/RequestContext.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import type { SigningKeys } from "../services/SigningKeys.ts"
import { ClientStore } from "../storage/ClientStore.ts"
import type { FlowStore } from "../storage/FlowStore.ts"
import type { StorageError } from "../storage/StorageError.ts"
import { Logout } from "./Logout.ts"
import * as LogoutToken from "./LogoutToken.ts"
import type { OpenIdProvider } from "./OpenIdProvider.ts"
import * as PendingLogoutToken from "./PendingLogoutToken.ts"

/**
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** How long a client may take to answer. Default: 5 seconds. */
  readonly timeout?: Duration.Input
  /** How often a client that cannot be reached is tried. The waits in between grow from 10 seconds to 6 hours. Default: 8. */
  readonly attempts?: number
  /** To how many clients at once. Default: 16. */
  readonly concurrency?: number
  /** How long to wait before looking again for something to do. Default: 1 second. */
  readonly interval?: Duration.Input
}

/**
 * What telling the clients needs.
 *
 * @category models
 * @since 0.1.0
 */
export type Requirements =
  | Logout
  | OpenIdProvider
  | SigningKeys
  | ServerConfig
  | ClientStore
  | FlowStore
  | HttpClient.HttpClient

/**
 * That clients are told. A server that says so in its metadata requires it.
 *
 * @category services
 * @since 0.1.0
 */
export class BackChannelLogout extends Context.Service<
  BackChannelLogout,
  {
    /** Tells all who are to be told by now, and says how many attempts that took. */
    readonly deliver: Effect.Effect<number, StorageError>
  }
>()("effect-oauth/oidc/BackChannelLogout") {}

/**
 * Tells clients in the background for as long as the Layer lives. Any number of
 * processes may: what one of them does, the others leave to it, and do it
 * themselves if it dies.
 *
 * Requests go through the `HttpClient`, follow no redirect, and are not read: only
 * the status counts. Who may register clients decides where this server sends
 * requests to; let the client go through a proxy that keeps it out of your network
 * where others may.
 *
 * @example
 * ```ts
 * import { BackChannelLogout } from "effect-oauth"
 * import { Layer } from "effect"
 * import { FetchHttpClient } from "effect/http"
 *
 * const Worker = BackChannelLogout.layer({ timeout: "3 seconds" }).pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 *
 * Fails with a `ConfigurationError` if an option is one that nobody could be told
 * with.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: Options = {}
): Layer.Layer<BackChannelLogout, ConfigurationError, Requirements> =>
  Layer.effect(
    BackChannelLogout,
    Effect.gen(function* () {
      const { interval } = yield* requireSettings(options)
      const service = yield* make(options)
      yield* service.deliver.pipe(
        Effect.catch((error) =>
          Effect.logWarning("Logout tokens could not be looked up", error, error.cause)
        ),
        Effect.catchDefect((defect) => Effect.logError("Logout tokens could not be delivered", defect)),
        Effect.andThen(Effect.sleep(interval)),
        Effect.forever,
        Effect.forkScoped
      )
      return service
    })
  )

/**
 * The same without anything in the background, for programs that have a scheduler
 * of their own. Fails with a `ConfigurationError` likewise.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: Options = {}) {
  const settings = yield* requireSettings(options)
  const provide = yield* provideRequestContext<Requirements>()
  return BackChannelLogout.of({ deliver: provide(deliver(settings)) })
})

const requireSettings = Effect.fnUntraced(function* (options: Options) {
  return {
    timeout: yield* requireDuration("timeout", options.timeout ?? "5 seconds", 1),
    attempts: yield* requireCount("attempts", options.attempts ?? 8),
    concurrency: yield* requireCount("concurrency", options.concurrency ?? 16),
    // Else there would be no moment for anything else.
    interval: yield* requireDuration("interval", options.interval ?? "1 second", 1)
  }
})

type Settings = Effect.Success<ReturnType<typeof requireSettings>>

const deliver = Effect.fnUntraced(function* ({ attempts, concurrency, timeout }: Settings) {
  const { resume } = yield* Logout
  // Whoever has not answered by then has been given up on, and so has this process if it has not.
  const lease = Duration.sum(timeout, Duration.minutes(1))
  yield* resume
  let made = 0
  for (;;) {
    const pending = yield* PendingLogoutToken.claim(concurrency, lease)
    yield* Effect.forEach(pending, (pending) => attempt(pending, timeout, attempts), {
      concurrency,
      discard: true
    })
    made += pending.length
    if (pending.length < concurrency) return made
  }
})

const attempt = Effect.fnUntraced(function* (
  pending: PendingLogoutToken.PendingLogoutToken,
  timeout: Duration.Duration,
  attempts: number
) {
  const clients = yield* ClientStore
  const client = Option.getOrUndefined(yield* clients.find(pending.clientId))
  if (client?.backchannelLogoutUri !== undefined) {
    const outcome = yield* tell(client, client.backchannelLogoutUri, pending, timeout)
    if (outcome === "Unavailable")
      yield* tryAgainLater({ ...pending, attempt: pending.attempt + 1 }, attempts)
    if (outcome === "Refused") yield* giveUp(pending)
  }
  yield* PendingLogoutToken.done(pending)
})

const tryAgainLater = (pending: PendingLogoutToken.PendingLogoutToken, attempts: number) =>
  pending.attempt < attempts ? PendingLogoutToken.store(pending, backoff(pending.attempt)) : giveUp(pending)

const giveUp = ({ clientId, sid }: PendingLogoutToken.PendingLogoutToken) =>
  AuditLog.record({ _tag: "LogoutNotDelivered", clientId, sid })

const backoff = (attempt: number): Duration.Duration =>
  Duration.min(Duration.seconds(10 * 4 ** (attempt - 1)), Duration.hours(6))

type Outcome = "Told" | "Refused" | "Unavailable"

// Back-Channel Logout §2.8: the client says 200 when it is done, and some frameworks
// say 204. §2.5: another try is for what may pass, an outage or too many requests;
// who says that it cannot (400) will say so again.
const outcomeOf = (status: number): Outcome => {
  if (status === 200 || status === 204) return "Told"
  return status >= 500 || status === 408 || status === 425 || status === 429 ? "Unavailable" : "Refused"
}

const tell = Effect.fnUntraced(function* (
  client: Client,
  uri: string,
  session: { readonly sid: string; readonly subject: string },
  timeout: Duration.Duration
) {
  const config = yield* ServerConfig
  if (!mayBeTold(uri, config)) return "Refused" as const
  const http = yield* HttpClient.HttpClient
  const token = Option.getOrUndefined(
    yield* LogoutToken.make(client, session).pipe(
      Effect.asSome,
      // It will be told when the server has such keys.
      Effect.catchTag("UnauthorizedClient", () => Effect.succeedNone)
    )
  )
  if (token === undefined) return "Unavailable" as const
  const request = HttpClientRequest.post(uri).pipe(
    HttpClientRequest.bodyUrlParams({ logout_token: Redacted.value(token) })
  )
  return yield* HttpClient.withScope(http)
    .execute(request)
    .pipe(
      Effect.map(({ status }) => outcomeOf(status)),
      Effect.scoped,
      Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
      Effect.timeout(timeout),
      // Whatever went wrong on the way to the client, it has not been told.
      Effect.catch(() => Effect.succeed("Unavailable" as const))
    )
})

// Back-Channel Logout §2.2: https, or http where the server lets it; without a fragment
const mayBeTold = (uri: string, { allowHttp }: { readonly allowHttp: boolean }): boolean => {
  const url = URL.parse(uri)
  if (url === null || uri.includes("#") || url.username !== "" || url.password !== "") return false
  return url.protocol === "https:" || (url.protocol === "http:" && (allowHttp || isLoopback(url.hostname)))
}
