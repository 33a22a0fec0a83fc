import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { vi } from "vitest"
import { Entropy, identifier, type Service, secret } from "../../src/services/Entropy.ts"

const poolSize = 4096

describe("Entropy", () => {
  it.each([0, 1, 16, 32, poolSize, poolSize + 1])("hands out %i bytes, and as many in base64url", (size) => {
    const entropy = Entropy.defaultValue()
    for (let time = 0; time < 3; time++) {
      assert.strictEqual(entropy.bytes(size).length, size)
      assert.strictEqual(Buffer.from(entropy.base64Url?.(size) ?? "", "base64url").length, size)
    }
  })

  it("hands out nothing twice, from the first pool or the tenth", () => {
    const entropy = Entropy.defaultValue()
    const seen = new Set<string>()
    for (let time = 0; time < 1000; time++) {
      seen.add(Buffer.from(entropy.bytes(16)).toString("base64url"))
      seen.add(identifier(entropy))
      seen.add(Redacted.value(secret(entropy)).slice(0, 22))
    }
    assert.strictEqual(seen.size, 3000)
    assert.isTrue(Array.from(seen).every((text) => !text.includes("AAAAAAAAA")))
  })

  it("hands out what the generator made, and keeps none of it", () => {
    const pools: Array<{ readonly pool: Uint8Array; readonly made: Buffer }> = []
    const { getRandomValues } = crypto
    using _ = vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
      getRandomValues.call(crypto, array)
      if (array instanceof Uint8Array) pools.push({ pool: array, made: Buffer.from(array) })
      return array
    })
    const entropy = Entropy.defaultValue()
    const handedOut = [
      Buffer.from(entropy.bytes(20)),
      Buffer.from(identifier(entropy), "base64url"),
      Buffer.from(Redacted.value(secret(entropy)), "base64url")
    ]
    const [first] = pools
    assert.strictEqual(pools.length, 1)
    assert.deepStrictEqual(Buffer.concat(handedOut), first?.made.subarray(0, 68))
    assert.deepStrictEqual(Array.from(first?.pool.subarray(0, 68) ?? []), Array(68).fill(0))
    assert.deepStrictEqual(Buffer.from(first?.pool.subarray(68) ?? []), first?.made.subarray(68))
  })

  it("gives bytes that the caller may keep", () => {
    const entropy = Entropy.defaultValue()
    const kept = entropy.bytes(32)
    const copy = Uint8Array.from(kept)
    for (let time = 0; time < 300; time++) entropy.bytes(32)
    assert.deepStrictEqual(kept, copy)
  })

  it("may hand out nothing but bytes", () => {
    const bytes: Service = { bytes: (size) => new Uint8Array(size).fill(255) }
    assert.strictEqual(identifier(bytes), Buffer.alloc(16, 255).toString("base64url"))
    assert.strictEqual(Redacted.value(secret(bytes)), Buffer.alloc(32, 255).toString("base64url"))
  })
})
