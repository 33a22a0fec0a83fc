import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import {
  AuthorizationEndpoint,
  AuthorizationRequest,
  AuthorizationServer,
  type Client,
  ClientStore,
  GrantStore,
  Grants,
  GrantsOf,
  Pkce,
  ProtocolExtensions,
  type ResponseType,
  ResponseTypes,
  Scope,
  Secret,
  Storage,
  StorageError
} from "effect-oauth"
import {
  ada,
  approved,
  audited,
  codeFor,
  exchange,
  type Fields,
  introspect,
  isActive,
  parameter,
  register,
  serverWith,
  testClient,
  tokensIn,
  validate
} from "../support/Flow.ts"
import { clients, issuer, redirectUri, layer as server } from "../support/TestServer.ts"

const { approve, deny } = AuthorizationEndpoint
const storage = Storage.layerMemoryWith({ clients })

const redirected = <A, R>(answer: Effect.Effect<A, AuthorizationEndpoint.AuthorizationFailure, R>) =>
  Effect.map(Effect.flip(answer), (error) =>
    error._tag === "AuthorizationError"
      ? error
      : assert.fail(`${error._tag} (${error.message}) cannot be redirected`)
  )

layer(server)("RFC 6749 §4.1.2 the resource owner said yes", (it) => {
  // @covers rfc6749-4.1.2-a rfc7636-4.4-b
  it.effect("the client gets a code, where it asked for it, with its state and the issuer", () =>
    Effect.gen(function* () {
      const { destination, parameters } = yield* approved({ state: "xyz" })
      assert.deepStrictEqual(Object.keys(parameters), ["code"])
      assert.isTrue(Redacted.isRedacted(parameters.code))
      assert.strictEqual(destination.redirect.uri, redirectUri)
      assert.strictEqual(destination.responseMode, "query")
      assert.strictEqual(destination.state, "xyz")
      assert.strictEqual(destination.issuer, issuer)
    })
  )

  // @covers rfc6749-10.10-a rfc6749-10.10-b rfc6749-10.10-c rfc7636-4.4-b
  it.effect("a code has 256 bits, and no two are the same (RFC 6749 §10.10)", () =>
    Effect.gen(function* () {
      const codes = yield* Effect.replicateEffect(codeFor(), 20)
      for (const code of codes) assert.match(code, /^[\w-]{43}$/)
      assert.strictEqual(new Set(codes).size, 20)
    })
  )

  // @covers rfc7636-4.4-a rfc9700-4.8.2-b
  it.effect("the store has its hash, and all that its redemption must match", () =>
    Effect.gen(function* () {
      const store = yield* GrantStore.GrantStore
      const code = yield* codeFor({ scope: "read" }, { authenticatedAt: 42 })
      const record = yield* Effect.flatMap(
        store.findCode(Secret.hash(Redacted.make(code))),
        Effect.fromOption
      )
      assert.deepInclude(record, {
        redirectUri,
        redirectUriGiven: true,
        codeChallenge: { challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", method: "S256" },
        redeemedAt: undefined
      })
      assert.deepInclude<unknown>(record.grant, {
        clientId: "confidential",
        subject: "u-1",
        username: "ada",
        scope: "read",
        authenticatedAt: 42,
        revokedAt: undefined
      })
      assert.notInclude(JSON.stringify(record), code)
    })
  )

  it.effect("every yes is a grant of its own", () =>
    Effect.gen(function* () {
      yield* Effect.replicateEffect(codeFor({}, { subject: "twice" }), 2)
      const grants = yield* Stream.runCollect(GrantsOf.subject("twice"))
      assert.strictEqual(new Set(Array.from(grants, (grant) => grant.id)).size, 2)
    })
  )

  it.effect("what the request asked of itself does not decide: the client is looked up again", () =>
    Effect.gen(function* () {
      const { request } = yield* validate()
      const forged = { ...request, redirectUri: "https://evil.example/" }
      assert.strictEqual((yield* Effect.flip(approve(forged, ada)))._tag, "InvalidRedirectUri")
      assert.strictEqual((yield* Effect.flip(deny(forged)))._tag, "InvalidRedirectUri")
    })
  )
})

layer(server)("a request that was changed while it was kept", (it) => {
  type Request = AuthorizationRequest.AuthorizationRequest
  const changes: ReadonlyArray<
    readonly [name: string, sent: Fields, change: (request: Request) => Request, tag: string]
  > = [
    [
      "a scope that the client does not have",
      {},
      (request) => ({ ...request, scope: Scope.fromTokens(["admin"]) }),
      "InvalidScope"
    ],
    [
      "a response type that the client does not have",
      { client_id: "post", scope: "read" },
      (request) => ({ ...request, responseType: ["token"], responseMode: "fragment" }),
      "UnauthorizedClient"
    ],
    ["a token in the query", {}, (request) => ({ ...request, responseType: ["token"] }), "InvalidRequest"],
    ["no code challenge", {}, ({ codeChallenge, ...request }) => request, "InvalidRequest"]
  ]
  for (const [name, sent, change, tag] of changes) {
    it.effect(`is refused: ${name}`, () =>
      Effect.gen(function* () {
        const { request } = yield* validate(sent)
        const { error } = yield* redirected(approve(change(request), ada))
        assert.strictEqual(error._tag, tag)
      })
    )
  }

  it.effect("is refused: a challenge by a method that is not allowed", () =>
    Effect.gen(function* () {
      const { request } = yield* validate()
      const codeChallenge = { challenge: "x".repeat(43), method: Pkce.plain }
      const { error } = yield* redirected(approve({ ...request, codeChallenge }, ada))
      assert.strictEqual(error._tag, "InvalidRequest")
    }).pipe(Effect.provide(serverWith({ pkce: { methods: [Pkce.s256] } }).pipe(Layer.provideMerge(storage))))
  )

  it.effect("or while its client was: it may do less by now", () =>
    Effect.gen(function* () {
      const { request } = yield* validate({ scope: "read write" })
      const clients = yield* ClientStore.ClientStore
      yield* clients.put({ ...testClient("confidential"), scope: Scope.fromTokens(["read"]) })
      const { error } = yield* redirected(approve(request, ada))
      assert.strictEqual(error._tag, "InvalidScope")
    }).pipe(Effect.provide(serverWith({}).pipe(Layer.provideMerge(storage))))
  )
})

layer(server)("RFC 6749 §3.3 the resource owner may grant less than was asked for", (it) => {
  it.effect("and the token has it", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ scope: "read write" }, { scope: Scope.fromTokens(["write"]) })
      const response = yield* exchange(code)
      assert.strictEqual(response.json().scope, "write")
      assert.strictEqual((yield* introspect(tokensIn(response).accessToken)).scope, "write")
    })
  )

  it.effect("but nothing of it is no grant: a token response could not say so (§5.1)", () =>
    Effect.gen(function* () {
      const { error } = yield* redirected(approved({ scope: "read" }, { scope: Scope.empty }))
      assert.strictEqual(error._tag, "AccessDenied")
      assert.strictEqual(error.description, "Nothing of the scope was granted")
    })
  )

  it.effect("a scope has one token at least: where there is none, nothing is said of it", () =>
    Effect.gen(function* () {
      const clients = yield* ClientStore.ClientStore
      yield* clients.put({ ...testClient("confidential"), scope: Scope.empty })
      const response = yield* exchange(yield* codeFor({ scope: undefined }))
      assert.strictEqual(response.status, 200)
      assert.notProperty(response.json(), "scope")
      const told = yield* introspect(tokensIn(response).accessToken)
      assert.isTrue(told.active)
      assert.notProperty(told, "scope")
      const implicit = yield* approved({ response_type: "token", scope: undefined })
      assert.notProperty(implicit.parameters, "scope")
    }).pipe(Effect.provide(serverWith({}).pipe(Layer.provideMerge(storage))))
  )

  // @covers rfc9700-2.3-a rfc9700-4.14.2-b
  it.effect("but never more, not even of what the client registered", () =>
    Effect.gen(function* () {
      const { error } = yield* redirected(approved({ scope: "read" }, { scope: Scope.fromTokens(["write"]) }))
      assert.strictEqual(error._tag, "InvalidScope")
      assert.strictEqual(error.description, "The scope is more than was asked for")
    })
  )
})

