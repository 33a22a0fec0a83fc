/**
 * Every parser of the server that reads what a stranger wrote, with what must be
 * true of whatever it makes of it. A target throws if it is not.
 */
import assert from "node:assert/strict"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  Authorization,
  Client,
  clientSecretBasic,
  GrantStore,
  OAuthRequest,
  Parameters,
  RedirectUri,
  Scope,
  Secret
} from "effect-oauth"
import type { HttpMessage } from "effect-oauth/http"
import * as RefreshToken from "../../src/grants/RefreshToken.ts"
import * as Cookie from "../../src/http/Cookie.ts"
import { behindProxy } from "../../src/http/Transport.ts"
import { bearerToken } from "../../src/oidc/BearerToken.ts"
import * as ClaimsRequest from "../../src/oidc/ClaimsRequest.ts"
import * as Jose from "../../src/services/internal/Jose.ts"
import { errorRoute, key, keys, settings } from "./support/Fixtures.ts"

export interface Target {
  readonly name: string
  /** What is good, of which mutants are made; and what was once found. */
  readonly seeds: ReadonlyArray<string>
  /** How many times as long as a parser it takes. Default: 1. */
  readonly cost?: number
  readonly run: (text: string) => void | Promise<void>
}

const request = (headers: Readonly<Record<string, string>>): HttpMessage.HttpRequest => ({
  method: "GET",
  path: "/",
  query: "",
  header: (name) => headers[name],
  body: Effect.succeed(new Uint8Array()),
  remoteAddress: "192.0.2.1",
  encrypted: false
})

const cookieSecret = Redacted.make("A".repeat(43))
const cookie = Cookie.set("oauth-browser", cookieSecret, {
  key,
  issuer: "http://localhost",
  maximumAge: settings.lifetimes.session
}).replace(/;.*/, "")

const refreshToken = RefreshToken.first(
  key,
  GrantStore.FamilyId("f".repeat(22)),
  Redacted.make("s".repeat(43))
)

// RFC 6749 §5.2: what may be in an error_description
const told = /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/

const jwtHeader = (header: Readonly<Record<string, unknown>>) =>
  Buffer.from(JSON.stringify(header)).toString("base64url")

const encodeClaims = Schema.encodeSync(ClaimsRequest.ClaimsRequest)

const decodeClient = Schema.decodeUnknownResult(Client.Client)
const encodeClient = Schema.encodeSync(Client.Client)

