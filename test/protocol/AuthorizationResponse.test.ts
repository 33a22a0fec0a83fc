import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { AuthorizationResponse, Client, OAuthError, Parameters, TrustedRedirect } from "effect-oauth"
import { resultOf } from "../support/Flow.ts"

const redirectTo = (uri: string) =>
  resultOf(TrustedRedirect.requireRegistered(Client.make({ client_id: "client", redirect_uris: [uri] }), uri))

const destination = (state: string | undefined): AuthorizationResponse.Destination => ({
  redirect: redirectTo("https://client.example/callback"),
  responseMode: "query",
  state,
  issuer: "https://auth.example.com"
})

const Text = Arbitrary.filter(
  Arbitrary.schema(Schema.String),
  (text) => text.isWellFormed() && !text.includes("\0")
)

describe("RFC 6749 §4.1.2 authorization response", () => {
  // @covers rfc9207-2-a
  it("has the code, the state, and the issuer (RFC 9207 §2)", () => {
    assert.deepStrictEqual(
      AuthorizationResponse.toEntries(destination("xyz"), { code: Redacted.make("SplxlOBeZQQYbYS6WxSbIA") }),
      [
        ["code", "SplxlOBeZQQYbYS6WxSbIA"],
        ["state", "xyz"],
        ["iss", "https://auth.example.com"]
      ]
    )
  })

  it("has no state if the request had none", () => {
    assert.deepStrictEqual(AuthorizationResponse.toEntries(destination(undefined), {}), [
      ["iss", "https://auth.example.com"]
    ])
  })

  // @covers rfc6749-4.1.2-g rfc6749-10.14-a
  it.prop("has the state exactly as it came", [Text], ([state]) => {
    const location = AuthorizationResponse.toLocation(
      redirectTo("https://client.example/callback"),
      "query",
      AuthorizationResponse.toEntries(destination(state), {})
    )
    assert.strictEqual(new URL(location).searchParams.get("state"), state)
  })
})

describe("RFC 6749 §3.1.2 the registered query is retained", () => {
  const entries = [["code", "a&b"]] as const

  it.for([
    ["https://client.example/cb", "https://client.example/cb?code=a%26b"],
    ["https://client.example", "https://client.example?code=a%26b"],
    ["https://client.example/cb?tenant=1", "https://client.example/cb?tenant=1&code=a%26b"],
    ["https://client.example/p;x=1?a=&b=1&b=2", "https://client.example/p;x=1?a=&b=1&b=2&code=a%26b"],
    ["https://client.example/cb?x=%2F+%20", "https://client.example/cb?x=%2F+%20&code=a%26b"],
    ["com.example.app:/cb", "com.example.app:/cb?code=a%26b"]
  ] as const)("%s becomes %s", ([uri, location]) => {
    assert.strictEqual(AuthorizationResponse.toLocation(redirectTo(uri), "query", entries), location)
  })

  it("and the fragment begins after it", () => {
    assert.strictEqual(
      AuthorizationResponse.toLocation(redirectTo("https://client.example/cb?tenant=1"), "fragment", entries),
      "https://client.example/cb?tenant=1#code=a%26b"
    )
  })

  const Uri = Arbitrary.map(
    Arbitrary.array(Arbitrary.all([Text, Text])),
    (query) => `https://client.example/callback?${Parameters.encode(query)}`
  )
  const Entries = Arbitrary.array(Arbitrary.all([Text, Text]))

  // @covers rfc6749-3.1.2-b rfc6749-3.1-h
  it.prop("whatever it is, with our parameters after it and no other", [Uri, Entries], ([uri, entries]) => {
    const location = AuthorizationResponse.toLocation(redirectTo(uri), "query", entries)
    assert.isTrue(location.startsWith(uri))
    const registered = Array.from(new URL(uri).searchParams)
    assert.deepStrictEqual(Array.from(new URL(location).searchParams), [...registered, ...entries])
  })

  it.prop("in the fragment there is nothing but our parameters", [Uri, Entries], ([uri, entries]) => {
    const location = AuthorizationResponse.toLocation(redirectTo(uri), "fragment", entries)
    assert.strictEqual(location.slice(0, location.indexOf("#")), uri)
    assert.deepStrictEqual(
      Array.from(new URLSearchParams(location.slice(location.indexOf("#") + 1))),
      entries.map(([name, value]) => [name, value])
    )
  })
})

describe("OAuth 2.0 Multiple Response Type Encoding Practices §2.1, Form Post Response Mode §2", () => {
  it("response modes are query, fragment and form_post", () => {
    const isResponseMode = Schema.is(AuthorizationResponse.ResponseMode)
    assert.isTrue(["query", "fragment", "form_post"].every((mode) => isResponseMode(mode)))
    assert.isFalse(isResponseMode("web_message"))
  })
})

describe("RFC 6749 §4.1.2.1 an error that may be redirected", () => {
  const error = new AuthorizationResponse.AuthorizationError({
    destination: destination("xyz"),
    error: new OAuthError.AccessDenied({ description: "The resource owner denied the request" })
  })

  it("carries the trusted redirect", () => {
    assert.isTrue(TrustedRedirect.is(error.destination.redirect))
    assert.strictEqual(error.message, "The resource owner denied the request")
  })

  it("is an answer and not a crash: it captures no stack", () => {
    assert.notInclude(error.stack ?? "", "    at ")
  })
})
