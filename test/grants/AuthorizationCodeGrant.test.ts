import { assert, describe, it, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import {
  AuthorizationServer,
  ClientStore,
  GrantStore,
  Grants,
  GrantsOf,
  OAuthRequest,
  Secret,
  Storage,
  StorageError,
  TokenEndpoint
} from "effect-oauth"
import {
  approved,
  asConfidential,
  asPost,
  atOnce,
  audited,
  codeFor,
  errorOf,
  exchange,
  isActive,
  parameter,
  refresh,
  register,
  serverForRaceOf,
  tagsOf,
  testClient,
  tokensFor,
  tokensIn,
  verifier
} from "../support/Flow.ts"
import { basic, clients, issuer, redirectUri, secrets, layer as server } from "../support/TestServer.ts"

layer(server)("RFC 6749 §4.1.3 the access token request", (it) => {
  it.effect("exchanges the code that the client was given", () =>
    Effect.gen(function* () {
      const tokens = tokensIn(yield* exchange(yield* codeFor()))
      assert.isTrue(yield* isActive(tokens.accessToken))
      assert.isTrue(yield* isActive(tokens.refreshToken))
    })
  )

  // @covers rfc6749-4.1.3-b
  it.effect("has a code", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(errorOf(yield* exchange("")), [
        "invalid_request",
        "The parameter code is missing"
      ])
    })
  )

  // @covers rfc6749-4.1.3-i
  it.effect.each(["SplxlOBeZQQYbYS6WxSbIA", "é", "x".repeat(5000)])("%s is no code of ours", (code) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(errorOf(yield* exchange(code)), ["invalid_grant", "The code is unknown"])
    })
  )

  it.effect("an access token, a refresh token or a hash is no code", () =>
    Effect.gen(function* () {
      const { accessToken, refreshToken } = yield* tokensFor()
      const hash = Secret.hash(Redacted.make(yield* codeFor()))
      for (const text of [accessToken, refreshToken, hash]) {
        assert.deepStrictEqual(errorOf(yield* exchange(text)), ["invalid_grant", "The code is unknown"])
      }
    })
  )

  it.effect("a scope here changes nothing: the code has one", () =>
    Effect.gen(function* () {
      const response = yield* exchange(yield* codeFor({ scope: "read" }), { scope: "read write" })
      assert.strictEqual(response.json().scope, "read")
    })
  )
})

layer(server)("RFC 6749 §4.1.3 the code was issued to this client", (it) => {
  // @covers rfc6749-3.2.1-b rfc6749-4.1.3-h rfc6749-10.5-f
  it.effect("another confidential client cannot use it, and does not burn it", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      assert.deepStrictEqual(errorOf(yield* exchange(code, asPost, null)), [
        "invalid_grant",
        "The code was issued to another client"
      ])
      assert.strictEqual((yield* exchange(code)).status, 200)
    })
  )

  // @covers rfc6749-3.2.1-b rfc6749-4.1.3-h
  it.effect("nor can a public one", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      assert.deepStrictEqual(errorOf(yield* exchange(code, { client_id: "public" }, null)), [
        "invalid_grant",
        "The code was issued to another client"
      ])
    })
  )

  // @covers rfc6749-2.3.1-c rfc6749-3.2.1-a rfc6749-4.1.3-e rfc6749-4.1.3-f rfc6749-10.5-f
  it.effect("nor the same one without its secret", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      const response = yield* exchange(code, { client_id: "confidential" }, null)
      assert.strictEqual(response.status, 401)
      assert.strictEqual((yield* exchange(code)).status, 200)
    })
  )
})

layer(server)("RFC 6749 §4.1.3 redirect_uri is the one of the authorization request", (it) => {
  // @covers rfc6749-4.1.3-c rfc6749-4.1.3-j rfc6749-10.6-a
  it.effect("another that is registered is not", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ client_id: "post" })
      const response = yield* exchange(
        code,
        { ...asPost, redirect_uri: "https://client.example/other" },
        null
      )
      assert.deepStrictEqual(errorOf(response), [
        "invalid_grant",
        "The redirect_uri is not the one that the code was sent to"
      ])
      assert.strictEqual((yield* exchange(code, asPost, null)).status, 200)
    })
  )

  // @covers rfc6749-4.1.3-c rfc6749-4.1.3-j rfc6749-10.6-a
  it.effect("it may not be left out if it was given", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      assert.deepStrictEqual(errorOf(yield* exchange(code, { redirect_uri: undefined })), [
        "invalid_request",
        "The parameter redirect_uri is missing"
      ])
    })
  )

  it.effect("it may be left out if it was not given", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ redirect_uri: undefined })
      assert.strictEqual((yield* exchange(code, { redirect_uri: undefined })).status, 200)
    })
  )

  it.effect("or be the one that was meant", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ redirect_uri: undefined })
      assert.strictEqual((yield* exchange(code, { redirect_uri: redirectUri })).status, 200)
    })
  )

  it.effect("but not any other", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ redirect_uri: undefined })
      const response = yield* exchange(code, { redirect_uri: "https://evil.example/" })
      assert.strictEqual(errorOf(response)[0], "invalid_grant")
    })
  )
})