layer(server)("RFC 6749 §4.1.2.1 the resource owner said no", (it) => {
  // @covers rfc6749-4.1.2.1-h rfc9207-2-a
  it.effect("is access_denied, with the state and the issuer", () =>
    Effect.gen(function* () {
      const { request } = yield* validate({ state: "xyz" })
      const { destination, error } = yield* redirected(deny(request))
      assert.strictEqual(error.error, "access_denied")
      assert.strictEqual(destination.redirect.uri, redirectUri)
      assert.strictEqual(destination.state, "xyz")
      assert.strictEqual(destination.issuer, issuer)
    })
  )

  it.effect("goes where a token would have gone", () =>
    Effect.gen(function* () {
      const { request } = yield* validate({ response_type: "token" })
      assert.strictEqual((yield* redirected(deny(request))).destination.responseMode, "fragment")
    })
  )
})

layer(server)("RFC 6749 §4.2.2 token", (it) => {
  // @covers rfc6749-4.2.2-a rfc6749-4.2.2-b rfc6749-4.2.2-c rfc6749-4.2.2-e rfc6749-4.2.2-g
  it.effect("is an access token at once, and never a refresh token", () =>
    Effect.gen(function* () {
      const response = yield* approved({ response_type: "token", scope: "read" })
      assert.deepStrictEqual(Object.keys(response.parameters), [
        "access_token",
        "token_type",
        "expires_in",
        "scope"
      ])
      assert.isTrue(Redacted.isRedacted(response.parameters.access_token))
      assert.strictEqual(response.parameters.token_type, "Bearer")
      assert.strictEqual(response.parameters.expires_in, "600")
      assert.strictEqual(response.parameters.scope, "read")
      assert.strictEqual(response.destination.responseMode, "fragment")
      assert.deepInclude(yield* introspect(parameter(response, "access_token")), {
        active: true,
        scope: "read",
        client_id: "confidential",
        sub: "u-1"
      })
    })
  )
})

