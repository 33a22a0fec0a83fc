import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { vi } from "vitest"
import { platform } from "#platform"
import * as AnyPlatform from "../../src/protocol/internal/AnyPlatform.ts"
import * as NodePlatform from "../../src/protocol/internal/NodePlatform.ts"
import type { Platform } from "../../src/protocol/internal/Platform.ts"
import { portable } from "../../src/protocol/internal/PortablePlatform.ts"

/** One of each. */
const examples = (one: Platform) => {
  const [key, long] = [new Uint8Array(64).fill(7), new Uint8Array(100).fill(9)]
  const room = one.room(100)
  room.bytes.set(long.map((byte, at) => byte ^ at))
  return {
    sha256Base64Url: one.sha256Base64Url("é"),
    digest: Array.from(one.digest("sha512", "é")),
    hmacSha256Base64Url: one.hmacSha256Base64Url(key, "é"),
    hmacSha256: Array.from(one.hmacSha256(long, "é")),
    timingSafeEqual: [one.timingSafeEqual("é", "é"), one.timingSafeEqual("é", "è")],
    base64Url: [one.base64Url(key.subarray(1)), one.base64Url(long.subarray(1))],
    textBase64Url: one.textBase64Url("é"),
    room: [room.bytes.length, room.base64Url(0, 0), room.base64Url(3, 20), room.base64Url(64, 100)]
  }
}

describe("Platform", () => {
  it("is Node's on Node", () => {
    assert.strictEqual(platform, NodePlatform.platform)
  })

  it("is anywhere the platform's where it has one", () => {
    assert.notStrictEqual(AnyPlatform.platform, portable)
    const native = AnyPlatform.of(process)
    assert.notStrictEqual(native, portable)
    assert.deepStrictEqual(examples(native), examples(portable))
  })

  it("is anywhere in JavaScript where nothing is of Node, or not all that is needed", () => {
    assert.strictEqual(AnyPlatform.of(undefined), portable)
    assert.strictEqual(AnyPlatform.of({}), portable)
    const { getBuiltinModule } = process
    const onNodeWith = (module: string, instead: object | undefined) => {
      using _ = vi
        .spyOn(process, "getBuiltinModule")
        .mockImplementation((name) => (name === module ? instead : getBuiltinModule(name)))
      return AnyPlatform.of(process)
    }
    assert.strictEqual(onNodeWith("node:buffer", undefined), portable)
    assert.strictEqual(onNodeWith("node:crypto", undefined), portable)
    assert.strictEqual(onNodeWith("node:crypto", {}), portable)
    assert.notStrictEqual(onNodeWith("node:fs", undefined), portable)
  })

  it.prop("digests alike in JavaScript and on the platform", [Schema.String], ([text]) => {
    assert.strictEqual(platform.sha256Base64Url(text), portable.sha256Base64Url(text))
    for (const algorithm of ["sha256", "sha512"] as const) {
      assert.deepStrictEqual(
        Uint8Array.from(platform.digest(algorithm, text)),
        Uint8Array.from(portable.digest(algorithm, text))
      )
    }
  })

  it.prop(
    "authenticates alike in JavaScript and on the platform, with keys of any length",
    [Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 200 })), Schema.Uint8Array, Schema.String],
    ([length, seed, text]) => {
      const key = Uint8Array.from({ length }, (_, at) => (seed[at % (seed.length || 1)] ?? 0) ^ at)
      // Twice, since what was made of a key is kept.
      for (let time = 0; time < 2; time++) {
        assert.strictEqual(platform.hmacSha256Base64Url(key, text), portable.hmacSha256Base64Url(key, text))
        assert.deepStrictEqual(
          Uint8Array.from(platform.hmacSha256(key, text)),
          Uint8Array.from(portable.hmacSha256(key, text))
        )
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

  // FIPS 180-4: the examples of one block, by NIST
  it.each([
    ["sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "sha512",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    ]
  ] as const)("knows the %s of abc", (algorithm, digest) => {
    for (const one of [platform, portable]) {
      assert.strictEqual(Buffer.from(one.digest(algorithm, "abc")).toString("hex"), digest)
    }
  })
})
