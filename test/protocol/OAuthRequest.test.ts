import { assert, describe, it } from "@effect/vitest"
import { OAuthRequest } from "effect-oauth"

describe("a request, whatever brought it", () => {
  it("has its Authorization header, read", () => {
    const { authorization } = OAuthRequest.make({ authorization: "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW" })
    assert.strictEqual(authorization?.scheme, "basic")
    assert.strictEqual(authorization?.credentials, "czZCaGRSa3F0MzpnWDFmQmF0M2JW")
  })

  it("has none where there was none, nor an address, and its parameters as a form would have them", () => {
    const request = OAuthRequest.make({ parameters: { scope: "read", state: "" } })
    assert.isUndefined(request.authorization)
    assert.isUndefined(request.remoteAddress)
    assert.deepStrictEqual(request.parameters.toRecord(), { scope: "read" })
  })
})
