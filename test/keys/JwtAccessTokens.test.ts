import { assert, describe, it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import {
  Client,
  GrantStore,
  JwtAccessTokens,
  Scope,
  SigningKeys,
  SubjectIdentifiers,
  TokenFactory
} from "effect-oauth"
import { decodeJwt } from "jose"
import { issuer, type Sent, secrets, send } from "../support/TestServer.ts"
import * as Keys from "./support.ts"

const audience = "https://api.example.com"

class Roles extends Context.Service<
  Roles,
  { readonly of: (subject: string | undefined) => Effect.Effect<ReadonlyArray<string>> }
>()("Roles") {}

const tokens = JwtAccessTokens.layer({
  algorithm: "RS256",
  claims: Effect.fnUntraced(function* ({ grant }) {
    const roles = yield* Roles.use((roles) => roles.of(grant.subject))
    return { roles: Array.from(roles), iss: "https://evil.example" }
  })
})

const server = Keys.handler.pipe(
  Layer.provide(tokens),
  Layer.provide(
    Layer.succeed(Roles, { of: (subject) => Effect.succeed(subject === "u-1" ? ["admin"] : []) })
  ),
  Layer.provideMerge(Keys.server({ audience })),
  Layer.provideMerge(Keys.keys),
  Layer.provideMerge(Keys.storage)
)

const clientCredentials: Sent = {
  path: "/token",
  form: { grant_type: "client_credentials", scope: "read" },
  basic: ["confidential", secrets.confidential]
}

const token = Effect.fnUntraced(function* (request: Sent) {
  const response = (yield* send(request)).json()
  assert.isString(response.access_token, JSON.stringify(response))
  return String(response.access_token)
})

const introspect = (token: string) =>
  Effect.map(
    send({ path: "/introspect", form: { token }, basic: ["confidential", secrets.confidential] }),
    (response) => response.json()
  )

const expected = { typ: "at+jwt", issuer, audience }

layer(server)("RFC 9068 JWT access tokens", (it) => {
  // @covers oidc-core-16.8-a rfc9068-2.1-a rfc9068-2.1-b rfc9068-2.1-c rfc9068-2.1-d rfc9068-2.1-e
  // @covers rfc9068-2.1-f rfc9068-2.1-g rfc9068-2.2-a rfc9068-2.2-b rfc9068-2.2-c rfc9068-2.2-d
  // @covers rfc9068-2.2-f rfc9068-2.2-g rfc9068-2.2-h rfc9068-2.2-i rfc9068-2.2.3-a rfc9068-3-c rfc9068-4-a
  it.effect("§2.1, §2.2: a client's own token, as a resource server verifies it (§4)", () =>
    Effect.gen(function* () {
      const jwt = yield* token(clientCredentials)
      const { payload, protectedHeader } = yield* Keys.verifyAsRelyingParty(jwt, expected)
      assert.strictEqual(protectedHeader.typ, "at+jwt")
      assert.strictEqual(protectedHeader.alg, "RS256")
      const { exp, iat, jti, ...others } = payload
      assert.deepStrictEqual(others, {
        roles: [],
        iss: issuer,
        aud: audience,
        sub: "confidential",
        client_id: "confidential",
        scope: "read"
      })
      assert.strictEqual(Number(exp) - Number(iat), 600)
      assert.match(String(jti), /^[\w-]{22}$/)
    })
  )

  // @covers rfc9068-2.2-e rfc9068-2.2-h rfc9068-2.2.3-a
  it.effect("§2.2.1, §2.2.3: a person's token says who, since when, and what the application adds", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("90 seconds")
      const jwt = yield* token({
        path: "/token",
        form: { grant_type: "password", username: "ada", password: "lovelace", scope: "read write" },
        basic: ["confidential", secrets.confidential]
      })
      const { payload } = yield* Keys.verifyAsRelyingParty(jwt, expected)
      assert.strictEqual(payload.sub, "u-1")
      assert.strictEqual(payload.scope, "read write")
      assert.strictEqual(payload.auth_time, payload.iat)
      assert.deepStrictEqual(payload.roles, ["admin"])
      assert.strictEqual(payload.iss, issuer)
    })
  )

  // @covers rfc9068-2.2-i
  it.effect("every token is another (§2.2 jti)", () =>
    Effect.gen(function* () {
      const first = yield* token(clientCredentials)
      const second = yield* token(clientCredentials)
      assert.notStrictEqual(first, second)
    })
  )

  it.effect("introspection tells what the token tells, until it is revoked", () =>
    Effect.gen(function* () {
      const jwt = yield* token(clientCredentials)
      const { payload } = yield* Keys.verifyAsRelyingParty(jwt, expected)
      const described = yield* introspect(jwt)
      for (const name of ["iss", "aud", "sub", "client_id", "scope", "exp", "iat", "jti"]) {
        assert.strictEqual(described[name], payload[name], name)
      }
      const revoked = yield* send({
        path: "/revoke",
        form: { token: jwt },
        basic: ["confidential", secrets.confidential]
      })
      assert.strictEqual(revoked.status, 200)
      assert.deepStrictEqual(yield* introspect(jwt), { active: false })
    })
  )

  it.effect("a token that the server has not issued is not active, although it has the right form", () =>
    Effect.gen(function* () {
      const jwt = yield* token(clientCredentials)
      assert.deepStrictEqual(yield* introspect(`${jwt.slice(0, -4)}AAAA`), { active: false })
    })
  )
})