export const targets: ReadonlyArray<Target> = [
  {
    name: "query and form",
    seeds: [
      "grant_type=authorization_code&code=a%2Bb&redirect_uri=https%3A%2F%2Fclient.example%2F",
      "a=1&&b&=c&d=&__proto__=e&constructor=f",
      "scope=a+b&resource=x&resource=y"
    ],
    run: (text) => {
      const parsed = Parameters.parse(text)
      if (Result.isFailure(parsed)) return assert.match(parsed.failure.description, told)
      const record = parsed.success.toRecord()
      for (const [name, value] of Object.entries(record)) {
        assert.notEqual(value, "", "an empty value counts as absent")
        assert.ok(!`${name}${value}`.includes("\0"), "a NUL came through")
        assert.equal(parsed.success.get(name), value)
      }
      // What is written can be read again, and is the same.
      const again = Result.getOrThrow(Parameters.parse(Parameters.encode(Object.entries(record))))
      assert.deepEqual(again.toRecord(), record)
    }
  },
  {
    name: "Basic header",
    seeds: [
      `Basic ${btoa("client:secret")}`,
      `basic ${btoa("a%3Ab:%E2%98%83")}`,
      "Basic Og==",
      "Bearer abc",
      "Basic"
    ],
    run: (text) => {
      const read = clientSecretBasic.read({
        parameters: Parameters.empty,
        authorization: Authorization.parse(text),
        remoteAddress: undefined
      })
      if (Result.isFailure(read)) return assert.equal(read.failure.error, "invalid_client")
      if (read.success === undefined)
        return assert.ok(!/^basic(?: |$)/i.test(text), "Basic credentials were overlooked")
      assert.ok(!read.success.clientId.includes("\0"))
    }
  },
  {
    name: "redirect URI",
    seeds: [
      "https://client.example/callback?a=b",
      "http://127.0.0.1:8080/cb",
      "http://[::1]/",
      "com.example.app:/cb",
      "https://user:pass@client.example/",
      "javascript:alert(1)//https://client.example"
    ],
    run: (text) => {
      const valid = RedirectUri.validate(text)
      assert.equal(RedirectUri.matches(text, text), true)
      RedirectUri.displayHost(text)
      if (Result.isFailure(valid)) return assert.match(valid.failure.description, told)
      const url = new URL(text)
      assert.ok(!/[\s#]/.test(text), "it has a fragment, or a space")
      assert.equal(url.username + url.password, "")
      assert.ok(!/^(?:javascript|data|vbscript|file|blob):$/.test(url.protocol), "it would run")
      if (url.protocol === "http:")
        assert.ok(RedirectUri.isLoopback(url.hostname), "http is for loopback only")
      // What is another place for a browser does not match.
      for (const registered of ["https://client.example/callback", "http://127.0.0.1/cb"]) {
        if (!RedirectUri.matches(registered, text)) continue
        assert.equal(url.hostname, new URL(registered).hostname)
        assert.equal(url.pathname, new URL(registered).pathname)
      }
    }
  },
  {
    name: "scope",
    seeds: ["read write", "  a  a b ", "urn:example:a/b !", 'a"b', "a\\b"],
    run: (text) => {
      const parsed = Scope.parse(text)
      if (Result.isFailure(parsed)) return assert.match(parsed.failure.description, told)
      const tokens = Scope.tokens(parsed.success)
      assert.equal(new Set(tokens).size, tokens.length, "a token is repeated")
      assert.equal(tokens.join(" "), parsed.success)
      assert.ok(
        tokens.every((token) => /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(token)),
        "a character is not of the grammar"
      )
      assert.equal(Result.getOrThrow(Scope.parse(parsed.success)), parsed.success)
    }
  },
  {
    name: "client metadata",
    seeds: [
      '{"client_id":"a","redirect_uris":["https://client.example/"],"scope":"read"}',
      '{"client_id":"b","token_endpoint_auth_method":"none","require_pkce":false,"contacts":["x"]}',
      `{"client_id":"c","client_secret_hashes":["${"A".repeat(43)}"],"grant_types":[]}`
    ],
    run: (text) => {
      let value: unknown = text
      try {
        value = JSON.parse(text)
      } catch {
        // Then it is a string, which is no client.
      }
      const decoded = decodeClient(value)
      if (Result.isFailure(decoded)) return
      const client = decoded.success
      assert.match(client.clientId, /^[\x20-\x7E]{1,255}$/)
      assert.deepEqual(Result.getOrThrow(decodeClient(encodeClient(client))), client)
      assert.deepEqual(
        Result.getOrThrow(decodeClient(JSON.parse(JSON.stringify(encodeClient(client))))),
        client
      )
    }
  },
  {
    name: "cookies",
    seeds: [cookie, `a=b; ${cookie}; c=d`, `${cookie};${cookie}`, "oauth-browser=..", "oauth-browser="],
    run: (text) => {
      const read = Cookie.read(request({ cookie: text }), "oauth-browser", keys)
      if (Option.isNone(read)) return
      assert.equal(Redacted.value(read.value), Redacted.value(cookieSecret), "a cookie was forged")
      assert.ok(text.includes(cookie))
    }
  },
  {
    name: "refresh token",
    seeds: [
      Redacted.value(refreshToken.text),
      `${key.id}.${"f".repeat(22)}.0.${"s".repeat(43)}.${"t".repeat(22)}`
    ],
    run: (text) => {
      const parsed = RefreshToken.parse(keys, text)
      if (Option.isNone(parsed)) return
      assert.equal(text, Redacted.value(refreshToken.text), "a refresh token was forged")
      assert.equal(parsed.value.generation, refreshToken.generation)
    }
  },
  {
    name: "JWT",
    seeds: [
      `${jwtHeader({ alg: "ES256", typ: "JWT", kid: "k" })}.e30.c2ln`,
      `${jwtHeader({ alg: "RS256", typ: "at+jwt", kid: "\u0000", crit: ["b64"], b64: false })}.e30.c2ln`,
      `${jwtHeader({ alg: "none", typ: "JWT", kid: "k" })}.e30.`,
      `${jwtHeader({ alg: "HS256", typ: "JWT", kid: ["k"], jwk: { kty: "oct", k: "AA" } })}.e30.c2ln`,
      `${btoa("[".repeat(300))}.e30.c2ln`
    ],
    run: (text) => {
      const read = Jose.readHeader(text)
      if (Option.isNone(read)) return
      const { alg, kid, typ } = read.value
      assert.ok(text.length <= 16 * 1024, "it is too long to be read")
      assert.match(alg, /^(?:ES256|RS256|PS256|EdDSA)$/, "an algorithm that no key has")
      // It says what whoever else reads it is told.
      const told: unknown = JSON.parse(Buffer.from(text.split(".")[0] ?? "", "base64url").toString())
      assert.ok(typeof told === "object" && told !== null)
      assert.ok(Object.entries({ alg, kid, typ }).every(([name, value]) => Reflect.get(told, name) === value))
    }
  },
  {
    name: "claims parameter",
    seeds: [
      '{"userinfo":{"email":null,"name":{"essential":true}},"id_token":{"acr":{"values":["1","2"]}}}',
      '{"id_token":{"sub":{"value":"u-1"},"auth_time":{"essential":true}}}',
      '{"userinfo":{"address":{"value":{"country":"GB"}},"family_name#fr":null}}',
      '{"userinfo":{"__proto__":null,"constructor":{"essential":false}}}',
      `{"userinfo":{"a":{"value":${"[".repeat(9)}${"]".repeat(9)}}}}`
    ],
    run: (text) => {
      const parsed = ClaimsRequest.parse(text)
      if (Result.isFailure(parsed)) {
        assert.equal(parsed.failure.error, "invalid_request")
        return assert.match(parsed.failure.description, told)
      }
      assert.ok(text.length <= 8192, "it is longer than anybody needs")
      for (const requests of [parsed.success.idToken ?? {}, parsed.success.userinfo ?? {}]) {
        for (const [name, claim] of Object.entries(requests)) {
          assert.ok(text.includes("\\") || text.includes(name), "nobody asked for it")
          for (const value of [
            ...(claim?.values ?? []),
            ...(claim?.value === undefined ? [] : [claim.value])
          ])
            assert.ok(ClaimsRequest.accepts(claim, value), "a claim has not the value that it has to have")
          ClaimsRequest.wantedTexts(claim)
        }
      }
      // As it is kept with the request, it is the same.
      const kept = Result.getOrThrow(ClaimsRequest.parse(JSON.stringify(encodeClaims(parsed.success))))
      assert.deepEqual(kept, parsed.success)
    }
  },
  {
    name: "Bearer header",
    seeds: ["Bearer abc.def-_~+/==", "bearer  x", "Bearer", "Basic abc", "Bearer a, Bearer b", "Bearer\tx"],
    run: (text) => {
      const read = bearerToken(OAuthRequest.make({ parameters: {}, authorization: text }))
      if (Result.isSuccess(read)) {
        assert.match(text, /^bearer /i)
        assert.match(Redacted.value(read.success), /^[\w.~+/-]+=*$/)
        return assert.ok(text.endsWith(Redacted.value(read.success)))
      }
      assert.match(read.failure.description, told)
      assert.equal(read.failure._tag === "MissingToken", !/^bearer(?: |$)/i.test(text))
    }
  },
  {
    name: "Forwarded headers",
    seeds: [
      'for=192.0.2.43;proto=https, for="[2001:db8::1]:4711";proto=http',
      "for=unknown;by=_hidden",
      'for="203.0.113.9:80";proto="HTTPS"',
      "https, http",
      "198.51.100.1, 203.0.113.9"
    ],
    run: (text) => {
      for (const headers of [
        { forwarded: text },
        { "x-forwarded-for": text },
        { "x-forwarded-proto": text },
        { forwarded: text, "x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https" }
      ]) {
        const behind = behindProxy(settings, request(headers))
        if (behind.encrypted) assert.match(`${headers.forwarded ?? text}`, /https/i)
        assert.notEqual(behind.remoteAddress, "")
        if (headers.forwarded === undefined || behind.remoteAddress === "192.0.2.1") continue
        assert.match(behind.remoteAddress ?? "", /^[\da-f:.]+$/i, "an address that is none")
      }
      // Of somebody whom nobody trusts it counts for nothing.
      const stranger = { ...request({ forwarded: text }), remoteAddress: "192.0.2.2" }
      assert.equal(behindProxy(settings, stranger), stranger)
    }
  },
  {
    name: "Accept",
    seeds: ["text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "application/json", "*/*", "text/html;q=0"],
    run: (text) => {
      const answer = Effect.runSync(errorRoute.handle(request({ accept: text })))
      const type = answer.headers["content-type"]
      assert.equal(type === "text/html; charset=utf-8", text.includes("text/html"))
      assert.equal(answer.status, 400)
    }
  },
  {
    name: "constant-time comparison",
    seeds: ["abc", "\ud800", "é"],
    run: (text) => {
      assert.equal(Secret.timingSafeEqual(text, text), true)
      assert.equal(Secret.timingSafeEqual(text, `${text}x`), false)
    }
  }
]