layer(server)("OAuth 2.0 Multiple Response Type Encoding Practices §3 code token", (it) => {
  it.effect("is both, of one grant", () =>
    Effect.gen(function* () {
      const response = yield* approved({ response_type: "token code" })
      assert.deepStrictEqual(Object.keys(response.parameters), [
        "code",
        "access_token",
        "token_type",
        "expires_in",
        "scope"
      ])
      const first = parameter(response, "access_token")
      assert.isTrue(yield* isActive(first))
      const second = tokensIn(yield* exchange(parameter(response, "code")))
      assert.isTrue(yield* isActive(second.accessToken))

      // Of one grant: what a replay of the code revokes is all of it.
      yield* exchange(parameter(response, "code"))
      assert.isFalse(yield* isActive(first))
      assert.isFalse(yield* isActive(second.accessToken))
    })
  )
})

layer(server)("OAuth 2.0 Multiple Response Type Encoding Practices §4 none", (it) => {
  it.effect("is a yes without anything, and nothing is stored", () =>
    Effect.gen(function* () {
      const { destination, parameters } = yield* approved(
        { response_type: "none", state: "xyz" },
        { subject: "nothing" }
      )
      assert.deepStrictEqual(parameters, {})
      assert.strictEqual(destination.state, "xyz")
      assert.strictEqual(destination.responseMode, "query")
      assert.strictEqual((yield* Stream.runCollect(GrantsOf.subject("nothing"))).length, 0)
    })
  )
})

