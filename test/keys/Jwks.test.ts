import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SigningKeys, Storage } from "effect-oauth"
import { Extensions, InteractionPages, jwks, OAuthHandler } from "effect-oauth/http"
import { issuer, People, Server, send, layer as withoutKeys } from "../support/TestServer.ts"

const metadataPath = "/.well-known/oauth-authorization-server"
const algorithms = ["ES256", "RS256", "PS256", "EdDSA"] as const

const server = OAuthHandler.layer.pipe(
  Layer.provide(Extensions.layer([jwks])),
  Layer.provideMerge(InteractionPages.layer),
  Layer.provideMerge(Server),
  Layer.provide(People),
  Layer.provideMerge(SigningKeys.layer({ algorithms })),
  Layer.provideMerge(Storage.layerMemory)
)

layer(server)("RFC 7517 §5 the JWK Set of a server", (it) => {
  // @covers rfc8414-2-d
  // @covers oidc-core-10.2.1-a oidc-discovery-3-j oidc-discovery-3-ai rfc9068-4-b
  it.effect("is at jwks_uri (RFC 8414 §2)", () =>
    Effect.gen(function* () {
      const metadata = (yield* send({ path: metadataPath })).json()
      assert.strictEqual(metadata.jwks_uri, `${issuer}/jwks`)
      const response = yield* send({ path: "/jwks" })
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.headers["content-type"], "application/jwk-set+json")
      assert.strictEqual(response.headers["cache-control"], "public, max-age=3600")
      assert.strictEqual(response.headers["access-control-allow-origin"], "*")
    })
  )

  // @covers oidc-core-10.1-e oidc-discovery-3-l oidc-discovery-3-o
  it.effect("has a key of every algorithm, with a kid of its own, and no private member", () =>
    Effect.gen(function* () {
      const { body } = yield* send({ path: "/jwks" })
      const { keys }: { readonly keys: ReadonlyArray<Record<string, string>> } = JSON.parse(body)
      assert.sameMembers(
        keys.map(({ alg }) => String(alg)),
        Array.from(algorithms)
      )
      assert.strictEqual(new Set(keys.map(({ kid }) => kid)).size, algorithms.length)
      const members = { EC: ["crv", "x", "y"], RSA: ["n", "e"], OKP: ["crv", "x"] }
      for (const key of keys) {
        const own = Object.entries(members).find(([kty]) => kty === key.kty)?.[1] ?? []
        assert.sameMembers(Object.keys(key), ["kty", "kid", "alg", "use", ...own])
        assert.strictEqual(key.use, "sig")
      }
    })
  )

  it.effect("RFC 9110 §13.1.2: is not sent again to who has it", () =>
    Effect.gen(function* () {
      const { body, headers } = yield* send({ path: "/jwks" })
      const etag = String(headers.etag)
      assert.isAbove(body.length, 0)
      for (const has of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
        const again = yield* send({ path: "/jwks", headers: { "if-none-match": has } })
        assert.strictEqual(again.status, 304, has)
        assert.strictEqual(again.body, "")
        assert.strictEqual(again.headers.etag, etag)
        assert.strictEqual(again.headers["cache-control"], "public, max-age=3600")
      }
      const other = yield* send({ path: "/jwks", headers: { "if-none-match": `"other"` } })
      assert.strictEqual(other.status, 200)
    })
  )

  it.effect("is read, and not written", () =>
    Effect.gen(function* () {
      const response = yield* send({ path: "/jwks", form: "" })
      assert.strictEqual(response.status, 405)
      assert.strictEqual(response.headers.allow, "GET, HEAD")
      const head = yield* send({ method: "HEAD", path: "/jwks" })
      assert.strictEqual(head.status, 200)
      assert.strictEqual(head.body, "")
    })
  )
})

layer(withoutKeys)("a server without keys", (it) => {
  it.effect("has no JWK Set, and names none", () =>
    Effect.gen(function* () {
      const handler = yield* OAuthHandler.OAuthHandler
      assert.notInclude(
        handler.routes.map(({ path }) => path),
        "/jwks"
      )
      assert.notProperty((yield* send({ path: metadataPath })).json(), "jwks_uri")
    })
  )
})
