/**
 * The defects of aioauth that a library can have (D1 to D44 of the study that
 * this library began with; `docs/aioauth.md` has them all). Each test would fail
 * on what aioauth does.
 */
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import {
  AuthorizationEndpoint,
  AuthorizationRequest,
  AuthorizationServer,
  Client,
  ClientStore,
  GrantStore,
  Grants,
  OAuthRequest,
  type ResponseType,
  ResponseTypes,
  Secret,
  Storage,
  TokenEndpoint
} from "effect-oauth"
import {
  ada,
  approved,
  asConfidential,
  asPost,
  asService,
  atOnce,
  authorizationParameters,
  Browser,
  codeFor,
  errorOf,
  exchange,
  introspect,
  isActive,
  parameter,
  redirectOf,
  refresh,
  register,
  revoke,
  serverForRaceOf,
  serverWith,
  signInAndConsent,
  text,
  token,
  tokensFor,
  tokensIn,
  validate,
  verifier
} from "../support/Flow.ts"
import {
  basic,
  clients,
  issuer,
  layerNoStorage,
  redirectUri,
  send,
  layer as server
} from "../support/TestServer.ts"

const storage = Storage.layerMemoryWith({ clients })
const errorUri = (error: string) => `https://docs.example/${error}`

const authorize = (parameters: Record<string, string | undefined>) =>
  send({ path: "/authorize", query: authorizationParameters(parameters) })

/** What fails in a way that nobody foresaw. */
const crashing = layerNoStorage.pipe(
  Layer.provideMerge(
    Layer.succeed(ClientStore.ClientStore, {
      find: () => Effect.die(new Error("boom")),
      put: () => Effect.void,
      remove: () => Effect.succeed("Unknown" as const)
    })
  ),
  Layer.provideMerge(storage)
)

describe("aioauth's defects: errors", () => {
  it.effect("D1: an error has error, error_description and error_uri, by those names", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type: "unheard-of" }, asService)
      assert.deepStrictEqual(response.json(), {
        error: "unsupported_grant_type",
        error_description: "The grant type is not supported",
        error_uri: "https://docs.example/unsupported_grant_type"
      })
    }).pipe(Effect.provide(serverWith({ errorUri })), Effect.provide(storage))
  )

  it.effect("D2: nothing redirects to a URI that no client registered, whatever is wrong", () =>
    Effect.gen(function* () {
      const redirect_uri = "https://evil.example/"
      const parameters = [
        { redirect_uri, response_type: undefined },
        { redirect_uri, response_type: "unheard-of", client_id: "unknown" },
        { redirect_uri, response_type: "unheard-of" },
        { redirect_uri, scope: '"' },
        { redirect_uri, client_id: undefined }
      ]
      for (const wrong of parameters) {
        const response = yield* authorize(wrong)
        assert.strictEqual(response.status, 400)
        assert.notProperty(response.headers, "location")
      }
    }).pipe(Effect.provide(server))
  )

  it.effect("D2: nor if the server is unavailable", () =>
    Effect.gen(function* () {
      const response = yield* authorize({ redirect_uri: "https://evil.example/" })
      assert.strictEqual(response.status, 503)
      assert.notProperty(response.headers, "location")
    }).pipe(Effect.provide(serverWith({ available: Effect.succeed(false) })), Effect.provide(storage))
  )

  it.effect("D2: nor if the request came in clear text", () =>
    Effect.gen(function* () {
      const response = yield* authorize({ redirect_uri: "https://evil.example/" })
      assert.strictEqual(response.status, 400)
      assert.notProperty(response.headers, "location")
    }).pipe(Effect.provide(serverWith({ issuer: "https://auth.example.com" })), Effect.provide(storage))
  )

  it.effect("D23: error_uri is the same page, in a redirect and in JSON", () =>
    Effect.gen(function* () {
      const redirected = redirectOf(yield* authorize({ scope: "unheard-of" })).query
      const json = (yield* token({ grant_type: "client_credentials", scope: "unheard-of" }, asService)).json()
      assert.strictEqual(redirected.error_uri, "https://docs.example/invalid_scope")
      assert.strictEqual(json.error_uri, redirected.error_uri)
    }).pipe(Effect.provide(serverWith({ errorUri })), Effect.provide(storage))
  )

  it.effect("D24: server_error is a 500", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type: "client_credentials" }, asService)
      assert.strictEqual(response.status, 500)
      assert.strictEqual(response.json().error, "server_error")
    }).pipe(Effect.provide(crashing))
  )

  it.effect("D24: temporarily_unavailable is a 503, with Retry-After", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type: "client_credentials" }, asService)
      assert.strictEqual(response.status, 503)
      assert.strictEqual(response.json().error, "temporarily_unavailable")
      assert.match(text(response.headers["retry-after"]), /^\d+$/)
    }).pipe(Effect.provide(serverWith({ available: Effect.succeed(false) })), Effect.provide(storage))
  )
})

