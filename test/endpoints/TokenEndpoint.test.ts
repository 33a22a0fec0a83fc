import { assert, describe, it, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import {
  AuthenticateClient,
  ClientAuthenticationMethod,
  ClientStore,
  clientSecretBasic,
  Grant,
  OAuthError,
  OAuthRequest,
  StorageError,
  TokenEndpoint
} from "effect-oauth"
import {
  asConfidential,
  asPost,
  asService,
  audited,
  codeFor,
  exchange,
  register,
  token,
  tokensFor,
  verifier
} from "../support/Flow.ts"
import { basic, clients, redirectUri, secrets, send, layer as server } from "../support/TestServer.ts"

layer(server)("RFC 6749 §4.1.3, §4.1.4 the example of the RFC", (it) => {
  // @covers rfc6749-3.3-a rfc6749-5.1-a rfc6749-5.1-b rfc6749-5.1-c rfc6749-5.1-e rfc6750-5.3-i
  it.effect("a code becomes an access token and a refresh token", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      const response = yield* exchange(code)
      assert.strictEqual(response.status, 200)
      const body = response.json()
      assert.deepStrictEqual(Object.keys(body), [
        "access_token",
        "token_type",
        "expires_in",
        "scope",
        "refresh_token"
      ])
      assert.strictEqual(body.token_type, "Bearer")
      assert.strictEqual(body.expires_in, 600)
      assert.strictEqual(body.scope, "read write")
    })
  )
})

layer(server)("RFC 6749 §5.1 a successful response", (it) => {
  // @covers rfc6749-5.1-f
  it.effect("is JSON that nobody may keep", () =>
    Effect.gen(function* () {
      const { headers } = yield* token({ grant_type: "client_credentials" }, asService)
      assert.strictEqual(headers["content-type"], "application/json")
      assert.strictEqual(headers["cache-control"], "no-store")
      assert.strictEqual(headers.pragma, "no-cache")
    })
  )

  // @covers rfc6749-10.3-c rfc6749-10.10-a rfc6749-10.10-b rfc6749-10.10-c rfc6750-5.2-a
  it.effect("tokens have 256 bits (RFC 6749 §10.10), and no two are the same", () =>
    Effect.gen(function* () {
      const one = yield* tokensFor()
      const other = yield* tokensFor()
      assert.match(one.accessToken, /^[\w-]{43}$/)
      assert.strictEqual(new Set([...Object.values(one), ...Object.values(other)]).size, 4)
    })
  )

  it.effect("as a value, its secrets are Redacted and its lifetime a Duration", () =>
    Effect.gen(function* () {
      const response = yield* TokenEndpoint.handle(
        OAuthRequest.make({
          parameters: { grant_type: "client_credentials" },
          authorization: basic("service", secrets.service)
        })
      )
      assert.isTrue(Redacted.isRedacted(response.accessToken))
      assert.strictEqual(Duration.toSeconds(response.expiresIn), 600)
      assert.strictEqual<string>(response.scope, "read")
      assert.isUndefined(response.refreshToken)
    })
  )
})

layer(server)("RFC 6749 §3.2 the token request", (it) => {
  // @covers rfc6749-3.2-d
  it.effect("has to be a POST", () =>
    Effect.gen(function* () {
      const response = yield* send({ path: "/token", query: { grant_type: "client_credentials" } })
      assert.strictEqual(response.status, 405)
      assert.strictEqual(response.headers.allow, "POST")
    })
  )

  // @covers rfc6749-2.3.1-f
  it.effect("parameters in the query are not looked at", () =>
    Effect.gen(function* () {
      const response = yield* send({
        method: "POST",
        path: "/token",
        query: { grant_type: "client_credentials" },
        form: "",
        basic: asService
      })
      assert.strictEqual(response.status, 400)
      assert.strictEqual(response.json().error_description, "The parameter grant_type is missing")
    })
  )

  it.effect.each(["application/json", "text/plain", "multipart/form-data", ""])(
    "the content type %j is not a form's",
    (type) =>
      Effect.gen(function* () {
        const response = yield* send({
          path: "/token",
          form: "grant_type=client_credentials",
          basic: asService,
          headers: { "content-type": type }
        })
        assert.strictEqual(response.status, 400)
        assert.strictEqual(response.json().error, "invalid_request")
      })
  )

  it.effect.each([
    "application/x-www-form-urlencoded; charset=UTF-8",
    "Application/X-WWW-Form-Urlencoded",
    "application/x-www-form-urlencoded;charset=utf-8"
  ])("the content type %s is", (type) =>
    Effect.gen(function* () {
      const response = yield* send({
        path: "/token",
        form: "grant_type=client_credentials",
        basic: asService,
        headers: { "content-type": type }
      })
      assert.strictEqual(response.status, 200)
    })
  )

  // @covers rfc6749-3.2-g
  it.effect("a parameter that is repeated is invalid_request", () =>
    Effect.gen(function* () {
      const response = yield* send({
        path: "/token",
        form: "grant_type=client_credentials&scope=read&scope=read",
        basic: asService
      })
      assert.strictEqual(response.status, 400)
      assert.deepStrictEqual(response.json(), {
        error: "invalid_request",
        error_description: "The parameter scope is repeated"
      })
    })
  )

  // @covers rfc6749-3.2-f
  it.effect("an unrecognized parameter is ignored", () =>
    Effect.gen(function* () {
      const response = yield* token(
        { grant_type: "client_credentials", resource: "https://api", x: "1" },
        asService
      )
      assert.strictEqual(response.status, 200)
    })
  )

  // @covers rfc6749-3.2-e
  it.effect("an empty parameter is as if it were omitted", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type: "client_credentials", scope: "" }, asService)
      assert.strictEqual(response.json().scope, "read")
    })
  )
})

