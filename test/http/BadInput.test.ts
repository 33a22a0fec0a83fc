/**
 * Every endpoint and each of its parameters, in every way in which a request can
 * be wrong: the rows are made of `BadInputTable`, where what is expected stands
 * beside the parameter.
 *
 * After each request that was refused, the good one is sent and has to work: bad
 * input costs nobody anything.
 */
import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AuditLog, AuthorizationServer, Storage } from "effect-oauth"
import { HttpMessage, InteractionPages, OAuthHandler } from "effect-oauth/http"
import * as TestServer from "../support/TestServer.ts"
import {
  type Endpoint,
  type Expected,
  endpoints,
  fine,
  type Good,
  type Mistake,
  methodRefused,
  refused,
  tooLarge
} from "./support/BadInputTable.ts"
import * as Web from "./support/Web.ts"

const httpOrigin = "http://localhost:9000"
const httpsOrigin = "https://auth.example.com"

const serverOf = (issuer: string) =>
  OAuthHandler.layer.pipe(
    Layer.provideMerge(InteractionPages.layer),
    Layer.provideMerge(AuthorizationServer.layer({ ...TestServer.options, issuer })),
    Layer.provideMerge(TestServer.People),
    Layer.provideMerge(Storage.layerMemoryWith({ clients: TestServer.clients })),
    Layer.provide(Layer.succeed(AuditLog.AuditLog, { record: () => Effect.void }))
  )

// --- how a request is spoilt ------------------------------------------------

const latin1 = (text: string) => Buffer.from(text, "latin1")

/** The text of the parameters with one of them spoilt, one character for each byte. */
const spoil = (parameters: Good["parameters"], name: string, mistake: Mistake): string => {
  const { [name]: value = "", ...others } = parameters
  const rest = Web.encode(others)
  const spoilt: Record<Mistake, ReadonlyArray<string>> = {
    absent: [],
    empty: [`${name}=`],
    repeated: [Web.encode({ [name]: value }), Web.encode({ [name]: value })],
    huge: [`${name}=${"A".repeat(1024 * 1024)}`],
    notUtf8: [`${name}=%FF`],
    rawByte: [`${name}=\xff`],
    nul: [`${Web.encode({ [name]: value })}%00`]
  }
  return [rest, ...spoilt[mistake]].filter((text) => text !== "").join("&")
}

const toSent = (endpoint: Endpoint, text: string, headers: Good["headers"]): Web.Sent =>
  endpoint.method === "GET"
    ? { method: "GET", path: endpoint.path, query: text, headers }
    : { method: "POST", path: endpoint.path, body: latin1(text), headers: { ...Web.formType, ...headers } }

/** A `Request` cannot have a raw byte in its URL; an HTTP server hands it on like this. */
const sendAsIs = Effect.fnUntraced(function* ({ headers = {}, path, query = "" }: Web.Sent) {
  const handler = yield* OAuthHandler.OAuthHandler
  const answer = handler.handle({
    method: "GET",
    path,
    query,
    header: (name) => headers[name],
    body: Effect.succeed(new Uint8Array(0)),
    remoteAddress: "203.0.113.7",
    encrypted: false
  })
  return yield* answer ?? Effect.die(new Error(`nothing answers at ${path}`))
})

// --- the comparison ---------------------------------------------------------

const kept = { "x-content-type-options": "nosniff" }
const noStore = { ...kept, "cache-control": "no-store", pragma: "no-cache" }

const style = (page: string): string =>
  createHash("sha256")
    .update(/<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? "")
    .digest("base64")

const pageHeaders = (page: string) => ({
  ...noStore,
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${style(page)}'; base-uri 'none'; frame-ancestors 'none'`,
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin"
})

