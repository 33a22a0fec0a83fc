import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { type AuthorizationResponse, Client, TrustedRedirect } from "effect-oauth"
import { refusalOf, resultOf } from "../support/Flow.ts"

const one = Client.make({ client_id: "one", redirect_uris: ["https://client.example/callback"] })
const two = Client.make({
  client_id: "two",
  redirect_uris: ["https://client.example/callback", "https://client.example/other"]
})
const none = Client.make({ client_id: "none" })
const native = Client.make({ client_id: "native", redirect_uris: ["http://127.0.0.1/callback"] })

describe("RFC 6749 §3.1.2.3 the redirect URI is compared with those that the client registered", () => {
  it("any of them is trusted", () => {
    for (const uri of two.redirectUris) {
      assert.strictEqual(resultOf(TrustedRedirect.requireRegistered(two, uri)).uri, uri)
    }
  })

  // @covers rfc6749-3.1.2.3-b rfc6749-4.2.1-e rfc6749-10.6-d rfc8252-8.4-c rfc9700-2.1-a rfc9700-4.1.3-a
  it("no other is", () => {
    const error = refusalOf(TrustedRedirect.requireRegistered(two, "https://evil.example/"))
    assert.strictEqual(error._tag, "InvalidRedirectUri")
    assert.strictEqual(error.description, "The redirect_uri is not registered for this client")
  })

  it("it may be left out if there is exactly one", () => {
    assert.strictEqual(
      resultOf(TrustedRedirect.requireRegistered(one, undefined)).uri,
      "https://client.example/callback"
    )
  })

  // @covers rfc6749-3.1.2.3-a
  it.for([
    ["two", two],
    ["none", none]
  ] as const)("it may not be left out if there are %s", ([, client]) => {
    const error = refusalOf(TrustedRedirect.requireRegistered(client, undefined))
    assert.strictEqual(error._tag, "InvalidRedirectUri")
    assert.strictEqual(error.description, "The parameter redirect_uri is missing")
  })

  // @covers rfc6749-3.1.2.2-a rfc6749-3.1.2.2-b rfc6749-3.1.2.2-c rfc6749-10.1-c rfc6749-10.2-b
  // @covers rfc6749-10.6-b rfc6749-10.6-c
  it("a client that registered none has nowhere to go", () => {
    assert.isTrue(
      Result.isFailure(TrustedRedirect.requireRegistered(none, "https://client.example/callback"))
    )
  })

  it("on a loopback address it is the one that was asked for, with its port (RFC 8252 §7.3)", () => {
    const redirect = resultOf(TrustedRedirect.requireRegistered(native, "http://127.0.0.1:51004/callback"))
    assert.strictEqual(redirect.uri, "http://127.0.0.1:51004/callback")
  })
})

describe("OpenID Connect Core §3.2.2.1 where an ID token goes to a web application without a code", () => {
  const implicit = ["id_token", "token"]
  const uris = [
    "http://127.0.0.1/callback",
    "http://localhost/callback",
    "https://localhost/callback",
    "com.example.app:/callback"
  ]
  const web = Client.make({ client_id: "web", redirect_uris: [...uris, "https://client.example/callback"] })

  // @covers oidc-core-3.2.2.1-d
  it.for(
    uris.flatMap((uri) => [
      [uri, "which says so", { ...web, applicationType: "web" }] as const,
      [uri, "which says nothing", web] as const
    ])
  )("it is not %s, %s", ([uri, , client]) => {
    const error = refusalOf(TrustedRedirect.requireRegistered(client, uri, { responseType: implicit }))
    assert.strictEqual(error._tag, "InvalidRedirectUri")
    assert.strictEqual(
      error.description,
      "The redirect_uri is one that only a native application may use in this flow"
    )
  })

  it("nor what is no URI at all, whoever wrote it into the store", () => {
    const careless = Client.make({ client_id: "careless", redirect_uris: ["/callback"] })
    const error = refusalOf(
      TrustedRedirect.requireRegistered(careless, "/callback", { responseType: implicit })
    )
    assert.strictEqual(error._tag, "InvalidRedirectUri")
  })

  it("it is https", () => {
    const uri = "https://client.example/callback"
    const policy = { responseType: implicit }
    assert.strictEqual(resultOf(TrustedRedirect.requireRegistered(web, uri, policy)).uri, uri)
  })

  it.for([
    ["the application is native", { ...web, applicationType: "native" }, { responseType: implicit }],
    ["a code is redeemed for it", web, { responseType: ["code", "id_token"] }],
    ["there is no ID token", web, { responseType: ["token"] }],
    ["the server lets it", web, { responseType: implicit, allowHttp: true }]
  ] as const)("it may be any of these if %s", ([, client, policy]) => {
    for (const uri of uris) {
      assert.strictEqual(resultOf(TrustedRedirect.requireRegistered(client, uri, policy)).uri, uri)
    }
  })
})

describe("RFC 9700 §2.1 a URI that should never have been registered is not trusted", () => {
  // @covers rfc9700-2.6-e rfc9700-4.11.2-d
  it.for([
    "http://client.example/callback",
    "https://client.example/callback#here",
    "javascript:alert(1)",
    "/callback",
    "https://user@client.example/callback"
  ])("%s, whoever wrote it into the store", (uri) => {
    const client = Client.make({ client_id: "careless", redirect_uris: [uri] })
    assert.strictEqual(refusalOf(TrustedRedirect.requireRegistered(client, uri))._tag, "InvalidRedirectUri")
    assert.strictEqual(
      refusalOf(TrustedRedirect.requireRegistered(client, undefined))._tag,
      "InvalidRedirectUri"
    )
  })

  it("http is, where the server allows it", () => {
    const uri = "http://client.example/callback"
    const client = Client.make({ client_id: "intranet", redirect_uris: [uri] })
    assert.strictEqual(resultOf(TrustedRedirect.requireRegistered(client, uri, { allowHttp: true })).uri, uri)
  })
})

describe("the proof cannot be forged", () => {
  const proof = resultOf(TrustedRedirect.requireRegistered(one, undefined))

  it("a look-alike is not the proof", () => {
    assert.isTrue(TrustedRedirect.is(proof))
    assert.isFalse(TrustedRedirect.is({ uri: proof.uri }))
    assert.isFalse(TrustedRedirect.is({ ...proof }))
    assert.isFalse(TrustedRedirect.is(Object.create(TrustedRedirect.prototype)))
    assert.isFalse(TrustedRedirect.is(proof.uri))
    assert.isFalse(TrustedRedirect.is(null))
    assert.isFalse(TrustedRedirect.is(undefined))
  })

  // @covers rfc9700-2.1-b
  it("redirecting to anything else does not compile", () => {
    const destination: AuthorizationResponse.Destination = {
      redirect: proof,
      responseMode: "query",
      state: undefined,
      issuer: "https://auth.example.com"
    }
    // @ts-expect-error a string is no proof
    const toText: AuthorizationResponse.Destination = { ...destination, redirect: "https://evil.example/" }
    // @ts-expect-error neither is an object of the same shape
    const toObject: AuthorizationResponse.Destination = { ...destination, redirect: { uri: proof.uri } }
    // @ts-expect-error and nobody else can make one
    const make = () => new TrustedRedirect("https://evil.example/")
    assert.isFalse(TrustedRedirect.is(toText.redirect))
    assert.isFalse(TrustedRedirect.is(toObject.redirect))
    assert.isFunction(make)
  })
})
