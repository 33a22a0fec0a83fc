import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import {
  AuthorizationEndpoint,
  AuthorizationServer,
  ClientStore,
  Grants,
  OAuthError,
  type ResponseType,
  ResponseTypes,
  Storage,
  StorageError,
  TrustedRedirect
} from "effect-oauth"
import {
  ada,
  challenge,
  type Fields,
  refusalOf,
  register,
  resultOf,
  s256,
  serverWith,
  validate,
  verifier
} from "../support/Flow.ts"
import { clients, issuer, redirectUri, layer as server } from "../support/TestServer.ts"

const storage = Storage.layerMemoryWith({ clients })

const refused = (parameters: Fields) => Effect.flip(validate(parameters))

/** An error of the second phase. */
const redirected = Effect.fnUntraced(function* (parameters: Fields) {
  const error = yield* refused(parameters)
  return error._tag === "AuthorizationError"
    ? error
    : assert.fail(`${error._tag} (${error.message}) cannot be redirected`)
})

const validated = (parameters: Fields) => Effect.map(validate(parameters), ({ request }) => request)

layer(server)("RFC 6749 §4.1.1 the authorization request", (it) => {
  it.effect("becomes plain data", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual<unknown>(yield* validated({ scope: "write read", state: "xyz" }), {
        clientId: "confidential",
        redirectUri,
        redirectUriGiven: true,
        responseType: ["code"],
        responseMode: "query",
        scope: "write read",
        state: "xyz",
        codeChallenge: { challenge, method: "S256" },
        extensions: {}
      })
    })
  )

  it.effect("comes with the client that made it", () =>
    Effect.gen(function* () {
      const { client } = yield* validate()
      assert.strictEqual(client.clientName, "The <Confidential> Client")
    })
  )

  it.effect("may leave out the state", () =>
    Effect.gen(function* () {
      assert.isFalse("state" in (yield* validated({ state: undefined })))
    })
  )

  it.effect("may leave out a redirect URI of which there is one, and says so (RFC 6749 §4.1.3)", () =>
    Effect.gen(function* () {
      const request = yield* validated({ redirect_uri: undefined })
      assert.strictEqual(request.redirectUri, redirectUri)
      assert.isFalse(request.redirectUriGiven)
    })
  )

  // @covers rfc6749-3.1-g
  it.effect("ignores parameters that it does not know", () =>
    Effect.gen(function* () {
      const request = yield* validated({ prompt: "none", resource: "https://api.example" })
      assert.deepStrictEqual(request.extensions, {})
    })
  )
})

// @covers rfc6749-3.1.2.4-b rfc6749-4.1.1-b rfc6749-4.1.2.1-b rfc6749-4.2.1-b rfc6749-4.2.2.1-b
// @covers rfc9700-4.11.2-a
// @covers oidc-core-3.1.2.1-f
layer(server)("RFC 6749 §4.1.2.1 the first phase: an error that cannot be redirected", (it) => {
  it.effect.each([
    ["no client_id", { client_id: undefined }, "InvalidRequest"],
    ["an empty client_id", { client_id: "" }, "InvalidRequest"],
    ["an unknown client", { client_id: "unknown" }, "UnknownClient"],
    ["a client_id that no client could have", { client_id: "\n" }, "UnknownClient"],
    [
      "a redirect URI that is not registered",
      { redirect_uri: "https://evil.example/" },
      "InvalidRedirectUri"
    ],
    ["a redirect URI that is longer", { redirect_uri: `${redirectUri}/more` }, "InvalidRedirectUri"],
    [
      "no redirect URI where there are two",
      { client_id: "post", redirect_uri: undefined },
      "InvalidRedirectUri"
    ],
    [
      "no redirect URI where there is none",
      { client_id: "service", redirect_uri: undefined },
      "InvalidRedirectUri"
    ],
    [
      "an ID token that would go over http, to a client that is no native application",
      { client_id: "public", redirect_uri: "http://127.0.0.1:51004/callback", response_type: "id_token" },
      "InvalidRedirectUri"
    ]
  ] as const)("%s", ([, parameters, tag]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* refused(parameters))._tag, tag)
    })
  )

  // @covers rfc6749-3.1.2.4-b rfc6749-4.1.2.1-b rfc9700-2.1-b rfc9700-4.11.2-a
  it.effect("stays one, whatever else is wrong with the request", () =>
    Effect.gen(function* () {
      const wrong = { response_type: "unheard-of", scope: '"', response_mode: "smoke", code_challenge: "x" }
      assert.strictEqual((yield* refused({ ...wrong, client_id: "unknown" }))._tag, "UnknownClient")
      assert.strictEqual(
        (yield* refused({ ...wrong, redirect_uri: "https://evil.example/" }))._tag,
        "InvalidRedirectUri"
      )
    })
  )

  it.effect("a store that does not answer is not an unknown client", () =>
    Effect.gen(function* () {
      const error = yield* refused({}).pipe(
        Effect.provideService(ClientStore.ClientStore, {
          find: () => Effect.fail(new StorageError({ operation: "ClientStore.find", cause: "down" })),
          put: () => Effect.void,
          remove: () => Effect.succeed("Unknown" as const)
        })
      )
      assert.strictEqual(error._tag, "StorageError")
    })
  )
})

