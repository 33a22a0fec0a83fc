import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Authorization } from "effect-oauth"

const parts = (header: string) => {
  const { credentials, scheme } = Authorization.parse(header)
  return [scheme, credentials]
}

describe("RFC 9110 §11.6.2 the Authorization header", () => {
  it("is a scheme in any case, and what follows it after any spaces", () => {
    assert.deepStrictEqual(parts("Basic YTpi"), ["basic", "YTpi"])
    assert.deepStrictEqual(parts("bEARER   a.b"), ["bearer", "a.b"])
    assert.deepStrictEqual(parts('Digest username="a", realm="b c" '), [
      "digest",
      'username="a", realm="b c" '
    ])
    assert.deepStrictEqual(parts("Basic one\ntwo"), ["basic", "one\ntwo"])
  })

  it("may lack either", () => {
    assert.deepStrictEqual(parts("Basic"), ["basic", ""])
    assert.deepStrictEqual(parts("Basic  "), ["basic", ""])
    assert.deepStrictEqual(parts(" YTpi"), ["", "YTpi"])
    assert.deepStrictEqual(parts(""), ["", ""])
  })

  it("shows its scheme, and its credentials to nobody who does not ask for them", () => {
    const authorization = Authorization.parse("Basic YTpi")
    for (const shown of [
      inspect(authorization, { showHidden: true, depth: null }),
      JSON.stringify(authorization),
      JSON.stringify({ ...authorization }),
      String(authorization)
    ]) {
      assert.notInclude(shown, "YTpi")
    }
    assert.include(JSON.stringify(authorization), "basic")
  })
})
