import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AuthorizationServer, Grants, OpenIdConnect, ResponseTypes, Storage } from "effect-oauth"
import { Extensions, InteractionPages, jwks, OAuthHandler, openIdConnect } from "effect-oauth/http"
import * as TestServer from "../support/TestServer.ts"
import { keys } from "./support/Provider.ts"

const provider = (issuer: string, options: Parameters<typeof OpenIdConnect.layer>[0] = {}) =>
  OAuthHandler.layer.pipe(
    // One by one, as an application may have them.
    Layer.provide(Extensions.layer([openIdConnect]).pipe(Layer.provideMerge(Extensions.layer([jwks])))),
    Layer.provide(InteractionPages.layer),
    Layer.provideMerge(
      AuthorizationServer.layer({
        issuer,
        allowHttp: true,
        scopes: ["openid", "email"],
        grants: [Grants.authorizationCode],
        responseTypes: [ResponseTypes.code]
      })
    ),
    Layer.provideMerge(OpenIdConnect.layer(options)),
    Layer.provideMerge(Layer.merge(keys, TestServer.People)),
    Layer.provideMerge(Storage.layerMemory)
  )

describe("OpenID Connect Discovery §4", () => {
  for (const [issuer, path, base] of [
    ["https://op.example.com", "/.well-known/openid-configuration", "https://op.example.com"],
    ["https://op.example.com/", "/.well-known/openid-configuration", "https://op.example.com"],
    ["https://op.example.com/a/b", "/a/b/.well-known/openid-configuration", "https://op.example.com/a/b"],
    ["https://OP.example.com:8443/a/", "/a/.well-known/openid-configuration", "https://OP.example.com:8443/a"]
  ] as const) {
    // @covers oidc-discovery-3-a oidc-discovery-3-d oidc-discovery-3-h oidc-discovery-3-j
    // @covers oidc-discovery-4-a oidc-discovery-4.1-a oidc-discovery-4.1-b oidc-discovery-4.3-b
    it.effect(`${issuer} is configured at ${path}`, () =>
      Effect.gen(function* () {
        const response = yield* TestServer.send({ path })
        assert.strictEqual(response.status, 200)
        const metadata = response.json()
        // §4.3: "MUST exactly match"
        assert.strictEqual(metadata.issuer, issuer)
        assert.strictEqual(metadata.authorization_endpoint, `${base}/authorize`)
        assert.strictEqual(metadata.userinfo_endpoint, `${base}/userinfo`)
        assert.strictEqual(metadata.jwks_uri, `${base}/jwks`)
        const userinfo = yield* TestServer.send({
          path: path.replace(".well-known/openid-configuration", "userinfo")
        })
        assert.strictEqual(userinfo.status, 401)
      }).pipe(Effect.provide(provider(issuer)))
    )
  }

  // @covers oidc-core-8-a oidc-core-13.3-a oidc-discovery-3-u oidc-discovery-4.2-b
  it.effect("§3 says what is installed, and nothing else", () =>
    Effect.gen(function* () {
      const metadata = (yield* TestServer.send({ path: "/.well-known/openid-configuration" })).json()
      assert.deepStrictEqual(metadata.response_types_supported, ["code"])
      assert.deepStrictEqual(metadata.subject_types_supported, ["public"])
      assert.notProperty(metadata, "acr_values_supported")
      assert.notProperty(metadata, "end_session_endpoint")
      assert.notProperty(metadata, "registration_endpoint")
      // Nobody knows any claims here.
      assert.deepStrictEqual<unknown>(
        metadata.claims_supported,
        "iss sub aud exp iat auth_time nonce acr amr azp sid".split(" ")
      )
      assert.deepStrictEqual(metadata.claim_types_supported, ["normal"])
    }).pipe(Effect.provide(provider("https://op.example.com")))
  )

  it.effect("§3 acr values are those that are told, and those that may be besides", () =>
    Effect.gen(function* () {
      const metadata = (yield* TestServer.send({ path: "/.well-known/openid-configuration" })).json()
      assert.deepStrictEqual(metadata.acr_values_supported, ["1", "2"])
    }).pipe(Effect.provide(provider("https://op.example.com", { acr: "1", acrValues: ["2", "1"] })))
  )

  it.effect("a server that is no provider has no such document, and no userinfo", () =>
    Effect.gen(function* () {
      const handler = yield* OAuthHandler.OAuthHandler
      for (const path of ["/.well-known/openid-configuration", "/userinfo", "/jwks"]) {
        assert.isUndefined(handler.handle(TestServer.toHttpRequest({ path })), path)
      }
    }).pipe(Effect.provide(TestServer.layer))
  )
})