layer(server)("aioauth's defects: the authorization endpoint", (it) => {
  it.effect("D13: a token is never in the query, even if the client asks for it", () =>
    Effect.gen(function* () {
      for (const response_type of ["token", "code token"]) {
        const { fragment, query } = redirectOf(yield* authorize({ response_type, response_mode: "query" }))
        assert.deepStrictEqual(query, {})
        assert.strictEqual(fragment.error, "invalid_request")
      }
    })
  )

  it.effect("D14: without a response_mode the answer is there, in its place", () =>
    Effect.gen(function* () {
      const { fragment } = redirectOf(yield* signInAndConsent({ parameters: { response_type: "token" } }))
      assert.isString(fragment.access_token)
      assert.strictEqual(fragment.state, "af0ifjsldkj")
    })
  )

  it.effect("D14: id_token, for now, is refused in words, with the state", () =>
    Effect.gen(function* () {
      const { query } = redirectOf(yield* authorize({ response_type: "id_token", nonce: "1" }))
      assert.strictEqual(query.error, "unsupported_response_type")
      assert.strictEqual(query.state, "af0ifjsldkj")
    })
  )

  it.effect("D15: none keeps the state", () =>
    Effect.gen(function* () {
      const { query } = redirectOf(yield* signInAndConsent({ parameters: { response_type: "none" } }))
      assert.strictEqual(query.state, "af0ifjsldkj")
    })
  )

  it.effect("D15: none goes with nothing else", () =>
    Effect.gen(function* () {
      const { query } = redirectOf(yield* authorize({ response_type: "none code" }))
      assert.strictEqual(query.error, "unsupported_response_type")
    })
  )

  it.effect("D16: an error goes into the fragment, if the answer would have gone there", () =>
    Effect.gen(function* () {
      for (const response_type of ["token", "code token"]) {
        const { fragment, query } = redirectOf(yield* authorize({ response_type, scope: "unheard-of" }))
        assert.deepStrictEqual(query, {})
        assert.strictEqual(fragment.error, "invalid_scope")
      }
    })
  )

  it.effect("D22: a response type that the client may not use is unauthorized_client", () =>
    Effect.gen(function* () {
      const { fragment } = redirectOf(yield* authorize({ client_id: "post", response_type: "token" }))
      assert.strictEqual(fragment.error, "unauthorized_client")
    })
  )

  it.effect("D26: implicit gives no refresh token", () =>
    Effect.gen(function* () {
      const { parameters } = yield* approved({ response_type: "token" })
      assert.notProperty(parameters, "refresh_token")
    })
  )

  it.effect("D31: an empty response_type is one that is missing", () =>
    Effect.gen(function* () {
      const { query } = redirectOf(
        yield* send({
          path: "/authorize",
          query: { ...authorizationParameters(), response_type: "" }
        })
      )
      assert.strictEqual(query.error, "invalid_request")
      assert.strictEqual(query.error_description, "The parameter response_type is missing")
    })
  )

  it.effect("D31: two spaces in a scope are forgiven", () =>
    Effect.gen(function* () {
      const { request } = yield* validate({ scope: "read  write" })
      assert.strictEqual<string>(request.scope, "read write")
    })
  )

  it.effect("D32: the registered redirect URI stays as it is, to the character", () =>
    Effect.gen(function* () {
      const uri = "https://ok.example/p;x=1?a=&b=1&b=2"
      yield* register({ client_id: "exact", redirect_uris: [uri] })
      const response = yield* authorize({ client_id: "exact", redirect_uri: uri, scope: "unheard-of" })
      assert.isTrue(text(response.headers.location).startsWith(`${uri}&error=invalid_scope&`))
    })
  )

  it.effect("D39: an unknown parameter is ignored", () =>
    Effect.gen(function* () {
      const response = yield* authorize({ resource: "https://api.example", unheard_of: "1" })
      assert.strictEqual(response.status, 200)
      const issued = yield* token(
        { grant_type: "client_credentials", resource: "https://api.example" },
        asService
      )
      assert.strictEqual(issued.status, 200)
    })
  )

  it.effect("D40: a denial keeps the state", () =>
    Effect.gen(function* () {
      const { query } = redirectOf(yield* signInAndConsent({ decision: "deny" }))
      assert.strictEqual(query.error, "access_denied")
      assert.strictEqual(query.state, "af0ifjsldkj")
    })
  )

  it.effect("D41: a validated request is plain data, which survives JSON", () =>
    Effect.gen(function* () {
      const { request } = yield* validate()
      const Json = Schema.fromJsonString(AuthorizationRequest.AuthorizationRequest)
      const kept = Schema.encodeSync(Json)(request)
      const response = yield* AuthorizationEndpoint.approve(Schema.decodeSync(Json)(kept), ada)
      assert.strictEqual((yield* exchange(parameter(response, "code"))).status, 200)
    })
  )

  it.effect("D43: a POST has its parameters in the body", () =>
    Effect.gen(function* () {
      const page = yield* new Browser().open({ path: "/authorize", form: authorizationParameters() })
      assert.strictEqual(page.status, 200)
      assert.include(page.body, "/authorize/sign-in")
    })
  )

  // @covers rfc9207-2-a
  it.effect("D44: iss is on every answer, and on every error (RFC 9207 §2)", () =>
    Effect.gen(function* () {
      for (const response_type of ["code", "none"]) {
        const { query } = redirectOf(yield* signInAndConsent({ parameters: { response_type } }))
        assert.strictEqual(query.iss, issuer)
      }
      const { fragment } = redirectOf(
        yield* signInAndConsent({ parameters: { response_type: "code token" } })
      )
      assert.strictEqual(fragment.iss, issuer)
      assert.strictEqual(redirectOf(yield* signInAndConsent({ decision: "deny" })).query.iss, issuer)
      assert.strictEqual(redirectOf(yield* authorize({ scope: "unheard-of" })).query.iss, issuer)
    })
  )
})

