import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { RedirectUri } from "effect-oauth"
import { refusalOf, resultOf } from "../support/Flow.ts"

const Port = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 })))

// @covers rfc8252-7-a
describe("RFC 6749 §3.1.2 redirection endpoint: what may be registered", () => {
  it.for([
    "https://client.example/callback",
    "https://client.example/callback?tenant=1",
    "https://client.example:8443/",
    "https://[2001:db8::1]/callback"
  ])("%s", (uri) => {
    assert.strictEqual(resultOf(RedirectUri.validate(uri)), uri)
  })

  // @covers rfc6749-3.1.2-a
  it.for(["/callback", "callback", "//client.example/callback", "client.example", "", "https://"])(
    "%j is not absolute",
    (uri) => {
      const error = refusalOf(RedirectUri.validate(uri))
      assert.strictEqual(error._tag, "InvalidRedirectUri")
      assert.strictEqual(error.error, "invalid_request")
      assert.strictEqual(error.description, "The redirect URI is not an absolute URI")
    }
  )

  // @covers rfc6749-3.1.2-c
  it.for(["https://client.example/#here", "https://client.example/#", "com.example.app:/callback#"])(
    "%s has a fragment, which it must not",
    (uri) => {
      assert.strictEqual(refusalOf(RedirectUri.validate(uri)).description, "The redirect URI has a fragment")
    }
  )

  it.for([
    " https://client.example/",
    "https://client.example/ ",
    "https://client.example/call back",
    "https://client.example/\ncallback",
    "https://client.example/\tcallback",
    "https://clïent.example/callback"
  ])("%j is not what a URL parser would make of it", (uri) => {
    assert.isTrue(Result.isFailure(RedirectUri.validate(uri)))
  })

  // @covers rfc6749-10.14-a
  it.for([
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,hello",
    "vbscript:x",
    "blob:https://client.example/1",
    "file:///etc/passwd",
    "about:blank",
    "filesystem:https://client.example/x",
    "view-source:https://client.example/"
  ])("%s runs or shows what it contains", (uri) => {
    assert.strictEqual(
      refusalOf(RedirectUri.validate(uri)).description,
      "The redirect URI has a scheme that is not allowed"
    )
  })

  it.for([
    "https://user@client.example/",
    "https://user:password@client.example/",
    "https://:password@client.example/"
  ])("%s has credentials", (uri) => {
    assert.strictEqual(refusalOf(RedirectUri.validate(uri)).description, "The redirect URI has credentials")
  })
})

describe("RFC 9700 §2.6, RFC 8252 §8.3 http", () => {
  // @covers rfc6749-3.1.2.1-a rfc9700-2.6-d rfc9700-2.6-e oidc-core-3.1.2.1-i oidc-rpinitiated-2-c
  it.for([
    "http://client.example/callback",
    "http://127.0.0.1.client.example/",
    "http://10.0.0.1/",
    "http://[::2]/"
  ])("%s is clear text on a network", (uri) => {
    assert.strictEqual(
      refusalOf(RedirectUri.validate(uri)).description,
      "The redirect URI uses http on a host that is not loopback"
    )
    assert.strictEqual(resultOf(RedirectUri.validate(uri, { allowHttp: true })), uri)
  })

  // @covers rfc8252-7-a
  it.for([
    "http://127.0.0.1/callback",
    "http://127.0.0.1:8080/callback",
    "http://[::1]:8080/callback",
    "http://localhost/callback",
    "http://app.localhost/callback"
  ])("%s stays on the machine", (uri) => {
    assert.strictEqual(resultOf(RedirectUri.validate(uri)), uri)
  })
})

// @covers rfc8252-7-a
describe("RFC 8252 §7.1 private-use schemes", () => {
  it("may be registered", () => {
    assert.isTrue(Result.isSuccess(RedirectUri.validate("com.example.app:/oauth2redirect/example-provider")))
  })

  it("compare like any other", () => {
    assert.isTrue(RedirectUri.matches("com.example.app:/cb", "com.example.app:/cb"))
    assert.isFalse(RedirectUri.matches("com.example.app:/cb", "com.example.app:/cb/"))
  })
})

