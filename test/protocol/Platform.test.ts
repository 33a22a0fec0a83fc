import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { platform, portable } from "../../src/protocol/Platform.ts"

describe("Platform", () => {
  it("has the platform's on Node", () => {
    assert.notStrictEqual(platform, portable)
  })

  it.prop("digests alike in JavaScript and on the platform", [Schema.String], ([text]) => {
    assert.strictEqual(platform.sha256Base64Url(text), portable.sha256Base64Url(text))
  })

  it.prop(
    "authenticates alike in JavaScript and on the platform, with keys of any length",
    [Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 200 })), Schema.Uint8Array, Schema.String],
    ([length, seed, text]) => {
      const key = Uint8Array.from({ length }, (_, at) => (seed[at % (seed.length || 1)] ?? 0) ^ at)
      // Twice, since what was made of a key is kept.
      for (let time = 0; time < 2; time++) {
        assert.strictEqual(platform.hmacSha256Base64Url(key, text), portable.hmacSha256Base64Url(key, text))
      }
    }
  )

  it("authenticates alike however long the text is, one after another", () => {
    const key = Uint8Array.from({ length: 32 }, (_, at) => at)
    for (const character of ["a", "é", "→"]) {
      for (const length of [0, 1, 63, 64, 319, 320, 321, 340, 341, 1023, 1024, 1025, 3000, 1, 0]) {
        const text = character.repeat(length)
        assert.strictEqual(platform.hmacSha256Base64Url(key, text), portable.hmacSha256Base64Url(key, text))
      }
    }
  })

  it.prop("writes base64url alike in JavaScript and on the platform", [Schema.Uint8Array], ([bytes]) => {
    assert.strictEqual(platform.base64Url(bytes), portable.base64Url(bytes))
    assert.strictEqual(platform.base64Url(bytes.subarray(1)), portable.base64Url(bytes.subarray(1)))
  })

  it.prop("writes a text in base64url alike in JavaScript and on the platform", [Schema.String], ([text]) => {
    assert.strictEqual(platform.textBase64Url(text), portable.textBase64Url(text))
    assert.strictEqual(portable.textBase64Url(text), portable.base64Url(new TextEncoder().encode(text)))
  })

  it("writes base64url alike however many bytes there are, and wherever they lie", () => {
    const bytes = Uint8Array.from({ length: 200 }, (_, at) => (at * 151) % 256)
    for (let length = 0; length <= 200; length++) {
      for (const some of [bytes.subarray(0, length), bytes.subarray(200 - length), bytes.slice(0, length)]) {
        assert.strictEqual(platform.base64Url(some), portable.base64Url(some))
      }
    }
  })

  it.prop(
    "compares alike in JavaScript and on the platform",
    [Schema.String, Schema.String],
    ([one, other]) => {
      for (const { timingSafeEqual } of [platform, portable]) {
        assert.isTrue(timingSafeEqual(one, `${one}`))
        assert.strictEqual(timingSafeEqual(one, other), one.toWellFormed() === other.toWellFormed())
        assert.isFalse(timingSafeEqual(one, `${one}x`))
      }
    }
  )

  it("reads half a surrogate pair alike", () => {
    assert.strictEqual(platform.sha256Base64Url("\ud800"), portable.sha256Base64Url("\ud800"))
  })

  // RFC 7636, appendix B
  it("knows the digest of RFC 7636", () => {
    for (const one of [platform, portable]) {
      assert.strictEqual(
        one.sha256Base64Url("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
      )
    }
  })
})
