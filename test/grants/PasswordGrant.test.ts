import { assert, describe, it, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import {
  AttemptLimit,
  AuthorizationServer,
  GrantStore,
  Legacy,
  OAuthRequest,
  ResourceOwner,
  Secret,
  Storage,
  StorageError,
  TokenEndpoint
} from "effect-oauth"
import {
  asConfidential,
  asService,
  audited,
  type Fields,
  introspect,
  text,
  token,
  tokensIn
} from "../support/Flow.ts"
import { basic, clients, issuer, layer as server } from "../support/TestServer.ts"

const passwordOf = (fields: Fields = {}, credentials: typeof asConfidential | null = asConfidential) =>
  token({ grant_type: "password", username: "ada", password: "lovelace", ...fields }, credentials)

layer(server)("RFC 6749 §4.3 resource owner password credentials", (it) => {
  // @covers rfc6749-4.3.2-g
  it.effect("become tokens of the resource owner", () =>
    Effect.gen(function* () {
      const response = yield* passwordOf({ scope: "read" })
      assert.strictEqual(response.status, 200)
      assert.deepInclude(yield* introspect(tokensIn(response).accessToken), {
        active: true,
        sub: "u-1",
        username: "ada",
        client_id: "confidential",
        scope: "read"
      })
    })
  )

  it.effect("for a public client, too", () =>
    Effect.gen(function* () {
      const response = yield* passwordOf({ client_id: "public" }, null)
      assert.strictEqual(response.status, 200)
    })
  )

  it.effect("each attempt is counted before the password is looked at: where, by whom and from where", () =>
    Effect.gen(function* () {
      const counted: Array<AttemptLimit.Attempt> = []
      const spy: AttemptLimit.Service = { count: (attempt) => Effect.sync(() => void counted.push(attempt)) }
      yield* passwordOf({ password: "wrong" }).pipe(Effect.provideService(AttemptLimit.AttemptLimit, spy))
      assert.deepStrictEqual(counted, [
        { at: "password-grant", username: "ada", remoteAddress: "203.0.113.7" }
      ])
    })
  )

  // @covers rfc6749-4.3.2-d rfc6749-4.3.2-e rfc6749-4.3.2-f
  it.effect("for a confidential client only if it proves itself", () =>
    Effect.gen(function* () {
      for (const credentials of [null, ["confidential", "wrong"]] as const) {
        const response = yield* passwordOf({ client_id: "confidential" }, credentials)
        assert.strictEqual(response.status, 401)
        assert.strictEqual(response.json().error, "invalid_client")
      }
    })
  )

  it.effect("the resource owner has signed in now", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 hour")
      const store = yield* GrantStore.GrantStore
      const { accessToken } = tokensIn(yield* passwordOf())
      const record = yield* Effect.flatMap(
        store.findAccessToken(Secret.hash(Redacted.make(accessToken))),
        Effect.fromOption
      )
      assert.strictEqual(record.grant.authenticatedAt, yield* Clock.currentTimeMillis)
    })
  )

  it.effect("are recorded as tokens, and never as a password", () =>
    Effect.gen(function* () {
      const { events } = yield* audited(passwordOf())
      assert.strictEqual(events.length, 1)
      assert.deepInclude(events[0], { _tag: "TokensIssued", subject: "u-1" })
      assert.notInclude(JSON.stringify(events), "lovelace")
    })
  )
})

layer(server)("RFC 6749 §5.2 the resource owner credentials are invalid", (it) => {
  it.effect.each([
    ["a wrong password", { password: "byron" }],
    ["an unknown name", { username: "nobody" }],
    ["another's password", { password: "hopper" }]
  ] as const)("%s is invalid_grant, in the same words", ([, fields]) =>
    Effect.gen(function* () {
      const response = yield* passwordOf(fields)
      assert.strictEqual(response.status, 400)
      assert.deepStrictEqual(response.json(), {
        error: "invalid_grant",
        error_description: "The username or the password is wrong"
      })
    })
  )

  // @covers rfc6749-4.3.2-b rfc6749-4.3.2-c
  it.effect.each(["username", "password"])("%s is required", (name) =>
    Effect.gen(function* () {
      for (const value of [undefined, ""]) {
        const response = yield* passwordOf({ [name]: value })
        assert.deepStrictEqual(response.json(), {
          error: "invalid_request",
          error_description: `The parameter ${name} is missing`
        })
      }
    })
  )

  it.effect("a scope that the client may not have is invalid_scope, whatever the password", () =>
    Effect.gen(function* () {
      for (const password of ["lovelace", "wrong"]) {
        const response = yield* passwordOf({ scope: "admin", password })
        assert.strictEqual(response.json().error, "invalid_scope")
      }
    })
  )

  it.effect("a client that did not register it may not use it", () =>
    Effect.gen(function* () {
      const response = yield* passwordOf({}, asService)
      assert.strictEqual(response.json().error, "unauthorized_client")
    })
  )
})

describe("RFC 9700 §2.4 the grant is installed by name only", () => {
  it.effect("people who cannot be asked are not people who are unknown", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        TokenEndpoint.handle(
          OAuthRequest.make({
            parameters: { grant_type: "password", username: "ada", password: "lovelace" },
            authorization: basic(...asConfidential)
          })
        )
      )
      assert.strictEqual(error._tag, "StorageError")
    }).pipe(
      Effect.provide(
        AuthorizationServer.layer({ issuer, scopes: ["read"], grants: [Legacy.password] }).pipe(
          Layer.provide(
            Layer.mock(ResourceOwner.ResourceOwner, {
              authenticate: () => Effect.fail(new StorageError({ operation: "users", cause: "down" }))
            })
          )
        )
      ),
      Effect.provide(Storage.layerMemoryWith({ clients }))
    )
  )

  // @covers rfc6749-10.7-a rfc9700-2.4-a
  it.effect("a server without it does not have it", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        TokenEndpoint.handle(
          OAuthRequest.make({
            parameters: { grant_type: "password", username: "ada", password: "lovelace" },
            authorization: basic(...asConfidential)
          })
        )
      )
      assert.strictEqual(text(error._tag), "UnsupportedGrantType")
    }).pipe(
      Effect.provide(AuthorizationServer.layer({ issuer, grants: [] })),
      Effect.provide(Storage.layerMemoryWith({ clients }))
    )
  )
})
