import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import {
  Authentication,
  AuthenticationRequest,
  AuthorizationEndpoint,
  AuthorizationServer,
  ConfigurationError,
  GrantStore,
  Grants,
  OAuthRequest,
  OpenIdConnect,
  Scope,
  SigningKeys,
  Storage
} from "effect-oauth"
import { InteractionPages, OAuthHandler } from "effect-oauth/http"
import * as OpenIdExtension from "effect-oauth/oidc/OpenIdExtension"
import { decodeProtectedHeader } from "jose"
import { errorOf, redirectOf } from "../support/Flow.ts"
import {
  acr,
  authorize,
  Browser,
  clients,
  exchange,
  flow,
  gone,
  halfHash,
  isSignInPage,
  issuer,
  keys,
  now,
  People,
  Provider,
  refresh,
  request,
  text,
  userinfo,
  verifyIdToken,
  visit
} from "./support/Provider.ts"

/** What a person has allowed a client by an authentication request. */
const authenticatedGrant = () => {
  const client = clients[0] ?? assert.fail("there is no client")
  const grant = {
    id: GrantStore.GrantId("1"),
    clientId: client.clientId,
    subject: "u-1",
    username: undefined,
    scope: Scope.fromTokens(["openid"]),
    createdAt: 0,
    authenticatedAt: undefined,
    extensions: { openid: Authentication.encode({ claimsLocales: [] }) }
  }
  return { client, grant }
}

layer(Provider)("OpenID Connect Core §2 ID token", (it) => {
  // @covers oidc-core-2-a oidc-core-2-b oidc-core-2-d oidc-core-2-e oidc-core-2-f oidc-core-2-i
  // @covers oidc-core-2-j oidc-core-2-l oidc-core-2-m oidc-core-2-p oidc-core-2-q oidc-core-13.3-a
  // @covers oidc-core-15.1-g oidc-core-16.9-a oidc-core-16.15-a oidc-discovery-3-c oidc-discovery-4.3-c
  it.effect("says who signed in, when and how, for whom, until when", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("90 seconds")
      const { idToken, tokens } = yield* flow()
      const issuedAt = yield* now
      const { at_hash, sid, ...others } = idToken
      assert.deepStrictEqual(others, {
        iss: issuer,
        sub: "u-1",
        aud: "rp",
        azp: "rp",
        exp: issuedAt + 600,
        iat: issuedAt,
        auth_time: issuedAt,
        nonce: "n-0S6_WzA2Mj",
        acr,
        amr: ["pwd"]
      })
      assert.strictEqual(at_hash, yield* halfHash(tokens.access_token))
      assert.match(text(sid), /^[\w-]{43}$/)
      assert.strictEqual(decodeProtectedHeader(text(tokens.id_token)).typ, "JWT")
    })
  )

  it.effect("names the session, the same for every client and in no other browser", () =>
    Effect.gen(function* () {
      const first = yield* flow()
      const second = yield* flow({ client_id: "rp-2" }, first.browser)
      const third = yield* flow()
      assert.strictEqual(second.idToken.sid, first.idToken.sid)
      assert.notStrictEqual(third.idToken.sid, first.idToken.sid)
      // And is of no use to whoever reads it.
      for (const cookie of first.browser.cookies.values()) assert.notInclude(cookie, text(first.idToken.sid))
    })
  )

  for (const [client, algorithm, hash] of [
    ["rp-es256", "ES256", "SHA-256"],
    ["rp-ps256", "PS256", "SHA-256"],
    ["rp-eddsa", "EdDSA", "SHA-512"]
  ] as const) {
    // @covers oidc-core-3.1.3.7-j oidc-core-10.1-a
    it.effect(`§3.1.3.6 is signed with the registered ${algorithm}, and hashes with ${hash}`, () =>
      Effect.gen(function* () {
        const { query } = yield* visit(new Browser(), { client_id: client })
        const tokens = (yield* exchange(query.code, {}, [client, "rp-secret"])).json()
        const claims = yield* verifyIdToken(tokens.id_token, { algorithm, audience: client })
        assert.strictEqual(claims.at_hash, yield* halfHash(tokens.access_token, hash))
      })
    )
  }
})

