/**
 * The skins around the heart: whatever the platform, equal requests have equal
 * answers, down to the byte.
 */
import { IncomingMessage, request, ServerResponse } from "node:http"
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2"
import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { HttpEffect, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import { TestClock } from "effect/testing"
import { FetchHandler } from "effect-oauth/http"
import { NodeListener } from "effect-oauth/node"
import * as TestServer from "../support/TestServer.ts"
import * as Adapters from "./support/Adapters.ts"
import * as Web from "./support/Web.ts"

const confidential = { authorization: TestServer.basic("confidential", TestServer.secrets.confidential) }
const service = { authorization: TestServer.basic("service", TestServer.secrets.service) }
const html = { accept: "text/html,application/xhtml+xml" }
const elsewhere = { origin: "https://app.example" }
const metadataPath = "/.well-known/oauth-authorization-server"

const adapterHasSpans: ReadonlySet<string> = new Set([Adapters.routerOfNode.name])

interface Step {
  readonly name: string
  readonly answer: Adapters.Exact
}

const header = (answer: Adapters.Exact, name: string) =>
  answer.headers.find(([known]) => known === name)?.[1] ?? ""

/** A day in the life of a server: what was asked, and what it answered. */
const script = Effect.fnUntraced(function* (exchange: Adapters.Exchange) {
  const steps: Array<Step> = []
  const ask = Effect.fnUntraced(function* (status: number, name: string, sent: Web.Sent) {
    const answer = yield* exchange(sent)
    assert.strictEqual(answer.status, status, `${name}: ${answer.body}`)
    steps.push({ name, answer })
    return answer
  })

  // Metadata
  yield* ask(200, "metadata", { path: metadataPath })
  yield* ask(200, "metadata with a query", { path: metadataPath, query: "a=%FF&a=b" })
  yield* ask(200, "metadata of another origin", { path: metadataPath, headers: elsewhere })
  yield* ask(200, "metadata HEAD", { method: "HEAD", path: metadataPath })
  yield* ask(405, "metadata POST", Web.form(metadataPath, {}))
  yield* ask(405, "metadata DELETE", { method: "DELETE", path: metadataPath })
  yield* ask(405, "metadata OPTIONS", { method: "OPTIONS", path: metadataPath })
  yield* ask(204, "metadata preflight", {
    method: "OPTIONS",
    path: metadataPath,
    headers: { ...elsewhere, "access-control-request-method": "GET" }
  })

  // The authorization endpoint, first phase
  const request = Web.authorizationRequest
  const authorize = (parameters: Readonly<Record<string, string>>, headers: Web.Sent["headers"] = {}) => ({
    path: "/authorize",
    query: Web.encode(parameters),
    headers
  })
  yield* ask(400, "authorize without parameters", { path: "/authorize" })
  yield* ask(400, "authorize without parameters, as a page", { path: "/authorize", headers: html })
  yield* ask(400, "authorize, unknown client", authorize({ ...request, client_id: "x" }, html))
  yield* ask(
    400,
    "authorize, unknown redirect",
    authorize({ ...request, redirect_uri: "https://evil.example" })
  )
  yield* ask(400, "authorize, repeated", { path: "/authorize", query: `${Web.encode(request)}&state=2` })
  yield* ask(400, "authorize, not UTF-8", { path: "/authorize", query: `${Web.encode(request)}&x=%FF` })
  yield* ask(400, "authorize, NUL", { path: "/authorize", query: `${Web.encode(request)}&x=%00` })
  yield* ask(400, "authorize, POST without a body", { method: "POST", path: "/authorize" })
  yield* ask(400, "authorize, POST of JSON", {
    method: "POST",
    path: "/authorize",
    headers: { "content-type": "application/json" },
    body: "{}"
  })
  yield* ask(413, "authorize, POST of too much", Web.form("/authorize", { state: "x".repeat(70_000) }))
  yield* ask(
    413,
    "authorize, POST of too much, as a page",
    Web.form("/authorize", { a: "x".repeat(70_000) }, html)
  )
  yield* ask(405, "authorize PUT", { method: "PUT", path: "/authorize", headers: html })
  yield* ask(405, "authorize HEAD", { method: "HEAD", path: "/authorize" })
  yield* ask(405, "authorize preflight", {
    method: "OPTIONS",
    path: "/authorize",
    headers: { ...elsewhere, "access-control-request-method": "GET" }
  })

  // The authorization endpoint, second phase
  yield* ask(302, "authorize, bad scope", authorize({ ...request, scope: "unknown" }))
  yield* ask(302, "authorize, bad response type", authorize({ ...request, response_type: "x" }))
  yield* ask(303, "authorize, bad scope by POST", Web.form("/authorize", { ...request, scope: "unknown" }))
  yield* ask(
    302,
    "authorize, bad scope, fragment",
    authorize({ ...request, scope: "x", response_mode: "fragment" })
  )
  yield* ask(
    200,
    "authorize, bad scope, form_post",
    authorize({ ...request, scope: "x", response_mode: "form_post" })
  )
  yield* ask(
    302,
    "authorize, state to be encoded",
    authorize({ ...request, scope: "x", state: "å &+%\u2028'\"<" })
  )

  // A person signs in and approves
  const jar = new Map<string, string>()
  const cookie = () => ({ cookie: Array.from(jar, ([name, value]) => `${name}=${value}`).join("; ") })
  const browse = Effect.fnUntraced(function* (status: number, name: string, sent: Web.Sent) {
    const answer = yield* ask(status, name, { ...sent, headers: { ...cookie(), ...sent.headers } })
    const [, known, value] = /^([^=]+)=([^;]*)/.exec(header(answer, "set-cookie")) ?? []
    if (known !== undefined && value !== undefined) jar.set(known, value)
    return answer
  })
  const submit = (
    status: number,
    name: string,
    page: Adapters.Exact,
    fields: Readonly<Record<string, string>>,
    headers: Web.Sent["headers"] = {}
  ) => {
    const form = Web.readForm(page.body)
    return browse(status, name, Web.form(form.action, { ...form.fields, ...fields }, headers))
  }
  const signIn = yield* browse(200, "authorize", authorize(request))
  yield* ask(
    400,
    "sign in without a cookie",
    Web.form("/authorize/sign-in", Web.readForm(signIn.body).fields)
  )
  yield* ask(405, "sign in GET", { path: "/authorize/sign-in" })
  yield* submit(400, "sign in from another site", signIn, Web.ada, {
    "sec-fetch-site": "cross-site",
    ...html
  })
  const failed = yield* submit(400, "sign in, wrong password", signIn, { ...Web.ada, password: "å" })
  const consent = yield* submit(200, "sign in", failed, Web.ada)
  yield* submit(400, "consent without a decision", consent, {})
  const approved = yield* submit(303, "approve", consent, Web.approve)
  yield* submit(400, "approve again", consent, Web.approve, html)
  const again = yield* browse(200, "authorize, signed in", Web.form("/authorize", request))
  yield* submit(303, "deny", again, Web.deny)
  const posted = yield* browse(
    200,
    "authorize, form_post",
    authorize({ ...request, response_mode: "form_post" })
  )
  yield* submit(200, "approve, form_post", posted, Web.approve)
  const implicit = yield* browse(
    200,
    "authorize, token",
    authorize({ ...request, response_type: "token", code_challenge: "", code_challenge_method: "" })
  )
  yield* submit(303, "approve, token", implicit, Web.approve)

  // Tokens
  const code = new URL(header(approved, "location")).searchParams.get("code") ?? ""
  const exchangeCode = {
    grant_type: "authorization_code",
    code,
    redirect_uri: TestServer.redirectUri,
    code_verifier: Web.verifier
  }
  yield* ask(400, "token without parameters", Web.form("/token", {}, confidential))
  yield* ask(401, "token without credentials", Web.form("/token", exchangeCode))
  yield* ask(401, "token, wrong secret", Web.form("/token", exchangeCode, { authorization: "Basic YTpi" }))
  yield* ask(400, "token, unsupported grant", Web.form("/token", { grant_type: "x" }, confidential))
  yield* ask(
    400,
    "token, wrong verifier",
    Web.form("/token", { ...exchangeCode, code_verifier: "x" }, confidential)
  )
  yield* ask(400, "token, wrong type", {
    method: "POST",
    path: "/token",
    headers: { ...confidential, "content-type": "text/plain" },
    body: Web.encode(exchangeCode)
  })
  yield* ask(400, "token, raw bytes", {
    method: "POST",
    path: "/token",
    headers: { ...confidential, ...Web.formType },
    body: Buffer.from(`${Web.encode(exchangeCode)}&x=\xff`, "latin1")
  })
  yield* ask(
    413,
    "token, too much",
    Web.form("/token", { ...exchangeCode, x: "x".repeat(1_000_000) }, confidential)
  )
  yield* ask(405, "token GET", { path: "/token", query: Web.encode(exchangeCode) })
  yield* ask(405, "token HEAD", { method: "HEAD", path: "/token" })
  yield* ask(405, "token PATCH", { method: "PATCH", path: "/token" })
  yield* ask(405, "token OPTIONS", { method: "OPTIONS", path: "/token" })
  yield* ask(204, "token preflight", {
    method: "OPTIONS",
    path: "/token",
    headers: { ...elsewhere, "access-control-request-method": "POST" }
  })
  const tokens = yield* ask(200, "token", Web.form("/token", exchangeCode, { ...confidential, ...elsewhere }))
  const { access_token, refresh_token }: Record<"access_token" | "refresh_token", string> = JSON.parse(
    tokens.body
  )
  const refresh = { grant_type: "refresh_token", refresh_token }
  yield* ask(400, "refresh, more scope", Web.form("/token", { ...refresh, scope: "admin" }, confidential))
  yield* ask(200, "refresh", Web.form("/token", refresh, confidential))
  yield* ask(200, "refresh, once more", Web.form("/token", refresh, confidential))
  yield* ask(200, "client credentials", Web.form("/token", { grant_type: "client_credentials" }, service))
  yield* ask(200, "password", Web.form("/token", { grant_type: "password", ...Web.ada }, confidential))
  yield* ask(
    400,
    "password, wrong",
    Web.form("/token", { grant_type: "password", ...Web.ada, password: "x" }, confidential)
  )

  // Introspection and revocation
  yield* ask(200, "introspect", Web.form("/introspect", { token: access_token }, service))
  yield* ask(
    200,
    "introspect, refresh token",
    Web.form("/introspect", { token: refresh_token }, confidential)
  )
  yield* ask(401, "introspect without credentials", Web.form("/introspect", { token: access_token }))
  yield* ask(405, "introspect preflight", {
    method: "OPTIONS",
    path: "/introspect",
    headers: { ...elsewhere, "access-control-request-method": "POST" }
  })
  yield* ask(400, "revoke without a token", Web.form("/revoke", {}, confidential))
  yield* ask(200, "revoke", Web.form("/revoke", { token: access_token }, { ...confidential, ...elsewhere }))
  yield* ask(200, "introspect, revoked", Web.form("/introspect", { token: access_token }, service))
  yield* ask(405, "revoke GET", { path: "/revoke" })

  // A code that comes twice, last: it takes its grant along
  yield* ask(400, "token, replayed", Web.form("/token", exchangeCode, confidential))
  yield* ask(400, "refresh, after the replay", Web.form("/token", refresh, confidential))
  return steps
})

describe("every adapter", () => {
  it.effect("gives the same answers, byte for byte", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_000)
      const [first, ...others] = yield* Effect.forEach(Adapters.all, ({ name, open }) =>
        Effect.scoped(Effect.flatMap(open(), script)).pipe(Effect.map((steps) => ({ name, steps })))
      )
      assert.isDefined(first)
      assert.isAtLeast(first.steps.length, 60)
      assert.lengthOf(others, 3)
      for (const { name, steps } of others) {
        for (const [index, step] of steps.entries()) {
          assert.deepStrictEqual(step, first.steps[index], `${name}, ${step.name}`)
        }
        assert.lengthOf(steps, first.steps.length)
      }
    })
  )

  for (const { name, open } of Adapters.all) {
    it.effect(`answers a HEAD with the length of the body that a GET has: ${name}`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const exchange = yield* open()
          const get = yield* exchange({ path: metadataPath })
          const head = yield* exchange({ method: "HEAD", path: metadataPath })
          assert.deepStrictEqual(head, { ...get, body: "" })
        })
      )
    )

    it.effect(`answers on the paths of an issuer that has one: ${name}`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const exchange = yield* open({ issuer: "http://localhost:9000/realms/a:b%20c" })
          const found = yield* exchange({
            path: "/.well-known/oauth-authorization-server/realms/a:b%20c"
          })
          assert.strictEqual(found.status, 200)
          assert.strictEqual(
            JSON.parse(found.body).token_endpoint,
            "http://localhost:9000/realms/a:b%20c/token"
          )
          const token = yield* exchange(
            Web.form("/realms/a:b%20c/token", { grant_type: "client_credentials" }, service)
          )
          assert.strictEqual(token.status, 200)
          const signIn = yield* exchange({
            path: "/realms/a:b%20c/authorize",
            query: Web.encode(Web.authorizationRequest)
          })
          assert.strictEqual(Web.readForm(signIn.body).action, "/realms/a:b%20c/authorize/sign-in")
          assert.strictEqual((yield* exchange(Web.form("/realms/a:b%20c/authorize/sign-in", {}))).status, 400)
          assert.strictEqual((yield* exchange({ path: "/realms/axb%20c/authorize" })).status, 404)
          assert.strictEqual((yield* exchange({ path: "/authorize" })).status, 404)
        })
      )
    )
  }
})

