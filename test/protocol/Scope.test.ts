import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { Scope } from "effect-oauth"
import { refusalOf, resultOf } from "../support/Flow.ts"

// Few tokens, so that scopes have some in common.
const SomeScope = Arbitrary.map(
  Arbitrary.array(Arbitrary.schema(Schema.Literals(["a", "b", "c", "ab", "A"])), { maxLength: 6 }),
  Scope.fromTokens
)
const Token = Arbitrary.schema(Schema.String.check(Schema.isPattern(/^[\x21\x23-\x5B\x5D-\x7E]{1,8}$/)))

const isScope = Schema.is(Scope.Scope)
const parse = (text: string) => resultOf(Scope.parse(text))

describe("RFC 6749 §3.3 scope", () => {
  // @covers oidc-core-14-d
  it("is a list of tokens with a space between two", () => {
    assert.deepStrictEqual(Scope.tokens(parse("read write")), ["read", "write"])
  })

  // @covers rfc6750-3-h
  it("may hold every character of the grammar", () => {
    const printable = Array.from({ length: 0x7e - 0x21 + 1 }, (_, index) => String.fromCharCode(0x21 + index))
    const token = printable.filter((char) => char !== '"' && char !== "\\").join("")
    assert.strictEqual<string>(parse(token), token)
  })

  // @covers rfc6750-3-h
  it.for(['"', "\\", "\t", "\n", "\r", "\u007F", "\u0080", "é", "\u00A0", "\0"])(
    "%j is no character of a scope",
    (char) => {
      const error = refusalOf(Scope.parse(`read${char}write`))
      assert.strictEqual(error._tag, "InvalidScope")
      assert.strictEqual(error.description, "The scope has a character that no scope may have")
      assert.isFalse(isScope(`read${char}write`))
    }
  )

  it("is case sensitive", () => {
    assert.isFalse(Scope.isSubset(parse("Read"), parse("read")))
  })

  it("the order does not matter", () => {
    assert.isTrue(Scope.equals(parse("read write"), parse("write read")))
  })

  it("a token is itself, and not the beginning of another", () => {
    assert.isFalse(Scope.isSubset(parse("rea"), parse("read write")))
    assert.isFalse(Scope.isSubset(parse("read write"), parse("read")))
  })

  it.for([
    ["read  write", "read write"],
    [" read write ", "read write"],
    ["write read write", "write read"],
    ["   ", ""]
  ] as const)("%j is forgiven, and read as %j", ([sent, read]) => {
    assert.strictEqual<string>(parse(sent), read)
  })

  it.for(["read  write", " read", "read "])("%j is not how a scope is stored", (text) => {
    assert.isFalse(isScope(text))
  })

  it("no scope has no tokens", () => {
    assert.deepStrictEqual(Scope.tokens(Scope.empty), [])
    assert.isTrue(isScope(""))
  })

  it("a program's own mistake throws", () => {
    assert.throws(() => Scope.fromTokens(['"']))
    assert.throws(() => Scope.fromTokens(["read", "two words\t"]))
  })

  it.prop(
    "every list of tokens comes back as it went, without repetitions",
    [Arbitrary.array(Token)],
    ([list]) => {
      assert.deepStrictEqual(Scope.tokens(parse(list.join(" "))), Array.from(new Set(list)))
    }
  )

  it.prop("what was read is read again as the same", [SomeScope], ([scope]) => {
    assert.strictEqual(parse(scope), scope)
  })
})

describe("isSubset is a partial order", () => {
  it.prop("reflexive", [SomeScope], ([a]) => Scope.isSubset(a, a))

  it.prop("antisymmetric, up to the order of tokens", [SomeScope, SomeScope], ([a, b]) => {
    assert.strictEqual(
      Scope.isSubset(a, b) && Scope.isSubset(b, a),
      Scope.tokens(a).toSorted().join() === Scope.tokens(b).toSorted().join()
    )
  })

  it.prop("transitive", [SomeScope, SomeScope, SomeScope], ([a, b, c]) => {
    if (Scope.isSubset(a, b) && Scope.isSubset(b, c)) assert.isTrue(Scope.isSubset(a, c))
  })

  it.prop("with nothing at the bottom", [SomeScope], ([a]) => Scope.isSubset(Scope.empty, a))

  it.prop(
    "and the intersection as the greatest that is in both",
    [SomeScope, SomeScope, SomeScope],
    ([a, b, c]) => {
      const both = Scope.intersection(a, b)
      assert.isTrue(Scope.isSubset(both, a) && Scope.isSubset(both, b))
      assert.strictEqual(Scope.isSubset(c, both), Scope.isSubset(c, a) && Scope.isSubset(c, b))
    }
  )

  it.prop("equals says that both are in each other", [SomeScope, SomeScope], ([a, b]) => {
    assert.strictEqual(Scope.equals(a, b), Scope.isSubset(a, b) && Scope.isSubset(b, a))
  })
})
