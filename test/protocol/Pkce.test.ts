import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Parameters, Pkce, Secret } from "effect-oauth"
import { challenge, refusalOf, resultOf, verifier } from "../support/Flow.ts"

const s256Required = { required: true, methods: [Pkce.s256] }
const anyMethod = { required: true, methods: [Pkce.s256, Pkce.plain] }
const optional = { required: false, methods: [Pkce.s256] }

const request = (code_challenge?: string, code_challenge_method?: string) =>
  Parameters.fromRecord({ code_challenge, code_challenge_method })

const verify = (challenge: Pkce.CodeChallenge | undefined, code_verifier?: string) =>
  Pkce.verifyCodeVerifier(challenge, Parameters.fromRecord({ code_verifier }))

// Few letters and a fixed length, so that two verifiers are sometimes the same.
const Verifier = Arbitrary.map(Arbitrary.schema(Schema.Literals(["a", "b", "-", "~"])), (char) =>
  char.repeat(43)
)
const AnyVerifier = Arbitrary.schema(Schema.String.check(Schema.isPattern(/^[A-Za-z0-9._~-]{43,128}$/)))

describe("RFC 7636 Appendix B", () => {
  it("the example verifies", () => {
    assert.isTrue(Result.isSuccess(verify({ challenge, method: "S256" }, verifier)))
  })

  it("its challenge is the SHA-256 of its verifier", () => {
    assert.strictEqual(Secret.sha256Base64Url(verifier), challenge)
  })
})

describe("RFC 7636 §4.3 the authorization request", () => {
  // @covers rfc7636-4.3-a
  it("sends a challenge and its method", () => {
    assert.deepStrictEqual(resultOf(Pkce.requireCodeChallenge(request(challenge, "S256"), s256Required)), {
      challenge,
      method: "S256"
    })
  })

  // @covers rfc7636-7.2-b
  it("a challenge without a method means plain, and is refused where plain is not allowed", () => {
    const error = refusalOf(Pkce.requireCodeChallenge(request(verifier), s256Required))
    assert.strictEqual(error._tag, "InvalidRequest")
    assert.strictEqual(error.description, "Transform algorithm not supported")
  })

  it("a challenge without a method means plain where plain is allowed", () => {
    assert.deepStrictEqual(resultOf(Pkce.requireCodeChallenge(request(verifier), anyMethod)), {
      challenge: verifier,
      method: "plain"
    })
  })
})

describe("RFC 7636 §4.4.1 the error response", () => {
  // @covers rfc7636-4.3-a rfc7636-4.4.1-a rfc7636-4.4.1-b
  it("no challenge where one is required", () => {
    const error = refusalOf(Pkce.requireCodeChallenge(request(), s256Required))
    assert.strictEqual(error._tag, "InvalidRequest")
    assert.strictEqual(error.description, "The parameter code_challenge is missing")
  })

  it("no challenge where none is required is no challenge", () => {
    assert.isUndefined(resultOf(Pkce.requireCodeChallenge(request(), optional)))
  })

  it("a challenge where none is required is kept all the same", () => {
    assert.deepStrictEqual(resultOf(Pkce.requireCodeChallenge(request(challenge, "S256"), optional)), {
      challenge,
      method: "S256"
    })
  })

  // @covers rfc7636-4.4.1-c rfc7636-4.4.1-d
  it.for(["S512", "s256", "S256 ", "PLAIN", "none"])("the method %j is not supported", (method) => {
    assert.strictEqual(
      refusalOf(Pkce.requireCodeChallenge(request(challenge, method), anyMethod)).description,
      "Transform algorithm not supported"
    )
  })

  it("a method without a challenge is a mistake, and not a request without PKCE", () => {
    const error = refusalOf(Pkce.requireCodeChallenge(request(undefined, "S256"), optional))
    assert.strictEqual(error._tag, "InvalidRequest")
    assert.strictEqual(error.description, "The parameter code_challenge_method came without code_challenge")
  })

  it.for(["~".repeat(43), "a".repeat(128)])("a plain challenge may be any verifier: %s", (challenge) => {
    assert.deepStrictEqual(resultOf(Pkce.requireCodeChallenge(request(challenge, "plain"), anyMethod)), {
      challenge,
      method: "plain"
    })
  })

  it.for([
    ["too short for SHA-256", challenge.slice(1), "S256"],
    ["too long for SHA-256", `${challenge}A`, "S256"],
    ["padded", `${challenge.slice(0, 42)}=`, "S256"],
    ["base64, and not base64url", `${challenge.slice(0, 42)}+`, "S256"],
    ["a character that only plain may have", `${challenge.slice(0, 42)}~`, "S256"],
    ["too short for plain", "a".repeat(42), "plain"],
    ["too long for plain", "a".repeat(129), "plain"],
    ["a character that no verifier has", "a".repeat(43).concat("+"), "plain"]
  ] as const)("a challenge that is %s", ([, text, method]) => {
    assert.strictEqual(
      refusalOf(Pkce.requireCodeChallenge(request(text, method), anyMethod)).description,
      "The parameter code_challenge is malformed"
    )
  })
})