/** The names of a span and of those above it. */
const lineage = (span: Tracer.AnySpan | undefined): ReadonlyArray<string> =>
  span?._tag === "Span" ? [span.name, ...lineage(Option.getOrUndefined(span.parent))] : []

describe("a request is traced under itself, and not under what the server was started in", () => {
  for (const { name, open } of Adapters.all.filter((adapter) => adapter !== Adapters.routerOfFetch)) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const spans: Array<Tracer.Span> = []
        const tracer = Tracer.make({
          span: (options) => {
            const span = new Tracer.NativeSpan(options)
            spans.push(span)
            return span
          }
        })
        yield* Effect.scoped(
          Effect.gen(function* () {
            const exchange = yield* open().pipe(
              Effect.withSpan("startup"),
              Effect.provideService(Tracer.Tracer, tracer)
            )
            yield* exchange(Web.form("/token", { grant_type: "client_credentials" }, service))
          })
        )
        const endpoint = spans.find((span) => span.name === "TokenEndpoint.handle")
        assert.isDefined(endpoint)
        // The router's server makes a span of its own for each request.
        assert.deepStrictEqual(
          lineage(endpoint).slice(0, 2),
          adapterHasSpans.has(name) ? ["TokenEndpoint.handle", "POST"] : ["TokenEndpoint.handle"]
        )
      })
    )
  }
})

