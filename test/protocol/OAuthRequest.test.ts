import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { OAuthRequest } from "effect-oauth"

describe("a request, whatever brought it", () => {
  it("has its Authorization header Redacted, under its name", () => {
    const { authorization } = OAuthRequest.make({ authorization: "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW" })
    assert.strictEqual(String(authorization), "<redacted:authorization>")
    assert.strictEqual(authorization && Redacted.value(authorization), "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW")
  })

  it("has none where there was none, nor an address, and its parameters as a form would have them", () => {
    const request = OAuthRequest.make({ parameters: { scope: "read", state: "" } })
    assert.isUndefined(request.authorization)
    assert.isUndefined(request.remoteAddress)
    assert.deepStrictEqual(request.parameters.toRecord(), { scope: "read" })
  })
})