describe("RFC 7636 §4.4.1 a challenge that was accepted once, where the settings or the client have changed", () => {
  const descriptionFor = (challenge: Pkce.CodeChallenge | undefined, policy: Pkce.Policy) =>
    refusalOf(Pkce.requireAllowedChallenge(challenge, policy)).description

  it("is none, and one is required now", () => {
    assert.strictEqual(descriptionFor(undefined, s256Required), "The parameter code_challenge is missing")
    assert.isTrue(Result.isSuccess(Pkce.requireAllowedChallenge(undefined, optional)))
  })

  it("is plain, which is not allowed any more", () => {
    const plain = { challenge: verifier, method: Pkce.plain }
    assert.strictEqual(descriptionFor(plain, s256Required), "Transform algorithm not supported")
    assert.isTrue(Result.isSuccess(Pkce.requireAllowedChallenge(plain, anyMethod)))
  })
})

describe("RFC 7636 §4.1 the verifier", () => {
  it.for([43, 128])("may have %d characters", (length) => {
    const verifier = "a".repeat(length)
    assert.isTrue(Result.isSuccess(verify({ challenge: verifier, method: "plain" }, verifier)))
  })

  it.for([1, 42, 129])("may not have %d, though it fits", (length) => {
    const verifier = "a".repeat(length)
    const error = refusalOf(verify({ challenge: Secret.sha256Base64Url(verifier), method: "S256" }, verifier))
    assert.strictEqual(error._tag, "InvalidGrant")
    assert.strictEqual(error.description, "The parameter code_verifier is malformed")
  })

  it.for(["+", "/", "=", " ", "é", "\n"])("may not have the character %j", (char) => {
    const verifier = "a".repeat(43) + char
    assert.isTrue(
      Result.isFailure(verify({ challenge: Secret.sha256Base64Url(verifier), method: "S256" }, verifier))
    )
  })

  it("may have all unreserved characters", () => {
    const verifier = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    assert.isTrue(
      Result.isSuccess(verify({ challenge: Secret.sha256Base64Url(verifier), method: "S256" }, verifier))
    )
  })
})

describe("RFC 7636 §4.6 the server verifies code_verifier", () => {
  // @covers rfc7636-4.2-a rfc7636-4.5-b rfc7636-4.6-b rfc9700-2.1.1-g
  it.prop("only the right verifier verifies (S256)", [Verifier, Verifier], ([right, presented]) => {
    const challenge = { challenge: Secret.sha256Base64Url(right), method: Pkce.s256 }
    assert.strictEqual(Result.isSuccess(verify(challenge, presented)), right === presented)
  })

  // @covers rfc7636-4.5-b rfc7636-4.6-b
  it.prop("only the right verifier verifies (plain)", [Verifier, Verifier], ([right, presented]) => {
    const challenge = { challenge: right, method: Pkce.plain }
    assert.strictEqual(Result.isSuccess(verify(challenge, presented)), right === presented)
  })

  // @covers rfc7636-4.6-a
  it.prop("every verifier verifies its own challenge", [AnyVerifier], ([verifier]) =>
    Result.isSuccess(verify({ challenge: Secret.sha256Base64Url(verifier), method: "S256" }, verifier))
  )

  it("the challenge is not its own verifier", () => {
    assert.isTrue(Result.isFailure(verify({ challenge, method: "S256" }, challenge)))
  })

  // @covers rfc7636-4.6-b
  it("a mismatch is invalid_grant", () => {
    const error = refusalOf(verify({ challenge, method: "S256" }, "a".repeat(43)))
    assert.strictEqual(error._tag, "InvalidGrant")
    assert.strictEqual(error.description, "The code_verifier does not match the code_challenge")
  })

  // @covers rfc7636-4.5-a rfc9700-2.1.1-g
  it("a challenge without its verifier is invalid_grant", () => {
    assert.strictEqual(refusalOf(verify({ challenge, method: "S256" }))._tag, "InvalidGrant")
    assert.strictEqual(refusalOf(verify({ challenge: verifier, method: "plain" }))._tag, "InvalidGrant")
  })
})

describe("RFC 9700 §4.8.2 PKCE downgrade", () => {
  // @covers rfc9700-2.1.1-h rfc9700-4.8.2-a rfc9700-4.8.2-c
  it("a verifier where there was no challenge is refused", () => {
    const error = refusalOf(verify(undefined, verifier))
    assert.strictEqual(error._tag, "InvalidGrant")
    assert.strictEqual(error.description, "The code was issued without a code_challenge")
  })

  it("neither a verifier nor a challenge is a request without PKCE", () => {
    assert.isTrue(Result.isSuccess(verify(undefined)))
  })
})
