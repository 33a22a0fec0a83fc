import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import {
  AuthorizationServer,
  clientSecretBasic,
  Endpoints,
  type Grant,
  Grants,
  Legacy,
  MetadataEndpoint,
  OAuthError,
  Pkce,
  ResponseTypes,
  Storage
} from "effect-oauth"
import { issuer, send, layer as server } from "../support/TestServer.ts"

const path = "/.well-known/oauth-authorization-server"

layer(server)("RFC 8414 §3.2 the metadata response", (it) => {
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
