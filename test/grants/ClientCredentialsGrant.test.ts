import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { GrantsOf } from "effect-oauth"
import {
  asConfidential,
  asPost,
  asService,
  introspect,
  register,
  testClient,
  text,
  token
} from "../support/Flow.ts"
import { layer as server } from "../support/TestServer.ts"

const grant_type = "client_credentials"

layer(server)("RFC 6749 §4.4 the client acts for itself", (it) => {
  it.effect("with client_secret_basic", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type }, asService)
      assert.strictEqual(response.status, 200)
      assert.deepInclude(yield* introspect(text(response.json().access_token)), {
        active: true,
        client_id: "service",
        sub: "service",
        scope: "read"
      })
    })
  )

  it.effect("with client_secret_post", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type, ...asPost })
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.json().scope, "read")
    })
  )

  it.effect("and the grant has no resource owner", () =>
    Effect.gen(function* () {
      yield* token({ grant_type }, asService)
      const [grant] = yield* Stream.runCollect(GrantsOf.client(testClient("service").clientId))
      assert.isDefined(grant)
      assert.isUndefined(grant?.subject)
      assert.isUndefined(grant?.username)
      assert.isUndefined(grant?.authenticatedAt)
    })
  )
})

layer(server)("RFC 6749 §4.4.3 a refresh token SHOULD NOT be included", (it) => {
  // @covers rfc6749-4.4.3-a
  it.effect("and is not, though the client may refresh others", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type }, asConfidential)
      assert.deepStrictEqual(Object.keys(response.json()), [
        "access_token",
        "token_type",
        "expires_in",
        "scope"
      ])
    })
  )
})

layer(server)("RFC 6749 §4.4 the grant MUST only be used by confidential clients", (it) => {
  // @covers rfc6749-2.2-a rfc6749-4.4-a
  it.effect("a public client that registered it has nothing to act with", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type, client_id: "public" })
      assert.strictEqual(response.status, 400)
      assert.strictEqual(response.json().error, "unauthorized_client")
    })
  )

  // @covers rfc6749-4.4.2-b rfc6749-4.4.2-c
  it.effect("a confidential one has to prove itself", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type, client_id: "service" })
      assert.strictEqual(response.status, 401)
    })
  )

  it.effect("and to have registered it", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "web", grant_types: ["authorization_code"] })
      const response = yield* token({ grant_type }, ["web", "another-secret"])
      assert.strictEqual(response.json().error, "unauthorized_client")
    })
  )
})

layer(server)("RFC 6749 §4.4.2 scope", (it) => {
  it.effect("may be less than the client registered", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type, scope: "write" }, asConfidential)
      assert.strictEqual(response.json().scope, "write")
    })
  )

  // @covers rfc6749-10.3-e rfc6750-5.2-c rfc9700-2.3-a rfc9700-2.3-d
  it.effect.each(["admin", "read admin", "unheard-of", '"read"'])("may not be %s", (scope) =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type, scope }, asConfidential)
      assert.strictEqual(response.status, 400)
      assert.strictEqual(response.json().error, "invalid_scope")
    })
  )
})
