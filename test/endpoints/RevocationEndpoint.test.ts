import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { OAuthRequest, RevocationEndpoint } from "effect-oauth"
import {
  asConfidential,
  asPost,
  audited,
  codeFor,
  exchange,
  isActive,
  refresh,
  register,
  revoke,
  tagsOf,
  tokensFor,
  tokensIn
} from "../support/Flow.ts"
import { basic, secrets, send, layer as server } from "../support/TestServer.ts"

layer(server)("RFC 7009 §2.1 what is revoked", (it) => {
  // @covers rfc7009-2-b
  it.effect("an access token, and nothing else of its grant", () =>
    Effect.gen(function* () {
      const { accessToken, refreshToken } = yield* tokensFor()
      assert.strictEqual((yield* revoke(accessToken)).status, 200)
      assert.isFalse(yield* isActive(accessToken))
      const refreshed = yield* refresh(refreshToken)
      assert.strictEqual(refreshed.status, 200)
      assert.isTrue(yield* isActive(tokensIn(refreshed).accessToken))
    })
  )

  // @covers rfc7009-2.1-c rfc7009-2-a
  it.effect("a refresh token, and every access token of its grant", () =>
    Effect.gen(function* () {
      const first = yield* tokensFor()
      const second = tokensIn(yield* refresh(first.refreshToken))
      assert.strictEqual((yield* revoke(second.refreshToken)).status, 200)
      for (const token of [first.accessToken, second.accessToken, second.refreshToken]) {
        assert.isFalse(yield* isActive(token))
      }
      const refused = yield* refresh(second.refreshToken)
      assert.deepStrictEqual(refused.json(), {
        error: "invalid_grant",
        error_description: "The refresh token has been revoked"
      })
    })
  )

  it.effect("a refresh token that was replaced takes its family along: the client throws it away", () =>
    Effect.gen(function* () {
      const first = yield* tokensFor()
      const second = tokensIn(yield* refresh(first.refreshToken))
      assert.strictEqual((yield* revoke(first.refreshToken)).status, 200)
      assert.isFalse(yield* isActive(second.refreshToken))
      assert.isFalse(yield* isActive(second.accessToken))
    })
  )

  it.effect("nothing of another grant, though it is of the same person and client", () =>
    Effect.gen(function* () {
      const revoked = yield* tokensFor()
      const other = yield* tokensFor()
      yield* revoke(revoked.refreshToken)
      assert.isTrue(yield* isActive(other.accessToken))
      assert.isTrue(yield* isActive(other.refreshToken))
    })
  )
})

// @covers rfc7009-2.1-b rfc7009-5-b
layer(server)("RFC 7009 §2.1 token_type_hint: the server looks everywhere, whatever it says", (it) => {
  it.effect.each([undefined, "access_token", "refresh_token", "unheard-of"])("%s", (token_type_hint) =>
    Effect.gen(function* () {
      const one = yield* tokensFor()
      assert.strictEqual((yield* revoke(one.accessToken, { token_type_hint })).status, 200)
      assert.isFalse(yield* isActive(one.accessToken))
      const other = yield* tokensFor()
      assert.strictEqual((yield* revoke(other.refreshToken, { token_type_hint })).status, 200)
      assert.isFalse(yield* isActive(other.refreshToken))
    })
  )
})

layer(server)("RFC 7009 §2.2 the revocation response", (it) => {
  it.effect("is 200 with nothing in it", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* tokensFor()
      const response = yield* revoke(accessToken)
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.body, "")
      assert.strictEqual(response.headers["cache-control"], "no-store")
    })
  )

  it.effect.each(["unknown", "a.b.c.d.e"])("is the same for an invalid token: %s", (token) =>
    Effect.gen(function* () {
      const { events, value } = yield* audited(revoke(token))
      assert.strictEqual(value.status, 200)
      assert.strictEqual(value.body, "")
      assert.deepStrictEqual(events, [])
    })
  )

  it.effect("is the same for a token that was revoked before, and is recorded once", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      const first = yield* audited(revoke(refreshToken))
      const second = yield* audited(revoke(refreshToken))
      assert.deepStrictEqual([first.value.status, second.value.status], [200, 200])
      assert.deepStrictEqual(tagsOf(first.events), ["TokenRevoked"])
      assert.deepInclude(first.events[0], { clientId: "confidential" })
      assert.deepStrictEqual(second.events, [])
    })
  )
})

layer(server)("RFC 7009 §2.1 the token was issued to the client that revokes it", (it) => {
  it.effect("another client's is left alone, and the answer does not say so", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "malicious", introspect_any_token: true })
      const { accessToken, refreshToken } = yield* tokensFor()
      for (const token of [accessToken, refreshToken]) {
        const { events, value } = yield* audited(revoke(token, {}, ["malicious", "another-secret"]))
        assert.strictEqual(value.status, 200)
        assert.strictEqual(value.body, "")
        assert.deepStrictEqual(events, [])
        assert.isTrue(yield* isActive(token))
      }
    })
  )

  it.effect("a public client may revoke its own", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ client_id: "public" })
      const { accessToken, refreshToken } = tokensIn(yield* exchange(code, { client_id: "public" }, null))
      for (const token of [accessToken, refreshToken]) {
        const response = yield* revoke(token, { client_id: "public" }, null)
        assert.strictEqual(response.status, 200)
        assert.isFalse(yield* isActive(token))
      }
    })
  )

  it.effect("so may one with its secret in the body", () =>
    Effect.gen(function* () {
      const { accessToken } = tokensIn(yield* exchange(yield* codeFor({ client_id: "post" }), asPost, null))
      assert.strictEqual((yield* revoke(accessToken, asPost, null)).status, 200)
      assert.isFalse(yield* isActive(accessToken))
    })
  )
})

layer(server)("RFC 7009 §2.1, §2.2.1 the revocation request", (it) => {
  // @covers rfc7009-2.1-a
  it.effect("has a token", () =>
    Effect.gen(function* () {
      const response = yield* send({ path: "/revoke", form: "", basic: asConfidential })
      assert.strictEqual(response.status, 400)
      assert.deepStrictEqual(response.json(), {
        error: "invalid_request",
        error_description: "The parameter token is missing"
      })
    })
  )

  it.effect("has to be a POST", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* tokensFor()
      const response = yield* send({ path: "/revoke", query: { token: accessToken }, basic: asConfidential })
      assert.strictEqual(response.status, 405)
      assert.isTrue(yield* isActive(accessToken))
    })
  )

  it.effect("comes from a client that has authenticated, if it can", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* tokensFor()
      const refusals = [
        yield* revoke(accessToken, {}, ["confidential", "wrong"]),
        yield* revoke(accessToken, {}, null),
        yield* revoke(accessToken, { client_id: "confidential" }, null)
      ]
      for (const response of refusals) {
        assert.strictEqual(response.status, 401)
        assert.strictEqual(response.json().error, "invalid_client")
      }
      assert.isTrue(yield* isActive(accessToken))
    })
  )

  it.effect("may be made in process", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* tokensFor()
      const request = OAuthRequest.make({
        parameters: { token: accessToken },
        authorization: basic("confidential", secrets.confidential)
      })
      assert.isUndefined(yield* RevocationEndpoint.handle(request))
      assert.isFalse(yield* isActive(accessToken))
    })
  )
})
