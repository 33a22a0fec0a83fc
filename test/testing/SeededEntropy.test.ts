import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { SeededEntropy } from "effect-oauth/testing"

describe("SeededEntropy", () => {
  it("hands out HMACs of a number by the seed, and never one twice", () => {
    const block = (number: number, size: number) =>
      Uint8Array.from(createHmac("sha256", "séed").update(String(number)).digest().subarray(0, size))
    const entropy = SeededEntropy.make("séed")
    assert.deepStrictEqual(entropy.bytes(16), block(0, 16))
    assert.deepStrictEqual(entropy.bytes(32), block(1, 32))
    assert.deepStrictEqual(
      entropy.bytes(70),
      Uint8Array.from([...block(2, 32), ...block(3, 32), ...block(4, 6)])
    )
    assert.deepStrictEqual(entropy.bytes(1), block(5, 1))
  })
})
