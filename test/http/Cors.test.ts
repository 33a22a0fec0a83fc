import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Server from "./support/Server.ts"
import * as Web from "./support/Web.ts"

const origin = { origin: "https://app.example" }
const metadata = "/.well-known/oauth-authorization-server"

const open = [
  { path: "/token", methods: "POST" },
  { path: "/revoke", methods: "POST" },
  { path: metadata, methods: "GET, HEAD" }
] as const

const closed = ["/authorize", "/authorize/sign-in", "/authorize/consent", "/introspect"] as const

const corsOf = ({ headers }: Web.Answer) =>
  Object.keys(headers).filter((name) => name.startsWith("access-control-"))

const preflight = (path: string, headers: Web.Sent["headers"] = {}): Web.Sent => ({
  method: "OPTIONS",
  path,
  headers: { ...origin, "access-control-request-method": "POST", ...headers }
})

describe("Fetch §3.3 endpoints that scripts of any origin may call", () => {
  for (const { methods, path } of open) {
    it.effect(`answers a preflight: ${path}`, () =>
      Effect.gen(function* () {
        const send = yield* Server.send
        const { body, headers, status } = yield* send(
          preflight(path, { "access-control-request-headers": "authorization,content-type" })
        )
        assert.strictEqual(status, 204)
        assert.strictEqual(body, "")
        assert.deepStrictEqual(headers, {
          "access-control-allow-origin": "*",
          "access-control-allow-methods": methods,
          "access-control-allow-headers": "authorization, content-type",
          "access-control-max-age": "600",
          "cache-control": "no-store",
          pragma: "no-cache",
          "x-content-type-options": "nosniff"
        })
      }).pipe(Effect.provide(Server.layer()))
    )

    it.effect(`takes an OPTIONS that is no preflight for a method: ${path}`, () =>
      Effect.gen(function* () {
        const send = yield* Server.send
        const { "access-control-request-method": _, ...withoutMethod } = preflight(path).headers ?? {}
        const { origin: __, ...withoutOrigin } = preflight(path).headers ?? {}
        for (const headers of [{}, withoutMethod, withoutOrigin]) {
          const answer = yield* send({ method: "OPTIONS", path, headers })
          assert.strictEqual(answer.status, 405)
          assert.strictEqual(answer.headers.allow, methods)
        }
      }).pipe(Effect.provide(Server.layer()))
    )

    it.effect(`lets every answer be read, without credentials: ${path}`, () =>
      Effect.gen(function* () {
        const send = yield* Server.send
        const sent = [
          { path },
          { path, headers: origin },
          { path, headers: { origin: "null" } },
          Web.form(path, {}, origin),
          Web.form(
            path,
            { grant_type: "client_credentials", token: "x" },
            { ...origin, authorization: "Basic" }
          ),
          Web.form(path, { grant_type: "client_credentials", token: "x" }, Server.basic("service")),
          { method: "DELETE", path, headers: origin }
        ]
        for (const one of sent) {
          const answer = yield* send(one)
          assert.strictEqual(answer.headers["access-control-allow-origin"], "*")
          assert.strictEqual(answer.headers["access-control-expose-headers"], "www-authenticate, retry-after")
          assert.deepStrictEqual(corsOf(answer), [
            "access-control-allow-origin",
            "access-control-expose-headers"
          ])
        }
      }).pipe(Effect.provide(Server.layer()))
    )
  }

  // Fetch, "CORS protocol and HTTP caches": what a cache keeps for one request is
  // given to another.
  it.effect("metadata is the same whoever asks, so that a cache may keep it", () =>
    Effect.gen(function* () {
      const send = yield* Server.send
      const plain = yield* send({ path: metadata })
      assert.strictEqual(plain.headers["cache-control"], "public, max-age=300")
      assert.deepStrictEqual(yield* send({ path: metadata, headers: origin }), plain)
    }).pipe(Effect.provide(Server.layer()))
  )

  it.effect("tells a script that the server cannot answer now", () =>
    Effect.gen(function* () {
      const send = yield* Server.send
      const answer = yield* send(Web.form("/token", {}, origin))
      assert.strictEqual(answer.status, 503)
      assert.strictEqual(answer.headers["access-control-allow-origin"], "*")
    }).pipe(Effect.provide(Server.layer({ available: Effect.succeed(false) })))
  )
})

// @covers rfc9700-2.6-g
// @covers oidc-discovery-3-aj
describe("endpoints that are not for scripts", () => {
  for (const path of closed) {
    it.effect(`say nothing of other origins: ${path}`, () =>
      Effect.gen(function* () {
        const send = yield* Server.send
        const asked = yield* send(preflight(path))
        assert.strictEqual(asked.status, 405)
        assert.deepStrictEqual(corsOf(asked), [])
        assert.deepStrictEqual(corsOf(yield* send(Web.form(path, Web.authorizationRequest, origin))), [])
        assert.deepStrictEqual(corsOf(yield* send({ path, headers: origin })), [])
      }).pipe(Effect.provide(Server.layer()))
    )
  }
})
