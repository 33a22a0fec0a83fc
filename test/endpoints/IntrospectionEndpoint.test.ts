import { assert, describe, it, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { TestClock } from "effect/testing"
import {
  AuthorizationEndpoint,
  ClientStore,
  GrantStore,
  IntrospectionEndpoint,
  OAuthRequest,
  Secret,
  Storage
} from "effect-oauth"
import {
  ada,
  approved,
  asConfidential,
  asPost,
  asService,
  codeFor,
  exchange,
  introspect,
  isActive,
  parameter,
  refresh,
  register,
  revoke,
  serverWith,
  testClient,
  text,
  token,
  tokensFor,
  tokensIn,
  validate
} from "../support/Flow.ts"
import { basic, clients, issuer, secrets, send, layer as server } from "../support/TestServer.ts"

const inactive = { active: false }

layer(server)("RFC 7662 §2.2 the introspection response", (it) => {
  // @covers rfc6750-5.3-g rfc7662-2.2-a rfc9700-2.3-b rfc9700-4.9.3-b rfc9700-4.15.1-b rfc9700-4.15-a
  it.effect("of an access token has every member that there is something to say of", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1500 millis")
      const { accessToken } = yield* tokensFor({ scope: "read" })
      const issuedAt = yield* Clock.currentTimeMillis
      yield* TestClock.adjust("90 seconds")
      const { jti, ...response } = yield* introspect(accessToken)
      assert.deepStrictEqual(response, {
        active: true,
        scope: "read",
        client_id: "confidential",
        username: "ada",
        token_type: "Bearer",
        exp: Math.floor((issuedAt + 600_000) / 1000),
        iat: Math.floor(issuedAt / 1000),
        nbf: Math.floor(issuedAt / 1000),
        sub: "u-1",
        aud: issuer,
        iss: issuer
      })
      assert.match(text(jti), /^[\w-]{22}$/)
    })
  )

  it.effect("jti identifies a token, and is not the token nor its hash", () =>
    Effect.gen(function* () {
      const one = (yield* tokensFor()).accessToken
      const other = (yield* tokensFor()).accessToken
      const jti = (yield* introspect(one)).jti
      assert.strictEqual((yield* introspect(one)).jti, jti)
      assert.notStrictEqual((yield* introspect(other)).jti, jti)
      assert.isFalse(yield* isActive(text(jti)))
      assert.isFalse(yield* isActive(Secret.hash(Redacted.make(one))))
    })
  )

  it.effect("of a refresh token has no token_type (RFC 6749 §5.1), and its own expiry", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      const now = yield* Clock.currentTimeMillis
      const response = yield* introspect(refreshToken)
      assert.strictEqual(response.active, true)
      assert.notProperty(response, "token_type")
      assert.strictEqual(response.exp, Math.floor(now / 1000) + 30 * 24 * 60 * 60)
      assert.strictEqual(response.sub, "u-1")
    })
  )

  // @covers rfc9700-4.15.1-b rfc9700-4.15-b
  it.effect("of a client's own token has the client as its subject, and no username", () =>
    Effect.gen(function* () {
      const issued = yield* token({ grant_type: "client_credentials" }, asService)
      const response = yield* introspect(text(issued.json().access_token))
      assert.strictEqual(response.sub, "service")
      assert.strictEqual(response.client_id, "service")
      assert.notProperty(response, "username")
    })
  )

  // @covers rfc7662-4-m rfc7662-5-a
  it.effect("is JSON that nobody may keep", () =>
    Effect.gen(function* () {
      const { headers, status } = yield* send({ path: "/introspect", form: { token: "x" }, basic: asService })
      assert.strictEqual(status, 200)
      assert.strictEqual(headers["content-type"], "application/json")
      assert.strictEqual(headers["cache-control"], "no-store")
    })
  )
})

