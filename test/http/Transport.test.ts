/**
 * Over which connections the server answers, and whose word it takes for it.
 * The address of the client shows in the audit event of a failed authentication.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type AuditLog, AuthorizationServer, Storage } from "effect-oauth"
import { InteractionPages, OAuthHandler } from "effect-oauth/http"
import * as TestServer from "../support/TestServer.ts"
import type { Options } from "./support/Server.ts"
import { recording } from "./support/Server.ts"

interface Connection {
  readonly remoteAddress?: string
  readonly encrypted?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

/** What a server with these options makes of a connection. */
const ask = (options: Options, connection: Connection) => {
  const events: Array<AuditLog.AuditEvent> = []
  return Effect.gen(function* () {
    const { json, status } = yield* TestServer.send({
      path: "/token",
      form: { grant_type: "client_credentials" },
      basic: ["nobody", "wrong"],
      ...connection
    })
    const event = events.find((event) => event._tag === "ClientAuthenticationFailed")
    return {
      // Past the check of the transport, the client is unknown.
      secure: status === 401,
      refused: status === 400 && String(json().error_description).includes("TLS is required"),
      address: event?._tag === "ClientAuthenticationFailed" ? event.remoteAddress : undefined
    }
  }).pipe(
    Effect.provide(
      OAuthHandler.layer.pipe(
        Layer.provideMerge(InteractionPages.layer),
        Layer.provideMerge(AuthorizationServer.layer({ ...TestServer.options, ...options })),
        Layer.provideMerge(TestServer.People),
        Layer.provideMerge(Storage.layerMemoryWith({ clients: TestServer.clients })),
        Layer.provideMerge(recording(events))
      )
    )
  )
}

const https = { issuer: "https://auth.example.com" }
const proxied = { ...https, trustedProxies: ["10.0.0.1", "2001:db8::1"] }

const isSecure = (name: string, options: Options, connection: Connection) =>
  it.effect(`${name}: answered`, () =>
    Effect.map(ask(options, connection), ({ secure }) => assert.isTrue(secure))
  )

const isRefused = (name: string, options: Options, connection: Connection) =>
  it.effect(`${name}: refused`, () =>
    Effect.map(ask(options, connection), ({ refused }) => assert.isTrue(refused))
  )

// @covers rfc6749-2.3.1-g rfc6749-3.1-d rfc6749-3.2-c rfc6749-10.3-b rfc6749-10.4-c rfc6749-10.5-a
// @covers rfc6749-10.8-a rfc6749-10.8-b rfc6749-10.9-a rfc6749-10.11-a rfc6750-5.2-d rfc6750-5.2-k
// @covers rfc7009-2-f rfc7662-2-a rfc8414-3-b rfc8414-6.1-a rfc9700-2.6-d
// @covers oidc-core-1.2-b oidc-core-3.1.2-a oidc-core-3.1.3-a oidc-core-5.3-a oidc-core-16.17-a
// @covers oidc-discovery-7.1-a rfc9701-8.2-a
describe("RFC 6749 §1.6 TLS", () => {
  isSecure("encrypted", https, { encrypted: true })
  isRefused("in clear text", https, { encrypted: false })
  isSecure("in clear text, where the configuration lets it", { ...https, allowHttp: true }, {})
  for (const issuer of [
    "http://localhost:9000",
    "http://127.0.0.1:9000",
    "http://[::1]:9000",
    "http://a.localhost"
  ]) {
    isSecure(`in clear text, for the loopback issuer ${issuer}`, { issuer }, {})
  }
  isRefused("in clear text, for an https issuer like loopback", { issuer: "https://localhost.example" }, {})
})