const https = { issuer: "https://auth.example.com" } as const

describe("every adapter knows how the request came", () => {
  for (const { name, open } of Adapters.all) {
    it.effect(`in clear text: ${name}`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const exchange = yield* open(https)
          const answer = yield* exchange({ path: metadataPath })
          assert.strictEqual(answer.status, 400)
          assert.include(answer.body, "TLS is required")
          const pretended = yield* exchange({ path: metadataPath, headers: { "x-forwarded-proto": "https" } })
          assert.deepStrictEqual(pretended, answer)
        })
      )
    )
  }

  for (const { name, open } of Adapters.encrypted) {
    it.effect(`encrypted: ${name}`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const exchange = yield* open(https)
          const answer = yield* exchange({ path: metadataPath })
          assert.strictEqual(answer.status, 200)
        })
      )
    )
  }

  // A Request knows no peer, so that HttpRouter over fetch has no proxy to trust.
  for (const { name, open } of Adapters.all.filter((adapter) => adapter !== Adapters.routerOfFetch)) {
    it.effect(`through a trusted proxy: ${name}`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const exchange = yield* open({ ...https, trustedProxies: ["127.0.0.1"] })
          const answer = yield* exchange({ path: metadataPath, headers: { "x-forwarded-proto": "https" } })
          assert.strictEqual(answer.status, 200)
          assert.strictEqual((yield* exchange({ path: metadataPath })).status, 400)
        })
      )
    )
  }
})

