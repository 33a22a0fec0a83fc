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
  ResponseTypes,
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

  it.effect(
    "the settings name the grant types, and those of them that are for confidential clients only",
    () =>
      Effect.gen(function* () {
        const server = AuthorizationServer.layer({
          issuer,
          grants: [Grants.authorizationCode, Grants.clientCredentials, Legacy.fixedRefreshToken]
        })
        const settings = yield* ServerConfig.ServerConfig.pipe(Effect.provide(over(server)))
        assert.deepStrictEqual(settings.grantTypes, [
          "authorization_code",
          "client_credentials",
          "refresh_token"
        ])
        assert.deepStrictEqual(settings.confidentialGrantTypes, ["client_credentials", "refresh_token"])
      })
  )

  it.effect("what vouches for the others contributes after them, wherever it was listed", () =>
    Effect.gen(function* () {
      const seal: ResponseType.ResponseType = { ...ResponseTypes.none, name: "seal", vouches: true }
      const plain: ResponseType.ResponseType = { ...ResponseTypes.none, name: "plain", vouches: false }
      const server = AuthorizationServer.layer({
        issuer,
        grants: [],
        responseTypes: [seal, ResponseTypes.none, plain]
      })
      const { responseTypes } = yield* installed.pipe(Effect.provide(server))
      assert.deepStrictEqual(responseTypes, ["none", "plain", "seal"])
    })
  )

  // @covers rfc7636-7.2-c rfc9700-2.1.1-c rfc9700-2.1.1-e
  it.effect("the defaults are those of RFC 9700 and OAuth 2.1", () =>
    Effect.gen(function* () {
      const settings = yield* ServerConfig.ServerConfig
      assert.deepStrictEqual(settings.pkce, { required: "all", methods: ["S256"] })
      assert.isFalse(settings.allowHttp)
      assert.strictEqual(settings.trustedProxies.size, 0)
      assert.strictEqual(settings.audience, issuer)
    }).pipe(Effect.provide(AuthorizationServer.layer({ issuer, grants: [] })))
  )

  // @covers rfc6749-10.7-a rfc8252-8.2-a rfc9700-2.1.2-a rfc9700-2.4-a
  it.effect("what RFC 9700 leaves out has to be installed by its name in Legacy", () =>
    Effect.gen(function* () {
      assert.sameMembers(Object.keys(Grants), ["authorizationCode", "refreshToken", "clientCredentials"])
      assert.sameMembers(Object.keys(ResponseTypes), ["code", "none"])
      assert.includeMembers(Object.keys(Legacy), ["password", "implicit", "fixedRefreshToken"])
      const { grants, responseTypes } = yield* installed
      assert.sameMembers(grants, ["authorization_code", "refresh_token", "client_credentials"])
      assert.deepStrictEqual(responseTypes, ["code"])
    }).pipe(
      Effect.provide(
        AuthorizationServer.layer({ issuer, grants: Object.values(Grants) }).pipe(
          Layer.provide(Storage.layerMemory)
        )
      )
    )
  )

  const refusedSetting = (options: Partial<ServerConfig.Options>) =>
    Layer.build(
      AuthorizationServer.layer({ issuer: "https://auth.example.com", grants: [], ...options })
    ).pipe(
      Effect.scoped,
      Effect.flip,
      Effect.map(({ description, setting }) => `${setting} ${description}`)
    )

  // @covers rfc6749-3.1-c rfc6749-3.2-b rfc7009-2-c rfc7009-2-e rfc7009-2-h rfc8414-2-a rfc8414-2-d
  // @covers rfc9207-2-b
  it.effect.each([
    ["http://auth.example.com", "uses http on a host that is not loopback; allowHttp lets it"],
    ["https://auth.example.com/#here", "has a query or a fragment"],
    ["https://auth.example.com/?tenant=1", "has a query or a fragment"],
    ["https://auth.example.com/?", "has a query or a fragment"],
    ["https://user@auth.example.com", "has credentials"],
    ["ftp://auth.example.com", "is not an https URL"],
    ["auth.example.com", "is not an https URL"]
  ] as const)("the issuer %s is refused: it %s", ([issuer, description]) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* refusedSetting({ issuer }), `issuer ${description}`)
    })
  )

  // @covers rfc6750-5.2-j
  it.effect.each(["code", "accessToken", "refreshToken", "interaction", "session"])(
    "nothing lives for ever, nor not at all: lifetimes.%s",
    (name) =>
      Effect.gen(function* () {
        for (const lifetime of ["Infinity", 0] as const) {
          assert.strictEqual(
            yield* refusedSetting({ lifetimes: { [name]: lifetime } }),
            `lifetimes.${name} is not a finite duration long enough`
          )
        }
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