// @covers rfc6749-3.1.1-a rfc6749-3.1.1-b rfc6749-3.1.1-c rfc6749-4.1.1-a rfc6749-4.2.1-a rfc6749-4.2.2.1-h
// @covers rfc6750-5.3-h rfc9700-4.3.2-a
layer(server)("RFC 6749 §4.1.2.1 the second phase: an error for the client", (it) => {
  it.effect.each([
    ["no response_type", { response_type: undefined }, "InvalidRequest"],
    ["an unknown response_type", { response_type: "unheard-of" }, "UnsupportedResponseType"],
    ["id_token, for now", { response_type: "code id_token" }, "UnsupportedResponseType"],
    ["a response_type of spaces", { response_type: "  " }, "UnsupportedResponseType"],
    ["none with another", { response_type: "none code" }, "UnsupportedResponseType"],
    [
      "a response_type that the client did not register",
      { client_id: "post", response_type: "token" },
      "UnauthorizedClient"
    ],
    ["an unknown response_mode", { response_mode: "smoke_signal" }, "InvalidRequest"],
    ["a token in the query", { response_type: "token", response_mode: "query" }, "InvalidRequest"],
    [
      "a token beside a code in the query",
      { response_type: "code token", response_mode: "query" },
      "InvalidRequest"
    ],
    ["a malformed scope", { scope: 'read "write"' }, "InvalidScope"],
    ["a scope that the server does not have", { scope: "read unheard-of" }, "InvalidScope"],
    ["a scope that the client did not register", { scope: "read admin" }, "InvalidScope"],
    ["no code_challenge", { code_challenge: undefined, code_challenge_method: undefined }, "InvalidRequest"],
    ["a method without a challenge", { code_challenge: undefined }, "InvalidRequest"],
    ["an unknown method", { code_challenge_method: "S512" }, "InvalidRequest"],
    ["a malformed challenge", { code_challenge: "short" }, "InvalidRequest"]
  ] as const)("%s", ([, parameters, tag]) =>
    Effect.gen(function* () {
      const { destination, error } = yield* redirected({ state: "xyz", ...parameters })
      assert.strictEqual(error._tag, tag)
      assert.isTrue(TrustedRedirect.is(destination.redirect))
      assert.strictEqual(destination.redirect.uri, redirectUri)
      assert.strictEqual(destination.state, "xyz")
      assert.strictEqual(destination.issuer, issuer)
    })
  )

  it.effect("a response_type is nothing without the grant type that goes with it (RFC 7591 §2.1)", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "half", response_types: ["code", "token"], grant_types: ["implicit"] })
      const { error } = yield* redirected({ client_id: "half" })
      assert.strictEqual(error._tag, "UnauthorizedClient")
      assert.deepStrictEqual((yield* validated({ client_id: "half", response_type: "token" })).responseType, [
        "token"
      ])
    })
  )

  it.effect(
    "a grant type is nothing without the response type, nor two of them without their combination",
    () =>
      Effect.gen(function* () {
        const grant_types = ["authorization_code", "implicit"]
        yield* register({ client_id: "code-only", response_types: ["code"], grant_types })
        yield* register({ client_id: "one-by-one", response_types: ["code", "token"], grant_types })
        for (const parameters of [
          { client_id: "code-only", response_type: "token" },
          { client_id: "code-only", response_type: "none" },
          { client_id: "one-by-one", response_type: "code token" }
        ]) {
          assert.strictEqual((yield* redirected(parameters)).error._tag, "UnauthorizedClient")
        }
      })
  )

  it.effect("each of several response types needs the grant type that goes with it", () =>
    Effect.gen(function* () {
      const response_types = ["code token"]
      yield* register({ client_id: "code-half", response_types, grant_types: ["authorization_code"] })
      yield* register({ client_id: "token-half", response_types, grant_types: ["implicit"] })
      for (const client_id of ["code-half", "token-half"]) {
        const { error } = yield* redirected({ client_id, response_type: "code token" })
        assert.strictEqual(error._tag, "UnauthorizedClient")
        assert.strictEqual(error.description, "The client may not use this response type")
      }
    })
  )

  it.effect.each(["smoke_signal", "query"])("the response mode %s is refused in words for a token", (mode) =>
    Effect.gen(function* () {
      const { error } = yield* redirected({ response_type: "token", response_mode: mode })
      assert.strictEqual(error.description, "The response mode is not supported for this response type")
    })
  )

  // @covers rfc6749-10.3-e rfc9700-2.3-a
  it.effect("the server's scopes bound a client that registered more", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "greedy", scope: "read unheard-of" })
      assert.strictEqual(
        (yield* redirected({ client_id: "greedy", scope: "unheard-of" })).error._tag,
        "InvalidScope"
      )
    })
  )
})

