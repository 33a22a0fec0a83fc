import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import {
  AuthorizationServer,
  Grant,
  GrantStore,
  Grants,
  IssueTokens,
  OAuthError,
  OAuthRequest,
  Secret,
  Storage,
  TokenEndpoint
} from "effect-oauth"
import { type Fields, given, register } from "../support/Flow.ts"
import { basic, issuer } from "../support/TestServer.ts"

class Badges extends Context.Service<
  Badges,
  { readonly find: (badge: number) => Effect.Effect<Option.Option<string>> }
>()("test/Badges") {}

const grantType = "urn:example:badge"

const BadgeGrant = Grant.make(grantType, {
  parameters: Schema.Struct({
    badge: Schema.FiniteFromString,
    door: Schema.optionalKey(Schema.NonEmptyString)
  }),
  execute: Effect.fnUntraced(function* ({ client, parameters, scope }) {
    const employee = yield* Badges.use((badges) => badges.find(parameters.badge)).pipe(
      Effect.withSpan("findBadge")
    )
    if (Option.isNone(employee)) {
      return yield* new OAuthError.InvalidGrant({ description: "Nobody has this badge" })
    }
    return yield* IssueTokens.issueTokens({ client, subject: employee.value, scope })
  })
})

const server = AuthorizationServer.layer({
  issuer,
  scopes: ["read", "write"],
  grants: [BadgeGrant, Grants.refreshToken]
}).pipe(
  Layer.provide(
    Layer.succeed(Badges, {
      find: (badge) => Effect.succeed(badge === 42 ? Option.some("employee-42") : Option.none())
    })
  ),
  Layer.provideMerge(Storage.layerMemory)
)

type IssueTokensRequirements = Effect.Services<ReturnType<typeof IssueTokens.issueTokens>>

const present = Effect.fnUntraced(function* (fields: Fields) {
  yield* register({ client_id: "gate", grant_types: [grantType, "refresh_token"] })
  return yield* TokenEndpoint.handle(
    OAuthRequest.make({
      parameters: given({ grant_type: grantType, ...fields }),
      authorization: basic("gate", "another-secret")
    })
  )
})

describe("RFC 6749 §4.5 extension grants", () => {
  it.effect("a grant of one's own decodes its parameters, and issues tokens", () =>
    Effect.gen(function* () {
      const response = yield* present({ badge: "42", scope: "read" })
      assert.strictEqual<string>(response.scope, "read")
      assert.isTrue(Redacted.isRedacted(response.refreshToken))
      const store = yield* GrantStore.GrantStore
      const record = yield* Effect.flatMap(
        store.findAccessToken(Secret.hash(response.accessToken)),
        Effect.fromOption
      )
      assert.strictEqual(record.grant.subject, "employee-42")
      assert.isUndefined(record.grant.username)
    }).pipe(Effect.provide(server))
  )

  it.effect("fails in its own way", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(present({ badge: "43" }))
      assert.strictEqual(error._tag, "InvalidGrant")
      assert.strictEqual(error.message, "Nobody has this badge")
    }).pipe(Effect.provide(server))
  )

  it.effect.each<readonly [string, Fields, string]>([
    ["missing", {}, "The parameter badge is missing or malformed"],
    ["empty", { badge: "" }, "The parameter badge is missing or malformed"],
    ["malformed", { badge: "forty-two" }, "The parameter badge is missing or malformed"]
  ])("a parameter that is %s is invalid_request, and named", ([, fields, description]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(present(fields))
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.strictEqual(error.message, description)
    }).pipe(Effect.provide(server))
  )

  it.effect("where no parameter is to blame, none is named", () =>
    Effect.gen(function* () {
      const Either = Grant.make(grantType, {
        parameters: Schema.Struct({
          badge: Schema.optionalKey(Schema.String),
          door: Schema.optionalKey(Schema.String)
        }).check(Schema.makeFilter((given) => given.badge !== undefined || given.door !== undefined)),
        execute: ({ client, scope }) => IssueTokens.issueTokens({ client, subject: "somebody", scope })
      })
      const error = yield* present({}).pipe(
        Effect.flip,
        Effect.provide(AuthorizationServer.layer({ issuer, scopes: ["read", "write"], grants: [Either] }))
      )
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.strictEqual(error.message, "A parameter is malformed")
    }).pipe(Effect.provide(server))
  )

  it.effect("the scope is held against what the client registered, before it is called", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(present({ badge: "42", scope: "admin" }))
      assert.strictEqual(error._tag, "InvalidScope")
    }).pipe(Effect.provide(server))
  )

  it.effect("without a scope it has all that the client registered", () =>
    Effect.gen(function* () {
      assert.strictEqual<string>((yield* present({ badge: "42" })).scope, "read write")
    }).pipe(Effect.provide(server))
  )

  it.effect("it may be for confidential clients only, and is for all clients if it does not say so", () =>
    Effect.gen(function* () {
      const grantFor = (options: { readonly confidentialOnly?: boolean }) =>
        Grant.make(grantType, {
          ...options,
          parameters: Schema.Struct({}),
          execute: ({ client, scope }) => IssueTokens.issueTokens({ client, subject: "somebody", scope })
        })
      const asPublic = (grant: Grant.Grant<IssueTokensRequirements>) =>
        TokenEndpoint.handle(
          OAuthRequest.make({ parameters: { client_id: "kiosk", grant_type: grantType, scope: "read" } })
        ).pipe(
          Effect.provide(AuthorizationServer.layer({ issuer, scopes: ["read", "write"], grants: [grant] }))
        )
      yield* register({
        client_id: "kiosk",
        grant_types: [grantType],
        token_endpoint_auth_method: "none"
      })
      for (const options of [{}, { confidentialOnly: false }]) {
        assert.strictEqual((yield* asPublic(grantFor(options))).tokenType, "Bearer")
      }
      const error = yield* Effect.flip(asPublic(grantFor({ confidentialOnly: true })))
      assert.strictEqual(error._tag, "UnauthorizedClient")
    }).pipe(Effect.provide(server))
  )

  it.effect("what it does is traced under the request, and not under what the server was started in", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      yield* present({ badge: "42" }).pipe(
        Effect.withSpan("request"),
        Effect.provide(Layer.withSpan(server, "startup")),
        Effect.provideService(Tracer.Tracer, tracer)
      )
      const found = spans.find((span) => span.name === "findBadge")
      const endpoint = Option.getOrUndefined(found?.parent ?? Option.none())
      assert.strictEqual(endpoint?._tag === "Span" ? endpoint.name : endpoint, "TokenEndpoint.handle")
    })
  )
})