layer(Provider)("OpenID Connect Core §3.2, §3.3 the implicit and the hybrid flow", (it) => {
  for (const responseType of [
    "id_token",
    "id_token token",
    "token id_token",
    "code id_token",
    "code token",
    "code id_token token",
    "token id_token code"
  ]) {
    // @covers oidc-core-3.2.2.5-a oidc-core-3.2.2.5-c oidc-core-3.2.2.5-d oidc-core-3.2.2.10-a
    // @covers oidc-core-3.2.2.10-b oidc-core-3.3.2.11-a oidc-core-3.3.2.11-b oidc-core-3.3.2.11-c
    it.effect(`${responseType}: everything in the fragment, and the ID token vouches for it`, () =>
      Effect.gen(function* () {
        const browser = new Browser()
        const { fragment, query } = yield* visit(browser, {
          response_type: responseType,
          scope: "openid email"
        })
        const names = new Set(responseType.split(" "))
        assert.deepStrictEqual(query, {})
        assert.hasAllKeys(fragment, [
          "state",
          "iss",
          ...(names.has("code") ? ["code"] : []),
          ...(names.has("id_token") ? ["id_token"] : []),
          ...(names.has("token") ? ["access_token", "token_type", "expires_in", "scope"] : [])
        ])
        if (names.has("id_token")) {
          const claims = yield* verifyIdToken(fragment.id_token)
          assert.strictEqual(claims.nonce, "n-0S6_WzA2Mj")
          assert.strictEqual(claims.s_hash, yield* halfHash("af0ifjsldkj"))
          assert.strictEqual(claims.c_hash, names.has("code") ? yield* halfHash(fragment.code) : undefined)
          assert.strictEqual(
            claims.at_hash,
            names.has("token") ? yield* halfHash(fragment.access_token) : undefined
          )
          // §5.4: with no access token, there is nowhere else to ask.
          assert.strictEqual(claims.email, names.size === 1 ? "ada@example.com" : undefined)
        }
        if (names.has("token")) {
          assert.strictEqual(fragment.token_type, "Bearer")
          assert.strictEqual((yield* userinfo(fragment.access_token)).json().email, "ada@example.com")
        }
        if (names.has("code")) {
          const tokens = (yield* exchange(fragment.code)).json()
          const claims = yield* verifyIdToken(tokens.id_token)
          assert.strictEqual(claims.sub, "u-1")
          assert.strictEqual(claims.nonce, "n-0S6_WzA2Mj")
          assert.strictEqual(claims.at_hash, yield* halfHash(tokens.access_token))
        }
      })
    )
  }

  for (const responseType of ["id_token", "id_token token", "code id_token", "code id_token token"]) {
    // @covers oidc-core-3.2.2.1-e oidc-core-3.2.2.6-a oidc-core-3.3.2.1-b oidc-core-3.3.2.6-a
    it.effect(`§3.2.2.1, §3.3.2.11 ${responseType} needs a nonce, and the error is in the fragment`, () =>
      Effect.gen(function* () {
        const page = yield* authorize(new Browser(), { response_type: responseType, nonce: undefined })
        const { fragment, query } = redirectOf(page)
        assert.deepStrictEqual(query, {})
        assert.strictEqual(fragment.error, "invalid_request")
        assert.include(fragment.error_description, "nonce")
        assert.strictEqual(fragment.state, "af0ifjsldkj")
      })
    )

    it.effect(`${responseType} does not travel in a query`, () =>
      Effect.gen(function* () {
        const page = yield* authorize(new Browser(), { response_type: responseType, response_mode: "query" })
        const { fragment, query } = redirectOf(page)
        assert.deepStrictEqual(query, {})
        assert.strictEqual(fragment.error, "invalid_request")
      })
    )

    // @covers oidc-core-3.1.2.1-c
    it.effect(`${responseType} needs the scope openid`, () =>
      Effect.gen(function* () {
        const { fragment } = redirectOf(
          yield* authorize(new Browser(), { response_type: responseType, scope: "read" })
        )
        assert.strictEqual(fragment.error, "invalid_request")
        assert.include(fragment.error_description, "openid")
      })
    )
  }

  for (const responseType of ["code id_token", "code id_token token"]) {
    // @covers oidc-core-3.3.3.6-a oidc-core-3.3.3.6-b oidc-core-3.3.3.6-c
    it.effect(`§3.3.3.6 the two ID tokens of ${responseType} agree on who signed in, when and how`, () =>
      Effect.gen(function* () {
        const { fragment } = yield* visit(new Browser(), {
          response_type: responseType,
          claims: '{"id_token":{"email":null}}'
        })
        yield* TestClock.adjust("20 seconds")
        const first = yield* verifyIdToken(fragment.id_token)
        const second = yield* verifyIdToken((yield* exchange(fragment.code)).json().id_token)
        for (const name of ["iss", "sub", "aud", "azp", "auth_time", "nonce", "acr", "amr", "sid", "email"]) {
          assert.isDefined(first[name], name)
          assert.deepStrictEqual(second[name], first[name], name)
        }
      })
    )
  }

  it.effect("a person who grants less than openid is vouched for to nobody", () =>
    Effect.gen(function* () {
      const parameters = request({ response_type: "id_token token", scope: "openid read" })
      const validated = yield* AuthorizationEndpoint.validate(OAuthRequest.make({ parameters }))
      const approval = { subject: "u-1", authenticatedAt: 0, scope: Scope.fromTokens(["read"]) }
      const refused = yield* Effect.flip(AuthorizationEndpoint.approve(validated.request, approval))
      if (refused._tag !== "AuthorizationError") return assert.fail(refused._tag)
      assert.strictEqual(refused.error._tag, "InvalidRequest")
    })
  )

  // @covers oidc-core-3.1.2.2-e
  it.effect("another person than the hint names cannot approve, whoever asks them", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow()
      const parameters = request({ id_token_hint: text(tokens.id_token) })
      const validated = yield* AuthorizationEndpoint.validate(OAuthRequest.make({ parameters }))
      const approval = { subject: "u-2", authenticatedAt: 0 }
      const refused = yield* Effect.flip(AuthorizationEndpoint.approve(validated.request, approval))
      if (refused._tag !== "AuthorizationError") return assert.fail(refused._tag)
      assert.strictEqual(refused.error._tag, "LoginRequired")
    })
  )

  it.effect("an Interaction of one's own says how the person has signed in", () =>
    Effect.gen(function* () {
      const parameters = request()
      const validated = yield* AuthorizationEndpoint.validate(OAuthRequest.make({ parameters }))
      const approval = {
        subject: "u-1",
        authenticatedAt: 5000,
        acr: "urn:example:loa:2",
        amr: ["hwk", "pin"],
        sessionId: "s-1"
      }
      const response = yield* AuthorizationEndpoint.approve(validated.request, approval)
      const code = response.parameters.code
      const tokens = (yield* exchange(Redacted.isRedacted(code) ? Redacted.value(code) : code)).json()
      const claims = yield* verifyIdToken(tokens.id_token)
      assert.deepInclude(claims, { acr: "urn:example:loa:2", amr: ["hwk", "pin"], sid: "s-1", auth_time: 5 })
    })
  )

  // @covers oidc-core-3.3.2.1-b
  it.effect("code token needs no nonce", () =>
    Effect.gen(function* () {
      const { fragment } = yield* visit(new Browser(), { response_type: "code token", nonce: undefined })
      assert.property(fragment, "access_token")
    })
  )

  it.effect("a client that registered only code gets no ID token from here", () =>
    Effect.gen(function* () {
      const { fragment } = redirectOf(
        yield* authorize(new Browser(), { client_id: "rp-code-only", response_type: "code id_token" })
      )
      assert.strictEqual(fragment.error, "unauthorized_client")
    })
  )

  const contribute = (changes: Partial<GrantStore.Grant>) => {
    const { client, grant } = authenticatedGrant()
    const { clientId, scope } = grant
    return OpenIdConnect.idToken.contribute({
      client,
      grant: { ...grant, ...changes },
      request: {
        clientId,
        redirectUri: "https://rp.example.com/callback",
        redirectUriGiven: true,
        responseType: ["id_token"],
        responseMode: "fragment",
        scope,
        extensions: {}
      },
      soFar: {}
    })
  }

  it.effect("a grant of no authentication request, or of nobody, or without openid has no ID token", () =>
    Effect.gen(function* () {
      for (const changes of [
        { extensions: {} },
        { subject: undefined },
        { extensions: {}, subject: undefined },
        { scope: Scope.fromTokens(["read"]) }
      ]) {
        const error = yield* Effect.flip(contribute(changes))
        assert.strictEqual(error._tag, "InvalidRequest")
        assert.strictEqual(error.message, "The response type id_token needs the scope openid")
      }
    })
  )

  it.effect("a person who is gone by the time of the approval is not vouched for", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(contribute({ subject: "u-0" }))
      assert.strictEqual(error._tag, "LoginRequired")
      assert.strictEqual(error.message, "The person is not known any more")
      const { parameters } = yield* contribute({})
      assert.hasAllKeys(parameters, ["id_token"])
      // Nobody has noted when the person signed in, nor how, nor where.
      const { id_token: idToken } = parameters
      assert.strictEqual(String(idToken), "<redacted:id_token>")
      const claims = yield* verifyIdToken(Redacted.isRedacted(idToken) ? Redacted.value(idToken) : idToken)
      assert.hasAllKeys(claims, ["iss", "sub", "aud", "azp", "exp", "iat"])
    })
  )

  it.effect("a person who is gone by the time of the exchange is not vouched for", () =>
    Effect.gen(function* () {
      const { query } = yield* visit(new Browser())
      gone.add("u-1")
      const refused = yield* exchange(query.code)
      gone.delete("u-1")
      assert.deepStrictEqual(errorOf(refused), ["invalid_grant", "The person is not known any more"])
      // The code is not spent.
      assert.strictEqual((yield* exchange(query.code)).status, 200)
    })
  )
})

