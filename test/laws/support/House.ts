/**
 * The server that a law is held against: a random configuration, and the
 * mistakes of whoever broke it.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import {
  AuditLog,
  AuthorizationServer,
  Client,
  type GrantStore,
  Grants,
  Legacy,
  ResponseTypes,
  type SecretKeys,
  Storage
} from "effect-oauth"
import { OAuthHandler } from "effect-oauth/http"
import { Arbitraries, Faults, type Flows, TestClient, TestServer, Wire } from "effect-oauth/testing"
import type { Adapter } from "../../http/support/Adapters.ts"

export type Stores = Layer.Layer<Storage.Storage | GrantStore.AtomicRotation | SecretKeys.SecretKeys>

/** Where a server may be broken; ours is broken nowhere. */
export interface House {
  readonly stores?: (stores: Stores) => Stores
  readonly handler?: (handler: OAuthHandler.Service) => OAuthHandler.Service
  /** Replaces references, such as `TokenFactory`. */
  readonly references?: Layer.Layer<never>
  readonly adapters?: ReadonlyArray<Adapter>
}

export const ours: House = {}

/** In seconds, but for `replays`. */
export interface Settings {
  readonly code: number
  readonly accessToken: number
  readonly refreshToken: number
  readonly grace: number
  readonly replays: number
}

export interface World {
  /** What the server has. */
  readonly scopes: ReadonlyArray<string>
  readonly clients: readonly [TestClient.TestClient, TestClient.TestClient, TestClient.TestClient]
  readonly settings: Settings
}

export const people = [
  { username: "ada", password: "the password of ada" },
  { username: "grace", password: "the password of grace" }
] as const satisfies ReadonlyArray<Flows.Person>

/** Introspects everybody's tokens. */
export const resourceServer = TestClient.make({
  client_id: "resource server",
  client_secret: "the secret of the resource server",
  introspect_any_token: true,
  grant_types: []
})

const seconds = (...those: readonly [number, ...Array<number>]) => Arbitrary.schema(Schema.Literals(those))

const settings: Arbitrary.Arbitrary<Settings> = Arbitrary.all({
  code: seconds(60, 10, 600),
  accessToken: seconds(600, 30, 3600),
  refreshToken: seconds(2_592_000, 120, 1200),
  grace: seconds(30, 0, 5),
  replays: seconds(64, 1, 2)
})

export const worlds: Arbitrary.Arbitrary<World> = Arbitrary.flatMap(Arbitraries.scopeTokens, (scopes) => {
  const client = (prefix: string) => Arbitraries.client({ scopes: [...scopes, "of no server"], prefix })
  return Arbitrary.all({
    scopes: Arbitrary.Constant(scopes),
    clients: Arbitrary.all([client("one"), client("two"), client("three")]),
    settings
  })
})

/** The same, but that the first client may refresh, and has a scope to do it with. */
export const refreshing = (world: World): World => {
  const [{ client, secret }, second, third] = world.clients
  const { scope: _, ...rest } = client
  const grantTypes = ["authorization_code", "refresh_token"]
  return { ...world, clients: [{ client: { ...rest, grantTypes }, secret }, second, third] }
}

/** The clients as they were registered, for somebody who reads of a failure. */
export const showWorld = ({ clients, scopes, settings }: World): string =>
  [
    `  scopes of the server: ${JSON.stringify(scopes)}`,
    `  settings: ${JSON.stringify(settings)}`,
    ...clients.map(({ client, secret }) => {
      const { client_secret_hashes: _, ...metadata } = Schema.encodeSync(Client.Client)(client)
      return `  client: ${JSON.stringify({ ...metadata, client_secret: secret })}`
    })
  ].join("\n")

export const optionsOf = ({ scopes, settings }: Pick<World, "scopes" | "settings">) => ({
  issuer: "https://auth.example.com",
  scopes,
  lifetimes: {
    code: `${settings.code} seconds`,
    accessToken: `${settings.accessToken} seconds`,
    refreshToken: `${settings.refreshToken} seconds`
  } as const,
  refresh: { grace: `${settings.grace} seconds`, maximumReplays: settings.replays } as const,
  grants: [Grants.authorizationCode, Grants.refreshToken, Grants.clientCredentials],
  responseTypes: [ResponseTypes.code, Legacy.implicit, ResponseTypes.none]
})

/** A house in a world. Whatever it is built on has faults and the turns of `schedule`. */
export const open = (
  world: World,
  house: House,
  options: {
    readonly seed?: string
    /** How often the others get a turn before the first verb of a store, the second, and so on, over and over. */
    readonly schedule?: ReadonlyArray<number>
    readonly faults?: ReadonlyArray<Faults.Fault>
    /** What is around the stores. */
    readonly around?: (stores: Stores) => Stores
    /** Loggers, a tracer, an audit log. By default nobody listens. */
    readonly references?: Layer.Layer<never>
    readonly clients?: ReadonlyArray<TestClient.TestClient>
  } = {}
) => {
  const { around = (stores) => stores, faults = [], schedule = [], seed } = options
  const { handler = (handler) => handler, references = Layer.empty, stores = (stores) => stores } = house
  const listeners = options.references ?? silent
  const disturbed = Faults.layer([...faults, { strike: turns(schedule) }]).pipe(
    Layer.provideMerge(around(stores(Storage.layerMemory)))
  )
  const server = TestServer.layer({
    clients: [...world.clients, resourceServer, ...(options.clients ?? [])],
    people,
    server: AuthorizationServer.layer(optionsOf(world)),
    storage: disturbed,
    ...(seed !== undefined && { seed })
  }).pipe(Layer.provide(references), Layer.provide(listeners))
  const wrapped = Layer.effect(
    OAuthHandler.OAuthHandler,
    Effect.gen(function* () {
      const outer = handler(yield* OAuthHandler.OAuthHandler)
      const context = yield* Effect.context<never>()
      const handle: OAuthHandler.Service["handle"] = (request) => {
        const answer = outer.handle(request)
        return answer && Effect.provideContext(answer, context)
      }
      return { ...outer, handle }
    })
  ).pipe(Layer.provide(listeners))
  // The server's own wire is another one.
  return Layer.fresh(Wire.layer).pipe(
    Layer.provideMerge(wrapped),
    Layer.provideMerge(server),
    Layer.provideMerge(TestClock.layer()),
    Layer.orDie
  )
}

const silent = Layer.merge(
  Layer.succeed(AuditLog.AuditLog, { record: () => Effect.void }),
  // Of faults that the laws ask for.
  Logger.layer([])
)

const turns = (schedule: ReadonlyArray<number>) => {
  let verb = 0
  const again = (times: number): Effect.Effect<void> =>
    times <= 0
      ? Effect.void
      : Effect.andThen(
          Effect.yieldNow,
          Effect.suspend(() => again(times - 1))
        )
  return Effect.suspend(() => again(schedule[verb++ % Math.max(1, schedule.length)] ?? 0))
}

/** How often the others get a turn. */
export const schedules: Arbitrary.Arbitrary<ReadonlyArray<number>> = Arbitrary.array(
  Arbitrary.schema(Schema.Literals([0, 1, 2, 3, 5])),
  { maxLength: 12 }
)
