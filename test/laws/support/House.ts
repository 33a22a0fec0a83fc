/**
 * The server that a law is held against: a random configuration, and the
 * mistakes of whoever broke it.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import {
  AuditLog,
  AuthorizationServer,
  Client,
  type ConfigurationError,
  type GrantStore,
  Grants,
  JwtAccessTokens,
  Legacy,
  Logout,
  OpenIdConnect,
  type OpenIdProvider,
  type ResourceOwner,
  ResponseTypes,
  type SecretKeys,
  SigningKeys,
  Storage
} from "effect-oauth"
import {
  Extensions,
  InteractionPages,
  jwks,
  logout,
  logoutByHint,
  OAuthHandler,
  openIdConnect
} from "effect-oauth/http"
import {
  Arbitraries,
  Faults,
  type Flows,
  SeededEntropy,
  TestClient,
  TestServer,
  Wire
} from "effect-oauth/testing"
import type { Adapter } from "../../http/support/Adapters.ts"
import * as Keys from "../../support/Keys.ts"

export type Stores = Layer.Layer<Storage.Storage | GrantStore.AtomicRotation | SecretKeys.SecretKeys>

/** What makes a server an OpenID provider. */
export type Provider = Layer.Layer<
  OpenIdProvider.OpenIdProvider | Logout.Logout,
  ConfigurationError,
  SigningKeys.SigningKeys | ResourceOwner.ResourceOwner | TestServer.StorageAndKeys
>

/** Where a server may be broken; ours is broken nowhere. */
export interface House {
  readonly stores?: (stores: Stores) => Stores
  readonly handler?: (handler: OAuthHandler.Service) => OAuthHandler.Service
  readonly keys?: (keys: SigningKeys.Service) => SigningKeys.Service
  readonly provider?: (provider: Provider) => Provider
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
  readonly session: number
}

/** How a server is an OpenID provider. */
export interface OpenId {
  /** Whether it leaves refresh tokens to the person (OpenID Connect Core §11). */
  readonly offersOfflineAccess: boolean
  readonly accessTokens: "opaque" | "JWT"
  /** Who is asked whether they want to sign out. */
  readonly asksToSignOut: "everybody" | "whom no hint names"
}

export interface World {
  /** What the server has, but for what belongs to OpenID Connect. */
  readonly scopes: ReadonlyArray<string>
  /** `undefined` for a server of plain OAuth. */
  readonly openId: OpenId | undefined
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
  replays: seconds(64, 1, 2),
  session: seconds(43_200, 60, 3600)
})

const openId: Arbitrary.Arbitrary<OpenId> = Arbitrary.all({
  offersOfflineAccess: Arbitrary.schema(Schema.Boolean),
  accessTokens: Arbitrary.schema(Schema.Literals(["opaque", "opaque", "JWT"])),
  asksToSignOut: Arbitrary.schema(Schema.Literals(["everybody", "whom no hint names"]))
})

/** Scope tokens that mean something else at an OpenID provider (OpenID Connect Core §5.4, §11). */
export const ofOpenId: ReadonlyArray<string> = [
  "openid",
  "profile",
  "email",
  "address",
  "phone",
  "offline_access"
]

const clientOf = (prefix: string, scopes: ReadonlyArray<string>) =>
  Arbitrary.map(
    Arbitrary.all({
      plain: Arbitraries.client({ scopes: [...scopes, "of no server"], prefix }),
      mayHavePassword: Arbitrary.schema(Schema.Boolean),
      responseTypes: Arbitraries.subset([
        "none",
        "token",
        "code token",
        "id_token",
        "code id_token",
        "id_token token",
        "code id_token token"
      ]),
      ofOpenId: Arbitraries.subset(["openid", "offline_access"]),
      algorithm: Arbitrary.schema(Schema.Literals(["RS256", "EdDSA", "ES256"])),
      pairwise: Arbitrary.schema(Schema.Boolean),
      sector: Arbitrary.schema(
        Schema.Literals([
          "of its URIs",
          "https://sector.example/uris.json",
          "https://another.example/uris.json"
        ])
      )
    }),
    ({
      algorithm,
      mayHavePassword,
      ofOpenId,
      pairwise,
      plain,
      responseTypes,
      sector
    }): TestClient.TestClient => {
      const { client, secret } = plain
      const metadata = Schema.encodeSync(Client.Client)(client)
      const hosts = new Set(client.redirectUris.map((uri) => new URL(uri).hostname))
      const uri =
        sector !== "of its URIs"
          ? sector
          : hosts.size === 1 && !hosts.has("")
            ? undefined
            : "https://sector.example/"
      const implicit = responseTypes.some((type) => /token/.test(type))
      return {
        secret,
        client: Client.make({
          ...metadata,
          grant_types: [
            ...client.grantTypes,
            ...(implicit ? ["implicit"] : []),
            ...(mayHavePassword ? ["password"] : [])
          ],
          response_types: ["code", ...responseTypes],
          ...(client.scope !== undefined && {
            scope: [...client.scope.split(" "), ...ofOpenId].join(" ").trim()
          }),
          // Whoever is at home on the web may have all of OpenID Connect there.
          application_type: client.redirectUris.every((uri) => uri.startsWith("https:")) ? "web" : "native",
          id_token_signed_response_alg: algorithm,
          ...(pairwise && {
            subject_type: "pairwise",
            ...(uri !== undefined && { sector_identifier_uri: uri })
          })
        })
      }
    }
  )