describe("between the request and the answer", () => {
  const changes: ReadonlyArray<
    readonly [
      string,
      (
        store: ClientStore.ClientStore["Service"],
        client: Client.Client
      ) => Effect.Effect<unknown, StorageError>,
      string
    ]
  > = [
    ["the client has gone", (store, client) => store.remove(client.clientId), "UnknownClient"],
    [
      "the redirect URI has gone",
      (store, client) => store.put({ ...client, redirectUris: ["https://client.example/new"] }),
      "InvalidRedirectUri"
    ],
    [
      "every redirect URI has gone",
      (store, client) => store.put({ ...client, redirectUris: [] }),
      "InvalidRedirectUri"
    ]
  ]

  it.effect.each(changes)("%s: the answer goes nowhere", ([, change, tag]) =>
    Effect.gen(function* () {
      const store = yield* ClientStore.ClientStore
      const { request } = yield* validate()
      yield* change(store, testClient("confidential"))
      assert.strictEqual((yield* Effect.flip(approve(request, ada)))._tag, tag)
      assert.strictEqual((yield* Effect.flip(deny(request)))._tag, tag)
    }).pipe(Effect.provide(server))
  )

  it.effect("a redirect URI that was left out does not become another one", () =>
    Effect.gen(function* () {
      const store = yield* ClientStore.ClientStore
      const { request } = yield* validate({ redirect_uri: undefined })
      yield* store.put({ ...testClient("confidential"), redirectUris: ["https://client.example/new"] })
      assert.strictEqual((yield* Effect.flip(approve(request, ada)))._tag, "InvalidRedirectUri")
    }).pipe(Effect.provide(server))
  )

  const withoutToken = AuthorizationServer.layer({
    issuer,
    scopes: ["read", "write"],
    grants: [Grants.authorizationCode],
    responseTypes: [ResponseTypes.code]
  })

  it.effect("the response type has gone: the client hears of it", () =>
    Effect.gen(function* () {
      const { request } = yield* validate({ response_type: "token", state: "xyz" })
      const { destination, error } = yield* redirected(approve(request, ada)).pipe(
        Effect.provide(withoutToken)
      )
      assert.strictEqual(error._tag, "UnsupportedResponseType")
      assert.strictEqual(destination.responseMode, "fragment")
      assert.strictEqual(destination.state, "xyz")
    }).pipe(Effect.provide(server))
  )

  it.effect("a store that does not answer is told as what it is, and nothing is issued", () =>
    Effect.gen(function* () {
      const store = yield* GrantStore.GrantStore
      const { request } = yield* validate()
      const broken = GrantStore.GrantStore.of({
        ...store,
        authorize: () => Effect.fail(new StorageError({ operation: "GrantStore.authorize", cause: "down" }))
      })
      const { events, value } = yield* audited(
        Effect.flip(approve(request, ada).pipe(Effect.provideService(GrantStore.GrantStore, broken)))
      )
      assert.strictEqual(value._tag, "StorageError")
      assert.deepStrictEqual(events, [])
    }).pipe(Effect.provide(server))
  )
})

describe("the answer may come in another process", () => {
  const Json = Schema.fromJsonString(AuthorizationRequest.AuthorizationRequest)
  const process = () => Layer.fresh(serverWith({}))

  it.effect.each<Fields>([
    { state: 'ä "quoted" \\ & = #%', redirect_uri: redirectUri },
    { state: undefined, redirect_uri: undefined },
    { state: "1", redirect_uri: redirectUri, response_type: "token", scope: "read" },
    { state: "2", redirect_uri: redirectUri, response_type: "code token", response_mode: "form_post" },
    { state: "3", redirect_uri: redirectUri, response_type: "none" }
  ])("%j", (parameters) =>
    Effect.gen(function* () {
      const kept = yield* Effect.map(validate(parameters), ({ request }) =>
        Schema.encodeSync(Json)(request)
      ).pipe(Effect.provide(process()))
      const { request } = yield* validate(parameters).pipe(Effect.provide(process()))
      const resumed = Schema.decodeSync(Json)(kept)
      assert.deepStrictEqual(resumed, request)

      const response = yield* approve(resumed, ada).pipe(Effect.provide(process()))
      assert.strictEqual(response.destination.state, parameters.state)
      if (response.parameters.code === undefined) return
      const exchanged = yield* exchange(parameter(response, "code"), {
        redirect_uri: parameters.redirect_uri
      }).pipe(Effect.provide(process()))
      assert.strictEqual(exchanged.status, 200)
    }).pipe(Effect.provide(storage))
  )
})

