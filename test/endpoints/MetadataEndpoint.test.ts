import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  AuthorizationServer,
  clientSecretBasic,
  Endpoints,
  type Grant,
  Grants,
  Legacy,
  MetadataEndpoint,
  none,
  OAuthError,
  Pkce,
  ResponseTypes,
  Storage
} from "effect-oauth"
import { Interaction, OAuthHandler } from "effect-oauth/http"
import { issuer, send, layer as server } from "../support/TestServer.ts"

const path = "/.well-known/oauth-authorization-server"

const noInteraction = Layer.succeed(Interaction.Interaction, {
  begin: () => Effect.die(new Error("nobody is asked")),
  routes: []
})

layer(server)("RFC 8414 §3.2 the metadata response", (it) => {
  // @covers rfc8414-2-a rfc8414-2-b rfc8414-2-c rfc8414-2-f rfc8414-2-g rfc8414-3.2-a rfc8414-3.3-a
  // @covers rfc8414-3-a rfc8414-3-c rfc9207-2.3-a rfc9207-2.3-b rfc9207-2.3-c rfc9700-2.1.1-i rfc9700-2.1.1-j
  // @covers rfc9700-2.6-a rfc9700-4.7.1-d rfc9700-4.7.1-e
  it.effect("says what is installed", () =>
    Effect.gen(function* () {
      const response = yield* send({ path })
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.headers["content-type"], "application/json")
      assert.deepStrictEqual(response.json(), {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        scopes_supported: ["read", "write", "admin"],
        response_types_supported: ["code", "token", "code token", "none"],
        response_modes_supported: ["query", "fragment", "form_post"],
        grant_types_supported: [
          "authorization_code",
          "refresh_token",
          "client_credentials",
          "password",
          "implicit"
        ],
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
        revocation_endpoint: `${issuer}/revoke`,
        revocation_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
        introspection_endpoint: `${issuer}/introspect`,
        introspection_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
        code_challenge_methods_supported: ["S256", "plain"],
        authorization_response_iss_parameter_supported: true
      })
    })
  )

  it.effect("every endpoint that it names answers there", () =>
    Effect.gen(function* () {
      const metadata: Record<string, unknown> = (yield* send({ path })).json()
      for (const [name, value] of Object.entries(metadata)) {
        if (!name.endsWith("_endpoint")) continue
        const response = yield* send({ path: new URL(String(value)).pathname, form: "" })
        assert.oneOf(response.status, [400, 401], name)
      }
    })
  )

  // @covers rfc8414-3.1-a
  it.effect("is read, and not written", () =>
    Effect.gen(function* () {
      const response = yield* send({ path, form: "" })
      assert.strictEqual(response.status, 405)
      assert.strictEqual(response.headers.allow, "GET, HEAD")
      const head = yield* send({ method: "HEAD", path })
      assert.strictEqual(head.status, 200)
      assert.strictEqual(head.body, "")
    })
  )
})

describe("RFC 8414 §2 computed, and never typed twice", () => {
  const metadata = MetadataEndpoint.metadata

  // @covers rfc8414-2-b
  it.effect("a server for machines has no authorization endpoint", () =>
    Effect.gen(function* () {
      const server = yield* metadata
      assert.notProperty(server, "authorization_endpoint")
      assert.deepStrictEqual(server.response_types_supported, [])
      assert.deepStrictEqual(server.response_modes_supported, [])
      assert.deepStrictEqual(server.grant_types_supported, ["client_credentials"])
      assert.deepStrictEqual(server.scopes_supported, [])
    }).pipe(
      Effect.provide(AuthorizationServer.layer({ issuer, grants: [Grants.clientCredentials] })),
      Effect.provide(Storage.layerMemory)
    )
  )

  // @covers rfc8414-3.2-b
  it.effect(
    "what there is none of is left out of the response, but for the response types (RFC 8414 §3.2)",
    () =>
      Effect.gen(function* () {
        const body = (yield* send({ path })).json()
        for (const name of [
          "scopes_supported",
          "response_modes_supported",
          "introspection_endpoint_auth_methods_supported"
        ]) {
          assert.notProperty(body, name)
        }
        assert.deepStrictEqual(body.response_types_supported, [])
        assert.deepStrictEqual(body.token_endpoint_auth_methods_supported, ["none"])
      }).pipe(
        Effect.provide(
          OAuthHandler.layer.pipe(
            Layer.provideMerge(
              AuthorizationServer.layer({
                issuer,
                grants: [Grants.clientCredentials],
                clientAuthentication: [none]
              })
            ),
            Layer.provide(noInteraction),
            Layer.provide(Storage.layerMemory)
          )
        )
      )
  )

  it.effect("the default is OAuth 2.1: code, and S256", () =>
    Effect.gen(function* () {
      const server = yield* metadata
      assert.deepStrictEqual(server.response_types_supported, ["code"])
      assert.deepStrictEqual(server.code_challenge_methods_supported, ["S256"])
      assert.deepStrictEqual(server.grant_types_supported, ["authorization_code", "refresh_token"])
    }).pipe(
      Effect.provide(
        AuthorizationServer.layer({ issuer, grants: [Grants.authorizationCode, Grants.refreshToken] })
      ),
      Effect.provide(Storage.layerMemory)
    )
  )

  it.effect("what is installed shows at once: a grant, a response type, a method", () =>
    Effect.gen(function* () {
      const server = yield* metadata
      assert.deepStrictEqual(server.grant_types_supported, ["urn:example:badge", "implicit"])
      assert.deepStrictEqual(server.response_types_supported, ["token", "none"])
      assert.deepStrictEqual(server.token_endpoint_auth_methods_supported, ["client_secret_basic"])
      assert.deepStrictEqual(server.introspection_endpoint_auth_methods_supported, ["client_secret_basic"])
      assert.deepStrictEqual(server.code_challenge_methods_supported, ["plain"])
    }).pipe(
      Effect.provide(
        AuthorizationServer.layer({
          issuer,
          grants: [badge],
          responseTypes: [Legacy.implicit, ResponseTypes.none],
          clientAuthentication: [clientSecretBasic],
          pkce: { methods: [Pkce.plain] }
        })
      )
    )
  )

  const badge: Grant.Grant = {
    grantType: "urn:example:badge",
    execute: () => Effect.fail(new OAuthError.InvalidGrant({ description: "No badge is good" }))
  }
})

describe("RFC 8414 §3.1 where the metadata is", () => {
  // @covers rfc8414-3.1-b rfc8414-3-a rfc8414-3-c
  it("between the host and the path of the issuer", () => {
    assert.strictEqual(Endpoints.metadataPath("https://auth.example.com"), path)
    assert.strictEqual(Endpoints.metadataPath("https://auth.example.com/"), path)
    assert.strictEqual(Endpoints.metadataPath("https://auth.example.com/issuer1"), `${path}/issuer1`)
  })

  it("and the endpoints below the issuer", () => {
    assert.strictEqual(Endpoints.url("https://auth.example.com", "/token"), "https://auth.example.com/token")
    assert.strictEqual(Endpoints.url("https://auth.example.com/", "/token"), "https://auth.example.com/token")
    assert.strictEqual(
      Endpoints.url("https://auth.example.com/a", "/token"),
      "https://auth.example.com/a/token"
    )
    assert.strictEqual(Endpoints.path("https://auth.example.com/a/", "/token"), "/a/token")
    assert.strictEqual(Endpoints.path("https://auth.example.com", "/token"), "/token")
  })
})
