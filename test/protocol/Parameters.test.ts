import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Parameters, Secret } from "effect-oauth"
import { refusalOf, resultOf } from "../support/Flow.ts"

const parse = (text: string) => resultOf(Parameters.parse(text))

// What a parameter may hold: text that UTF-8 can carry, without NUL (RFC 6749 Appendix A).
const Text = Arbitrary.filter(
  Arbitrary.schema(Schema.String),
  (text) => text.isWellFormed() && !text.includes("\0")
)
const Pairs = Arbitrary.map(
  Arbitrary.array(Arbitrary.all([Text, Text])),
  (pairs) => Array.from(new Map(pairs)) // each name once
)

describe("RFC 6749 Appendix B application/x-www-form-urlencoded", () => {
  // @covers rfc6749-B-a
  it("a plus is a space, and so is %20", () => {
    assert.strictEqual(parse("scope=read+write%20admin").get("scope"), "read write admin")
  })

  it("an encoded plus is a plus", () => {
    assert.strictEqual(parse("state=1%2B1").get("state"), "1+1")
  })

  it("the example of Appendix B", () => {
    assert.strictEqual(parse("v=+%25%26%2B%C2%A3%E2%82%AC").get("v"), " %&+£€")
    assert.strictEqual(Parameters.encode([["v", " %&+£€"]]), "v=+%25%26%2B%C2%A3%E2%82%AC")
  })

  it.for(["state=%FF", "state=%C3%28", "state=%", "state=%4", "state=%ZZ", "%FF=state"])(
    "%s is not valid UTF-8 and is refused",
    (text) => {
      const error = refusalOf(Parameters.parse(text))
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.strictEqual(error.description, "A parameter is not valid UTF-8")
    }
  )

  it("half of a surrogate pair is not valid UTF-8, whoever wrote it into a text", () => {
    assert.strictEqual(refusalOf(Parameters.parse("state=\ud800"))._tag, "InvalidRequest")
  })

  it.for(["state=a%00b", "a%00b=state"])("%s holds a NUL, which no parameter may", (text) => {
    assert.strictEqual(refusalOf(Parameters.parse(text))._tag, "InvalidRequest")
  })

  it("only the first equals sign separates", () => {
    assert.strictEqual(parse("code=a==b").get("code"), "a==b")
  })

  it("nothing between two ampersands is nothing", () => {
    assert.deepStrictEqual(parse("&&a=1&&b=2&").toRecord(), { a: "1", b: "2" })
  })

  // @covers rfc6749-B-a
  it.prop("what was written is read", [Pairs], ([pairs]) => {
    const written = parse(Parameters.encode(pairs))
    for (const [name, value] of pairs) assert.strictEqual(written.get(name) ?? "", value)
    assert.deepStrictEqual(
      new Set(Object.keys(written.toRecord())),
      new Set(pairs.filter(([, value]) => value !== "").map(([name]) => name))
    )
  })

  it.prop("it writes what the URL Standard's serializer writes", [Pairs], ([pairs]) => {
    assert.strictEqual(Parameters.encode(pairs), new URLSearchParams(pairs).toString())
  })
})

describe("RFC 6749 §3.1, §3.2 request parameters", () => {
  // @covers rfc6749-3.1-h rfc6749-3.2-g rfc6749-10.14-a
  it.for(["scope=a&scope=b", "scope=a&scope=a", "scope=&scope=a", "scope&scope", "scope=a&sc%6Fpe=b"])(
    "a parameter must not be included more than once: %s",
    (text) => {
      const error = refusalOf(Parameters.parse(text))
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.strictEqual(error.description, "The parameter scope is repeated")
    }
  )

  // @covers rfc6749-4.1.2.1-e rfc6749-4.2.2.1-e rfc6749-5.2-d
  it.for(["%22%3Cb%3E", "%22b", "b%22", "b%0A", "b".repeat(65)])(
    "a repeated name that no error_description could hold, or should, is not repeated in it: %s",
    (name) => {
      const { description } = refusalOf(Parameters.parse(`${name}=1&${name}=2`))
      assert.strictEqual(description, "The parameter of an unusual name is repeated")
    }
  )

  it.for(["a", "code_challenge", "x-app.name", "b".repeat(64)])("and any other is: %s", (name) => {
    const { description } = refusalOf(Parameters.parse(`${name}=1&${name}=2`))
    assert.strictEqual(description, `The parameter ${name} is repeated`)
  })

  // @covers rfc6749-3.1-f rfc6749-3.2-e
  it.for(["scope=", "scope", ""])("a parameter without a value is as if it were omitted: %j", (text) => {
    const parameters = parse(text)
    assert.isFalse(parameters.has("scope"))
    assert.isUndefined(parameters.get("scope"))
    assert.isUndefined(parameters.secret("scope"))
    assert.deepStrictEqual(parameters.toRecord(), {})
  })

  it("names are case sensitive", () => {
    const parameters = parse("scope=a&Scope=b")
    assert.strictEqual(parameters.get("scope"), "a")
    assert.strictEqual(parameters.get("Scope"), "b")
  })

  it("names that every object has are names like any other", () => {
    assert.isUndefined(parse("").get("constructor"))
    assert.isFalse(parse("").has("toString"))
    assert.strictEqual(parse("__proto__=a&constructor=b").get("__proto__"), "a")
  })

  it("a parameter that is missing is named", () => {
    const error = refusalOf(Parameters.required(Parameters.empty, "client_id"))
    assert.strictEqual(error._tag, "InvalidRequest")
    assert.strictEqual(error.description, "The parameter client_id is missing")
    assert.strictEqual(
      refusalOf(Parameters.requiredSecret(Parameters.empty, "code")).description,
      "The parameter code is missing"
    )
  })

  it("a record is read as a request is: what is empty or undefined is omitted", () => {
    const parameters = Parameters.fromRecord({ a: "1", b: "", c: undefined })
    assert.deepStrictEqual(parameters.toRecord(), { a: "1" })
  })
})

describe("RFC 8707 §2, RFC 8693 §2.1 parameters that may be repeated", () => {
  it.for(["resource", "audience"])("%s", (name) => {
    assert.strictEqual(parse(`${name}=a&${name}=b`).get(name), "a")
  })
})

describe("Parameters keep what they hold to themselves", () => {
  const parameters = parse("code=SplxlOBeZQQYbYS6WxSbIA")

  it("no log line shows them", () => {
    assert.notInclude(inspect(parameters, { depth: 10, showHidden: true }), "SplxlOBeZQQYbYS6WxSbIA")
    assert.notInclude(JSON.stringify(parameters), "SplxlOBeZQQYbYS6WxSbIA")
    assert.notInclude(String(parameters), "SplxlOBeZQQYbYS6WxSbIA")
  })

  it("a secret is handed out Redacted, under its name", () => {
    const secret = resultOf(Parameters.requiredSecret(parameters, "code"))
    assert.strictEqual(String(secret), "<redacted:code>")
    assert.strictEqual(Redacted.value(secret), "SplxlOBeZQQYbYS6WxSbIA")
  })

  it("or as the hash that a store knows it by", () => {
    const hash = resultOf(Parameters.requiredHash(parameters, "code"))
    assert.strictEqual(hash, Secret.hash(Redacted.make("SplxlOBeZQQYbYS6WxSbIA")))
    assert.isUndefined(parameters.hash("state"))
    assert.strictEqual(
      refusalOf(Parameters.requiredHash(parameters, "state")).description,
      "The parameter state is missing"
    )
  })
})