layer(server)("aioauth's defects: PKCE", (it) => {
  it.effect("D3: a challenge without a method is plain where plain is allowed, and then enforced", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ code_challenge: verifier, code_challenge_method: undefined })
      assert.strictEqual(errorOf(yield* exchange(code, { code_verifier: undefined }))[0], "invalid_grant")
      assert.strictEqual(
        errorOf(yield* exchange(code, { code_verifier: "a".repeat(43) }))[0],
        "invalid_grant"
      )
      assert.strictEqual((yield* exchange(code)).status, 200)
    })
  )

  it.effect("D9: a verifier where there was no challenge is refused", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "old", require_pkce: false })
      const code = yield* codeFor({
        client_id: "old",
        code_challenge: undefined,
        code_challenge_method: undefined
      })
      assert.strictEqual(errorOf(yield* exchange(code, {}, ["old", "another-secret"]))[0], "invalid_grant")
    })
  )

  it.effect("D22: a verifier that does not fit is invalid_grant", () =>
    Effect.gen(function* () {
      const response = yield* exchange(yield* codeFor(), { code_verifier: "a".repeat(43) })
      assert.strictEqual(errorOf(response)[0], "invalid_grant")
    })
  )

  it.effect("D44: the metadata says which methods there are", () =>
    Effect.gen(function* () {
      const metadata = (yield* send({ path: "/.well-known/oauth-authorization-server" })).json()
      assert.deepStrictEqual(metadata.code_challenge_methods_supported, ["S256", "plain"])
      assert.strictEqual(metadata.authorization_response_iss_parameter_supported, true)
    })
  )
})

