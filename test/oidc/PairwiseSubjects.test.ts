import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import {
  Client,
  JwtAccessTokens,
  OpenIdConnect,
  PairwiseSubjects,
  SecretKeys,
  ServerConfig,
  Storage
} from "effect-oauth"
import { decodeJwt } from "jose"
import { redirectOf } from "../support/Flow.ts"
import * as TestServer from "../support/TestServer.ts"
import {
  asRp,
  at,
  authorize,
  Browser,
  clients,
  exchange,
  flow,
  issuer,
  keys,
  options,
  People,
  Provider,
  redirectUri,
  salt,
  server,
  text,
  userinfo,
  verifyIdToken,
  visit
} from "./support/Provider.ts"

const introspect = (accessToken: unknown, basic: readonly [string, string]) =>
  Effect.map(
    TestServer.send({ path: at("/introspect"), form: { token: text(accessToken) }, basic }),
    (response) => response.json()
  )

const withoutSalt = server().pipe(
  Layer.provideMerge(OpenIdConnect.layer()),
  Layer.provideMerge(Layer.mergeAll(keys, People)),
  Layer.provideMerge(Storage.layerMemoryWith({ clients }))
)

layer(withoutSalt)("a provider that has no pairwise subjects", (it) => {
  it.effect("refuses a client that is registered for them: unauthorized_client", () =>
    Effect.gen(function* () {
      const refused = yield* authorize(new Browser(), { client_id: "rp-pairwise" })
      assert.strictEqual(redirectOf(refused).query.error, "unauthorized_client")
      assert.strictEqual(
        redirectOf(refused).query.error_description,
        "The client is registered for pairwise subjects, which the server does not have"
      )
      yield* flow()
    })
  )
})

layer(Provider)("OpenID Connect Core §8 pairwise subjects", (it) => {
  // @covers oidc-core-8.1-a oidc-core-8.1-b oidc-core-8.1-g oidc-core-8.1-h
  it.effect("are the same in a sector, others elsewhere, and never the application's", () =>
    Effect.gen(function* () {
      const subjectOf = (id: string) =>
        Effect.map(flow({ client_id: id }), ({ idToken }) => text(idToken.sub))
      const one = yield* subjectOf("rp-pairwise")
      assert.strictEqual(yield* subjectOf("rp-pairwise"), one)
      assert.strictEqual(yield* subjectOf("rp-pairwise-same-host"), one)
      const other = yield* subjectOf("rp-pairwise-sector")
      assert.notStrictEqual(other, one)
      for (const subject of [one, other]) {
        assert.match(subject, /^[\w-]{43}$/)
        assert.notInclude(subject, "u-1")
      }
      assert.strictEqual(yield* subjectOf("rp"), "u-1")
    })
  )

  it.effect("are what userinfo, introspection and a refresh say to the client", () =>
    Effect.gen(function* () {
      const basic = ["rp-pairwise", "rp-secret"] as const
      const { idToken, tokens } = yield* flow({ client_id: "rp-pairwise", scope: "openid offline_access" })
      assert.strictEqual((yield* userinfo(tokens.access_token)).json().sub, idToken.sub)
      const own = yield* introspect(tokens.access_token, basic)
      assert.strictEqual(own.sub, idToken.sub)
      assert.notProperty(own, "username")
      assert.strictEqual((yield* introspect(tokens.refresh_token, basic)).sub, idToken.sub)
      const refreshed = yield* TestServer.send({
        path: at("/token"),
        form: { grant_type: "refresh_token", refresh_token: text(tokens.refresh_token) },
        basic
      })
      const claims = yield* verifyIdToken(refreshed.json().id_token, { audience: "rp-pairwise" })
      assert.strictEqual(claims.sub, idToken.sub)
      // A resource server knows the person as it may: by the application's identifier.
      const api = yield* introspect(tokens.access_token, ["api", "api-secret"])
      assert.strictEqual(api.sub, "u-1")
      assert.strictEqual(api.username, "ada")
    })
  )

  it.effect("are what an ID token hint is held against", () =>
    Effect.gen(function* () {
      const first = yield* flow({ client_id: "rp-pairwise" })
      const hint = { client_id: "rp-pairwise", prompt: "none", id_token_hint: text(first.tokens.id_token) }
      const silent = yield* flow(hint, first.browser)
      assert.strictEqual(silent.idToken.sub, first.idToken.sub)
      const stranger = new Browser()
      yield* stranger.signIn(yield* authorize(stranger), "grace", "hopper")
      assert.strictEqual(redirectOf(yield* authorize(stranger, hint)).query.error, "login_required")
    })
  )

  it.effect("are in the ID tokens of the implicit and the hybrid flow", () =>
    Effect.gen(function* () {
      const { idToken } = yield* flow({ client_id: "rp-pairwise" })
      const { fragment } = yield* visit(new Browser(), {
        client_id: "rp-pairwise",
        response_type: "code id_token"
      })
      const claims = yield* verifyIdToken(fragment.id_token, { audience: "rp-pairwise" })
      assert.strictEqual(claims.sub, idToken.sub)
    })
  )
})