layer(server)("RFC 7636 §4.5, §4.6 code_verifier", (it) => {
  // @covers rfc7636-4.6-b rfc8252-6-b rfc9700-2.1.1-f rfc9700-2.1.1-g
  it.effect("a wrong one is invalid_grant, and does not burn the code", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      assert.deepStrictEqual(errorOf(yield* exchange(code, { code_verifier: "a".repeat(43) })), [
        "invalid_grant",
        "The code_verifier does not match the code_challenge"
      ])
      assert.strictEqual((yield* exchange(code)).status, 200)
    })
  )

  // @covers rfc7636-4.5-a rfc9700-2.1.1-g
  it.effect.each([undefined, ""])("none (%j) is invalid_grant", (code_verifier) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(errorOf(yield* exchange(yield* codeFor(), { code_verifier })), [
        "invalid_grant",
        "The parameter code_verifier is missing"
      ])
    })
  )

  it.effect.each(["plain", undefined])(
    "with the method %s it is the challenge itself",
    (code_challenge_method) =>
      Effect.gen(function* () {
        const code = yield* codeFor({ code_challenge: verifier, code_challenge_method })
        const refused = yield* exchange(code, { code_verifier: "a".repeat(43) })
        assert.strictEqual(errorOf(refused)[0], "invalid_grant")
        assert.strictEqual((yield* exchange(code)).status, 200)
      })
  )

  // @covers rfc9700-2.1.1-h rfc9700-4.8.2-a rfc9700-4.8.2-c
  it.effect("one that nobody asked for is a downgrade (RFC 9700 §4.8.2)", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "old", require_pkce: false })
      const asOld = ["old", "another-secret"] as const
      const without = { client_id: "old", code_challenge: undefined, code_challenge_method: undefined }
      const code = yield* codeFor(without)
      assert.deepStrictEqual(errorOf(yield* exchange(code, {}, asOld)), [
        "invalid_grant",
        "The code was issued without a code_challenge"
      ])
      assert.strictEqual((yield* exchange(code, { code_verifier: undefined }, asOld)).status, 200)
    })
  )
})

layer(server)("RFC 6749 §4.1.2 the client MUST NOT use the code more than once", (it) => {
  // @covers rfc6749-4.1.2-e rfc6749-4.1.2-f rfc6749-10.5-d rfc6749-10.5-e rfc9700-4.2.4-b rfc9700-4.2.4-c
  it.effect("a second use is refused, and revokes all that the first one got", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      const first = tokensIn(yield* exchange(code))
      const { events, value } = yield* audited(exchange(code))
      assert.deepStrictEqual(errorOf(value), ["invalid_grant", "The code has been used"])
      assert.isFalse(yield* isActive(first.accessToken))
      assert.isFalse(yield* isActive(first.refreshToken))
      assert.strictEqual(errorOf(yield* refresh(first.refreshToken))[0], "invalid_grant")
      assert.deepStrictEqual(tagsOf(events), ["CodeReplayed"])
      assert.deepInclude(events[0], { clientId: "confidential" })
    })
  )

  // @covers rfc6749-4.1.2-f rfc9700-4.2.4-c
  it.effect("and what was refreshed since", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      const refreshed = tokensIn(yield* refresh(tokensIn(yield* exchange(code)).refreshToken))
      yield* exchange(code)
      assert.isFalse(yield* isActive(refreshed.accessToken))
      assert.isFalse(yield* isActive(refreshed.refreshToken))
    })
  )

  it.effect("but nothing of another grant of the same person", () =>
    Effect.gen(function* () {
      const other = yield* tokensFor()
      const code = yield* codeFor()
      yield* exchange(code)
      yield* exchange(code)
      assert.isTrue(yield* isActive(other.accessToken))
    })
  )

  it.effect("who cannot redeem the code cannot revoke with it either", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      const { accessToken } = tokensIn(yield* exchange(code))
      yield* exchange(code, asPost, null)
      yield* exchange(code, { code_verifier: "a".repeat(43) })
      yield* exchange(code, { redirect_uri: "https://evil.example/" })
      assert.isTrue(yield* isActive(accessToken))
    })
  )
})

describe("RFC 6749 §4.1.2 50 requests with one code, each of which has seen it unused", () => {
  // @covers rfc6749-4.1.2-e rfc6749-10.5-d
  it.effect("one succeeds, and what it got is revoked", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      const { events, value } = yield* audited(atOnce(50, exchange(code)))
      const succeeded = value.filter((response) => response.status === 200)
      const refused = value.filter((response) => response.status !== 200)
      assert.strictEqual(succeeded.length, 1)
      for (const response of refused) {
        assert.deepStrictEqual(errorOf(response), ["invalid_grant", "The code has been used"])
      }
      for (const response of succeeded) {
        const { accessToken, refreshToken } = tokensIn(response)
        assert.isFalse(yield* isActive(accessToken))
        assert.isFalse(yield* isActive(refreshToken))
      }
      assert.deepStrictEqual(tagsOf(events).toSorted(), [
        ...Array.from({ length: 49 }, () => "CodeReplayed"),
        "TokensIssued"
      ])
    }).pipe(Effect.provide(serverForRaceOf(50, "findCode")))
  )
})

