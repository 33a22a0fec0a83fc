/**
 * What aioauth tests, tested of this server: one test for each of its scenarios,
 * under the name that it has there. Where the answer is another on purpose, the
 * name says so; `docs/aioauth.md` says why.
 */
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { AuthorizationResponse, Client, ClientStore, Scope, Storage, TrustedRedirect } from "effect-oauth"
import {
  asConfidential,
  asPost,
  asService,
  authorizationParameters,
  Browser,
  codeFor,
  errorOf,
  exchange,
  type Fields,
  formOf,
  introspect,
  isActive,
  redirectOf,
  refresh,
  register,
  resultOf,
  revoke,
  serverWith,
  signInAndConsent,
  text,
  token,
  tokensFor,
  tokensIn,
  verifier
} from "../support/Flow.ts"
import { clients, issuer, layerNoStorage, redirectUri, send, layer as server } from "../support/TestServer.ts"

const storage = Storage.layerMemoryWith({ clients })

/** A client of the time before PKCE. */
const withoutPkce = { client_id: "old", code_challenge: undefined, code_challenge_method: undefined } as const
const asOld = ["old", "another-secret"] as const
const registerOld = register({ client_id: "old", require_pkce: false })

describe("tests/test_db.py", () => {
  it("storage_class: a store without a verb does not compile", () => {
    const find: ClientStore.ClientStore["Service"]["find"] = () => Effect.succeedNone
    // @ts-expect-error `put` and `remove` are missing
    const store = ClientStore.ClientStore.of({ find })
    assert.notProperty(store, "put")
  })
})

layer(server)("tests/test_utils.py", (it) => {
  it.effect("get_authorization_scheme_param: an empty header is no credentials", () =>
    Effect.gen(function* () {
      for (const authorization of ["", " "]) {
        const response = yield* send({
          path: "/token",
          form: { grant_type: "client_credentials" },
          headers: { "content-type": "application/x-www-form-urlencoded", authorization }
        })
        assert.strictEqual(response.status, 401)
        assert.strictEqual(response.json().error_description, "Client authentication is missing")
      }
    })
  )

  it("list_to_scope, scope_to_list", () => {
    assert.strictEqual<string>(Scope.fromTokens(["read", "write"]), "read write")
    assert.strictEqual<string>(Scope.fromTokens([]), "")
    assert.deepStrictEqual(Scope.tokens(resultOf(Scope.parse("read write"))), ["read", "write"])
    assert.deepStrictEqual(Scope.tokens(resultOf(Scope.parse(""))), [])
  })

  it("build_uri: the answer goes after what is there", () => {
    const uri = "https://client.example/callback?a=1"
    const redirect = resultOf(
      TrustedRedirect.requireRegistered(Client.make({ client_id: "x", redirect_uris: [uri] }), uri)
    )
    const answer = [["code", "b c"]] as const
    assert.strictEqual(
      AuthorizationResponse.toLocation(redirect, "query", answer),
      "https://client.example/callback?a=1&code=b+c"
    )
    assert.strictEqual(
      AuthorizationResponse.toLocation(redirect, "fragment", answer),
      "https://client.example/callback?a=1#code=b+c"
    )
  })

  it.effect.each([
    "Basic ",
    btoa("confidential:secret"),
    `Basic ${btoa("confidential")}`,
    "Basic not base64",
    "Basic %"
  ])("decode_auth_headers: %j is invalid_client", (authorization) =>
    Effect.gen(function* () {
      const response = yield* send({
        path: "/token",
        form: { grant_type: "client_credentials" },
        headers: { "content-type": "application/x-www-form-urlencoded", authorization }
      })
      assert.strictEqual(response.status, 401)
      assert.strictEqual(response.json().error, "invalid_client")
    })
  )
})

describe("tests/test_utils.py, error_uri", () => {
  it.effect("base_error_uri: the page about the error", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type: "unheard-of" }, asService)
      assert.strictEqual(response.json().error_uri, "https://docs.example/errors/unsupported_grant_type")
    }).pipe(
      Effect.provide(serverWith({ errorUri: (error) => `https://docs.example/errors/${error}` })),
      Effect.provide(storage)
    )
  )
})