layer(server)("RFC 7662 §2.2 a token that is not active: nothing else is said", (it) => {
  // @covers rfc6750-5.2-b rfc7662-2.2-c rfc7662-2.2-d rfc7662-2.3-a rfc7662-4-k
  it.effect.each(["unknown", "a.b.c.d.e", "AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA.0.x.y", "é"])(
    "unknown: %s",
    (token) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* introspect(token), inactive)
      })
  )

  // @covers rfc7662-2.2-c rfc7662-2.2-d rfc7662-4-a rfc7662-4-d rfc7662-4-k
  it.effect("revoked by itself", () =>
    Effect.gen(function* () {
      const { accessToken, refreshToken } = yield* tokensFor()
      yield* revoke(accessToken)
      assert.deepStrictEqual(yield* introspect(accessToken), inactive)
      assert.isTrue(yield* isActive(refreshToken))
    })
  )

  // @covers rfc7662-4-a rfc7662-4-d
  it.effect("revoked with its grant", () =>
    Effect.gen(function* () {
      const store = yield* GrantStore.GrantStore
      const { accessToken, refreshToken } = yield* tokensFor()
      const record = yield* Effect.flatMap(
        store.findAccessToken(Secret.hash(Redacted.make(accessToken))),
        Effect.fromOption
      )
      yield* store.revoke({ _tag: "Grant", id: record.grant.id }, yield* Clock.currentTimeMillis)
      assert.deepStrictEqual(yield* introspect(accessToken), inactive)
      assert.deepStrictEqual(yield* introspect(refreshToken), inactive)
    })
  )

  it.effect("a refresh token that was replaced, even while a retry would be honoured", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      const next = tokensIn(yield* refresh(refreshToken))
      assert.deepStrictEqual(yield* introspect(refreshToken), inactive)
      assert.isTrue(yield* isActive(next.refreshToken))
    })
  )

  it.effect("an authorization code is no token", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* introspect(yield* codeFor()), inactive)
    })
  )
})

// @covers rfc7662-2.1-b
layer(server)("RFC 7662 §2.1 token_type_hint: the server looks everywhere, whatever it says", (it) => {
  it.effect.each([undefined, "access_token", "refresh_token", "unheard-of"])("%s", (token_type_hint) =>
    Effect.gen(function* () {
      const { accessToken, refreshToken } = yield* tokensFor()
      assert.strictEqual((yield* introspect(accessToken, { token_type_hint })).active, true)
      assert.strictEqual((yield* introspect(refreshToken, { token_type_hint })).active, true)
    })
  )
})

layer(server)("RFC 7662 §4 whose tokens", (it) => {
  it.effect("a client's own", () =>
    Effect.gen(function* () {
      const { accessToken, refreshToken } = yield* tokensFor()
      assert.strictEqual((yield* introspect(accessToken, {}, asConfidential)).active, true)
      assert.strictEqual((yield* introspect(refreshToken, {}, asConfidential)).active, true)
    })
  )

  // @covers rfc7662-2.2-c rfc7662-4-f rfc7662-4-h rfc7662-5-a
  it.effect("another's are none of its business", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "curious" })
      const { accessToken, refreshToken } = yield* tokensFor()
      assert.deepStrictEqual(yield* introspect(accessToken, {}, ["curious", "another-secret"]), inactive)
      assert.deepStrictEqual(yield* introspect(refreshToken, {}, ["curious", "another-secret"]), inactive)
    })
  )

  // @covers rfc7662-4-h
  it.effect("unless it is registered to introspect any token", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "api", introspect_any_token: true })
      const { accessToken } = yield* tokensFor()
      assert.strictEqual((yield* introspect(accessToken, {}, ["api", "another-secret"])).active, true)
    })
  )

  // @covers rfc7662-4-h
  it.effect("registered not to, it may not", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "no-api", introspect_any_token: false })
      const { accessToken } = yield* tokensFor()
      assert.deepStrictEqual(yield* introspect(accessToken, {}, ["no-api", "another-secret"]), inactive)
    })
  )

  it.effect("tokens of a client that has gone are good for nobody", () =>
    Effect.gen(function* () {
      const store = yield* ClientStore.ClientStore
      const { accessToken } = yield* tokensFor()
      assert.isTrue(yield* isActive(accessToken))
      yield* store.remove(testClient("confidential").clientId)
      assert.deepStrictEqual(yield* introspect(accessToken), inactive)
    })
  )
})

