/**
 * An authorization server for those who know no Effect: plain options in, a
 * `fetch` handler out.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as AuthorizationServer from "../endpoints/AuthorizationServer.ts"
import * as Grants from "../grants/Grants.ts"
import * as Client from "../protocol/Client.ts"
import type { Claims } from "../protocol/Jwt.ts"
import { TemporarilyUnavailable } from "../protocol/OAuthError.ts"
import type { ConfigurationError } from "../services/ConfigurationError.ts"
import { type Identity, type RequestedClaims, ResourceOwner } from "../services/ResourceOwner.ts"
import * as SecretKeys from "../services/SecretKeys.ts"
import * as ServerConfig from "../services/ServerConfig.ts"
import type { AtomicRotation } from "../storage/GrantStore.ts"
import * as Storage from "../storage/Storage.ts"
import { StorageError } from "../storage/StorageError.ts"
import * as ErrorResponse from "./ErrorResponse.ts"
import * as FetchHandler from "./FetchHandler.ts"
import * as InteractionPages from "./InteractionPages.ts"
import * as OAuthHandler from "./OAuthHandler.ts"
import type { Parts, PlainOpenIdProvider } from "./openIdProvider.ts"

/**
 * The people of the application. A rejected promise means that they cannot be
 * looked up now, and is answered with `temporarily_unavailable`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Users {
  /** Whose credentials these are; `undefined` if they are nobody's. */
  readonly authenticate: (username: string, password: string) => Promise<Identity | undefined>
  /** The person who signed in earlier; `undefined` if they are gone. */
  readonly find: (subject: string) => Promise<Identity | undefined>
  /**
   * What is known of a person, by the names of claims; `undefined` if they are gone.
   * Only OpenID Connect asks for it (`openId`).
   */
  readonly claims?: (subject: string, requested: RequestedClaims) => Promise<Claims | undefined>
}

/**
 * Somewhere to keep things.
 *
 * @category models
 * @since 0.1.0
 */
export type PlainStorage = Layer.Layer<
  Storage.Storage | AtomicRotation | SecretKeys.SecretKeys,
  ConfigurationError | StorageError
>

/**
 * Keeps everything in memory, and forgets it when the process ends.
 *
 * @category storage
 * @since 0.1.0
 */
export const memory = (): PlainStorage => Storage.layerMemory

/**
 * Keeps everything in stores written with `async` functions, which outlive the
 * process; so has the `secret` (32 characters or more) that protects what is in
 * them. Throws a `ConfigurationError` if it is shorter.
 *
 * @category storage
 * @since 0.1.0
 */
export const promises = (
  storage: Storage.PromiseStorage & { readonly rotatesAtomically: true; readonly secret: string }
): PlainStorage => {
  const keys = SecretKeys.layer(Redacted.make(storage.secret))
  Effect.runSync(Effect.scoped(Layer.build(keys)))
  return Layer.merge(Storage.fromPromises(storage), keys)
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PlainServer {
  /**
   * Answers a request. The first one starts the server; as long as the storage
   * cannot take the clients, the answer is `temporarily_unavailable` (503), and the
   * next request tries again.
   */
  readonly fetch: FetchHandler.FetchHandler
  /** Finishes what is in flight and lets go of the storage. */
  readonly close: () => Promise<void>
}

/**
 * A server with the authorization code grant, refresh tokens and client
 * credentials, and the built-in pages; with `openId: openIdProvider()` an OpenID
 * provider.
 *
 * Throws a `ConfigurationError` that names the option, or a `SchemaError` for
 * client metadata, if they are such that no server could run with them.
 *
 * @example
 * ```ts
 * import { createAuthorizationServer, memory } from "effect-oauth/http"
 *
 * const auth = createAuthorizationServer({
 *   issuer: "https://auth.example.com",
 *   scopes: ["read", "write"],
 *   clients: [{ client_id: "spa", token_endpoint_auth_method: "none", redirect_uris: ["https://app.example.com/cb"] }],
 *   users: {
 *     authenticate: async (username, password) =>
 *       username === "ada" && password === "lovelace" ? { subject: "1", username } : undefined,
 *     find: async (subject) => (subject === "1" ? { subject, username: "ada" } : undefined)
 *   },
 *   storage: memory()
 * })
 *
 * export default { fetch: (request: Request) => auth.fetch(request) }
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const createAuthorizationServer = (
  options: ServerConfig.Options & {
    /** RFC 7591 client metadata; a confidential client has its `client_secret` in clear. */
    readonly clients: ReadonlyArray<Client.Metadata & { readonly client_secret?: string }>
    readonly users: Users
    readonly storage: PlainStorage
    /** OpenID Connect: `openIdProvider()`. Default: none. */
    readonly openId?: PlainOpenIdProvider
  }
): PlainServer => {
  const grants = [Grants.authorizationCode, Grants.refreshToken, Grants.clientCredentials] as const
  const clients = options.clients.map(({ client_secret, ...metadata }) =>
    Client.make(
      client_secret === undefined ? metadata : { ...metadata, client_secret: Redacted.make(client_secret) }
    )
  )
  // A mistake in the options shows here, and not at the first request.
  const settings = Effect.runSync(ServerConfig.make(options, []))
  const { serve } = options.openId ?? { serve: serveOAuth }
  return startedByRequests(
    serve({ options, grants, clients }).pipe(
      Layer.provide(Layer.succeed(ResourceOwner, resourceOwner(options.users))),
      Layer.provide(Storage.layerClients(clients)),
      Layer.provide(options.storage)
    ),
    settings
  )
}

