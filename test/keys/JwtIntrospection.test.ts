import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { Client, SigningKeys, Storage } from "effect-oauth"
import { Extensions, jwks, jwtIntrospection, OAuthHandler } from "effect-oauth/http"
import { issuer, type Sent, secrets, send } from "../support/TestServer.ts"
import * as Keys from "./support.ts"

const mediaType = "application/token-introspection+jwt"

const clients = [
  Client.make({
    client_id: "confidential",
    client_secret: Redacted.make(secrets.confidential),
    grant_types: ["client_credentials"],
    scope: "read"
  }),
  Client.make({ client_id: "stranger", client_secret: Redacted.make("stranger") }),
  Client.make({ client_id: "public", token_endpoint_auth_method: "none" }),
  ...(["ES256", "EdDSA"] as const).map((alg) =>
    Client.make({
      client_id: alg,
      client_secret: Redacted.make(alg),
      introspect_any_token: true,
      introspection_signed_response_alg: alg
    })
  )
]

const serverWith = (options: SigningKeys.Options) =>
  OAuthHandler.layer.pipe(
    Layer.provide(Extensions.layer([jwks, jwtIntrospection])),
    Layer.provideMerge(Keys.server()),
    Layer.provideMerge(SigningKeys.layer(options)),
    Layer.provideMerge(Storage.layerMemoryWith({ clients }))
  )

const token = Effect.map(
  send({
    path: "/token",
    form: { grant_type: "client_credentials" },
    basic: ["confidential", secrets.confidential]
  }),
  (response) => String(response.json().access_token)
)

const introspect = (
  token: string,
  accept: string | undefined,
  basic: Sent["basic"] = ["confidential", secrets.confidential]
) =>
  send({
    path: "/introspect",
    form: { token },
    ...(basic && { basic }),
    ...(accept !== undefined && { headers: { accept } })
  })