const worldsOf = (openId: Arbitrary.Arbitrary<OpenId | undefined>): Arbitrary.Arbitrary<World> =>
  Arbitrary.flatMap(Arbitraries.scopeTokens, (tokens) => {
    const scopes = tokens.filter((token) => !ofOpenId.includes(token))
    return Arbitrary.all({
      scopes: Arbitrary.Constant(scopes),
      openId,
      clients: Arbitrary.all([clientOf("one", scopes), clientOf("two", scopes), clientOf("three", scopes)]),
      settings
    })
  })

/** A server of plain OAuth, or an OpenID provider. */
export const worlds: Arbitrary.Arbitrary<World> = worldsOf(
  Arbitrary.flatMap(Arbitrary.schema(Schema.Literals(["OAuth", "OpenID", "OpenID"])), (kind) =>
    kind === "OAuth" ? Arbitrary.Constant(undefined) : openId
  )
)

/** OpenID providers. */
export const openIdWorlds: Arbitrary.Arbitrary<World> = worldsOf(openId)

/** The same, but that the first client may refresh, and has a scope to do it with. */
export const refreshing = (world: World): World => {
  const [{ client, secret }, second, third] = world.clients
  const { scope: _, ...rest } = client
  const grantTypes = Array.from(new Set([...client.grantTypes, "refresh_token"]))
  return { ...world, clients: [{ client: { ...rest, grantTypes }, secret }, second, third] }
}

/** All that the server has. */
export const scopesOf = ({ openId, scopes }: World): ReadonlyArray<string> => [
  ...scopes,
  ...(openId === undefined ? [] : ["openid"]),
  ...(openId?.offersOfflineAccess === true ? ["offline_access"] : [])
]

/** What an authentication request has in its scope that is to give a refresh token. */
export const lasting = ({ openId }: World): ReadonlyArray<string> => [
  "openid",
  ...(openId?.offersOfflineAccess === true ? ["offline_access"] : [])
]

/** The clients as they were registered, for somebody who reads of a failure. */
export const showWorld = ({ clients, openId, scopes, settings }: World): string =>
  [
    `  scopes of the server: ${JSON.stringify(scopes)}`,
    `  OpenID Connect: ${openId === undefined ? "no" : JSON.stringify(openId)}`,
    `  settings: ${JSON.stringify(settings)}`,
    ...clients.map(({ client, secret }) => {
      const { client_secret_hashes: _, ...metadata } = Schema.encodeSync(Client.Client)(client)
      return `  client: ${JSON.stringify({ ...metadata, client_secret: secret })}`
    })
  ].join("\n")

const issuer = "https://auth.example.com"

const optionsOf = (world: World) => ({
  issuer,
  scopes: scopesOf(world),
  lifetimes: {
    code: `${world.settings.code} seconds`,
    accessToken: `${world.settings.accessToken} seconds`,
    refreshToken: `${world.settings.refreshToken} seconds`,
    session: `${world.settings.session} seconds`
  } as const,
  refresh: { grace: `${world.settings.grace} seconds`, maximumReplays: world.settings.replays } as const,
  grants: [Grants.authorizationCode, Grants.refreshToken, Grants.clientCredentials, Legacy.password] as const
})

const plainServer = (world: World) =>
  AuthorizationServer.layer({
    ...optionsOf(world),
    responseTypes: [ResponseTypes.code, Legacy.implicit, ResponseTypes.none]
  })

/** How long an ID token is valid, in seconds. */
export const idTokenLifetime = 300

const ourProvider: Provider = Logout.layer.pipe(
  Layer.provideMerge(
    OpenIdConnect.layer({
      idTokenLifetime: `${idTokenLifetime} seconds`,
      pairwise: { salt: Redacted.make("a salt that outlives every key there is") }
    })
  )
)