describe("RFC 9700 §4.1.3, RFC 3986 §6.2.1 simple string comparison", () => {
  const registered = "https://client.example/callback"

  it("the same text matches", () => {
    assert.isTrue(RedirectUri.matches(registered, registered))
  })

  // @covers rfc6749-3.1.2.2-d rfc6749-3.1.2.3-c rfc8252-8.4-c rfc9700-2.1-a rfc9700-4.1.3-a
  it.for([
    "https://client.example/callback/",
    "https://client.example/Callback",
    "HTTPS://client.example/callback",
    "https://CLIENT.example/callback",
    "https://client.example:443/callback",
    "https://client.example/%63allback",
    "https://client.example/callback?a=1",
    "https://client.example/callback?",
    "https://client.example/callback#",
    "https://client.example/callback/../callback",
    "https://client.example/./callback",
    "https://client.example/callback2",
    "https://client.example/call",
    "https://client.example.evil.example/callback",
    "https://user@client.example/callback",
    "https://client.example@evil.example/callback",
    "http://client.example/callback",
    " https://client.example/callback",
    ""
  ])("%j is another", (requested) => {
    assert.isFalse(RedirectUri.matches(registered, requested))
  })

  // @covers rfc6749-3.1.2.2-d rfc9700-2.1-a rfc9700-4.1.3-a
  it("a registered URI is no pattern", () => {
    assert.isFalse(RedirectUri.matches("https://*.example/callback", "https://client.example/callback"))
    assert.isFalse(RedirectUri.matches("https://client.example/.*", "https://client.example/callback"))
  })
})

describe("RFC 8252 §7.3 loopback interface redirection", () => {
  // @covers rfc8252-7.3-a rfc9700-4.1.3-b
  it.for(["http://127.0.0.1", "http://[::1]"])("%s: any port matches, and none", (host) => {
    const registered = `${host}/callback`
    assert.isTrue(RedirectUri.matches(registered, `${host}:51004/callback`))
    assert.isTrue(RedirectUri.matches(registered, `${host}:65535/callback`))
    assert.isTrue(RedirectUri.matches(`${host}:8080/callback`, `${host}:51004/callback`))
    assert.isTrue(RedirectUri.matches(`${host}:8080/callback`, registered))
  })

  it.prop("two URIs that differ in nothing but the port match", [Port, Port], ([one, other]) =>
    RedirectUri.matches(`http://127.0.0.1:${one}/callback`, `http://127.0.0.1:${other}/callback`)
  )

  it.prop("a URI on https has the port that it has", [Port, Port], ([one, other]) => {
    assert.strictEqual(
      RedirectUri.matches(`https://127.0.0.1:${one}/callback`, `https://127.0.0.1:${other}/callback`),
      one === other
    )
  })

  // @covers rfc8252-8.4-c rfc9700-2.1-a
  it.for([
    ["http://127.0.0.1/callback", "http://127.0.0.1:8080/other"],
    ["http://127.0.0.1/callback", "http://127.0.0.1:8080/callback?a=1"],
    ["http://127.0.0.1/callback", "http://127.0.0.1:8080/callback#a"],
    ["http://127.0.0.1/callback", "http://[::1]:8080/callback"],
    ["http://127.0.0.1/callback", "http://127.0.0.2:8080/callback"],
    ["http://127.0.0.1/callback", "http://127.1:8080/callback"],
    ["http://127.0.0.1/callback", "http://127.0.0.1:65536/callback"],
    ["http://127.0.0.1/callback", "http://127.0.0.1:99999/callback"],
    ["http://127.0.0.1/callback", "http://127.0.0.1:/callback"],
    ["http://127.0.0.1/callback", "http://127.0.0.1:80@evil.example/callback"],
    ["http://127.0.0.1/callback", "http://127.0.0.1@evil.example/callback"],
    ["http://127.0.0.1/callback", "http://127.0.0.1.evil.example/callback"],
    ["http://127.0.0.1", "http://127.0.0.1:8080/"],
    ["http://localhost/callback", "http://localhost:8080/callback"],
    ["https://client.example/callback", "https://client.example:8443/callback"]
  ] as const)("%s does not let in %s", ([registered, requested]) => {
    assert.isFalse(RedirectUri.matches(registered, requested))
  })
})

describe("isLoopback", () => {
  it.for(["localhost", "app.localhost", "127.0.0.1", "127.255.255.254", "[::1]", "::1"])("%s", (host) => {
    assert.isTrue(RedirectUri.isLoopback(host))
  })

  it.for([
    "client.example",
    "localhost.example",
    "notlocalhost",
    "128.0.0.1",
    "127.0.0.1.example",
    "1127.0.0.1",
    "0.0.0.0",
    ""
  ])("not %j", (host) => {
    assert.isFalse(RedirectUri.isLoopback(host))
  })
})

describe("displayHost: what a person should see", () => {
  it.for([
    ["https://client.example/callback", "client.example"],
    ["https://client.example:8443/callback", "client.example:8443"],
    ["https://client.example@evil.example/callback", "evil.example"],
    ["com.example.app:/callback", "com.example.app:"],
    ["nowhere", "nowhere"]
  ] as const)("%s goes to %s", ([uri, host]) => {
    assert.strictEqual(RedirectUri.displayHost(uri), host)
  })
})
