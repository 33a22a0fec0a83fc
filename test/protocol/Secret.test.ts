import { createHash, createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Secret } from "effect-oauth"

const Text = Arbitrary.filter(Arbitrary.schema(Schema.String), (text) => text.isWellFormed())
const Few = Arbitrary.schema(Schema.Literals(["", "a", "b", "ab", "é", "e\u0301"]))

describe("FIPS 180-4 SHA-256", () => {
  it.for([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ]
  ] as const)("of %j", ([text, hash]) => {
    assert.strictEqual(Secret.sha256Base64Url(text), Buffer.from(hash, "hex").toString("base64url"))
  })

  it.prop("is taken of the UTF-8 bytes", [Text], ([text]) => {
    assert.strictEqual(Secret.sha256Base64Url(text), createHash("sha256").update(text).digest("base64url"))
  })
})

describe("what may be kept of a secret", () => {
  it("is its SHA-256", () => {
    assert.strictEqual(Secret.hash(Redacted.make("abc")), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0")
  })

  it.prop("has 43 characters of base64url", [Text], ([text]) => {
    assert.isTrue(Schema.is(Secret.SecretHash)(Secret.hash(Redacted.make(text))))
  })

  it("is no other text", () => {
    assert.isFalse(Schema.is(Secret.SecretHash)("a secret in clear"))
    assert.isFalse(Schema.is(Secret.SecretHash)("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="))
  })
})

describe("RFC 4231 HMAC-SHA-256", () => {
  it("test case 2", () => {
    const key = Redacted.make(new TextEncoder().encode("Jefe"))
    assert.strictEqual(
      Buffer.from(Secret.hmacSha256(key, "what do ya want for nothing?")).toString("hex"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
  })

  it.prop("agrees with Node's", [Text, Text], ([key, text]) => {
    assert.strictEqual(
      Buffer.from(Secret.hmacSha256(Redacted.make(new TextEncoder().encode(key)), text)).toString("hex"),
      createHmac("sha256", key).update(text).digest("hex")
    )
  })
})

describe("timingSafeEqual", () => {
  it.prop("says what === says", [Few, Few], ([self, that]) => {
    assert.strictEqual(Secret.timingSafeEqual(self, that), self === that)
  })

  it.prop("of every text and itself", [Text], ([text]) => Secret.timingSafeEqual(text, text))
})
