import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { Authorization, Parameters } from "effect-oauth"
import { bearerToken } from "effect-oauth/oidc/BearerToken"

const read = (authorization?: string, form: Record<string, string> = {}) =>
  Result.match(
    bearerToken({
      authorization: authorization === undefined ? undefined : Authorization.parse(authorization),
      parameters: Parameters.fromRecord(form),
      remoteAddress: undefined
    }),
    {
      onSuccess: (token) => [String(token), Redacted.value(token)],
      onFailure: ({ _tag, message }) => [_tag, message]
    }
  )

describe("RFC 6750 §2 the token of a request", () => {
  it("is in the header, after any spaces, or in the form", () => {
    for (const header of ["Bearer a.b~c+d/e-f_g==", "bearer    a.b~c+d/e-f_g=="]) {
      assert.deepStrictEqual(read(header), ["<redacted:access_token>", "a.b~c+d/e-f_g=="])
    }
    assert.strictEqual(read(undefined, { access_token: "a" })[1], "a")
  })

  it("is missing where there is none, or only something of another scheme", () => {
    assert.deepStrictEqual(read(), ["MissingToken", "The request has no access token"])
    for (const header of ["Basic cnA6cnA=", "Digest bearer abc", "Bearers abc", ""]) {
      assert.deepStrictEqual(read(header), ["MissingToken", "The request has no Bearer token"], header)
    }
  })

  it("is one, and nothing stands around it", () => {
    for (const header of ["Bearer", "Bearer ", "Bearer a b", "Bearer ? bearer abc", "Bearer a=b"]) {
      assert.deepStrictEqual(
        read(header),
        ["InvalidTokenRequest", "The Authorization header is malformed"],
        header
      )
    }
  })
})