describe("tests/test_endpoint.py, a server that breaks", () => {
  const crashing = layerNoStorage.pipe(
    Layer.provideMerge(
      Layer.succeed(ClientStore.ClientStore, {
        find: () => Effect.die(new Error("the secret is hunter2")),
        put: () => Effect.void,
        remove: () => Effect.succeed("Unknown" as const)
      })
    ),
    Layer.provideMerge(storage)
  )

  it.effect("internal_server_error: an unexpected error is server_error, and 500 (not 400)", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type: "client_credentials" }, asService)
      assert.strictEqual(response.status, 500)
      assert.strictEqual(response.json().error, "server_error")
      assert.notInclude(response.body, "hunter2")
    }).pipe(Effect.provide(crashing))
  )
})

layer(server)("tests/test_endpoint.py", (it) => {
  it.effect("invalid_token: an unknown token is not active", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* introspect("invalid token"), { active: false })
    })
  )

  it.effect("expired_token: an expired access token is not active", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* tokensFor()
      yield* TestClock.adjust("599 seconds")
      assert.isTrue(yield* isActive(accessToken))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* introspect(accessToken), { active: false })
    })
  )

  it.effect("valid_token: a refresh token without a hint is active", () =>
    Effect.gen(function* () {
      assert.isTrue(yield* isActive((yield* tokensFor()).refreshToken))
    })
  )

  it.effect(
    "introspect_revoked_token: the refresh token that was used is inactive (the access token lives on)",
    () =>
      Effect.gen(function* () {
        const { accessToken, refreshToken } = yield* tokensFor()
        yield* refresh(refreshToken)
        assert.isFalse(yield* isActive(refreshToken))
        assert.isTrue(yield* isActive(accessToken))
      })
  )

  it.effect("introspect with a wrong client secret, and without one", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* tokensFor()
      for (const sent of [{ basic: ["confidential", "wrong"] as const }, {}]) {
        const response = yield* send({ path: "/introspect", form: { token: accessToken }, ...sent })
        assert.strictEqual(response.status, 401)
        assert.strictEqual(response.json().error, "invalid_client")
      }
    })
  )

  it.effect("revoke_refresh_token, revoke_access_token: 200 (not 204), and inactive", () =>
    Effect.gen(function* () {
      const { accessToken, refreshToken } = yield* tokensFor()
      for (const token of [accessToken, refreshToken]) {
        assert.isTrue(yield* isActive(token))
        assert.strictEqual((yield* revoke(token)).status, 200)
        assert.isFalse(yield* isActive(token))
      }
    })
  )

  it.effect("revoke without a client secret: a public client may", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ client_id: "public" })
      const { refreshToken } = tokensIn(yield* exchange(code, { client_id: "public" }, null))
      assert.strictEqual((yield* revoke(refreshToken, { client_id: "public" }, null)).status, 200)
      assert.isFalse(yield* isActive(refreshToken))
    })
  )

  it.effect("revoke with a wrong client secret: 401", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      assert.strictEqual((yield* revoke(refreshToken, {}, ["confidential", "wrong"])).status, 401)
      assert.isTrue(yield* isActive(refreshToken))
    })
  )
})

describe("tests/test_endpoint.py, a server that is not available", () => {
  it.effect("endpoint_availability: temporarily_unavailable, everywhere, and 503 (not 400)", () =>
    Effect.gen(function* () {
      const responses = yield* Effect.all([
        token({ grant_type: "client_credentials" }, asService),
        send({ path: "/introspect", form: { token: "x" }, basic: asService }),
        revoke("x"),
        send({ path: "/authorize", query: authorizationParameters() })
      ])
      for (const response of responses) {
        assert.strictEqual(response.status, 503)
        assert.strictEqual(response.json().error, "temporarily_unavailable")
        assert.strictEqual(response.headers["retry-after"], "60")
        assert.notProperty(response.headers, "location")
      }
    }).pipe(Effect.provide(serverWith({ available: Effect.succeed(false) })), Effect.provide(storage))
  )
})

describe("tests/test_request_validator.py, TLS", () => {
  it.effect("insecure_transport_error: told to whoever sent it, and no redirect", () =>
    Effect.gen(function* () {
      const responses = yield* Effect.all([
        send({ path: "/authorize", query: authorizationParameters() }),
        token({ grant_type: "client_credentials" }, asService)
      ])
      for (const response of responses) {
        assert.strictEqual(response.status, 400)
        assert.notProperty(response.headers, "location")
        assert.deepStrictEqual(response.json(), {
          error: "invalid_request",
          error_description: "The request came in clear text; TLS is required"
        })
      }
      const encrypted = yield* send({ path: "/authorize", query: authorizationParameters(), encrypted: true })
      assert.strictEqual(encrypted.status, 200)
    }).pipe(Effect.provide(serverWith({ issuer: "https://auth.example.com" })), Effect.provide(storage))
  )

  it.effect("insecure_transport_error: unless it is allowed", () =>
    Effect.gen(function* () {
      const response = yield* send({ path: "/authorize", query: authorizationParameters() })
      assert.strictEqual(response.status, 200)
    }).pipe(
      Effect.provide(serverWith({ issuer: "http://auth.example.com", allowHttp: true })),
      Effect.provide(storage)
    )
  )
})

