import { assert, describe, it } from "@effect/vitest"
import { rememberLast } from "../../src/http/internal/rememberLast.ts"

describe("a function that remembers what it made last", () => {
  it("makes it once for one value after itself, and anew for any other", () => {
    const asked: Array<object> = []
    const remember = rememberLast((value: object) => {
      asked.push(value)
      return { of: value }
    })
    const [a, b] = [{}, {}]
    const made = remember(a)
    assert.strictEqual(remember(a), made)
    assert.strictEqual(remember(b).of, b)
    assert.strictEqual(remember(b).of, b)
    assert.strictEqual(remember(a).of, a)
    assert.notStrictEqual(remember(a), made)
    assert.deepStrictEqual(
      asked.map((value) => value === a),
      [true, false, true]
    )
  })
})
