/**
 * An authorization server whose storage is mixed: what waits for a person or signs one in is in Redis, where it
 * expires by itself, and what has to last is in PostgreSQL.
 *
 *     DATABASE_URL=postgres://… REDIS_URL=redis://… OAUTH_SECRET=… \
 *       node --conditions=effect-oauth-source examples/mixed-storage.ts
 */
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRedis from "@effect/platform-node/NodeRedis"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Config, Effect, Layer, Option, Redacted } from "effect"
import { HttpRouter } from "effect/http"
import {
  AuthorizationServer,
  Client,
  Grants,
  Janitor,
  ResourceOwner,
  ResponseTypes,
  SecretKeys,
  Storage
} from "effect-oauth"
import { OAuthRoutes } from "effect-oauth/http"
import { RedisFlowStore, RedisSessionStore } from "effect-oauth/storage/redis"
import { Migrations, SqlClientStore, SqlGrantStore, SqlKeyStore } from "effect-oauth/storage/sql"

const InPostgres = Layer.mergeAll(SqlClientStore.layer, SqlGrantStore.layer, SqlKeyStore.layer).pipe(
  Layer.provide(Migrations.layer),
  Layer.provide(PgClient.layerConfig({ url: Config.Redacted("DATABASE_URL") }))
)

const InRedis = Layer.unwrap(
  Effect.gen(function* () {
    const url = yield* Config.String("REDIS_URL")
    const prefix = yield* Config.String("REDIS_PREFIX").pipe(Config.withDefault("oauth"))
    return Layer.mergeAll(RedisFlowStore.layer({ prefix }), RedisSessionStore.layer({ prefix })).pipe(
      // A client that waited for a Redis which is away would make people wait with it.
      Layer.provide(NodeRedis.layer({ url, disableOfflineQueue: true, commandOptions: { timeout: 5000 } }))
    )
  })
)

/** Registered anew whenever the server starts. */
const Clients = Storage.layerClients([
  Client.make({
    client_id: "web",
    client_name: "The Web Application",
    client_secret: Redacted.make("web-secret"),
    redirect_uris: ["http://127.0.0.1/callback"],
    grant_types: ["authorization_code", "refresh_token"]
  })
])

/** Each store is a service, and this is all five of them: the compiler would tell if one were missing. */
export const MixedStorage = Clients.pipe(Layer.provideMerge(Layer.merge(InPostgres, InRedis)))

const People = Layer.succeed(ResourceOwner.ResourceOwner, {
  authenticate: ({ password, username }) =>
    Effect.succeed(
      username === "demo" && Redacted.value(password) === "demo-password" ? Option.some(demo) : Option.none()
    ),
  find: (subject) => Effect.succeed(subject === demo.subject ? Option.some(demo) : Option.none())
})

const demo = { subject: "demo", username: "demo" }

/** The endpoints, for whatever listens. */
export const layer = HttpRouter.serve(OAuthRoutes.layer).pipe(
  Layer.provide(
    AuthorizationServer.layer({
      issuer: "http://localhost:9000",
      scopes: ["read", "write"],
      grants: [Grants.authorizationCode, Grants.refreshToken],
      responseTypes: [ResponseTypes.code]
    })
  ),
  Layer.provide(People),
  Layer.provide(Janitor.layer()),
  Layer.provide(Layer.merge(MixedStorage, SecretKeys.layerConfig(Config.Redacted("OAUTH_SECRET"))))
)

if (import.meta.main) {
  NodeRuntime.runMain(
    Layer.launch(Layer.provide(layer, NodeHttpServer.layer(createServer, { port: 9000, host: "127.0.0.1" })))
  )
}