const request = (parameters: Record<string, string>, authorization?: string) =>
  Effect.flip(
    TokenEndpoint.handle(
      OAuthRequest.make({ parameters, ...(authorization !== undefined && { authorization }) })
    )
  )

layer(server)("RFC 6749 §5.2 the steps of the endpoint, each before the next", (it) => {
  // @covers rfc6749-4.1.3-a rfc6749-4.3.2-a rfc6749-4.4.2-a rfc6749-6-a
  it.effect("1 parse: a request without grant_type is invalid_request, whoever sends it", () =>
    Effect.gen(function* () {
      const error = yield* request({}, basic("confidential", "wrong"))
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.strictEqual(error.message, "The parameter grant_type is missing")
    })
  )

  it.effect("2 client: a grant type that nobody has does not spare the client its authentication", () =>
    Effect.gen(function* () {
      const error = yield* request({ grant_type: "unheard-of" }, basic("confidential", "wrong"))
      assert.strictEqual(error._tag, "InvalidClient")
    })
  )

  // @covers rfc6749-4.1.3-a rfc6749-4.3.2-a rfc6749-4.4.2-a rfc6749-6-a
  it.effect.each(["unheard-of", "Authorization_Code", "implicit", "__proto__"])(
    "3 grant: %s is unsupported_grant_type",
    (grant_type) =>
      Effect.gen(function* () {
        const error = yield* request({ grant_type }, basic("service", secrets.service))
        assert.strictEqual(error._tag, "UnsupportedGrantType")
      })
  )

  it.effect("4 allowed: a grant type that the client did not register is unauthorized_client", () =>
    Effect.gen(function* () {
      const error = yield* request({ grant_type: "authorization_code" }, basic("service", secrets.service))
      assert.strictEqual(error._tag, "UnauthorizedClient")
    })
  )

  it.effect("5 execute: and only then the grant's own parameters", () =>
    Effect.gen(function* () {
      const error = yield* request(
        { grant_type: "authorization_code" },
        basic("confidential", secrets.confidential)
      )
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.strictEqual(error.message, "The parameter code is missing")
    })
  )
})

// @covers rfc6749-5.1-f rfc6749-5.2-a rfc6749-5.2-c rfc6749-5.2-d
layer(server)("RFC 6749 §5.2 the error response", (it) => {
  it.effect.each([
    ["invalid_request", 400, () => token({}, asService)],
    ["invalid_client", 401, () => token({ grant_type: "client_credentials" })],
    ["invalid_grant", 400, () => exchange("SplxlOBeZQQYbYS6WxSbIA")],
    ["unauthorized_client", 400, () => exchange("SplxlOBeZQQYbYS6WxSbIA", {}, asService)],
    ["unsupported_grant_type", 400, () => token({ grant_type: "unheard-of" }, asService)],
    ["invalid_scope", 400, () => token({ grant_type: "client_credentials", scope: "write" }, asService)]
  ] as const)("%s", ([error, status, respond]) =>
    Effect.gen(function* () {
      const response = yield* respond()
      assert.strictEqual(response.status, status)
      assert.strictEqual(response.headers["content-type"], "application/json")
      assert.strictEqual(response.headers["cache-control"], "no-store")
      assert.strictEqual(response.headers.pragma, "no-cache")
      const body = response.json()
      assert.deepStrictEqual(Object.keys(body), ["error", "error_description"])
      assert.strictEqual(body.error, error)
      assert.match(String(body.error_description), /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/)
      assert.strictEqual("www-authenticate" in response.headers, status === 401)
    })
  )
})