layer(server)("tests/test_request_validator.py", (it) => {
  it.effect("allowed_methods: DELETE is 405", () =>
    Effect.gen(function* () {
      for (const [path, allow] of [
        ["/authorize", "GET, POST"],
        ["/token", "POST"],
        ["/introspect", "POST"],
        ["/revoke", "POST"]
      ] as const) {
        const response = yield* send({ method: "DELETE", path })
        assert.strictEqual(response.status, 405)
        assert.strictEqual(response.headers.allow, allow)
      }
    })
  )

  it.effect("invalid_client_credentials: 401", () =>
    Effect.gen(function* () {
      const response = yield* exchange(yield* codeFor(), {}, ["confidential", "wrong"])
      assert.strictEqual(response.status, 401)
      assert.strictEqual(response.json().error, "invalid_client")
    })
  )

  it.effect("invalid_scope", () =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type: "client_credentials", scope: "test test" }, asService)
      assert.strictEqual(errorOf(response)[0], "invalid_scope")
    })
  )

  it.effect("invalid_grant_type: unauthorized_client", () =>
    Effect.gen(function* () {
      const response = yield* exchange("any", {}, asService)
      assert.strictEqual(errorOf(response)[0], "unauthorized_client")
    })
  )

  it.effect("invalid_response_type: unauthorized_client (not unsupported_response_type)", () =>
    Effect.gen(function* () {
      const response = yield* send({
        path: "/authorize",
        query: authorizationParameters({ client_id: "post", response_type: "token" })
      })
      assert.strictEqual(redirectOf(response).fragment.error, "unauthorized_client")
    })
  )

  it.effect("anonymous_user: nobody is signed in, and the page asks who it is (no 302)", () =>
    Effect.gen(function* () {
      const page = yield* new Browser().authorize()
      assert.strictEqual(page.status, 200)
      assert.strictEqual(formOf(page).action, "/authorize/sign-in")
    })
  )

  it.effect("expired_authorization_code: invalid_grant", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      yield* TestClock.adjust("60 seconds")
      assert.deepStrictEqual(errorOf(yield* exchange(code)), ["invalid_grant", "The code has expired"])
    })
  )

  it.effect("expired_refresh_token: invalid_grant", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      yield* TestClock.adjust("30 days")
      assert.deepStrictEqual(errorOf(yield* refresh(refreshToken)), [
        "invalid_grant",
        "The refresh token has expired"
      ])
    })
  )
})

layer(server)("tests/test_grant_type.py", (it) => {
  it.effect("refresh_token_grant_type: the old one is replaced, the scope kept, a second use refused", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor({ scope: "read" })
      const response = yield* refresh(refreshToken)
      assert.strictEqual(response.json().scope, "read")
      assert.notStrictEqual(tokensIn(response).refreshToken, refreshToken)
      yield* TestClock.adjust("31 seconds")
      assert.strictEqual(errorOf(yield* refresh(refreshToken))[0], "invalid_grant")
    })
  )
})