/** Sends bytes as they are, and gives the status line and the body. */
const raw = (port: number, text: string) =>
  Effect.callback<{ readonly status: number; readonly body: string }>((resume) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(Buffer.from(text, "latin1")))
    let received = ""
    socket.on("data", (chunk) => {
      received += chunk.toString()
    })
    socket.on("error", (error) => resume(Effect.die(error)))
    socket.on("close", () => {
      const [head = "", body = ""] = received.split("\r\n\r\n")
      resume(Effect.succeed({ status: Number(head.split(" ")[1]), body }))
    })
  })

const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: localhost:9000\r\nConnection: close\r\n\r\n`

/** Sends a target over HTTP/2, where Node hands on whatever bytes it has. */
const http2 = (port: number, path: string) =>
  Effect.acquireUseRelease(
    Effect.sync(() => connectHttp2(`http://127.0.0.1:${port}`)),
    (session) =>
      Effect.callback<{ readonly status: number; readonly body: string }>((resume) => {
        const stream = session.request({ ":path": path })
        let status = 0
        let body = ""
        stream.on("response", (headers) => {
          status = headers[":status"] ?? 0
        })
        stream.on("data", (chunk) => {
          body += chunk.toString()
        })
        stream.on("error", (error) => resume(Effect.die(error)))
        stream.on("close", () => resume(Effect.succeed({ status, body })))
        stream.end()
      }),
    (session) => Effect.sync(() => session.close())
  )

