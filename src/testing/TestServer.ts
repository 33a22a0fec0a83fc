/**
 * A whole authorization server in the process of a test: the real endpoints and
 * pages over stores in memory, on whatever clock the test has. From the same
 * seed it makes the same codes and tokens.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as AuthorizationServer from "../endpoints/AuthorizationServer.ts"
import * as Grants from "../grants/Grants.ts"
import * as InteractionPages from "../http/InteractionPages.ts"
import * as OAuthHandler from "../http/OAuthHandler.ts"
import type { ConfigurationError } from "../services/ConfigurationError.ts"
import { ResourceOwner } from "../services/ResourceOwner.ts"
import type { SecretKeys } from "../services/SecretKeys.ts"
import type { AtomicRotation } from "../storage/GrantStore.ts"
import * as Storage from "../storage/Storage.ts"
import type { StorageError } from "../storage/StorageError.ts"
import type { Person } from "./Flows.ts"
import * as SeededEntropy from "./SeededEntropy.ts"
import type { TestClient } from "./TestClient.ts"
import * as Wire from "./Wire.ts"

/**
 * What keeps the server's state: stores, and the keys that protect what is in
 * them.
 *
 * @category models
 * @since 0.1.0
 */
export type StorageAndKeys = Storage.Storage | AtomicRotation | SecretKeys

/**
 * @category models
 * @since 0.1.0
 */
export type TestServer =
  | Wire.Wire
  | OAuthHandler.OAuthHandler
  | AuthorizationServer.AuthorizationServer
  | ResourceOwner
  | StorageAndKeys

/**
 * @category options
 * @since 0.1.0
 */
export interface Options {
  readonly clients: ReadonlyArray<TestClient>
  /** Those who can sign in. */
  readonly people?: ReadonlyArray<Person>
  /**
   * Default: `https://auth.example.com` with the scopes that the clients
   * registered, and the grants of the authorization code, the refresh token and
   * client credentials.
   */
  readonly server?: Layer.Layer<
    AuthorizationServer.AuthorizationServer,
    ConfigurationError,
    ResourceOwner | StorageAndKeys
  >
  /** Default: memory. */
  readonly storage?: Layer.Layer<StorageAndKeys, ConfigurationError | StorageError>
  /** Default: the people above, by their names. */
  readonly resourceOwner?: Layer.Layer<ResourceOwner>
  /** Default: always the same. */
  readonly seed?: string
}

/**
 * @example
 * ```ts
 * import { Flows, TestClient, TestServer } from "effect-oauth/testing"
 * import { Effect } from "effect"
 *
 * const spa = TestClient.make({
 *   client_id: "spa",
 *   token_endpoint_auth_method: "none",
 *   redirect_uris: ["https://app.example.com/callback"],
 *   scope: "read"
 * })
 * const ada = { username: "ada", password: "lovelace" }
 *
 * const program = Effect.gen(function* () {
 *   const tokens = yield* Flows.signIn({ client: spa, person: ada })
 *   return tokens.scope
 * }).pipe(Effect.provide(TestServer.layer({ clients: [spa], people: [ada] })))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<TestServer, ConfigurationError | StorageError> => {
  const clients = options.clients.map(({ client }) => client)
  return Wire.layer.pipe(
    Layer.provideMerge(OAuthHandler.layer),
    Layer.provide(InteractionPages.layer),
    Layer.provideMerge(options.server ?? usualServer(options.clients)),
    Layer.provideMerge(options.resourceOwner ?? layerPeople(options.people ?? [])),
    Layer.provide(Storage.layerClients(clients)),
    Layer.provideMerge(options.storage ?? Storage.layerMemory),
    Layer.provide(SeededEntropy.layer(options.seed ?? "effect-oauth"))
  )
}

/**
 * People whose subject is their name. Password comparison is that of a test.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerPeople = (people: ReadonlyArray<Person>): Layer.Layer<ResourceOwner> => {
  const find = (is: (person: Person) => boolean) =>
    Effect.sync(() =>
      Option.map(Option.fromNullishOr(people.find(is)), ({ username }) => ({ subject: username, username }))
    )
  return Layer.succeed(ResourceOwner, {
    authenticate: ({ password, username }) =>
      find((person) => person.username === username && person.password === Redacted.value(password)),
    find: (subject) => find((person) => person.username === subject)
  })
}

const usualServer = (clients: ReadonlyArray<TestClient>) =>
  AuthorizationServer.layer({
    issuer: "https://auth.example.com",
    scopes: clients.flatMap(({ client }) => client.scope?.split(" ") ?? []).filter((token) => token !== ""),
    grants: [Grants.authorizationCode, Grants.refreshToken, Grants.clientCredentials]
  })