layer(server)("tests/test_flow.py", (it) => {
  const wholeFlow = Effect.fnUntraced(function* (pkce: Fields) {
    const answer = yield* signInAndConsent({ parameters: pkce })
    const { query } = redirectOf(answer)
    assert.strictEqual(query.state, "af0ifjsldkj")
    const code = text(query.code)
    const first = tokensIn(yield* exchange(code))
    const second = tokensIn(yield* refresh(first.refreshToken))
    assert.isFalse(yield* isActive(first.refreshToken))
    assert.isTrue(yield* isActive(second.accessToken))
    assert.strictEqual((yield* revoke(second.refreshToken)).status, 200)
    for (const token of [first.accessToken, second.accessToken, second.refreshToken]) {
      assert.isFalse(yield* isActive(token))
    }
    // The code is spent.
    assert.strictEqual(errorOf(yield* exchange(code))[0], "invalid_grant")
  })

  it.effect("code_flow_plain_code_challenge: code, refresh, revocation", () =>
    wholeFlow({ code_challenge: verifier, code_challenge_method: "plain" })
  )

  it.effect("code_flow_pkce_code_challenge: the same with S256", () => wholeFlow({}))

  it.effect("implicit_flow: an access token in the fragment, never a refresh token", () =>
    Effect.gen(function* () {
      const { fragment, query } = redirectOf(
        yield* signInAndConsent({ parameters: { response_type: "token" } })
      )
      assert.deepStrictEqual(query, {})
      assert.deepStrictEqual(Object.keys(fragment), [
        "access_token",
        "token_type",
        "expires_in",
        "scope",
        "state",
        "iss"
      ])
      assert.isTrue(yield* isActive(text(fragment.access_token)))
    })
  )

  const person = { grant_type: "password", username: "ada", password: "lovelace" }

  it.effect("password_grant_type: with a secret", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* token(person, asConfidential)).status, 200)
    })
  )

  it.effect("password_grant_type_without_client_secret: a public client names itself in the body", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* token({ ...person, client_id: "public" })).status, 200)
    })
  )

  it.effect(
    "password_grant_type_without_client_secret_using_basic_auth: `none` is not Basic without a secret",
    () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* token(person, ["public", ""])).status, 401)
      })
  )

  it.effect("authorization_code_flow: without PKCE, for a client that is registered so", () =>
    Effect.gen(function* () {
      yield* registerOld
      const answer = yield* signInAndConsent({ parameters: withoutPkce })
      const response = yield* exchange(
        text(redirectOf(answer).query.code),
        { code_verifier: undefined },
        asOld
      )
      assert.strictEqual(response.status, 200)
    })
  )

  it.effect("authorization_code_flow_credentials_in_post", () =>
    Effect.gen(function* () {
      const answer = yield* signInAndConsent({ parameters: { client_id: "post" } })
      const response = yield* exchange(text(redirectOf(answer).query.code), asPost, null)
      assert.strictEqual(response.status, 200)
    })
  )

  it.effect("client_credentials_flow: post and auth header", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* token({ grant_type: "client_credentials" }, asService)).status, 200)
      assert.strictEqual((yield* token({ grant_type: "client_credentials", ...asPost })).status, 200)
    })
  )

  it.effect.each(["code token", "token code"])(
    "multiple_response_types: %s in the fragment",
    (response_type) =>
      Effect.gen(function* () {
        const { fragment, query } = redirectOf(yield* signInAndConsent({ parameters: { response_type } }))
        assert.deepStrictEqual(query, {})
        assert.isTrue(yield* isActive(text(fragment.access_token)))
        assert.strictEqual((yield* exchange(text(fragment.code))).status, 200)
      })
  )

  it.effect("response_type_none: no code and no token, but state and iss", () =>
    Effect.gen(function* () {
      const { fragment, query } = redirectOf(
        yield* signInAndConsent({ parameters: { response_type: "none" } })
      )
      assert.deepStrictEqual(query, { state: "af0ifjsldkj", iss: issuer })
      assert.deepStrictEqual(fragment, {})
    })
  )

  it.effect.each([undefined, "query", "fragment", "form_post"])(
    "response_type_id_token: not yet (response_mode %s), and the client hears of it",
    (response_mode) =>
      Effect.gen(function* () {
        const response = yield* send({
          path: "/authorize",
          query: authorizationParameters({ response_type: "code token id_token", response_mode, nonce: "1" })
        })
        const { fragment, query } = redirectOf(
          response_mode === "form_post"
            ? {
                ...response,
                headers: { location: `${redirectUri}?${new URLSearchParams(formOf(response).fields)}` }
              }
            : response
        )
        const answer = { ...query, ...fragment }
        assert.strictEqual(answer.error, "unsupported_response_type")
        assert.strictEqual(answer.state, "af0ifjsldkj")
      })
  )
})

layer(server)("tests/oidc/core/test_flow.py", (it) => {
  it.effect("allows_prompt_query_param: prompt is ignored (not yet)", () =>
    Effect.gen(function* () {
      const page = yield* new Browser().authorize({ prompt: "none" })
      assert.strictEqual(page.status, 200)
      assert.strictEqual(formOf(page).action, "/authorize/sign-in")
    })
  )
})

type Needs = Layer.Success<typeof server>