const overNode = [
  {
    name: "NodeListener",
    open: Effect.gen(function* () {
      const context = yield* Layer.build(Adapters.handler())
      return yield* Adapters.listen(yield* Effect.provideContext(NodeListener.make, context))
    }).pipe(Effect.orDie)
  },
  { name: "HttpRouter", open: Adapters.serve(Adapters.routes()) }
] as const

describe("targets that only a socket can send", () => {
  it.effect("raw bytes in the query are refused, and not taken for characters", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const port = yield* Adapters.serve(Adapters.routes(), createHttp2Server())
        const query = Web.encode(Web.authorizationRequest)
        // "é" in UTF-8, and a byte that is in no UTF-8
        for (const bytes of ["\xc3\xa9", "\xff"]) {
          const answer = yield* http2(port, `/authorize?${query}&x=${bytes}`)
          assert.strictEqual(answer.status, 400)
          assert.include(answer.body, "The query is not percent-encoded")
        }
        assert.strictEqual((yield* http2(port, `/authorize?${query}&x=%C3%A9`)).status, 200)
      })
    )
  )

  for (const { name, open } of overNode) {
    it.effect(`RFC 9112 §3.2.2 the absolute form of a target: ${name}`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const port = yield* open
          assert.strictEqual((yield* raw(port, get(`http://localhost:9000${metadataPath}`))).status, 200)
          assert.strictEqual((yield* raw(port, get(`HTTP://localhost${metadataPath}?a=b`))).status, 200)
          assert.strictEqual((yield* raw(port, get("http://localhost:9000"))).status, 404)
          assert.strictEqual((yield* raw(port, get("http://localhost/other"))).status, 404)
        })
      )
    )
  }
})

describe("HttpRouter, which forgives", () => {
  for (const { name, open } of [Adapters.routerOfFetch, Adapters.routerOfNode]) {
    it.effect(`answers at one spelling of a path, like the others: ${name}`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const exchange = yield* open()
          for (const path of ["/Token", "/token/", "//token", "/%74oken", "/token;x"]) {
            assert.strictEqual((yield* exchange(Web.form(path, {}))).status, 404, path)
          }
          assert.strictEqual((yield* exchange(Web.form("/token", {}))).status, 400)
        })
      )
    )
  }
})

