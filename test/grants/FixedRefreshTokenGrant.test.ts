import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import {
  AuthorizationServer,
  Grants,
  IssueTokens,
  Legacy,
  OAuthRequest,
  Scope,
  Storage,
  TokenEndpoint
} from "effect-oauth"
import * as AuthenticateClient from "../../src/client-authentication/AuthenticateClient.ts"
import * as TestServer from "../support/TestServer.ts"

const Server = AuthorizationServer.layer({
  ...TestServer.options,
  grants: [Grants.authorizationCode, Legacy.fixedRefreshToken]
}).pipe(Layer.provideMerge(Storage.layerMemoryWith({ clients: TestServer.clients })))

const as = (id: "confidential" | "post") =>
  id === "confidential"
    ? { authorization: TestServer.basic("confidential", TestServer.secrets.confidential) }
    : { parameters: { client_id: "post", client_secret: TestServer.secrets.post } }

const issued = Effect.gen(function* () {
  const client = yield* AuthenticateClient.authenticateClient(OAuthRequest.make(as("confidential")))
  const tokens = yield* IssueTokens.issueTokens({ client, subject: "u-1", scope: Scope.fromTokens(["read"]) })
  return Redacted.value(tokens.refreshToken ?? Redacted.make("none"))
})

const refresh = (
  refresh_token: string,
  credentials: Parameters<typeof OAuthRequest.make>[0] = as("confidential")
) =>
  TokenEndpoint.handle(
    OAuthRequest.make({
      ...credentials,
      parameters: { ...credentials.parameters, grant_type: "refresh_token", refresh_token }
    })
  )

layer(Server)("RFC 6749 §6 without rotation: Legacy.fixedRefreshToken", (it) => {
  describe("a confidential client", () => {
    it.effect("uses its refresh token again and again, and gets no other", () =>
      Effect.gen(function* () {
        const token = yield* issued
        const answers = yield* Effect.all([refresh(token), refresh(token), refresh(token)], {
          concurrency: 3
        })
        assert.isTrue(answers.every((answer) => answer.refreshToken === undefined))
        assert.strictEqual(new Set(answers.map(({ accessToken }) => Redacted.value(accessToken))).size, 3)
        assert.strictEqual((yield* refresh(token)).scope, "read")
      })
    )

    it.effect("cannot use another's", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(refresh(yield* issued, as("post")))
        assert.strictEqual(error._tag, "InvalidGrant")
      })
    )
  })

  // @covers rfc9700-2.2.2-a rfc9700-4.14.2-c
  it.effect("RFC 9700 §4.14.2: a public client's tokens have to be rotated", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(refresh(yield* issued, { parameters: { client_id: "public" } }))
      assert.strictEqual(error._tag, "UnauthorizedClient")
    })
  )

  it.effect("so that it is issued none, which it could never use", () =>
    Effect.gen(function* () {
      const client = yield* AuthenticateClient.authenticateClient(
        OAuthRequest.make({ parameters: { client_id: "public" } })
      )
      const scope = Scope.fromTokens(["read"])
      assert.isUndefined((yield* IssueTokens.issueTokens({ client, subject: "u-1", scope })).refreshToken)
    })
  )
})