const serveOAuth = ({ grants, options }: Parts) =>
  OAuthHandler.layer.pipe(
    Layer.provide(InteractionPages.layer),
    Layer.provide(AuthorizationServer.layer({ ...options, grants }))
  )

interface Start {
  readonly runtime: ManagedRuntime.ManagedRuntime<
    OAuthHandler.OAuthHandler,
    ConfigurationError | StorageError
  >
  readonly handler: Promise<FetchHandler.FetchHandler>
}

// A start that fails is forgotten, so that the next request makes another.
const startedByRequests = (
  server: Layer.Layer<OAuthHandler.OAuthHandler, ConfigurationError | StorageError>,
  settings: ServerConfig.Settings
): PlainServer => {
  let latest: Start | undefined
  let closed = false
  const tell = (error: ErrorResponse.EndpointError) =>
    FetchHandler.toResponse(ErrorResponse.errorResponse(error, settings))
  const start = (): Start => {
    const runtime = ManagedRuntime.make(server)
    const handler = runtime.contextEffect.pipe(
      Effect.flatMap((context) => Effect.provideContext(FetchHandler.make, context)),
      Effect.onError(() =>
        Effect.suspend(() => {
          latest = undefined
          return runtime.disposeEffect
        })
      ),
      Effect.catchTag("StorageError", (error) =>
        Effect.as(logOutage(error), () => Promise.resolve(tell(error)))
      )
    )
    // It may fail at once, and has to be the latest by then.
    return { runtime, handler: Effect.runPromise(Effect.andThen(Effect.yieldNow, handler)) }
  }
  return {
    fetch: async (request, connection) => {
      if (closed) return tell(shutDown)
      latest ??= start()
      return (await latest.handler)(request, connection)
    },
    close: async () => {
      closed = true
      await latest?.runtime.dispose()
    }
  }
}

const logOutage = (error: StorageError) =>
  Effect.logError(error.message).pipe(Effect.annotateLogs({ cause: error.cause }))

const shutDown = new TemporarilyUnavailable({
  description: "The server has been shut down",
  retryAfter: Duration.seconds(60)
})

const resourceOwner = (users: Users): ResourceOwner["Service"] => ({
  authenticate: ({ password, username }) =>
    ask("ResourceOwner.authenticate", () => users.authenticate(username, Redacted.value(password))),
  find: (subject) => ask("ResourceOwner.find", () => users.find(subject)),
  ...(users.claims && {
    claims: (subject: string, requested: RequestedClaims) =>
      ask("ResourceOwner.claims", async () => users.claims?.(subject, requested))
  })
})

const ask = <A>(operation: string, question: () => Promise<A | undefined>) =>
  Effect.tryPromise({ try: question, catch: (cause) => new StorageError({ operation, cause }) }).pipe(
    Effect.map(Option.fromNullishOr)
  )