// @covers rfc6749-4.2.2.1-h
layer(server)("RFC 6749 §4.2.2.1 an error goes where the answer would have gone", (it) => {
  it.effect.each([
    [{ scope: "unheard-of" }, "query"],
    [{ response_type: "none", scope: "unheard-of" }, "query"],
    [{ response_type: "token", scope: "unheard-of" }, "fragment"],
    [{ response_type: "code token", scope: "unheard-of" }, "fragment"],
    [{ response_type: "unheard-of" }, "query"],
    [{ response_type: "token unheard-of" }, "fragment"],
    [{ response_type: "token", response_mode: "query" }, "fragment"],
    [{ response_type: "token", response_mode: "smoke_signal" }, "fragment"],
    [{ response_mode: "smoke_signal" }, "query"],
    [{ response_mode: "fragment", scope: "unheard-of" }, "fragment"],
    [{ response_mode: "form_post", scope: "unheard-of" }, "form_post"],
    [{ response_type: undefined }, "query"],
    [{ response_type: undefined, response_mode: "form_post" }, "form_post"]
  ] as const)("%j: the %s", ([parameters, responseMode]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* redirected(parameters)).destination.responseMode, responseMode)
    })
  )
})

layer(server)("OAuth 2.0 Multiple Response Type Encoding Practices §2.1, §3, §5", (it) => {
  it.effect.each([
    ["code", undefined, ["code"], "query"],
    ["code", "query", ["code"], "query"],
    ["code", "fragment", ["code"], "fragment"],
    ["code", "form_post", ["code"], "form_post"],
    ["token", undefined, ["token"], "fragment"],
    ["token", "fragment", ["token"], "fragment"],
    ["token", "form_post", ["token"], "form_post"],
    ["code token", undefined, ["code", "token"], "fragment"],
    ["token code", undefined, ["code", "token"], "fragment"],
    [" token  code code ", undefined, ["code", "token"], "fragment"],
    ["none", undefined, ["none"], "query"],
    ["none", "form_post", ["none"], "form_post"]
  ] as const)(
    "response_type %j, response_mode %s",
    ([response_type, response_mode, responseType, responseMode]) =>
      Effect.gen(function* () {
        const request = yield* validated({ response_type, response_mode })
        assert.deepStrictEqual([...request.responseType], [...responseType])
        assert.strictEqual(request.responseMode, responseMode)
      })
  )
})