const withKeys = (...secrets: ReadonlyArray<string>) => {
  const [current = Redacted.make(""), ...older] = secrets.map((secret) => Redacted.make(secret.repeat(32)))
  return server().pipe(
    Layer.provide(JwtAccessTokens.layer().pipe(Layer.provide(ServerConfig.layer({ issuer }, [])))),
    Layer.provideMerge(OpenIdConnect.layer(options)),
    Layer.provideMerge(Layer.mergeAll(keys, People)),
    Layer.provideMerge(Layer.merge(Storage.layerMemoryWith({ clients }), SecretKeys.layer(current, ...older)))
  )
}

describe("OpenID Connect Core §8.1 pairwise subjects outlive the secrets", () => {
  const subject = (...secrets: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const { query } = yield* visit(new Browser(), { client_id: "rp-pairwise" })
      const tokens = (yield* exchange(query.code, {}, ["rp-pairwise", asRp[1]])).json()
      const { sub } = yield* verifyIdToken(tokens.id_token, { audience: "rp-pairwise" })
      // A client can read a JWT access token.
      assert.strictEqual(decodeJwt(text(tokens.access_token)).sub, sub)
      return sub
    }).pipe(Effect.provide(withKeys(...secrets)))

  // @covers oidc-core-8.1-h
  it.effect("a new secret, with the old one and without it, changes nobody's", () =>
    Effect.gen(function* () {
      const before = yield* subject("a")
      assert.strictEqual(yield* subject("b", "a"), before)
      assert.strictEqual(yield* subject("c"), before)
    })
  )
})

describe("PairwiseSubjects", () => {
  const client = (metadata: Partial<Client.Metadata>) =>
    Client.make({ client_id: "c", subject_type: "pairwise", redirect_uris: [redirectUri], ...metadata })

  // @covers oidc-core-8.1-b
  it("another salt gives other subjects, and so does another person", () => {
    const { subjectFor } = PairwiseSubjects.make(salt)
    const other = PairwiseSubjects.make(Redacted.make("another salt, which is as long as it takes"))
    assert.notStrictEqual(subjectFor(client({}), "u-1"), other.subjectFor(client({}), "u-1"))
    assert.notStrictEqual(subjectFor(client({}), "u-1"), subjectFor(client({}), "u-2"))
  })

  // @covers oidc-core-8.1-g
  it("sector and subject cannot run into each other", () => {
    const { subjectFor } = PairwiseSubjects.make(salt)
    const a = client({ redirect_uris: ["https://a.example/"] })
    const ab = client({ redirect_uris: ["https://a.exampleb/"] })
    assert.notStrictEqual(subjectFor(a, "b1"), subjectFor(ab, "1"))
  })

  it("a client that has no sector shares it with nobody", () => {
    const { subjectFor } = PairwiseSubjects.make(salt)
    const [one, other] = ["one", "other"].map((id) => client({ client_id: id, redirect_uris: [] }))
    if (one === undefined || other === undefined) return assert.fail("there are two")
    assert.notStrictEqual(subjectFor(one, "u-1"), subjectFor(other, "u-1"))
  })

  const sector = (metadata: Partial<Client.Metadata>) =>
    Result.getOrElse(PairwiseSubjects.sectorIdentifier(client(metadata)), (error) => {
      assert.match(error.message, /^The (?:client has no sector: |sector_identifier_uri is not https$)/)
      return error._tag
    })

  // @covers oidc-core-8.1-d oidc-core-8.1-e
  it("the sector is a host", () => {
    assert.strictEqual(sector({}), "rp.example.com")
    assert.strictEqual(
      sector({ redirect_uris: [redirectUri, "https://rp.example.com:8443/x"] }),
      "rp.example.com"
    )
    assert.strictEqual(sector({ redirect_uris: [redirectUri, "https://x.example/"] }), "UnauthorizedClient")
    assert.strictEqual(sector({ redirect_uris: [] }), "UnauthorizedClient")
    assert.strictEqual(sector({ redirect_uris: ["com.example.app:/cb"] }), "UnauthorizedClient")
    assert.strictEqual(
      sector({
        sector_identifier_uri: "https://sector.example/u.json",
        redirect_uris: [redirectUri, "https://x.example/"]
      }),
      "sector.example"
    )
    assert.strictEqual(
      sector({ sector_identifier_uri: "http://sector.example/u.json" }),
      "UnauthorizedClient"
    )
    assert.strictEqual(sector({ sector_identifier_uri: "nonsense" }), "UnauthorizedClient")
    const unparsable = PairwiseSubjects.sectorIdentifier({ ...client({}), redirectUris: ["nonsense"] })
    assert.isTrue(Result.isFailure(unparsable))
  })
})
