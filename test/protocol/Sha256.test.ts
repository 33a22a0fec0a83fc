import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Sha256 from "../../src/protocol/Sha256.ts"

describe("Sha256", () => {
  it("has the platform's on Node", () => {
    assert.notStrictEqual(Sha256.platform, Sha256.portable)
  })

  it.prop("digests alike in JavaScript and on the platform", [Schema.String], ([text]) => {
    assert.strictEqual(Sha256.platform.digestBase64Url(text), Sha256.portable.digestBase64Url(text))
  })

  it.prop(
    "authenticates alike in JavaScript and on the platform",
    [Schema.Uint8Array, Schema.String],
    ([key, text]) => {
      assert.deepStrictEqual(Sha256.platform.hmac(key, text), Sha256.portable.hmac(key, text))
    }
  )

  it("reads half a surrogate pair alike", () => {
    assert.strictEqual(Sha256.platform.digestBase64Url("\ud800"), Sha256.portable.digestBase64Url("\ud800"))
  })

  // RFC 7636, appendix B
  it("knows the digest of RFC 7636", () => {
    for (const sha256 of [Sha256.platform, Sha256.portable]) {
      assert.strictEqual(
        sha256.digestBase64Url("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
      )
    }
  })
})