layer(server)("RFC 6749 §2.3.1 client_secret_post at the token endpoint", (it) => {
  it.effect("a whole flow", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ client_id: "post" })
      const response = yield* exchange(code, asPost, null)
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.json().scope, "read")
    })
  )
})

layer(server)("RFC 6749 §3.2.1 a public client at the token endpoint", (it) => {
  it.effect("a whole flow", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ client_id: "public" })
      const response = yield* exchange(code, { client_id: "public" }, null)
      assert.strictEqual(response.status, 200)
    })
  )

  it.effect("on a loopback address, with the port of the moment (RFC 8252 §7.3)", () =>
    Effect.gen(function* () {
      const redirect_uri = "http://127.0.0.1:51004/callback"
      const code = yield* codeFor({ client_id: "public", redirect_uri })
      const other = yield* exchange(
        code,
        { client_id: "public", redirect_uri: "http://127.0.0.1:51005/callback" },
        null
      )
      assert.strictEqual(other.json().error, "invalid_grant")
      const response = yield* exchange(code, { client_id: "public", redirect_uri }, null)
      assert.strictEqual(response.status, 200)
    })
  )
})

describe("a store that does not answer is not a client that is unknown", () => {
  const broken = Layer.succeed(ClientStore.ClientStore, {
    find: () => Effect.fail(new StorageError({ operation: "ClientStore.find", cause: "down" })),
    put: () => Effect.void,
    remove: () => Effect.succeed("Unknown" as const)
  })

  it.effect("it is a StorageError to the very edge", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        AuthenticateClient.authenticateClient(
          OAuthRequest.make({ authorization: basic("confidential", secrets.confidential) })
        )
      )
      assert.strictEqual(error._tag, "StorageError")
    }).pipe(Effect.provide(Layer.mergeAll(broken, ClientAuthenticationMethod.layer([clientSecretBasic]))))
  )
})

describe("the endpoint composes with what a program adds to it", () => {
  const noCodes: Grant.Grant = {
    grantType: "authorization_code",
    execute: () => Effect.fail(new OAuthError.InvalidGrant({ description: "There are no codes here" }))
  }
  const composed = Layer.mergeAll(
    Grant.layer([noCodes]),
    ClientAuthenticationMethod.layer([clientSecretBasic]),
    Layer.succeed(ClientStore.ClientStore, {
      find: (id) => Effect.succeed(Option.fromNullishOr(clients.find((client) => client.clientId === id))),
      put: () => Effect.void,
      remove: () => Effect.succeed("Unknown" as const)
    })
  )

  it.effect("its requirements are those of its steps, and no more", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        TokenEndpoint.handle(
          OAuthRequest.make({
            parameters: { grant_type: "authorization_code", code: "x" },
            authorization: basic("confidential", secrets.confidential)
          })
        )
      )
      assert.strictEqual(error.message, "There are no codes here")
    }).pipe(Effect.provide(composed))
  )
})

layer(server)("audit: TokensIssued", (it) => {
  it.effect("says to whom, for whom and for what, and never the token", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ scope: "read" })
      const { events, value } = yield* audited(exchange(code))
      const [event, ...others] = events
      assert.deepStrictEqual(others, [])
      assert.deepInclude(event, {
        _tag: "TokensIssued",
        clientId: "confidential",
        subject: "u-1",
        scope: "read"
      })
      const written = JSON.stringify(events)
      for (const secret of [
        code,
        verifier,
        String(value.json().access_token),
        String(value.json().refresh_token)
      ]) {
        assert.notInclude(written, secret)
      }
    })
  )

  it.effect("a client that acts for itself has no subject", () =>
    Effect.gen(function* () {
      const { events } = yield* audited(token({ grant_type: "client_credentials" }, asConfidential))
      assert.deepInclude(events[0], { _tag: "TokensIssued", subject: undefined })
    })
  )

  it.effect("a request that is refused issues nothing", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "idle" })
      const { events } = yield* audited(exchange("unknown", { redirect_uri: redirectUri }))
      assert.deepStrictEqual(events, [])
    })
  )
})
