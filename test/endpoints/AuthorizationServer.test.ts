import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  AuthorizationServer,
  ClientAuthenticationMethod,
  Grant,
  type GrantStore,
  Grants,
  Legacy,
  type ResourceOwner,
  ResponseType,
  type SecretKeys,
  ServerConfig,
  Storage
} from "effect-oauth"
import { issuer } from "../support/TestServer.ts"

const installed = Effect.gen(function* () {
  return {
    grants: Array.from((yield* Grant.GrantTypes).keys()),
    responseTypes: (yield* ResponseType.ResponseTypes).map((type) => type.name),
    methods: (yield* ClientAuthenticationMethod.ClientAuthenticationMethods).map((method) => method.name)
  }
})

/** A server over memory, whatever it requires of it. */
const over = <A, E>(server: Layer.Layer<A, E, Storage.Storage | SecretKeys.SecretKeys>) =>
  server.pipe(Layer.provide(Storage.layerMemory))

describe("AuthorizationServer.layer", () => {
  it.effect("with the code grant, there is `code`, and all methods of RFC 7591 §2", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* installed, {
        grants: ["authorization_code"],
        responseTypes: ["code"],
        methods: ["client_secret_basic", "client_secret_post", "none"]
      })
    }).pipe(Effect.provide(over(AuthorizationServer.layer({ issuer, grants: [Grants.authorizationCode] }))))
  )

  it.effect("without it, there is no response type", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* installed).responseTypes, [])
    }).pipe(Effect.provide(over(AuthorizationServer.layer({ issuer, grants: [Grants.clientCredentials] }))))
  )

  it.effect("an empty list is a list", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* installed, { grants: [], responseTypes: [], methods: [] })
    }).pipe(
      Effect.provide(
        AuthorizationServer.layer({ issuer, grants: [], responseTypes: [], clientAuthentication: [] })
      )
    )
  )

  it.effect("the defaults are those of RFC 9700 and OAuth 2.1", () =>
    Effect.gen(function* () {
      const settings = yield* ServerConfig.ServerConfig
      assert.deepStrictEqual(settings.pkce, { required: "all", methods: ["S256"] })
      assert.isFalse(settings.allowHttp)
      assert.strictEqual(settings.trustedProxies.size, 0)
      assert.strictEqual(settings.audience, issuer)
    }).pipe(Effect.provide(AuthorizationServer.layer({ issuer, grants: [] })))
  )

  it.effect("a setting that no server could run with is named", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Layer.build(AuthorizationServer.layer({ issuer: "http://auth.example.com", grants: [] }))
      )
      assert.strictEqual(error._tag, "ConfigurationError")
      assert.strictEqual(error.setting, "issuer")
    })
  )
})

describe("R tells the truth", () => {
  type Requirements<L> = L extends Layer.Layer<infer _A, infer _E, infer R> ? R : never
  type Same<A, B> = [A, B] extends [B, A] ? true : false
  const holds = <T extends true>(claim: T) => assert.isTrue(claim)

  it("a server requires what its grants require", () => {
    const server = AuthorizationServer.layer({ issuer, grants: [Grants.clientCredentials] })
    holds<Same<Requirements<typeof server>, GrantStore.GrantStore>>(true)
  })

  it("the password grant adds a ResourceOwner, and leaving it out needs none", () => {
    const server = AuthorizationServer.layer({ issuer, grants: [Grants.authorizationCode, Legacy.password] })
    holds<
      Same<
        Requirements<typeof server>,
        GrantStore.GrantStore | SecretKeys.SecretKeys | ResourceOwner.ResourceOwner
      >
    >(true)
  })

  it("a server without anything requires nothing", () => {
    const server = AuthorizationServer.layer({
      issuer,
      grants: [],
      responseTypes: [],
      clientAuthentication: []
    })
    holds<Same<Requirements<typeof server>, never>>(true)
  })
})