layer(server)("RFC 7662 §2.1 the introspection request", (it) => {
  // @covers rfc7662-2.1-a
  it.effect("has a token", () =>
    Effect.gen(function* () {
      for (const form of [{}, { token: "" }]) {
        const response = yield* send({ path: "/introspect", form, basic: asService })
        assert.strictEqual(response.status, 400)
        assert.deepStrictEqual(response.json(), {
          error: "invalid_request",
          error_description: "The parameter token is missing"
        })
      }
    })
  )

  it.effect("has to be a POST", () =>
    Effect.gen(function* () {
      const response = yield* send({ path: "/introspect", query: { token: "x" }, basic: asService })
      assert.strictEqual(response.status, 405)
      assert.strictEqual(response.headers.allow, "POST")
    })
  )

  // @covers rfc7662-2.1-d rfc7662-4-g
  it.effect("comes from a client that has authenticated", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* tokensFor()
      for (const sent of [{}, { basic: ["service", "wrong"] as const }]) {
        const response = yield* send({ path: "/introspect", form: { token: accessToken }, ...sent })
        assert.strictEqual(response.status, 401)
        assert.strictEqual(response.json().error, "invalid_client")
      }
    })
  )

  it.effect("by any method", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ client_id: "post" })
      const { accessToken } = tokensIn(yield* exchange(code, asPost, null))
      const response = yield* send({ path: "/introspect", form: { token: accessToken, ...asPost } })
      assert.strictEqual(response.json().active, true)
    })
  )

  // @covers rfc6749-2.2-a rfc7662-2.1-d
  it.effect("but a public client has authenticated nothing", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ client_id: "public" })
      const { accessToken } = tokensIn(yield* exchange(code, { client_id: "public" }, null))
      const response = yield* send({ path: "/introspect", form: { token: accessToken, client_id: "public" } })
      assert.strictEqual(response.status, 401)
      assert.deepStrictEqual(response.json(), {
        error: "invalid_client",
        error_description: "A public client may not introspect"
      })
      assert.isTrue(yield* isActive(accessToken))
    })
  )

  it.effect("may be made in process", () =>
    Effect.gen(function* () {
      const response = yield* approved({ response_type: "token" })
      const introspected = yield* IntrospectionEndpoint.handle(
        OAuthRequest.make({
          parameters: { token: parameter(response, "access_token") },
          authorization: basic("service", secrets.service)
        })
      )
      assert.isTrue(introspected.active)
    })
  )

  it.effect("and says no username where the grant has none, not even that it is undefined", () =>
    Effect.gen(function* () {
      const { username, ...nameless } = ada
      const { request } = yield* validate({ response_type: "token" })
      const response = yield* AuthorizationEndpoint.approve(request, nameless)
      const introspected = yield* IntrospectionEndpoint.handle(
        OAuthRequest.make({
          parameters: { token: parameter(response, "access_token") },
          authorization: basic("service", secrets.service)
        })
      )
      assert.isTrue(introspected.active && introspected.sub === "u-1")
      assert.notProperty(introspected, "username")
    })
  )

  it.effect("in a span of its own", () =>
    Effect.gen(function* () {
      const spans: Array<string> = []
      const tracer = Tracer.make({
        span: (options) => {
          spans.push(options.name)
          return new Tracer.NativeSpan(options)
        }
      })
      yield* IntrospectionEndpoint.handle(
        OAuthRequest.make({
          parameters: { token: "x" },
          authorization: basic("service", secrets.service)
        })
      ).pipe(Effect.withSpan("request"), Effect.provideService(Tracer.Tracer, tracer))
      assert.deepStrictEqual(spans, ["request", "IntrospectionEndpoint.handle"])
    })
  )
})

describe("RFC 7662 §2.2 aud", () => {
  // @covers rfc6750-5.3-g rfc9700-2.3-b
  it.effect("is the audience of the configuration", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* tokensFor()
      assert.strictEqual((yield* introspect(accessToken)).aud, "https://api.example.com")
    }).pipe(
      Effect.provide(serverWith({ audience: "https://api.example.com" })),
      Effect.provide(Storage.layerMemoryWith({ clients }))
    )
  )
})