layer(server)("RFC 6749 §3.3 the scope that was asked for", (it) => {
  // @covers rfc6749-3.3-b
  it.effect("is all that the client registered, if none was", () =>
    Effect.gen(function* () {
      assert.strictEqual<string>((yield* validated({})).scope, "read write")
    })
  )

  it.effect("is all that the server has, if the client registered none either", () =>
    Effect.gen(function* () {
      const store = yield* ClientStore.ClientStore
      const { scope: _, ...client } = yield* register({ client_id: "unscoped" })
      yield* store.put(client)
      assert.strictEqual<string>((yield* validated({ client_id: "unscoped" })).scope, "read write admin")
      assert.strictEqual<string>((yield* validated({ client_id: "unscoped", scope: "admin" })).scope, "admin")
    })
  )

  it.effect("is never more than the server has", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "greedy", scope: "unheard-of write" })
      assert.strictEqual<string>((yield* validated({ client_id: "greedy" })).scope, "write")
    })
  )
})

layer(server)("RFC 9700 §2.1.1 PKCE protects codes", (it) => {
  const without = { code_challenge: undefined, code_challenge_method: undefined }

  // @covers rfc8252-6-b rfc8252-8.1-a rfc9700-2.1.1-b rfc9700-2.1.1-c rfc9700-2.1.1-f
  it.effect("and is required of every client", () =>
    Effect.gen(function* () {
      for (const client_id of ["confidential", "post", "public"]) {
        const { error } = yield* redirected({ ...without, client_id })
        assert.strictEqual(error.description, "The parameter code_challenge is missing")
      }
    })
  )

  it.effect("with a token beside it, too", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        (yield* redirected({ ...without, response_type: "code token" })).error.description,
        "The parameter code_challenge is missing"
      )
    })
  )

  it.effect("but not where there is no code", () =>
    Effect.gen(function* () {
      assert.isFalse("codeChallenge" in (yield* validated({ ...without, response_type: "token" })))
      assert.isFalse("codeChallenge" in (yield* validated({ ...without, response_type: "none" })))
    })
  )

  it.effect("a client may be registered without it", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "old", require_pkce: false })
      assert.isFalse("codeChallenge" in (yield* validated({ ...without, client_id: "old" })))
      assert.isTrue("codeChallenge" in (yield* validated({ client_id: "old" })))
    })
  )
})

describe("RFC 9700 §2.1.1 the server's policy", () => {
  const without = { code_challenge: undefined, code_challenge_method: undefined }

  // @covers rfc9700-2.1.1-b
  it.effect("required of public clients: confidential ones may do without", () =>
    Effect.gen(function* () {
      assert.isFalse("codeChallenge" in (yield* validated(without)))
      assert.strictEqual(
        (yield* redirected({ ...without, client_id: "public" })).error.description,
        "The parameter code_challenge is missing"
      )
      yield* register({ client_id: "strict", require_pkce: true })
      assert.strictEqual(
        (yield* redirected({ ...without, client_id: "strict" })).error.description,
        "The parameter code_challenge is missing"
      )
    }).pipe(Effect.provide(serverWith({ pkce: { required: "public" } })), Effect.provide(storage))
  )

  // @covers rfc7636-7.2-b rfc7636-7.2-c rfc7636-7.2-d rfc9700-2.1.1-e
  it.effect("S256 alone, by default: plain is refused, said or unsaid (RFC 7636 §4.3)", () =>
    Effect.gen(function* () {
      for (const code_challenge_method of ["plain", undefined]) {
        const { error } = yield* redirected({ code_challenge: verifier, code_challenge_method })
        assert.strictEqual(error.description, "Transform algorithm not supported")
      }
      assert.deepStrictEqual((yield* validated(s256)).codeChallenge, { challenge, method: "S256" })
    }).pipe(
      Effect.provide(
        AuthorizationServer.layer({
          issuer,
          scopes: ["read", "write"],
          grants: [Grants.authorizationCode]
        })
      ),
      Effect.provide(storage)
    )
  )
})