describe("NodeListener", () => {
  const make = Effect.flatMap(Layer.build(Adapters.handler()), (context) =>
    Effect.provideContext(NodeListener.make, context)
  ).pipe(Effect.orDie)

  it.effect("leaves foreign paths to next, untouched", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const listener = yield* make
        const port = yield* Adapters.listen((incoming, outgoing) =>
          listener(incoming, outgoing, () => {
            incoming.on("data", (chunk) => outgoing.write(`${incoming.url} ${chunk}`))
            incoming.on("end", () => outgoing.end())
          })
        )
        const exchange = Adapters.toPort(port)
        assert.strictEqual((yield* exchange(Web.form("/mine?a=b", { x: "y" }))).body, "/mine?a=b x=y")
        assert.strictEqual((yield* exchange({ path: metadataPath })).status, 200)
        assert.strictEqual((yield* exchange({ path: "/token" })).status, 405)
      })
    )
  )

  it.effect("knows a path that Express has taken its prefix from", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const context = yield* Layer.build(Adapters.handler({ issuer: "http://localhost:9000/tenant" }))
        const listener = yield* Effect.provideContext(NodeListener.make, context)
        const port = yield* Adapters.listen((incoming, outgoing) => {
          const originalUrl = incoming.url ?? "/"
          const url = originalUrl.replace(/^\/tenant(?=\/)/, "")
          listener(Object.assign(incoming, { originalUrl, url }), outgoing)
        })
        const exchange = Adapters.toPort(port)
        const request = Web.form("/tenant/token", { grant_type: "client_credentials" }, service)
        assert.strictEqual((yield* exchange(request)).status, 200)
        assert.strictEqual((yield* exchange({ ...request, path: "/token" })).status, 404)
      }).pipe(Effect.orDie)
    )
  )

  it.effect("answers foreign paths with 404 if there is no next", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const exchange = yield* Adapters.nodeListener.open()
        for (const path of [
          "/",
          "/tokens",
          "/token/",
          "//token",
          "/Token",
          "/authorize/",
          "/authorize/other"
        ]) {
          assert.deepStrictEqual(yield* exchange({ path }), { status: 404, headers: [], body: "" })
        }
      })
    )
  )

  for (const [when, handOn] of [
    ["at once", (next: () => void) => next()],
    ["later", (next: () => void) => setImmediate(next)]
  ] as const) {
    it.effect(`tells of a body that a parser before it has taken, and handed on ${when}`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const listener = yield* make
          const port = yield* Adapters.listen((incoming, outgoing) => {
            incoming.on("data", () => {})
            incoming.on("end", () => handOn(() => listener(incoming, outgoing)))
          })
          const exchange = Adapters.toPort(port)
          const answer = yield* exchange(Web.form("/token", { grant_type: "client_credentials" }, service))
          assert.strictEqual(answer.status, 400)
          assert.include(answer.body, "The body could not be read")
          assert.strictEqual((yield* exchange({ path: metadataPath })).status, 200)
        })
      )
    )
  }

  // A response whose end is seen, though nobody is there to receive it.
  const watch = (incoming: IncomingMessage, onEnd: (status: number) => void) => {
    const outgoing = new ServerResponse(incoming)
    outgoing.end = () => {
      onEnd(outgoing.statusCode)
      return outgoing
    }
    return outgoing
  }

  const hangUp = (port: number) => {
    const head = "POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(`${head}Content-Type: application/x-www-form-urlencoded\r\n\r\ngrant_type`, () =>
        socket.destroy()
      )
    )
  }

  it.effect("gives up on a client that hangs up in the middle of its body", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const listener = yield* make
        const ended = Promise.withResolvers<number>()
        hangUp(yield* Adapters.listen((incoming) => listener(incoming, watch(incoming, ended.resolve))))
        assert.strictEqual(yield* Effect.promise(() => ended.promise), 400)
      })
    )
  )

  it.effect("gives up on a client that has hung up before it is asked", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const listener = yield* make
        const ended = Promise.withResolvers<number>()
        hangUp(
          yield* Adapters.listen((incoming) => {
            incoming.on("error", () => {})
            incoming.on("close", () => listener(incoming, watch(incoming, ended.resolve)))
          })
        )
        assert.strictEqual(yield* Effect.promise(() => ended.promise), 400)
      })
    )
  )
})

// What TypeScript's DOM does not know of `fetch`: a body that is a stream.
const streamed = (body: ReadableStream<Uint8Array>) => {
  const init = { method: "POST", headers: { ...service, ...Web.formType }, body, duplex: "half" }
  return new Request(`${TestServer.issuer}/token`, init)
}