const ourKeys = SigningKeys.layerSigners([Keys.rs256, Keys.es256, Keys.edDsa])

/** Its keys are broken as the house says. */
const openIdServer = <More, E>(
  world: World,
  { keys = (keys) => keys, provider = (provider) => provider }: House,
  signingKeys: Layer.Layer<SigningKeys.SigningKeys | More, E, TestServer.StorageAndKeys>
) => {
  const tokens = world.openId?.accessTokens === "JWT" ? JwtAccessTokens.layer() : Layer.empty
  const signingOut = world.openId?.asksToSignOut === "everybody" ? logout : logoutByHint
  return Layer.merge(Extensions.layer([jwks, openIdConnect, signingOut]), tokens).pipe(
    Layer.provideMerge(
      AuthorizationServer.layer({
        ...optionsOf(world),
        responseTypes: [ResponseTypes.code, Legacy.implicit, ResponseTypes.none, OpenIdConnect.idToken]
      })
    ),
    Layer.provideMerge(provider(ourProvider)),
    Layer.provideMerge(
      Layer.effect(SigningKeys.SigningKeys, Effect.map(SigningKeys.SigningKeys, keys)).pipe(
        Layer.provideMerge(signingKeys)
      )
    )
  )
}

export interface OpenOptions {
  readonly seed?: string
  /** How often the others get a turn before the first verb of a store, the second, and so on, over and over. */
  readonly schedule?: ReadonlyArray<number>
  readonly faults?: ReadonlyArray<Faults.Fault>
  /** What is around the stores. */
  readonly around?: (stores: Stores) => Stores
  /** Loggers, a tracer, an audit log. By default nobody listens. */
  readonly references?: Layer.Layer<never>
}

/** A house in a world. Whatever it is built on has faults and the turns of `schedule`. */
export const open = (
  world: World,
  house: House,
  options: OpenOptions = {}
): Layer.Layer<TestServer.TestServer> =>
  world.openId === undefined
    ? build(world, house, options, plainServer(world))
    : openOpenId(world, house, options)

/** The same for an OpenID provider, with what it is made of. */
export const openOpenId = (world: World, house: House, options: OpenOptions = {}) =>
  build(world, house, options, openIdServer(world, house, ourKeys))

/** Keys that are replaced in time, and one of RS256 that is not: to make another would take longer than all the rest. */
const replacedKeys = (options: SigningKeys.Options) =>
  Layer.effect(
    SigningKeys.SigningKeys,
    Effect.gen(function* () {
      const replaced = yield* SigningKeys.SigningKeys
      const kept = Context.get(
        yield* Layer.build(SigningKeys.layerSigners([Keys.rs256])),
        SigningKeys.SigningKeys
      )
      return SigningKeys.SigningKeys.of({
        ...replaced,
        algorithms: [...replaced.algorithms, "RS256"],
        sign: (jwt) => (jwt.algorithm === "RS256" ? kept : replaced).sign(jwt),
        published: Effect.map(Effect.all([replaced.published, kept.published]), ([one, other]) => ({
          keys: [...one.keys, ...other.keys]
        }))
      })
    })
  ).pipe(Layer.provideMerge(SigningKeys.layer({ ...options, algorithms: ["ES256", "EdDSA"] })))

/** An OpenID provider whose keys are replaced. */
export const openReplacing = (world: World, house: House, keys: SigningKeys.Options) =>
  build(world, house, {}, openIdServer(world, house, replacedKeys(keys)))

const build = <More, E>(
  world: World,
  house: House,
  options: OpenOptions,
  ofServer: Layer.Layer<
    AuthorizationServer.AuthorizationServer | More,
    E,
    ResourceOwner.ResourceOwner | TestServer.StorageAndKeys
  >
) => {
  const { around = (stores) => stores, faults = [], schedule = [], seed = "effect-oauth" } = options
  const { handler = (handler) => handler, references = Layer.empty, stores = (stores) => stores } = house
  const listeners = options.references ?? silent
  const disturbed = Faults.layer([...faults, { strike: turns(schedule) }]).pipe(
    Layer.provideMerge(around(stores(Storage.layerMemory)))
  )
  const clients = [...world.clients, resourceServer].map(({ client }) => client)
  const server = OAuthHandler.layer.pipe(
    Layer.provide(InteractionPages.layer),
    Layer.provideMerge(ofServer),
    Layer.provideMerge(TestServer.layerPeople(people)),
    Layer.provide(Storage.layerClients(clients)),
    Layer.provideMerge(disturbed),
    Layer.provide(SeededEntropy.layer(seed)),
    Layer.provide(references),
    Layer.provide(listeners)
  )
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
  return Wire.layer.pipe(
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