/** `undefined` stands for a parameter that is missing. */
type Case = readonly [name: string, value: string | undefined, error: string]

layer(server)("tests/utils.py check_request_validators: GET /authorize", (it) => {
  const cases: ReadonlyArray<Case> = [
    ["client_id", undefined, "invalid_request, told to the person"],
    ["client_id", "invalid", "invalid_client, told to the person"],
    ["redirect_uri", "invalid", "invalid_request, told to the person"],
    ["response_type", undefined, "invalid_request"],
    ["response_type", "invalid", "unsupported_response_type"],
    ["response_mode", "invalid", "invalid_request"],
    ["scope", "invalid", "invalid_scope"],
    ["code_challenge", undefined, "invalid_request"],
    ["code_challenge", "invalid", "invalid_request"],
    ["code_challenge_method", "invalid", "invalid_request"]
  ]

  it.effect.each(cases)("%s = %s is %s", ([name, value, expected]) =>
    Effect.gen(function* () {
      const response = yield* send({ path: "/authorize", query: authorizationParameters({ [name]: value }) })
      const [error, ...toPerson] = expected.split(", ")
      if (toPerson.length > 0) {
        assert.strictEqual(response.status, 400)
        assert.strictEqual(response.json().error, error)
      } else {
        assert.strictEqual(response.status, 302)
        assert.strictEqual(redirectOf(response).query.error, error)
      }
    })
  )
})

layer(server)("tests/utils.py check_request_validators: POST /token", (it) => {
  const flows: Record<
    string,
    { readonly form: () => Effect.Effect<Fields, unknown, Needs>; readonly cases: ReadonlyArray<Case> }
  > = {
    authorization_code: {
      form: () =>
        Effect.map(codeFor({ client_id: "post" }), (code) => ({
          ...asPost,
          code,
          redirect_uri: redirectUri,
          code_verifier: verifier
        })),
      cases: [
        ["grant_type", undefined, "invalid_request"],
        ["grant_type", "invalid", "unsupported_grant_type"],
        ["client_id", undefined, "invalid_client"],
        ["client_id", "invalid", "invalid_client"],
        ["client_secret", undefined, "invalid_client"],
        ["client_secret", "invalid", "invalid_client"],
        ["redirect_uri", undefined, "invalid_request"],
        ["redirect_uri", "invalid", "invalid_grant"],
        ["code", undefined, "invalid_request"],
        ["code", "invalid", "invalid_grant"],
        ["code_verifier", undefined, "invalid_grant"],
        ["code_verifier", "invalid", "invalid_grant"]
      ]
    },
    refresh_token: {
      form: () =>
        Effect.gen(function* () {
          const response = yield* exchange(yield* codeFor({ client_id: "post" }), asPost, null)
          return { ...asPost, refresh_token: tokensIn(response).refreshToken }
        }),
      cases: [
        ["client_secret", "invalid", "invalid_client"],
        ["refresh_token", undefined, "invalid_request"],
        ["refresh_token", "invalid", "invalid_grant"],
        ["scope", "invalid", "invalid_scope"]
      ]
    },
    client_credentials: {
      form: () => Effect.succeed(asPost),
      cases: [
        ["client_secret", undefined, "invalid_client"],
        ["client_secret", "invalid", "invalid_client"],
        ["scope", "invalid", "invalid_scope"]
      ]
    },
    password: {
      form: () => Effect.succeed({ client_id: "public", username: "ada", password: "lovelace" }),
      cases: [
        ["username", undefined, "invalid_request"],
        ["username", "invalid", "invalid_grant"],
        ["password", undefined, "invalid_request"],
        ["password", "invalid", "invalid_grant"],
        ["client_id", "invalid", "invalid_client"],
        ["scope", "invalid", "invalid_scope"]
      ]
    }
  }

  for (const [grant_type, { cases, form }] of Object.entries(flows)) {
    it.effect(`${grant_type}: as it is, it succeeds`, () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* token({ grant_type, ...(yield* form()) })).status, 200)
      })
    )

    for (const [name, value, expected] of cases) {
      it.effect(`${grant_type}: ${name} = ${value} is ${expected}`, () =>
        Effect.gen(function* () {
          const response = yield* token({ grant_type, ...(yield* form()), [name]: value })
          assert.strictEqual(response.status, expected === "invalid_client" ? 401 : 400)
          assert.strictEqual(response.json().error, expected)
        })
      )
    }
  }
})