describe("FetchHandler", () => {
  const make = Effect.flatMap(Layer.build(Adapters.handler()), (context) =>
    Effect.provideContext(FetchHandler.make, context)
  ).pipe(Effect.orDie)

  it.effect("answers foreign paths with 404", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const exchange = yield* Adapters.fetchHandler.open()
        for (const path of [
          "/",
          "/tokens",
          "/token/",
          "//token",
          "/Token",
          "/authorize/",
          "/authorize/other"
        ]) {
          assert.deepStrictEqual(yield* exchange({ path }), { status: 404, headers: [], body: "" })
        }
      })
    )
  )

  it.effect("tells of a body that somebody before it has taken", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const handle = yield* make
        const request = new Request(`${TestServer.issuer}/token`, {
          method: "POST",
          headers: { ...service, ...Web.formType },
          body: "grant_type=client_credentials"
        })
        const answer = yield* Effect.promise(() => request.text().then(() => handle(request)))
        assert.strictEqual(answer.status, 400)
        assert.include(yield* Effect.promise(() => answer.text()), "The body could not be read")
      })
    )
  )

  it.effect("tells of a body that breaks off", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const handle = yield* make
        const body = new ReadableStream<Uint8Array>({
          pull: (controller) => controller.error(new Error("the connection is gone"))
        })
        const answer = yield* Effect.promise(() => handle(streamed(body)))
        assert.strictEqual(answer.status, 400)
        assert.include(yield* Effect.promise(() => answer.text()), "The body could not be read")
      })
    )
  )

  it.effect("does not read on when there is too much", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const handle = yield* make
        let pulled = 0
        let cancelled = false
        const body = new ReadableStream<Uint8Array>(
          {
            pull: (controller) => {
              pulled++
              controller.enqueue(new Uint8Array(60_000))
            },
            cancel: () => {
              cancelled = true
            }
          },
          { highWaterMark: 0 }
        )
        const answer = yield* Effect.promise(() => handle(streamed(body)))
        assert.strictEqual(answer.status, 413)
        assert.isTrue(cancelled)
        assert.isAtMost(pulled, 3)
      })
    )
  )
})

describe("a body that is too large", () => {
  const size = 200_000
  const post = [
    "POST /token HTTP/1.1",
    "Host: localhost",
    "Content-Type: application/x-www-form-urlencoded",
    `Content-Length: ${size}`,
    "",
    ""
  ].join("\r\n")
  const next = `GET ${metadataPath} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`

  /** The statuses of what comes back before the connection is closed. */
  const statuses = (port: number, sent: string) =>
    Effect.callback<ReadonlyArray<string>>((resume) => {
      let received = ""
      const socket = connect(port, "127.0.0.1", () => socket.write(sent))
      socket.on("data", (chunk: Buffer) => {
        received += chunk
      })
      socket.on("close", () => resume(Effect.succeed(received.match(/(?<=HTTP\/1\.1 )\d+/g) ?? [])))
    })

  it.effect("is received by a listener, so that its connection is good for the next request", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const context = yield* Effect.orDie(Layer.build(Adapters.handler()))
        const port = yield* Adapters.listen(yield* Effect.provideContext(NodeListener.make, context))
        assert.deepStrictEqual(yield* statuses(port, post + "a".repeat(size) + next), ["413", "200"])
      })
    )
  )

  it.effect("is refused by a router before all of it is there", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const port = yield* Adapters.serve(Adapters.routes())
        assert.deepStrictEqual(yield* statuses(port, post + "a".repeat(size / 2)), ["413"])
      })
    )
  )
})

