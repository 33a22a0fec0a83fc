import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { AuthorizationRequest } from "effect-oauth"

const Json = Schema.fromJsonString(AuthorizationRequest.AuthorizationRequest)

describe("an authorization request is plain data", () => {
  it.prop("it survives JSON", [Arbitrary.schema(AuthorizationRequest.AuthorizationRequest)], ([request]) => {
    assert.deepStrictEqual(Schema.decodeSync(Json)(Schema.encodeSync(Json)(request)), request)
  })

  it("anything else in its place is refused", () => {
    assert.throws(() => Schema.decodeSync(Json)("{}"))
    assert.throws(() =>
      Schema.decodeUnknownSync(AuthorizationRequest.AuthorizationRequest)({
        clientId: "client",
        redirectUri: "https://client.example/callback",
        redirectUriGiven: true,
        responseType: [],
        responseMode: "query",
        scope: "",
        extensions: {}
      })
    )
  })
})