describe("aioauth's defects: PKCE", () => {
  it.effect("D3: a challenge without a method is refused unless plain is allowed", () =>
    Effect.gen(function* () {
      const { query } = redirectOf(
        yield* authorize({ code_challenge: verifier, code_challenge_method: undefined })
      )
      assert.strictEqual(query.error, "invalid_request")
      assert.strictEqual(query.error_description, "Transform algorithm not supported")
    }).pipe(Effect.provide(serverWith({ pkce: { methods: ["S256"] } })), Effect.provide(storage))
  )
})

layer(server)("aioauth's defects: codes and refresh tokens", (it) => {
  it.effect("D4: a code is bound to its redirect URI, and not to any that the client registered", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ client_id: "post" })
      const response = yield* exchange(
        code,
        { ...asPost, redirect_uri: "https://client.example/other" },
        null
      )
      assert.strictEqual(errorOf(response)[0], "invalid_grant")
    })
  )

  it.effect("D7: a code that comes twice revokes what the first one got", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      const { accessToken, refreshToken } = tokensIn(yield* exchange(code))
      yield* exchange(code)
      assert.isFalse(yield* isActive(accessToken))
      assert.isFalse(yield* isActive(refreshToken))
    })
  )

  it.effect("D7: a refresh token that comes back revokes its descendants", () =>
    Effect.gen(function* () {
      const first = yield* tokensFor()
      const second = tokensIn(yield* refresh(first.refreshToken))
      yield* TestClock.adjust("31 seconds")
      assert.strictEqual(errorOf(yield* refresh(first.refreshToken))[0], "invalid_grant")
      assert.isFalse(yield* isActive(second.refreshToken))
      assert.isFalse(yield* isActive(second.accessToken))
    })
  )

  it.effect("D21: a refresh that asks for more than was granted is invalid_scope", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor({ scope: "read" })
      assert.strictEqual(errorOf(yield* refresh(refreshToken, { scope: "write" }))[0], "invalid_scope")
    })
  )

  it.effect("D21: a scope comes back in the order that it was asked for in", () =>
    Effect.gen(function* () {
      for (const scope of ["read write", "write read"]) {
        const response = yield* exchange(yield* codeFor({ scope }))
        assert.strictEqual(response.json().scope, scope)
        const refreshed = yield* refresh(tokensIn(response).refreshToken)
        assert.strictEqual(refreshed.json().scope, scope)
      }
    })
  )

  it.effect("D22: a wrong password is invalid_grant", () =>
    Effect.gen(function* () {
      const response = yield* token(
        { grant_type: "password", username: "ada", password: "wrong" },
        asConfidential
      )
      assert.strictEqual(errorOf(response)[0], "invalid_grant")
    })
  )

  it.effect("D27: client credentials give no refresh token", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type: "client_credentials" }, asConfidential)
      assert.strictEqual(response.status, 200)
      assert.notProperty(response.json(), "refresh_token")
    })
  )

  it.effect("D28: when the person signed in is one thing, when the code was issued another", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 hour")
      // Signed in an hour ago: no reason for the code to be old.
      const code = yield* codeFor({}, { authenticatedAt: 1 })
      const { accessToken } = tokensIn(yield* exchange(code))
      const store = yield* GrantStore.GrantStore
      const record = yield* Effect.flatMap(
        store.findAccessToken(Secret.hash(Redacted.make(accessToken))),
        Effect.fromOption
      )
      assert.strictEqual(record.grant.authenticatedAt, 1)
    })
  )
})