const assertAnswer = (endpoint: Endpoint, issuer: string, expected: Expected, answer: Web.Answer) => {
  assert.strictEqual(answer.status, expected.status, answer.body)
  const { location, "set-cookie": cookie, ...headers } = answer.headers

  const toClient =
    expected.redirect === true ? ["error", "error_description", "state", "iss"] : expected.answers
  if (toClient === undefined) {
    assert.isUndefined(location)
  } else {
    const url = new URL(location ?? "")
    assert.strictEqual(`${url.origin}${url.pathname}${url.hash}`, TestServer.redirectUri)
    assert.deepStrictEqual(Array.from(url.searchParams.keys()), toClient)
    assert.strictEqual(url.searchParams.get("state"), Web.authorizationRequest.state)
    assert.strictEqual(url.searchParams.get("iss"), issuer)
    assert.strictEqual(url.searchParams.get("error"), expected.error ?? null)
  }

  if (expected.cookie === undefined) {
    assert.isUndefined(cookie)
  } else {
    const prefix = issuer.startsWith("https:") ? "__Host-" : ""
    const secure = issuer.startsWith("https:") ? "; Secure" : ""
    assert.match(
      cookie ?? "",
      new RegExp(
        `^${prefix}${expected.cookie}=[\\w-]{8}\\.[\\w-]{43}\\.[\\w-]{43}; Path=/; Max-Age=\\d+; HttpOnly; SameSite=Lax${secure}$`
      )
    )
  }

  const shared = {
    ...(endpoint.crossOrigin && {
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "www-authenticate, retry-after"
    }),
    ...expected.headers
  }
  if (expected.page !== undefined) {
    assert.strictEqual(Web.title(answer.body), expected.page)
    assert.deepStrictEqual(headers, { ...pageHeaders(answer.body), ...shared })
  } else if (expected.empty === true || toClient !== undefined) {
    assert.strictEqual(answer.body, "")
    assert.deepStrictEqual(headers, { ...noStore, ...shared })
  } else {
    const cache = expected.cacheable === true ? { ...kept, "cache-control": "public, max-age=300" } : noStore
    assert.deepStrictEqual(headers, { ...cache, "content-type": "application/json", ...shared })
    const json: Record<string, unknown> = JSON.parse(answer.body)
    if (expected.error !== undefined) {
      assert.deepStrictEqual(Object.keys(json), ["error", "error_description"])
      assert.strictEqual(json.error, expected.error)
      // RFC 6749 §5.2
      assert.match(String(json.error_description), /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/)
    }
    if (expected.json !== undefined) assert.deepStrictEqual(json, expected.json)
    for (const member of expected.members ?? []) assert.property(json, member)
  }
}

// --- the table --------------------------------------------------------------

interface Row {
  readonly name: string
  readonly issuer?: string
  /** Where the bad request is sent. Default: the issuer. */
  readonly origin?: string
  readonly expected: Expected
  /** Whether the good request can be sent once more: it cannot, if it was just accepted. */
  readonly again: boolean
  readonly spoilt: (good: Good) => Web.Sent
}