describe("RFC 9700 §2.6 a redirect URI that should never have been registered", () => {
  const redirect_uri = "http://intranet.example/callback"
  const asked = Effect.gen(function* () {
    yield* register({ client_id: "intranet", redirect_uris: [redirect_uri] })
    return yield* Effect.result(validate({ client_id: "intranet", redirect_uri }))
  })

  // @covers rfc9700-2.6-d rfc9700-2.6-e
  it.effect("is not trusted, whoever wrote it into the store", () =>
    Effect.gen(function* () {
      assert.strictEqual(refusalOf(yield* asked)._tag, "InvalidRedirectUri")
    }).pipe(Effect.provide(server))
  )

  it.effect("unless the server allows http: then it is, in the request and in the answer", () =>
    Effect.gen(function* () {
      const { request } = resultOf(yield* asked)
      const { destination } = yield* AuthorizationEndpoint.approve(request, ada)
      assert.strictEqual(destination.redirect.uri, redirect_uri)
    }).pipe(Effect.provide(serverWith({ allowHttp: true })), Effect.provide(storage))
  )
})

describe("RFC 6749 §8.4 a response type of one's own", () => {
  const nonceful: ResponseType.ResponseType = {
    name: "badge",
    responseMode: "fragment",
    grantType: undefined,
    combines: true,
    keeps: ["nonce"],
    validate: (parameters) =>
      parameters.has("nonce")
        ? Result.void
        : Result.fail(new OAuthError.InvalidRequest({ description: "The parameter nonce is missing" })),
    contribute: () => Effect.succeed({ parameters: { badge: "1" } })
  }
  const withBadge = AuthorizationServer.layer({
    issuer,
    scopes: ["read", "write"],
    grants: [Grants.authorizationCode],
    responseTypes: [ResponseTypes.code, nonceful]
  }).pipe(Layer.provideMerge(storage))

  it.effect("demands what it needs, before anybody is asked", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "badges", response_types: ["code badge"] })
      const { destination, error } = yield* redirected({ client_id: "badges", response_type: "code badge" })
      assert.strictEqual(error.description, "The parameter nonce is missing")
      assert.strictEqual(destination.responseMode, "fragment")
    }).pipe(Effect.provide(withBadge))
  )

  it.effect("and keeps it until the approval", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "badges", response_types: ["code badge"] })
      const request = yield* validated({
        client_id: "badges",
        response_type: "badge code",
        nonce: "n-0S6_WzA2Mj",
        display: "page"
      })
      assert.deepStrictEqual(request.extensions, { nonce: "n-0S6_WzA2Mj" })
      assert.deepStrictEqual([...request.responseType], ["code", "badge"])
    }).pipe(Effect.provide(withBadge))
  )

  it.effect("as far as it was sent", () =>
    Effect.gen(function* () {
      const patient = { ...nonceful, keeps: ["nonce", "display"] }
      yield* register({ client_id: "badges", response_types: ["code badge"] })
      const request = yield* validated({
        client_id: "badges",
        response_type: "badge code",
        nonce: "n-0S6_WzA2Mj"
      }).pipe(
        Effect.provide(
          AuthorizationServer.layer({
            issuer,
            scopes: ["read", "write"],
            grants: [Grants.authorizationCode],
            responseTypes: [ResponseTypes.code, patient]
          })
        )
      )
      assert.deepStrictEqual(request.extensions, { nonce: "n-0S6_WzA2Mj" })
    }).pipe(Effect.provide(storage))
  )
})

describe("the two phases are two types", () => {
  // @covers rfc9700-2.1-b
  it("an error of the first phase has no way to become a redirect", () => {
    const redirectOf = (error: AuthorizationEndpoint.AuthorizationFailure) =>
      // @ts-expect-error only an AuthorizationError has a destination
      error.destination
    assert.isUndefined(redirectOf(new OAuthError.UnknownClient({ description: "The client is unknown" })))
  })
})