describe("aioauth's defects: races", () => {
  it.effect("D5: of ten requests with one code, one succeeds", () =>
    Effect.gen(function* () {
      const responses = yield* atOnce(10, exchange(yield* codeFor()))
      assert.strictEqual(responses.filter((response) => response.status === 200).length, 1)
    }).pipe(Effect.provide(serverForRaceOf(10, "findCode")))
  )

  it.effect("D6: ten requests with one refresh token get one successor", () =>
    Effect.gen(function* () {
      const responses = yield* atOnce(10, refresh((yield* tokensFor()).refreshToken))
      const successors = responses.map((response) => tokensIn(response).refreshToken)
      assert.strictEqual(new Set(successors).size, 1)
    }).pipe(Effect.provide(serverForRaceOf(10, "findRefreshFamily")))
  )

  it.effect(
    "D35: a code that is gone between the look and the redemption is invalid_grant, and no crash",
    () =>
      Effect.gen(function* () {
        const store = yield* GrantStore.GrantStore
        const request = OAuthRequest.make({
          parameters: {
            grant_type: "authorization_code",
            code: yield* codeFor(),
            redirect_uri: redirectUri,
            code_verifier: verifier
          },
          authorization: basic(...asConfidential)
        })
        const server = AuthorizationServer.layer({ issuer, grants: [Grants.authorizationCode] }).pipe(
          Layer.provide(
            Layer.succeed(GrantStore.GrantStore, {
              ...store,
              redeemCode: () => Effect.succeed({ _tag: "Unknown" })
            })
          )
        )
        const error = yield* Effect.flip(TokenEndpoint.handle(request)).pipe(Effect.provide(server))
        assert.strictEqual(error._tag, "InvalidGrant")
      }).pipe(Effect.provide(server))
  )
})

layer(server)("aioauth's defects: client authentication", (it) => {
  it.effect("D10: one client in the header and another in the body is invalid_request", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type: "client_credentials", client_id: "post" }, asService)
      assert.strictEqual(errorOf(response)[0], "invalid_request")
    })
  )

  it.effect("D10: a secret in the header and one in the body is invalid_request, even if one is right", () =>
    Effect.gen(function* () {
      const form = { grant_type: "client_credentials", ...asPost }
      assert.strictEqual(errorOf(yield* token(form, ["post", "wrong"]))[0], "invalid_request")
    })
  )

  it.effect("D11: Basic credentials are form-decoded, and UTF-8", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "a:b", client_secret: Redacted.make("pä %ss+wörd") })
      const response = yield* token({ grant_type: "client_credentials" }, ["a:b", "pä %ss+wörd"])
      assert.strictEqual(response.status, 200)
    })
  )

  it.effect("D12: who has no secret gets no client credentials by sending none", () =>
    Effect.gen(function* () {
      const store = yield* ClientStore.ClientStore
      yield* store.put(Client.make({ client_id: "bare", grant_types: ["client_credentials"], scope: "read" }))
      const grant_type = "client_credentials"
      assert.strictEqual((yield* token({ grant_type }, ["bare", ""])).status, 401)
      const inBody = yield* send({
        path: "/token",
        form: "grant_type=client_credentials&client_id=bare&client_secret="
      })
      assert.strictEqual(inBody.status, 401)
      // A public client names itself, and that is not enough.
      assert.strictEqual(
        (yield* token({ grant_type, client_id: "public" })).json().error,
        "unauthorized_client"
      )
    })
  )

  it.effect("D12: a client cannot be registered with an empty secret, or it is good for nothing", () =>
    Effect.gen(function* () {
      const response = yield* register({ client_id: "empty", client_secret: Redacted.make("") }).pipe(
        Effect.andThen(token({ grant_type: "client_credentials" }, ["empty", ""])),
        Effect.exit
      )
      assert.isFalse(response._tag === "Success" && response.value.status === 200)
    })
  )

  it.effect("D25: WWW-Authenticate is a challenge as RFC 9110 §11.6.1 has it", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type: "client_credentials" }, ["service", "wrong"])
      assert.strictEqual(response.status, 401)
      assert.strictEqual(response.headers["www-authenticate"], 'Basic realm="OAuth", charset="UTF-8"')
    })
  )

  // @covers rfc6749-10.3-a
  it.effect("D36: of a secret, a code and a token the stores have the hash", () =>
    Effect.gen(function* () {
      const clientStore = yield* ClientStore.ClientStore
      const store = yield* GrantStore.GrantStore
      const client = yield* register({ client_id: "hashed", client_secret: Redacted.make("in clear") })
      const registered = yield* Effect.flatMap(clientStore.find(client.clientId), Effect.fromOption)
      assert.notInclude(JSON.stringify(registered), "in clear")
      const code = yield* codeFor()
      const codeRecord = yield* Effect.flatMap(
        store.findCode(Secret.hash(Redacted.make(code))),
        Effect.fromOption
      )
      assert.notInclude(JSON.stringify(codeRecord), code)
      const { accessToken } = tokensIn(yield* exchange(code))
      const record = yield* Effect.flatMap(
        store.findAccessToken(Secret.hash(Redacted.make(accessToken))),
        Effect.fromOption
      )
      assert.notInclude(JSON.stringify(record), accessToken)
    })
  )
})

