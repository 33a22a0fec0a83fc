/** This library as its users put it together: what the three forms of it have in common. */

import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as AuthorizationServer from "effect-oauth/endpoints/AuthorizationServer"
import * as Grants from "effect-oauth/grants/Grants"
import * as InteractionPages from "effect-oauth/http/InteractionPages"
import * as OAuthHandler from "effect-oauth/http/OAuthHandler"
import * as Client from "effect-oauth/protocol/Client"
import * as ResourceOwner from "effect-oauth/services/ResourceOwner"
import type * as SecretKeys from "effect-oauth/services/SecretKeys"
import type * as ServerConfig from "effect-oauth/services/ServerConfig"
import type * as GrantStore from "effect-oauth/storage/GrantStore"
import type * as KeyStore from "effect-oauth/storage/KeyStore"
import type * as Storage from "effect-oauth/storage/Storage"
import { client, person, scope } from "../facts.ts"
import type { Settings } from "../Server.ts"
import type { Tokens } from "../Workloads.ts"

export const benchClient = Client.make({
  client_id: client.id,
  client_secret: Redacted.make(client.secret),
  redirect_uris: [client.redirectUri],
  grant_types: ["client_credentials", "authorization_code", "refresh_token"],
  scope
})

const People = Layer.succeed(ResourceOwner.ResourceOwner, {
  authenticate: ({ password, username }) =>
    Effect.succeed(
      username === person.username && Redacted.value(password) === person.password
        ? Option.some(person)
        : Option.none()
    ),
  find: (subject) => Effect.succeed(subject === person.subject ? Option.some(person) : Option.none())
})

export const Server = AuthorizationServer.layer({
  issuer: "http://localhost:9000",
  scopes: [scope],
  grants: [Grants.authorizationCode, Grants.refreshToken, Grants.clientCredentials],
  lifetimes: { code: "1 hour", accessToken: "1 hour" }
}).pipe(Layer.provideMerge(People))

export type StorageLayer = Layer.Layer<
  Storage.Storage | GrantStore.AtomicRotation | SecretKeys.SecretKeys,
  unknown
>

// One is loaded, and not all: written out, so that a bundler finds them.
const storages: Readonly<Record<string, () => Promise<{ readonly layer: StorageLayer }>>> = {
  memory: () => import("./storage/memory.js"),
  sqlite: () => import("./storage/sqlite.js"),
  postgres: () => import("./storage/postgres.js"),
  redis: () => import("./storage/redis.js")
}

export const loadStorage = async (name: string): Promise<StorageLayer> => {
  const load = storages[name]
  if (load === undefined) throw new Error(`there is no storage ${name}`)
  return (await load()).layer
}

export type TokensLayer = Layer.Layer<
  never,
  unknown,
  KeyStore.KeyStore | SecretKeys.SecretKeys | ServerConfig.ServerConfig
>

const tokenFactories: Readonly<Record<Tokens, () => Promise<{ readonly layer: TokensLayer }>>> = {
  opaque: () => import("./tokens/opaque.js"),
  jwt: () => import("./tokens/jwt.js")
}

export const loadTokens = async (name: Tokens): Promise<TokensLayer> => (await tokenFactories[name]()).layer

export const handlerOver = (storage: StorageLayer, tokens: TokensLayer = Layer.empty) =>
  OAuthHandler.layer.pipe(
    Layer.provide(InteractionPages.layer),
    Layer.provide(tokens),
    Layer.provide(Server),
    Layer.provideMerge(storage)
  )

export const handler = async ({ storage, tokens }: Settings) =>
  handlerOver(await loadStorage(storage), await loadTokens(tokens))