const rowsOf = (endpoint: Endpoint): ReadonlyArray<Row> => {
  const rows: Array<Row> = []
  const add = (name: string, expected: Expected | typeof fine, spoilt: Row["spoilt"]) =>
    rows.push({
      name,
      expected: expected === fine ? endpoint.good : expected,
      again: expected !== fine,
      spoilt
    })

  const mistakes: ReadonlyArray<Mistake> = [
    "absent",
    "empty",
    "repeated",
    "huge",
    "notUtf8",
    "rawByte",
    "nul"
  ]
  for (const [name, expected] of Object.entries(endpoint.parameters)) {
    for (const mistake of mistakes) {
      add(`${name}: ${mistake}`, expected[mistake], (good) =>
        toSent(endpoint, spoil(good.parameters, name, mistake), good.headers)
      )
    }
    for (const [value, outcome] of expected.garbage) {
      add(`${name}: ${JSON.stringify(value)}`, outcome, (good) =>
        toSent(endpoint, Web.encode({ ...good.parameters, [name]: value }), good.headers)
      )
    }
  }

  for (const [name, value, outcome] of endpoint.headers) {
    const shown = value === undefined ? "absent" : JSON.stringify(value.slice(0, 60))
    add(`header ${name}: ${shown}`, outcome, (good) => {
      const { [name]: _, ...others } = good.headers
      return toSent(endpoint, Web.encode(good.parameters), {
        ...others,
        ...(value !== undefined && { [name]: value })
      })
    })
  }

  const allowed = endpoint.allow.split(", ")
  const methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "PROPFIND"]
  for (const method of methods.filter((method) => !allowed.includes(method))) {
    const refusal = methodRefused(endpoint.allow)
    add(
      `method ${method}`,
      method === "HEAD"
        ? // The length of the body that another method gets.
          {
            status: 405,
            empty: true,
            headers: { ...refusal.headers, "content-type": "application/json", "content-length": "93" }
          }
        : refusal,
      (good) => ({
        method,
        path: endpoint.path,
        headers: { ...Web.formType, ...good.headers },
        ...(method === "GET" || method === "HEAD"
          ? { query: Web.encode(good.parameters) }
          : { body: Web.encode(good.parameters) })
      })
    )
  }

  if (endpoint.method === "POST") {
    for (const type of [
      undefined,
      "",
      "application/json",
      "text/plain",
      "multipart/form-data; boundary=x",
      "application/x-www-form-urlencoded2",
      "text/application/x-www-form-urlencoded"
    ]) {
      add(`content type ${type ?? "absent"}`, refused, (good) => ({
        method: "POST",
        path: endpoint.path,
        body: Web.encode(good.parameters),
        headers: { ...good.headers, ...(type !== undefined && { "content-type": type }) }
      }))
    }
    for (const type of [
      "application/x-www-form-urlencoded; charset=UTF-8",
      "Application/X-WWW-Form-URLEncoded ;x"
    ]) {
      add(`content type ${type}`, fine, (good) => ({
        method: "POST",
        path: endpoint.path,
        body: Web.encode(good.parameters),
        headers: { ...good.headers, "content-type": type }
      }))
    }
    add("body that is not UTF-8", refused, (good) =>
      toSent(endpoint, `${Web.encode(good.parameters)}&\xc3\x28=`, good.headers)
    )
  }
  if (endpoint.method === "POST" || endpoint.path === "/authorize") {
    const filled = (good: Good, size: number) => {
      const text = `${Web.encode(good.parameters)}&filler=`
      return toSent(endpoint, text.padEnd(size, "x"), good.headers)
    }
    add("as long as it may be", fine, (good) => filled(good, HttpMessage.maximumBodySize))
    add("longer than it may be, by one byte", endpoint.method === "GET" ? refused : tooLarge, (good) =>
      filled(good, HttpMessage.maximumBodySize + 1)
    )
  }

  rows.push({
    name: "clear text where TLS is required",
    issuer: httpsOrigin,
    origin: "http://auth.example.com",
    expected: refused,
    again: true,
    spoilt: (good) => toSent(endpoint, Web.encode(good.parameters), good.headers)
  })
  return rows
}

let count = 0
for (const endpoint of endpoints) {
  // @covers rfc6749-4.1.2.1-e rfc6749-4.2.2.1-e rfc6749-5.2-d
  describe(endpoint.name, () => {
    it.effect("answers the good request", () =>
      Effect.gen(function* () {
        const send = yield* Web.toFetchHandler(httpOrigin)
        const good = yield* endpoint.prepare(send)
        const answer = yield* send(toSent(endpoint, Web.encode(good.parameters), good.headers))
        assertAnswer(endpoint, httpOrigin, endpoint.good, answer)
      }).pipe(Effect.provide(serverOf(httpOrigin)))
    )

    const rows = rowsOf(endpoint)
    count += rows.length
    for (const { again, expected, issuer = httpOrigin, name, origin = issuer, spoilt } of rows) {
      it.effect(name, () =>
        Effect.gen(function* () {
          const send = yield* Web.toFetchHandler(issuer)
          const good = yield* endpoint.prepare(send)
          const bad = spoilt(good)
          const answer = bad.query?.includes("\xff")
            ? yield* sendAsIs(bad)
            : yield* (yield* Web.toFetchHandler(origin))(bad)
          assertAnswer(endpoint, issuer, expected, answer)
          if (!again) return
          const afterwards = yield* send(toSent(endpoint, Web.encode(good.parameters), good.headers))
          assertAnswer(endpoint, issuer, endpoint.good, afterwards)
        }).pipe(Effect.provide(serverOf(issuer)))
      )
    }
  })
}

describe("the table", () => {
  it("has a row for everything", () => {
    assert.isAtLeast(count, 800)
    for (const { name, parameters } of endpoints) {
      for (const [parameter, { garbage }] of Object.entries(parameters)) {
        assert.isNotEmpty(garbage, `${name} ${parameter}`)
      }
    }
  })
})