layer(server)("aioauth's defects: introspection and revocation", (it) => {
  const hints = [undefined, "access_token", "refresh_token", "unheard-of"]

  it.effect("D17: introspection finds a token whatever the hint", () =>
    Effect.gen(function* () {
      const { accessToken, refreshToken } = yield* tokensFor()
      for (const token_type_hint of hints) {
        assert.strictEqual((yield* introspect(accessToken, { token_type_hint })).active, true)
        assert.strictEqual((yield* introspect(refreshToken, { token_type_hint })).active, true)
      }
    })
  )

  it.effect("D18: a refresh token is active though its access token has expired", () =>
    Effect.gen(function* () {
      const { accessToken, refreshToken } = yield* tokensFor()
      yield* TestClock.adjust("1 day")
      assert.isFalse(yield* isActive(accessToken))
      assert.isTrue(yield* isActive(refreshToken))
    })
  )

  it.effect("D19: the response has the members of RFC 7662 §2.2, and no expires_in", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* tokensFor()
      const before = yield* introspect(accessToken)
      assert.containsAllKeys(before, ["exp", "iat", "nbf", "sub", "aud", "iss", "jti", "username"])
      assert.notProperty(before, "expires_in")
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* introspect(accessToken), before)
    })
  )

  it.effect("D19: a request without a token is invalid_request", () =>
    Effect.gen(function* () {
      const response = yield* send({ path: "/introspect", form: "", basic: asService })
      assert.strictEqual(errorOf(response)[0], "invalid_request")
    })
  )

  it.effect("D20: revocation finds a token whatever the hint, and says 200", () =>
    Effect.gen(function* () {
      for (const token_type_hint of hints) {
        const { accessToken, refreshToken } = yield* tokensFor()
        for (const token of [accessToken, refreshToken]) {
          assert.strictEqual((yield* revoke(token, { token_type_hint })).status, 200)
          assert.isFalse(yield* isActive(token))
        }
      }
    })
  )

  it.effect("D37: another client's token is neither shown nor revoked", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "curious" })
      const { accessToken, refreshToken } = yield* tokensFor()
      for (const token of [accessToken, refreshToken]) {
        assert.deepStrictEqual(yield* introspect(token, {}, ["curious", "another-secret"]), { active: false })
        yield* revoke(token, {}, ["curious", "another-secret"])
        assert.isTrue(yield* isActive(token))
      }
    })
  )

  it.effect("D38: a token belongs to the person who consented, and not to whoever fetches it", () =>
    Effect.gen(function* () {
      const { query } = redirectOf(yield* signInAndConsent({}))
      const first = tokensIn(yield* exchange(text(query.code)))
      const refreshed = tokensIn(yield* refresh(first.refreshToken))
      for (const { accessToken } of [first, refreshed]) {
        assert.strictEqual((yield* introspect(accessToken)).sub, "u-1")
      }
    })
  )
})