describe("RFC 9068 §6 the subject in a token that the client can read", () => {
  // @covers rfc9068-2.2-e
  it.effect("is the identifier that the client knows the person by", () =>
    Effect.gen(function* () {
      const jwt = yield* token({
        path: "/token",
        form: { grant_type: "password", username: "ada", password: "lovelace" },
        basic: ["confidential", secrets.confidential]
      })
      const { payload } = yield* Keys.verifyAsRelyingParty(jwt, {})
      assert.strictEqual(payload.sub, "u-1 at confidential")
    }).pipe(
      Effect.provide(
        server.pipe(
          Layer.provideMerge(
            Layer.succeed(SubjectIdentifiers.SubjectIdentifiers, {
              subjectFor: (client, subject) => `${subject} at ${client.clientId}`
            })
          )
        )
      )
    )
  )
})

describe("a JWT access token by itself", () => {
  it.effect("is not shown to who looks at it in passing, and has a scope if there is one (§2.2.3)", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(
        JwtAccessTokens.layer().pipe(
          Layer.provide(SigningKeys.layer()),
          Layer.provide(Keys.server({ audience })),
          Layer.provide(Keys.storage)
        )
      )
      const { accessToken } = yield* Effect.provideContext(TokenFactory.TokenFactory, context)
      const client = Client.make({ client_id: "c" })
      const claimsFor = Effect.fnUntraced(function* (scope: Scope.Scope) {
        const grant = {
          id: GrantStore.GrantId("1"),
          clientId: client.clientId,
          subject: undefined,
          username: undefined,
          scope,
          createdAt: 0,
          authenticatedAt: undefined
        }
        const token = yield* accessToken({ id: "1", client, grant, scope, issuedAt: 1000, expiresAt: 61_999 })
        assert.strictEqual(String(token), "<redacted:access_token>")
        return decodeJwt(Redacted.value(token))
      })
      const always = { iss: issuer, aud: audience, sub: "c", client_id: "c", jti: "1", iat: 1, exp: 61 }
      assert.deepStrictEqual<unknown>(yield* claimsFor(Scope.fromTokens([])), always)
      assert.deepStrictEqual<unknown>(yield* claimsFor(Scope.fromTokens(["a", "b"])), {
        ...always,
        scope: "a b"
      })
    }).pipe(Effect.scoped)
  )
})

describe("JWT access tokens that no resource server could verify", () => {
  const failure = (
    options: JwtAccessTokens.Options,
    { accessToken = "1 hour", ...keys }: SigningKeys.Options & { readonly accessToken?: "1 hour" | "2 days" }
  ) =>
    Effect.flip(
      Layer.build(
        JwtAccessTokens.layer(options).pipe(
          Layer.provide(SigningKeys.layer(keys)),
          Layer.provide(Keys.server({ lifetimes: { accessToken } })),
          Layer.provide(Keys.storage)
        )
      )
    ).pipe(Effect.scoped)

  // @covers rfc9068-2.1-c
  it.effect("an algorithm that no key has", () =>
    Effect.gen(function* () {
      const error = yield* failure({ algorithm: "RS256" }, { algorithms: ["ES256"] })
      assert.strictEqual(error.message, "algorithm: is not one that the signing keys sign with")
    })
  )

  it.effect("a lifetime that is longer than the keys are published for", () =>
    Effect.gen(function* () {
      const error = yield* failure({}, { accessToken: "2 days" })
      assert.strictEqual(
        error.message,
        "lifetimes.accessToken: is longer than tokenLifetime of the signing keys"
      )
    })
  )
})