layer(Provider)("OpenID Connect Core §12 refresh tokens, §11 offline access", (it) => {
  // @covers oidc-core-12.2-a oidc-core-12.2-b oidc-core-12.2-c oidc-core-12.2-d oidc-core-12.2-e
  // @covers oidc-core-12.2-f oidc-core-12.2-g
  it.effect("§12.2 the ID token of a refresh keeps who, when, how and where, but not the nonce", () =>
    Effect.gen(function* () {
      const first = yield* flow({ scope: "openid offline_access" })
      yield* TestClock.adjust("5 minutes")
      const tokens = (yield* refresh(first.tokens.refresh_token)).json()
      const claims = yield* verifyIdToken(tokens.id_token)
      const { nonce: _, at_hash: __, iat: ___, exp: ____, ...kept } = first.idToken
      const { at_hash, iat, exp, ...others } = claims
      assert.deepStrictEqual(others, kept)
      assert.strictEqual(iat, yield* now)
      assert.strictEqual(exp, Number(iat) + 600)
      assert.strictEqual(at_hash, yield* halfHash(tokens.access_token))
    })
  )

  it.effect("an approval by another person than it has to be is none, whoever has made it", () =>
    Effect.gen(function* () {
      const { approve } = yield* OpenIdExtension.make
      const client = clients[0] ?? assert.fail("there is no client")
      const asked = { prompt: [], uiLocales: [], claimsLocales: [], acrValues: [], furtherClaims: [] }
      const request = {
        clientId: client.clientId,
        redirectUri: "https://rp.example.com/callback",
        redirectUriGiven: true,
        responseType: ["code"],
        responseMode: "query",
        scope: Scope.fromTokens(["openid"]),
        extensions: { openid: AuthenticationRequest.encode({ ...asked, subject: "u-1" }) }
      } as const
      const approved = (subject: string) =>
        approve({ client, request, approval: { subject, authenticatedAt: 0 } })
      const error = yield* Effect.flip(approved("u-2"))
      assert.strictEqual(error._tag, "LoginRequired")
      assert.strictEqual(error.message, "Another person has signed in")
      assert.strictEqual(yield* approved("u-1"), Authentication.encode({ claimsLocales: [], acr }))
    })
  )

  it.effect("tokens of no authentication request, or of nobody, or without openid have no ID token", () =>
    Effect.gen(function* () {
      const { tokenResponse } = yield* OpenIdExtension.make
      const { client, grant } = authenticatedGrant()
      const { scope } = grant
      const issued = { client, grant, scope, accessToken: Redacted.make("a"), from: "code" } as const
      for (const changes of [
        { grant: { ...grant, extensions: {} } },
        { grant: { ...grant, subject: undefined } },
        { grant: { ...grant, extensions: {}, subject: undefined } },
        { scope: Scope.fromTokens(["read"]) }
      ]) {
        assert.deepStrictEqual(yield* tokenResponse({ ...issued, ...changes }), {})
      }
      assert.hasAllKeys(yield* tokenResponse(issued), ["id_token"])
    })
  )

  it.effect("a refresh for less than openid has no ID token", () =>
    Effect.gen(function* () {
      const first = yield* flow({ scope: "openid email offline_access" })
      const tokens = (yield* refresh(first.tokens.refresh_token, { scope: "email" })).json()
      assert.notProperty(tokens, "id_token")
    })
  )

  it.effect("a refresh for a person who is gone is refused, and the token is not spent", () =>
    Effect.gen(function* () {
      const first = yield* flow({ scope: "openid offline_access" })
      gone.add("u-1")
      const refused = yield* refresh(first.tokens.refresh_token)
      gone.delete("u-1")
      assert.deepStrictEqual(errorOf(refused), ["invalid_grant", "The person is not known any more"])
      assert.strictEqual((yield* refresh(first.tokens.refresh_token)).status, 200)
    })
  )

  it.effect("§11 an authentication request without offline_access gets no refresh token", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow({ scope: "openid email" })
      assert.notProperty(tokens, "refresh_token")
    })
  )

  // @covers oidc-core-11-d
  it.effect("§11 offline_access is ignored where no code comes of it", () =>
    Effect.gen(function* () {
      const { fragment } = yield* visit(new Browser(), {
        response_type: "id_token token",
        scope: "openid offline_access"
      })
      assert.strictEqual(fragment.scope, "openid")
    })
  )

  // @covers oidc-core-3.1.2.1-c
  it.effect("a request of plain OAuth gets its refresh token as ever, and no ID token", () =>
    Effect.gen(function* () {
      const { query } = yield* visit(new Browser(), { scope: "read" })
      const tokens = (yield* exchange(query.code)).json()
      assert.property(tokens, "refresh_token")
      assert.notProperty(tokens, "id_token")
      assert.strictEqual(tokens.scope, "read")
    })
  )

  // @covers oidc-core-3.1.2.1-b
  it.effect("without a scope parameter nobody has asked for OpenID Connect", () =>
    Effect.gen(function* () {
      const { query } = yield* visit(new Browser(), { scope: undefined })
      const tokens = (yield* exchange(query.code)).json()
      assert.notProperty(tokens, "id_token")
      assert.strictEqual(tokens.scope, "groups read")
    })
  )

  // @covers oidc-core-3.1.2.1-d
  it.effect("§3.1.2.1 scopes that are not understood are ignored", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow({ scope: "openid unheard_of email" })
      assert.strictEqual(tokens.scope, "openid email")
      const { query } = redirectOf(yield* authorize(new Browser(), { scope: "read unheard_of" }))
      assert.strictEqual(query.error, "invalid_scope")
    })
  )
})