layer(serverWith({ algorithms: ["ES256", "RS256"] }))("RFC 9701 a signed introspection response", (it) => {
  // @covers rfc9701-5-a rfc9701-5-b rfc9701-5-c rfc9701-5-j rfc9701-9-d
  it.effect("§5: for the caller, with what introspection says of the token", () =>
    Effect.gen(function* () {
      const opaque = yield* token
      const plain = (yield* introspect(opaque, undefined)).json()
      const response = yield* introspect(opaque, mediaType)
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.headers["content-type"], mediaType)
      assert.strictEqual(response.headers["cache-control"], "no-store")
      const { payload, protectedHeader } = yield* Keys.verifyAsRelyingParty(response.body, {
        typ: "token-introspection+jwt",
        issuer,
        audience: "confidential"
      })
      // §6: the default
      assert.strictEqual(protectedHeader.alg, "RS256")
      assert.strictEqual(plain.active, true)
      assert.deepStrictEqual<unknown>(payload, {
        iss: issuer,
        aud: "confidential",
        iat: 0,
        token_introspection: plain
      })
    })
  )

  // @covers rfc9701-5-d rfc9701-5-j
  it.effect("§5: iat is when it was asked, and there is no sub and no exp", () =>
    Effect.gen(function* () {
      const opaque = yield* token
      yield* TestClock.adjust("90 seconds")
      const response = yield* introspect(opaque, mediaType)
      const { payload } = yield* Keys.verifyAsRelyingParty(response.body, {})
      assert.strictEqual(payload.iat, 90)
      assert.hasAllKeys(payload, ["iss", "aud", "iat", "token_introspection"])
    })
  )

  // @covers rfc9701-3-a rfc9701-3-b rfc9701-5-e rfc9701-5-f rfc9701-9-f
  it.effect("§3, §5: another client's token is not active, and the caller is told no more", () =>
    Effect.gen(function* () {
      const response = yield* introspect(yield* token, mediaType, ["stranger", "stranger"])
      const { payload } = yield* Keys.verifyAsRelyingParty(response.body, { audience: "stranger" })
      assert.deepStrictEqual(payload.token_introspection, { active: false })
    })
  )

  // @covers rfc9701-3-a rfc9701-4-a rfc9701-5-l rfc9701-5-m rfc9701-8.2-b rfc9701-9-e
  it.effect("§5, §8.2: whoever has not authenticated is refused", () =>
    Effect.gen(function* () {
      const opaque = yield* token
      for (const form of [{ token: opaque }, { token: opaque, client_id: "public" }]) {
        const response = yield* send({ path: "/introspect", form, headers: { accept: mediaType } })
        assert.strictEqual(response.status, 400)
        assert.strictEqual(response.json().error, "invalid_client")
        assert.strictEqual(response.headers["cache-control"], "no-store")
        // RFC 7662 says nothing of it, and RFC 6749 §5.2 lets it be a 401.
        assert.strictEqual((yield* send({ path: "/introspect", form })).status, 401)
      }
    })
  )

  // @covers rfc9701-5-e rfc9701-5-f
  it.effect("§5: of a token that is not active it says only that", () =>
    Effect.gen(function* () {
      const response = yield* introspect("unknown", mediaType)
      const { payload } = yield* Keys.verifyAsRelyingParty(response.body, { typ: "token-introspection+jwt" })
      assert.deepStrictEqual(payload.token_introspection, { active: false })
    })
  )

  // @covers rfc9701-5-c
  it.effect("§6: with the algorithm that the client registered", () =>
    Effect.gen(function* () {
      const response = yield* introspect(yield* token, mediaType, ["ES256", "ES256"])
      const { payload, protectedHeader } = yield* Keys.verifyAsRelyingParty(response.body, {})
      assert.strictEqual(protectedHeader.alg, "ES256")
      assert.strictEqual(payload.aud, "ES256")
    })
  )

  it.effect("§6: an algorithm that no key has is the server's mistake, and no JSON in its place", () =>
    Effect.gen(function* () {
      const response = yield* introspect(yield* token, mediaType, ["EdDSA", "EdDSA"])
      assert.strictEqual(response.status, 500)
      assert.deepStrictEqual(response.json(), {
        error: "server_error",
        error_description: "The client is registered for EdDSA, which no key of the server signs with"
      })
    })
  )

  it.effect("§4: only who prefers it gets it", () =>
    Effect.gen(function* () {
      const opaque = yield* token
      const formats = {
        [mediaType]: mediaType,
        [mediaType.toUpperCase()]: mediaType,
        [`${mediaType};q=0.5, application/json;q=0.4`]: mediaType,
        [`application/json, ${mediaType}`]: mediaType,
        [`${mediaType};q=0.5, application/json`]: "application/json",
        [`${mediaType};q=0`]: "application/json",
        [`${mediaType};q=many`]: "application/json",
        "application/json": "application/json",
        "application/*": "application/json",
        "*/*": "application/json"
      }
      for (const [accept, expected] of Object.entries(formats)) {
        const response = yield* introspect(opaque, accept)
        assert.strictEqual(response.headers["content-type"], expected, accept)
      }
    })
  )

  // @covers rfc9701-4-a rfc9701-5-l rfc9701-8.2-b
  it.effect("errors stay as they are", () =>
    Effect.gen(function* () {
      const wrong = yield* introspect("t", mediaType, ["confidential", "wrong"])
      assert.strictEqual(wrong.status, 401)
      assert.strictEqual(wrong.json().error, "invalid_client")
      const posted = yield* send({
        path: "/introspect",
        form: { token: "t", client_id: "confidential", client_secret: "wrong" },
        headers: { accept: mediaType }
      })
      assert.strictEqual(posted.status, 401)
      const missing = yield* send({
        path: "/introspect",
        form: {},
        headers: { accept: mediaType },
        basic: ["confidential", secrets.confidential]
      })
      assert.strictEqual(missing.status, 400)
      assert.strictEqual(missing.json().error, "invalid_request")
    })
  )

  // @covers rfc9701-7-a
  it.effect("§7: metadata names the algorithms", () =>
    Effect.gen(function* () {
      const metadata = (yield* send({ path: "/.well-known/oauth-authorization-server" })).json()
      assert.deepStrictEqual(metadata.introspection_signing_alg_values_supported, ["ES256", "RS256"])
      assert.strictEqual(metadata.introspection_endpoint, `${issuer}/introspect`)
      assert.strictEqual(metadata.jwks_uri, `${issuer}/jwks`)
    })
  )
})

layer(serverWith({ algorithms: ["EdDSA"] }))("RFC 9701 §6 on a server without RS256", (it) => {
  it.effect("the default is the server's own", () =>
    Effect.gen(function* () {
      const response = yield* introspect(yield* token, mediaType)
      const { protectedHeader } = yield* Keys.verifyAsRelyingParty(response.body, {})
      assert.strictEqual(protectedHeader.alg, "EdDSA")
    })
  )
})