layer(server)("the grant is the continuing authority", (it) => {
  // @covers rfc6749-4.1.3-i
  it.effect("revoked before the code is redeemed, the code is worth nothing", () =>
    Effect.gen(function* () {
      const store = yield* GrantStore.GrantStore
      const code = yield* codeFor({}, { subject: "revoking" })
      const now = yield* Clock.currentTimeMillis
      yield* Stream.runForEach(GrantsOf.subject("revoking"), (grant) =>
        store.revoke({ _tag: "Grant", id: grant.id }, now)
      )
      assert.deepStrictEqual(errorOf(yield* exchange(code)), ["invalid_grant", "The code has been revoked"])
    })
  )

  it.effect("a token that came beside the code shares its fate", () =>
    Effect.gen(function* () {
      const response = yield* approved({ response_type: "code token" })
      const code = parameter(response, "code")
      yield* exchange(code)
      assert.isTrue(yield* isActive(parameter(response, "access_token")))
      yield* exchange(code)
      assert.isFalse(yield* isActive(parameter(response, "access_token")))
    })
  )
})

describe("RFC 6749 §5.1 refresh_token", () => {
  // @covers rfc9700-4.14.2-a
  it.effect("is for clients that may use it", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "short-lived", grant_types: ["authorization_code"] })
      const code = yield* codeFor({ client_id: "short-lived" })
      const response = yield* exchange(code, {}, ["short-lived", "another-secret"])
      assert.strictEqual(response.status, 200)
      assert.notProperty(response.json(), "refresh_token")
    }).pipe(Effect.provide(server))
  )

  it.effect("is for servers that have the grant", () =>
    Effect.gen(function* () {
      const response = yield* TokenEndpoint.handle(
        OAuthRequest.make({
          parameters: {
            grant_type: "authorization_code",
            code: yield* codeFor(),
            redirect_uri: redirectUri,
            code_verifier: verifier
          },
          authorization: basic("confidential", secrets.confidential)
        })
      )
      assert.isUndefined(response.refreshToken)
    }).pipe(
      Effect.provide(
        AuthorizationServer.layer({ issuer, scopes: ["read", "write"], grants: [Grants.authorizationCode] })
      ),
      Effect.provide(Storage.layerMemoryWith({ clients }))
    )
  )
})

describe("between the request and the redemption", () => {
  const redeem = (code: string) =>
    TokenEndpoint.handle(
      OAuthRequest.make({
        parameters: {
          grant_type: "authorization_code",
          code,
          redirect_uri: redirectUri,
          code_verifier: verifier
        },
        authorization: basic(...asConfidential)
      })
    )

  it.effect("the code was swept: it is unknown", () =>
    Effect.gen(function* () {
      const store = yield* GrantStore.GrantStore
      const code = yield* codeFor()
      const error = yield* Effect.flip(redeem(code)).pipe(
        Effect.provide(withStore({ ...store, redeemCode: () => Effect.succeed({ _tag: "Unknown" }) }))
      )
      assert.strictEqual(error._tag, "InvalidGrant")
      assert.strictEqual(error.message, "The code is unknown")
    }).pipe(Effect.provide(server))
  )

  it.effect("the store fails: the code is as good as before", () =>
    Effect.gen(function* () {
      const store = yield* GrantStore.GrantStore
      const code = yield* codeFor()
      const down = Effect.fail(new StorageError({ operation: "GrantStore.redeemCode", cause: "down" }))
      const error = yield* Effect.flip(redeem(code)).pipe(
        Effect.provide(withStore({ ...store, redeemCode: () => down }))
      )
      assert.strictEqual(error._tag, "StorageError")
      assert.strictEqual((yield* exchange(code)).status, 200)
    }).pipe(Effect.provide(server))
  )

  // A server whose grants were installed over another store.
  const withStore = (store: GrantStore.GrantStore["Service"]) =>
    AuthorizationServer.layer({
      issuer,
      scopes: ["read", "write"],
      grants: [Grants.authorizationCode, Grants.refreshToken]
    }).pipe((server) => Layer.provide(server, Layer.succeed(GrantStore.GrantStore, store)))

  it.effect("the client has gone, and its code with it", () =>
    Effect.gen(function* () {
      const clients = yield* ClientStore.ClientStore
      const code = yield* codeFor()
      yield* clients.remove(testClient("confidential").clientId)
      assert.strictEqual((yield* exchange(code)).status, 401)
    }).pipe(Effect.provide(server))
  )

  it.effect("the client may no longer use the grant", () =>
    Effect.gen(function* () {
      const clients = yield* ClientStore.ClientStore
      const code = yield* codeFor()
      yield* clients.put({ ...testClient("confidential"), grantTypes: ["client_credentials"] })
      assert.strictEqual(errorOf(yield* exchange(code))[0], "unauthorized_client")
    }).pipe(Effect.provide(server))
  )
})