describe("RFC 6749 §8.4 a response type of one's own", () => {
  // What OpenID Connect's ID token needs (OpenID Connect Core §3.3.2.11).
  const digest: ResponseType.ResponseType = {
    name: "digest",
    responseMode: "fragment",
    grantType: undefined,
    combines: true,
    keeps: ["nonce"],
    validate: () => Result.void,
    contribute: ({ client, grant, request, soFar }) =>
      Effect.sync(() => {
        const code = soFar.code
        return {
          parameters: {
            digest: [
              client.clientId,
              grant.subject,
              request.extensions.nonce,
              Redacted.isRedacted(code) ? Secret.hash(code) : "no code"
            ].join(" ")
          }
        }
      })
  }
  const withDigest = AuthorizationServer.layer({
    issuer,
    scopes: ["read"],
    grants: [Grants.authorizationCode],
    responseTypes: [ResponseTypes.code, digest]
  }).pipe(Layer.provideMerge(storage))

  it.effect("sees what those before it contributed", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "digests", response_types: ["code digest"] })
      const response = yield* approved({
        client_id: "digests",
        response_type: "digest code",
        scope: "read",
        nonce: "n-0S6_WzA2Mj"
      })
      const code = parameter(response, "code")
      assert.strictEqual(
        parameter(response, "digest"),
        `digests u-1 n-0S6_WzA2Mj ${Secret.hash(Redacted.make(code))}`
      )
    }).pipe(Effect.provide(withDigest))
  )
})

describe("what extensions are told of an approval", () => {
  it.effect(
    "before the grant is stored and after it: who said yes to what, and the grant that came of it",
    () =>
      Effect.gen(function* () {
        const store = yield* GrantStore.GrantStore
        const before: Array<ProtocolExtensions.Approved> = []
        const after: Array<ProtocolExtensions.Granted> = []
        const extension: ProtocolExtensions.ProtocolExtension = {
          name: "listener",
          validate: ({ scope }) => Effect.succeed({ scope, kept: undefined }),
          approve: (approved) =>
            Effect.sync(() => {
              before.push(approved)
              return "heard"
            }),
          granted: (granted) => Effect.sync(() => void after.push(granted)),
          tokenResponse: () => Effect.succeed({})
        }
        const { request } = yield* validate({ scope: "read write" })
        const approval = { ...ada, scope: Scope.fromTokens(["read"]), acr: "urn:example:loa:1" }
        const response = yield* approve(request, approval).pipe(
          Effect.provideService(ProtocolExtensions.ProtocolExtensions, [extension])
        )
        const code = yield* Effect.flatMap(
          store.findCode(Secret.hash(Redacted.make(parameter(response, "code")))),
          Effect.fromOption
        )
        const { revokedAt, ...grant } = code.grant
        assert.deepStrictEqual(grant.extensions, { listener: "heard" })
        const client = testClient("confidential")
        assert.deepStrictEqual(before, [{ client, request, approval }])
        assert.deepStrictEqual(after, [{ client, request, approval, grant }])
      }).pipe(Effect.provide(server))
  )

  it.effect("of a yes to all that was asked for, what that was", () =>
    Effect.gen(function* () {
      const heard: Array<Scope.Scope | undefined> = []
      const extension: ProtocolExtensions.ProtocolExtension = {
        name: "listener",
        validate: ({ scope }) => Effect.succeed({ scope, kept: undefined }),
        approve: ({ approval }) => Effect.sync(() => void heard.push(approval.scope)),
        granted: ({ approval }) => Effect.sync(() => void heard.push(approval.scope)),
        tokenResponse: () => Effect.succeed({})
      }
      yield* approved({ scope: "read write" }).pipe(
        Effect.provideService(ProtocolExtensions.ProtocolExtensions, [extension])
      )
      assert.deepStrictEqual<ReadonlyArray<string | undefined>>(heard, ["read write", "read write"])
    }).pipe(Effect.provide(server))
  )
})

layer(server)("audit: ConsentGiven, ConsentDenied", (it) => {
  it.effect("a yes says who, to whom and what", () =>
    Effect.gen(function* () {
      const { request } = yield* validate({ scope: "read write" })
      const { events } = yield* audited(approve(request, { ...ada, scope: Scope.fromTokens(["read"]) }))
      assert.deepStrictEqual<unknown>(events, [
        { _tag: "ConsentGiven", clientId: "confidential", subject: "u-1", scope: "read" }
      ])
    })
  )

  it.effect("a no says to whom", () =>
    Effect.gen(function* () {
      const { request } = yield* validate()
      const { events } = yield* audited(Effect.flip(deny(request)))
      assert.deepStrictEqual<unknown>(events, [{ _tag: "ConsentDenied", clientId: "confidential" }])
    })
  )
})