describe("OAuthRoutes", () => {
  const application = HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      yield* router.add("GET", "/", HttpServerResponse.text("the application"))
      yield* router.add("POST", "/authorized", HttpServerResponse.text("another path"))
      yield* router.add("GET", "/authorize/help", HttpServerResponse.text("below ours"))
    })
  )
  const poweredBy = HttpRouter.middleware(
    HttpEffect.withPreResponseHandler((_, response) =>
      Effect.succeed(HttpServerResponse.setHeader(response, "x-powered-by", "the application"))
    ),
    { global: true }
  )

  it.effect("stands among the routes of an application", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const handle = yield* Adapters.webHandler(
          Layer.mergeAll(Adapters.routes(), application).pipe(Layer.provide(poweredBy))
        )
        const exchange = Adapters.toFetch(TestServer.issuer, handle)
        assert.strictEqual((yield* exchange({ path: "/" })).body, "the application")
        assert.strictEqual((yield* exchange(Web.form("/authorized", {}))).body, "another path")
        assert.strictEqual((yield* exchange({ path: "/authorize/help" })).body, "below ours")
        assert.strictEqual((yield* exchange({ path: "/nothing" })).status, 404)
        const ours = yield* exchange({ path: metadataPath })
        assert.strictEqual(ours.status, 200)
        assert.strictEqual(header(ours, "x-powered-by"), "the application")
      })
    )
  )

  it.effect("several servers share a router", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const one = "http://localhost:9000/one"
        const other = "http://localhost:9000/other"
        const handle = yield* Adapters.webHandler(
          Layer.mergeAll(
            Layer.fresh(Adapters.routes({ issuer: one })),
            Layer.fresh(Adapters.routes({ issuer: other }))
          )
        )
        const exchange = Adapters.toFetch(TestServer.issuer, handle)
        for (const issuer of [one, other]) {
          const { body } = yield* exchange({ path: `${metadataPath}${new URL(issuer).pathname}` })
          assert.strictEqual(JSON.parse(body).issuer, issuer)
        }
      })
    )
  )

  const clientCredentials = Web.form("/token", { grant_type: "client_credentials" }, service)

  it.effect("finds a body that a middleware has read before", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const read: Array<string> = []
        const reading = HttpRouter.middleware(
          (app) =>
            Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
              request.text.pipe(
                Effect.orDie,
                Effect.tap((text) => Effect.sync(() => read.push(text))),
                Effect.andThen(app)
              )
            ),
          { global: true }
        )
        const port = yield* Adapters.serve(Adapters.routes().pipe(Layer.provide(reading)))
        assert.strictEqual((yield* Adapters.toPort(port)(clientCredentials)).status, 200)
        assert.deepStrictEqual(read, [clientCredentials.body])
      })
    )
  )

  it.effect("does not wait for the body of a client that has gone, also where nobody interrupts it", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const ended = yield* Deferred.make<number>()
        const leaving = HttpRouter.middleware(
          (app) =>
            Effect.gen(function* () {
              const { source } = yield* HttpServerRequest.HttpServerRequest
              if (source instanceof IncomingMessage) source.destroy()
              const response = yield* app
              yield* Deferred.succeed(ended, response.status)
              return response
            }).pipe(Effect.uninterruptible),
          { global: true }
        )
        const port = yield* Adapters.serve(Adapters.routes().pipe(Layer.provide(leaving)))
        yield* Effect.forkChild(Effect.exit(Adapters.toPort(port)(clientCredentials)))
        assert.strictEqual(yield* Deferred.await(ended), 400)
      })
    )
  )

  it.effect("tells a client to go on that waits for it before it sends its body", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const port = yield* Adapters.serve(Adapters.routes())
        const status = yield* Effect.callback<number>((resume) => {
          const outgoing = request({
            host: "127.0.0.1",
            port,
            method: "POST",
            path: "/token",
            agent: false,
            headers: {
              ...clientCredentials.headers,
              expect: "100-continue",
              "content-length": clientCredentials.body?.length
            }
          })
          outgoing.on("continue", () => outgoing.end(clientCredentials.body))
          outgoing.on("response", ({ statusCode = 0 }) => resume(Effect.succeed(statusCode)))
          outgoing.on("error", (error) => resume(Effect.die(error)))
          outgoing.flushHeaders()
        })
        assert.strictEqual(status, 200)
      })
    )
  )

  it.effect("does not mind a client that would rather speak another protocol", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const exchange = Adapters.toPort(yield* Adapters.serve(Adapters.routes()))
        const headers = { ...clientCredentials.headers, connection: "Upgrade", upgrade: "h2c" }
        assert.strictEqual((yield* exchange({ ...clientCredentials, headers })).status, 200)
      })
    )
  )
})