layer(server)("aioauth's defects: HTTP", (it) => {
  it.effect("D34: a header that is put on one response is on no other", () =>
    Effect.gen(function* () {
      const requests = [
        token({ grant_type: "client_credentials" }, asService),
        token({ grant_type: "unheard-of" }, asService),
        token({ grant_type: "client_credentials" }),
        revoke("unknown"),
        send({ path: "/introspect", form: { token: "unknown" }, basic: asService }),
        send({ path: "/introspect", form: { token: "unknown" } }),
        authorize({}),
        authorize({ scope: "unheard-of" }),
        send({
          method: "OPTIONS",
          path: "/token",
          headers: { origin: "https://app.example.com", "access-control-request-method": "POST" }
        }),
        send({ path: "/.well-known/oauth-authorization-server" })
      ]
      for (const request of requests) {
        const one = yield* request
        Object.assign(one.headers, { "x-mine": "1" })
        assert.notProperty((yield* request).headers, "x-mine")
      }
      for (const request of requests) assert.notProperty((yield* request).headers, "x-mine")
    })
  )

  it.effect("D44: a parameter that is repeated is invalid_request", () =>
    Effect.gen(function* () {
      const response = yield* send({
        path: "/token",
        form: "grant_type=client_credentials&grant_type=client_credentials",
        basic: asService
      })
      assert.strictEqual(errorOf(response)[0], "invalid_request")
      const query = `${new URLSearchParams(authorizationParameters())}&state=other`
      assert.strictEqual(errorOf(yield* send({ path: "/authorize", query }))[0], "invalid_request")
    })
  )

  it.effect("D44: a body that is no form is invalid_request", () =>
    Effect.gen(function* () {
      const response = yield* send({
        path: "/token",
        form: "grant_type=client_credentials",
        basic: asService,
        headers: { "content-type": "application/json" }
      })
      assert.strictEqual(errorOf(response)[0], "invalid_request")
    })
  )
})

describe("aioauth's defects: HTTP", () => {
  const behindProxy = serverWith({ issuer: "https://auth.example.com", trustedProxies: ["10.0.0.1"] })
  const request = (remoteAddress: string) =>
    send({
      path: "/token",
      form: { grant_type: "client_credentials" },
      basic: asService,
      headers: { "x-forwarded-proto": "https" },
      remoteAddress,
      encrypted: false
    })

  it.effect("D33: a proxy that the configuration names may say that the request was encrypted", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* request("10.0.0.1")).status, 200)
    }).pipe(Effect.provide(behindProxy), Effect.provide(storage))
  )

  it.effect("D33: and nobody else", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* request("203.0.113.7")).status, 400)
    }).pipe(Effect.provide(behindProxy), Effect.provide(storage))
  )
})

describe("aioauth's defects: response types of one's own", () => {
  // Stands for the ID token, whose c_hash and at_hash need what was issued beside it.
  const last: ResponseType.ResponseType = {
    name: "last",
    responseMode: "fragment",
    grantType: undefined,
    combines: true,
    keeps: [],
    validate: () => Result.void,
    contribute: ({ grant, soFar }) =>
      Effect.succeed({ parameters: { last: `${grant.subject} ${Object.keys(soFar).join(" ")}` } })
  }
  const server = AuthorizationServer.layer({
    issuer,
    scopes: ["read"],
    grants: [Grants.authorizationCode],
    responseTypes: [ResponseTypes.code, last]
  }).pipe(Layer.provideMerge(storage))

  it.effect("D29: they contribute in one order, and see the person, the code and the token", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "hybrid", response_types: ["code last"] })
      for (const response_type of ["code last", "last code"]) {
        const response = yield* approved({ client_id: "hybrid", response_type, scope: "read" })
        assert.deepStrictEqual(Object.keys(response.parameters), ["code", "last"])
        assert.strictEqual(parameter(response, "last"), "u-1 code")
      }
    }).pipe(Effect.provide(server))
  )
})
