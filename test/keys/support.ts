/** Servers with keys, in the process of a test. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AuthorizationServer, type ServerConfig, SigningKeys, Storage } from "effect-oauth"
import { Extensions, InteractionPages, jwks, OAuthHandler } from "effect-oauth/http"
import { createLocalJWKSet, type JWTVerifyOptions, jwtVerify } from "jose"
import * as TestServer from "../support/TestServer.ts"

/** All but what is particular to the test, which is provided beneath it. */
export const server = (options: Partial<ServerConfig.Options> = {}) =>
  InteractionPages.layer.pipe(
    Layer.provideMerge(AuthorizationServer.layer({ ...TestServer.options, ...options })),
    Layer.provideMerge(TestServer.People)
  )

export const algorithms = ["ES256", "RS256", "PS256", "EdDSA"] as const

export const storage = Storage.layerMemoryWith({ clients: TestServer.clients })

export const handler = OAuthHandler.layer.pipe(Layer.provide(Extensions.layer([jwks])))

export const keys = SigningKeys.layer({ algorithms })

/** A resource server: it knows what the server publishes, and nothing else. */
export const verifyAsRelyingParty = Effect.fnUntraced(function* (
  jwt: string,
  options: Omit<JWTVerifyOptions, "currentDate">
) {
  const { body } = yield* TestServer.send({ path: "/jwks" })
  const currentDate = new Date(yield* Effect.clockWith((clock) => clock.currentTimeMillis))
  return yield* Effect.promise(() =>
    jwtVerify(jwt, createLocalJWKSet(JSON.parse(body)), { ...options, currentDate })
  )
})
