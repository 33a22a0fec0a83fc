/**
 * An authorization server that stands by itself. It is configured by its environment; README.md says how.
 *
 *     npm start
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Cause, Console, Effect, Exit, Layer, Option } from "effect"
import { FetchHttpClient, HttpRouter, HttpServer } from "effect/http"
import {
  AuthorizationServer,
  BackChannelLogout,
  type Client,
  Grants,
  Janitor,
  Legacy,
  Logout,
  OpenIdConnect,
  ResponseTypes,
  ServerConfig,
  SigningKeys
} from "effect-oauth"
import {
  accountConsents,
  backChannelLogout,
  Extensions,
  jwks,
  jwtIntrospection,
  logout,
  OAuthRoutes,
  openIdConnect
} from "effect-oauth/http"
import * as Clients from "./Clients.ts"
import * as Database from "./Database.ts"
import * as Health from "./Health.ts"
import * as Listener from "./Listener.ts"
import * as Redis from "./Redis.ts"
import * as Settings from "./Settings.ts"
import * as Users from "./Users.ts"

// The protocol. The issuer may depend on the port, which is known once the server listens.
const layerServer = (settings: Settings.Settings, clients: ReadonlyArray<Client.Client>) => {
  const someoneUses = (grantType: string) => clients.some(({ grantTypes }) => grantTypes.includes(grantType))
  return Layer.unwrap(
    Effect.map(HttpServer.HttpServer, ({ address }) => {
      const port = "port" in address ? address.port : settings.port
      return AuthorizationServer.layer({
        issuer: Option.getOrElse(settings.issuer, () => `http://localhost:${port}`),
        scopes: Clients.scopes(clients),
        lifetimes: settings.lifetimes,
        refresh: { grace: settings.refreshGrace },
        pkce: { required: settings.requirePkce },
        allowHttp: settings.allowHttp,
        trustedProxies: ["127.0.0.1", "::1"],
        grants: [
          Grants.authorizationCode,
          Grants.refreshToken,
          Grants.clientCredentials,
          ...(someoneUses("password") ? [Legacy.password] : [])
        ],
        responseTypes: [
          ResponseTypes.code,
          ResponseTypes.none,
          ...(someoneUses("implicit") ? [Legacy.implicit, OpenIdConnect.idToken] : [])
        ]
      })
    })
  )
}

// OpenID Connect. The salt is needed only by clients that want pairwise subjects, and then it is set.
const layerOpenIdConnect = ({ pairwiseSalt }: Settings.Settings) =>
  Logout.layer.pipe(
    Layer.provideMerge(
      OpenIdConnect.layer(Option.isSome(pairwiseSalt) ? { pairwise: { salt: pairwiseSalt.value } } : {})
    )
  )

const Announcement = Layer.effectDiscard(
  Effect.gen(function* () {
    const { issuer } = yield* ServerConfig.ServerConfig
    const { address } = yield* HttpServer.HttpServer
    yield* Effect.logInfo(`${issuer} is listening on ${HttpServer.formatAddress(address)}`)
  })
)

// Layers further down are ready before those above them, and outlive them: the
// database opens before the first request, and closes after the last.
const Main = Layer.unwrap(
  Effect.gen(function* () {
    const settings = yield* Settings.read
    const clients = yield* Clients.read(settings)
    const Routes = Layer.mergeAll(OAuthRoutes.layer, Health.layer)
    return Announcement.pipe(
      Layer.provide(HttpRouter.serve(Routes, { disableListenLog: true, disableLogger: true })),
      Layer.provide(
        Extensions.layer([jwks, jwtIntrospection, openIdConnect, logout, backChannelLogout, accountConsents])
      ),
      Layer.provide(BackChannelLogout.layer().pipe(Layer.provide(FetchHttpClient.layer))),
      Layer.provide(layerServer(settings, clients)),
      Layer.provide(layerOpenIdConnect(settings)),
      Layer.provide(SigningKeys.layer({ algorithms: Clients.signingAlgorithms })),
      Layer.provide(Listener.layer(settings)),
      Layer.provide(Users.layer(settings)),
      Layer.provide(Janitor.layer()),
      Layer.provide(Database.layer(settings, clients))
    )
  })
)

Layer.launch(Main).pipe(
  Effect.provide(NodeFileSystem.layer),
  Effect.mapError((error) => {
    switch (error._tag) {
      case "SettingError":
        return error
      case "ConfigurationError":
        return Settings.refused(error)
      case "ServeError":
        return Listener.refused(error)
      case "RedisError":
        return Redis.refused(error)
      case "SqlError":
      case "MigrationError":
      case "StorageError":
        return Database.refused(error)
    }
  }),
  Effect.tapError((error) => Console.error(error.message)),
  NodeRuntime.runMain({
    // A signal is how a server ends well.
    teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)
  })
)