layer(Layer.empty)("OpenIdConnect.layer", (it) => {
  const failure = (
    options: Parameters<typeof OpenIdConnect.layer>[0],
    keys: Parameters<typeof SigningKeys.layer>[0] = { algorithms: ["RS256"] }
  ) =>
    Layer.build(
      OpenIdConnect.layer(options).pipe(
        Layer.provide(SigningKeys.layer(keys)),
        Layer.provide(Storage.layerMemory),
        Layer.provide(People)
      )
    ).pipe(Effect.scoped, Effect.flip)

  // @covers oidc-core-15.1-c oidc-discovery-3-z
  it.effect("refuses what no provider could run with, by the option's name", () =>
    Effect.gen(function* () {
      for (const [message, error] of [
        [
          "algorithms: has no RS256, which every OpenID provider has to have",
          yield* failure({}, { algorithms: ["ES256"] })
        ],
        [
          "idTokenLifetime: is longer than the tokenLifetime of the signing keys",
          yield* failure({ idTokenLifetime: "2 days" })
        ],
        [
          "idTokenLifetime: is not a duration of a second at least",
          yield* failure({ idTokenLifetime: "999 millis" })
        ],
        [
          "idTokenLifetime: is longer than the tokenLifetime of the signing keys",
          yield* failure({ idTokenLifetime: "Infinity" })
        ],
        [
          "pairwise.salt: has fewer than 32 characters",
          yield* failure({ pairwise: { salt: Redacted.make("x".repeat(31)) } })
        ]
      ] as const) {
        assert.instanceOf(error, ConfigurationError)
        assert.strictEqual(error.message, message)
      }
      const least = {
        idTokenLifetime: "1 second",
        pairwise: { salt: Redacted.make("x".repeat(32)) }
      } as const
      const failed = yield* Effect.exit(failure(least))
      assert.isTrue(Exit.isFailure(failed), "these are good")
    })
  )

  it.effect("extends whoever uses the server, even if it was given to the server alone", () =>
    Effect.gen(function* () {
      const { query } = redirectOf(yield* authorize(new Browser(), { prompt: "none" }))
      assert.strictEqual(query.error, "login_required")
    }).pipe(
      Effect.provide(
        OAuthHandler.layer.pipe(
          Layer.provide(InteractionPages.layer),
          Layer.provideMerge(
            AuthorizationServer.layer({
              issuer,
              scopes: ["openid"],
              grants: [Grants.authorizationCode],
              allowHttp: true
            }).pipe(Layer.provide(OpenIdConnect.layer()))
          ),
          Layer.provideMerge(Layer.mergeAll(keys, People)),
          Layer.provideMerge(Storage.layerMemoryWith({ clients }))
        )
      )
    )
  )

  it.effect("without it, openid is a scope like any other", () =>
    Effect.gen(function* () {
      const page = yield* authorize(new Browser(), { prompt: "none", request: "x" })
      assert.isTrue(isSignInPage(page))
    }).pipe(
      Effect.provide(
        OAuthHandler.layer.pipe(
          Layer.provide(InteractionPages.layer),
          Layer.provideMerge(
            AuthorizationServer.layer({
              issuer,
              scopes: ["openid"],
              grants: [Grants.authorizationCode],
              allowHttp: true
            })
          ),
          Layer.provideMerge(People),
          Layer.provideMerge(Storage.layerMemoryWith({ clients }))
        )
      )
    )
  )
})
