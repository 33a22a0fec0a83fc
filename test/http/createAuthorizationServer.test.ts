import { afterEach, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { StorageError } from "effect-oauth"
import { createAuthorizationServer, memory, promises } from "effect-oauth/http"
import * as PromiseMemory from "../support/PromiseMemory.ts"
import { basic } from "../support/TestServer.ts"

const issuer = "https://auth.example.com"

const secret = "0123456789abcdef0123456789abcdef"

const options = {
  issuer,
  scopes: ["read"],
  clients: [{ client_id: "service", client_secret: "service-secret", grant_types: ["client_credentials"] }],
  users: { authenticate: async () => undefined, find: async () => undefined }
}

const open: Array<{ readonly close: () => Promise<void> }> = []
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())))

const start = (more: Pick<Parameters<typeof createAuthorizationServer>[0], "storage">) => {
  const server = createAuthorizationServer({ ...options, ...more })
  open.push(server)
  return server
}

const tokenRequest = () =>
  new Request(`${issuer}/token`, {
    method: "POST",
    headers: { authorization: basic("service", "service-secret") },
    body: new URLSearchParams({ grant_type: "client_credentials" })
  })

describe("createAuthorizationServer", () => {
  it("answers requests, in memory", async () => {
    const response = await start({ storage: memory() }).fetch(tokenRequest())
    assert.strictEqual(response.status, 200)
    const body = await response.json()
    assert.strictEqual(body.token_type, "Bearer")
    assert.strictEqual(body.scope, "read")
  })

  it("answers requests, with stores of promises", async () => {
    const stores = await Effect.runPromise(PromiseMemory.make.pipe(Effect.scoped))
    const storage = promises({ ...stores, rotatesAtomically: true, secret })
    assert.strictEqual((await start({ storage }).fetch(tokenRequest())).status, 200)
  })

  it("a path that is none of the server's is 404", async () => {
    assert.strictEqual((await start({ storage: memory() }).fetch(new Request(`${issuer}/`))).status, 404)
  })

  it("people who cannot be looked up are no reason to throw anything away: 503", async () => {
    const users = {
      authenticate: () => Promise.reject(new Error("down")),
      find: () => Promise.reject(new Error("down"))
    }
    const clients = [
      { client_id: "spa", token_endpoint_auth_method: "none", redirect_uris: ["https://spa.example/cb"] }
    ]
    const server = createAuthorizationServer({ ...options, users, clients, storage: memory() })
    open.push(server)
    const query = new URLSearchParams({
      client_id: "spa",
      response_type: "code",
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
      code_challenge_method: "S256"
    })
    const page = await server.fetch(new Request(`${issuer}/authorize?${query}`))
    assert.strictEqual(page.status, 200)
    const interaction = /name="interaction" value="([^"]+)"/.exec(await page.text())?.[1] ?? ""
    const answer = await server.fetch(
      new Request(`${issuer}/authorize/sign-in`, {
        method: "POST",
        headers: { cookie: page.headers.get("set-cookie")?.split(";")[0] ?? "" },
        body: new URLSearchParams({ interaction, username: "ada", password: "lovelace" })
      })
    )
    assert.strictEqual(answer.status, 503)
    assert.strictEqual(answer.headers.get("retry-after"), "5")
  })

  const outages = {
    "its clients cannot be stored": async (isDown: () => boolean) => {
      const stores = await Effect.runPromise(PromiseMemory.make.pipe(Effect.scoped))
      const put: typeof stores.clients.put = (client) =>
        isDown() ? Promise.reject(new Error("connect ECONNREFUSED")) : stores.clients.put(client)
      return promises({ ...stores, clients: { ...stores.clients, put }, rotatesAtomically: true, secret })
    },
    "it fails at once": async (isDown: () => boolean) =>
      Layer.unwrap(
        Effect.suspend(() =>
          isDown()
            ? Effect.fail(new StorageError({ operation: "connect", cause: "ECONNREFUSED" }))
            : Effect.succeed(memory())
        )
      )
  }
  for (const [name, storage] of Object.entries(outages)) {
    it(`a storage that is down at the first request is 503, and the next tries again: ${name}`, async () => {
      let down = true
      const server = start({ storage: await storage(() => down) })
      const answers = await Promise.all([server.fetch(tokenRequest()), server.fetch(tokenRequest())])
      for (const answer of [...answers, await server.fetch(tokenRequest())]) {
        assert.strictEqual(answer.status, 503)
        assert.strictEqual(answer.headers.get("retry-after"), "5")
        assert.strictEqual((await answer.json()).error, "temporarily_unavailable")
      }
      down = false
      assert.strictEqual((await server.fetch(tokenRequest())).status, 200)
    })
  }

  it("a server that was shut down says so: 503", async () => {
    const server = start({ storage: memory() })
    assert.strictEqual((await server.fetch(tokenRequest())).status, 200)
    await server.close()
    const answer = await server.fetch(tokenRequest())
    assert.strictEqual(answer.status, 503)
    assert.strictEqual(answer.headers.get("retry-after"), "60")
  })

  it("a secret that is too short throws at once", async () => {
    const stores = await Effect.runPromise(PromiseMemory.make.pipe(Effect.scoped))
    assert.throws(() => promises({ ...stores, rotatesAtomically: true, secret: "short" }), /secret/)
  })

  it("a setting that no server could run with throws at once, and names it", () => {
    assert.throws(
      () => createAuthorizationServer({ ...options, issuer: "ftp://x", storage: memory() }),
      /issuer/
    )
  })
})