describe("what a proxy says of the protocol", () => {
  const from = (remoteAddress: string, headers: Record<string, string>, encrypted = false) => ({
    remoteAddress,
    headers,
    encrypted
  })
  const proto = (value: string) => ({ "x-forwarded-proto": value })
  const forwarded = (value: string) => ({ forwarded: value })

  isSecure("X-Forwarded-Proto of a trusted proxy", proxied, from("10.0.0.1", proto("https")))
  isSecure(
    "X-Forwarded-Proto with X-Forwarded-For",
    proxied,
    from("10.0.0.1", { ...proto("https"), "x-forwarded-for": "192.0.2.60" })
  )
  isRefused(
    "X-Forwarded-For that names a proxy",
    proxied,
    from("10.0.0.2", { ...proto("https"), "x-forwarded-for": "10.0.0.1" })
  )
  isSecure("in capitals", proxied, from("10.0.0.1", proto("HTTPS")))
  isSecure("a trusted proxy with IPv6", proxied, from("2001:db8::1", proto("https")))
  isSecure("IPv4 on an IPv6 socket", proxied, from("::ffff:10.0.0.1", proto("https")))
  isRefused(
    "an IPv6 address that only ends like it",
    proxied,
    from("2001:db8::ffff:10.0.0.1", proto("https"))
  )
  isRefused("somebody else", proxied, from("10.0.0.2", proto("https")))
  isRefused("somebody whose address begins like it", proxied, from("10.0.0.11", proto("https")))
  isRefused("nobody, where no proxy is named", https, from("10.0.0.1", proto("https")))
  it.effect("an unknown peer: refused", () =>
    Effect.gen(function* () {
      const handler = yield* OAuthHandler.OAuthHandler
      const request = TestServer.toHttpRequest({ path: "/token", headers: proto("https") })
      const answer = yield* handler.handle({ ...request, remoteAddress: undefined }) ??
        Effect.die("no answer")
      assert.strictEqual(answer.status, 405)
      const metadata = {
        ...request,
        path: "/.well-known/oauth-authorization-server",
        remoteAddress: undefined
      }
      const refused = yield* handler.handle(metadata) ?? Effect.die("no answer")
      assert.strictEqual(refused.status, 400)
    }).pipe(
      Effect.provide(
        OAuthHandler.layer.pipe(
          Layer.provideMerge(InteractionPages.layer),
          Layer.provideMerge(AuthorizationServer.layer({ ...TestServer.options, ...proxied })),
          Layer.provideMerge(TestServer.People),
          Layer.provideMerge(Storage.layerMemory)
        )
      )
    )
  )

  isRefused("http", proxied, from("10.0.0.1", proto("http")))
  isRefused("nothing", proxied, from("10.0.0.1", {}))
  // The proxy's own connection is not the client's.
  isRefused("http, over an encrypted connection to the proxy", proxied, from("10.0.0.1", proto("http"), true))
  isRefused("nothing, over an encrypted connection to the proxy", proxied, from("10.0.0.1", {}, true))

  // What the client sent comes first, what the proxy added last.
  isRefused("a claim of the client before the proxy's", proxied, from("10.0.0.1", proto("https, http")))
  isSecure("the proxy's after a claim of the client", proxied, from("10.0.0.1", proto("http,https")))

  isSecure(
    "RFC 7239 Forwarded",
    proxied,
    from("10.0.0.1", forwarded("for=192.0.2.60;proto=https;by=203.0.113.43"))
  )
  isSecure("RFC 7239 Forwarded, quoted", proxied, from("10.0.0.1", forwarded('proto="https"')))
  isSecure(
    "RFC 7239 Forwarded, in capitals",
    proxied,
    from("10.0.0.1", forwarded("For=192.0.2.60; Proto=HTTPS"))
  )
  isRefused("RFC 7239 Forwarded, http", proxied, from("10.0.0.1", forwarded("for=192.0.2.60;proto=http")))
  isRefused("RFC 7239 Forwarded without proto", proxied, from("10.0.0.1", forwarded("for=192.0.2.60")))
  isRefused(
    "RFC 7239 Forwarded, other names",
    proxied,
    from("10.0.0.1", forwarded("xproto=https;proto2=https"))
  )
  isRefused(
    "RFC 7239 Forwarded, a claim of the client before the proxy's",
    proxied,
    from("10.0.0.1", forwarded("for=1.2.3.4;proto=https, for=192.0.2.60;proto=http"))
  )
  isRefused(
    "RFC 7239 Forwarded before X-Forwarded-Proto",
    proxied,
    from("10.0.0.1", { ...forwarded("proto=http"), ...proto("https") })
  )
})

describe("what a proxy says of the client's address", () => {
  const seen = (
    name: string,
    expected: string,
    headers: Record<string, string>,
    remoteAddress = "10.0.0.1"
  ) =>
    it.effect(name, () =>
      Effect.map(
        ask(
          { issuer: "http://localhost:9000", trustedProxies: ["10.0.0.1"] },
          { remoteAddress, headers: { ...headers } }
        ),
        ({ address }) => assert.strictEqual(address, expected)
      )
    )

  seen("nothing: it is the peer's", "10.0.0.1", {})
  seen("X-Forwarded-For", "192.0.2.60", { "x-forwarded-for": "192.0.2.60" })
  seen("X-Forwarded-For, the last one", "192.0.2.60", { "x-forwarded-for": "1.2.3.4, 192.0.2.60" })
  seen("X-Forwarded-For, empty", "10.0.0.1", { "x-forwarded-for": "1.2.3.4, " })
  seen("X-Forwarded-For of somebody else", "10.0.0.2", { "x-forwarded-for": "192.0.2.60" }, "10.0.0.2")
  seen("Forwarded of somebody else", "10.0.0.2", { forwarded: "for=192.0.2.60" }, "10.0.0.2")
  seen("RFC 7239 §6 an address", "192.0.2.60", { forwarded: "for=192.0.2.60;proto=https" })
  seen("RFC 7239 §6 an address with a port", "192.0.2.60", {
    forwarded: 'proto=https; For="192.0.2.60:47011"'
  })
  seen("RFC 7239 §6 IPv6", "2001:db8:cafe::17", { forwarded: 'for="[2001:db8:cafe::17]"' })
  seen("RFC 7239 §6 IPv6 with a port", "2001:db8:cafe::17", { forwarded: 'for="[2001:db8:cafe::17]:4711"' })
  seen("RFC 7239 §6 the last one", "192.0.2.60", { forwarded: "for=1.2.3.4, for=192.0.2.60;by=10.0.0.1" })
  seen("RFC 7239 §6.2 unknown", "10.0.0.1", { forwarded: "for=unknown" })
  seen("RFC 7239 §6.3 hidden", "10.0.0.1", { forwarded: "for=_gazonk" })
  seen("Forwarded with another name", "10.0.0.1", { forwarded: "xfor=192.0.2.60" })
  seen("Forwarded with more than an address", "10.0.0.1", { forwarded: "for=192.0.2.60.evil" })
  seen("Forwarded before X-Forwarded-For", "192.0.2.60", {
    forwarded: "for=192.0.2.60",
    "x-forwarded-for": "1.2.3.4"
  })
})
