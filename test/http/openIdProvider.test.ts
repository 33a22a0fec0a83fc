import { createServer } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createAuthorizationServer, memory, openIdProvider, promises } from "effect-oauth/http"
import { createLocalJWKSet, jwtVerify } from "jose"
import * as openid from "openid-client"
import { afterAll, beforeAll, vi } from "vitest"
import { approve, makeBrowser } from "../standalone/support/Browser.ts"
import * as PromiseMemory from "../support/PromiseMemory.ts"

const issuer = "https://auth.example.com"
const redirectUri = "https://rp.example.com/callback"
const signedOutUri = "https://rp.example.com/signed-out"
const client = { client_id: "rp", client_secret: "rp-secret", redirect_uris: [redirectUri] }

const asked: Array<unknown> = []

class People {
  readonly ada = { subject: "u-1", username: "ada" }
  async authenticate(username: string, password: string) {
    return username === "ada" && password === "lovelace" ? this.ada : undefined
  }
  async find(subject: string) {
    return subject === "u-1" ? this.ada : undefined
  }
  async claims(subject: string, requested: unknown) {
    asked.push(requested)
    return (await this.find(subject)) && { name: "Ada Lovelace", email: "ada@example.com", hat: "none" }
  }
}

type Options = Parameters<typeof createAuthorizationServer>[0]

const serve = (options: Partial<Options> = {}) =>
  createAuthorizationServer({
    issuer,
    scopes: ["profile", "offline_access"],
    clients: [client],
    users: new People(),
    storage: memory(),
    openId: openIdProvider(),
    ...options
  })

/** What `openid-client` sends, answered by the server itself. */
const discover = (server: ReturnType<typeof serve>) =>
  openid.discovery(new URL(issuer), "rp", undefined, openid.ClientSecretBasic("rp-secret"), {
    [openid.customFetch]: (url, { body, headers, method }) =>
      server.fetch(new Request(url, { method, headers, ...(body instanceof URLSearchParams && { body }) })),
    execute: [openid.enableNonRepudiationChecks]
  })

const credentials = { username: "ada", password: "lovelace" }

/** A person signs in with the relying party. */
const signIn = async (server: ReturnType<typeof serve>, scope: string) => {
  const config = await discover(server)
  const browser = makeBrowser({}, (request) => server.fetch(request))
  const checks = {
    pkceCodeVerifier: openid.randomPKCECodeVerifier(),
    expectedState: openid.randomState(),
    expectedNonce: openid.randomNonce()
  }
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    code_challenge: await openid.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
    state: checks.expectedState,
    nonce: checks.expectedNonce
  })
  const callback = await approve(browser, url, credentials)
  return { browser, config, tokens: await openid.authorizationCodeGrant(config, callback, checks) }
}

describe("createAuthorizationServer with openIdProvider", () => {
  const told: Array<string> = []
  const listener = createServer((request, response) => {
    let body = ""
    request.on("data", (chunk) => (body += String(chunk)))
    request.on("end", () => {
      told.push(new URLSearchParams(body).get("logout_token") ?? "")
      response.writeHead(200).end()
    })
  })
  let server: ReturnType<typeof serve>

  beforeAll(async () => {
    await new Promise<void>((resume) => listener.listen(0, "127.0.0.1", resume))
    const address = listener.address()
    const port = typeof address === "object" ? address?.port : undefined
    server = serve({
      clients: [
        {
          ...client,
          grant_types: ["authorization_code", "refresh_token"],
          post_logout_redirect_uris: [signedOutUri],
          backchannel_logout_uri: `http://127.0.0.1:${port}/back-channel`
        }
      ]
    })
  })

  afterAll(async () => {
    await server.close()
    listener.close()
  })

  it("a relying party learns who signed in, and what the application tells of them", async () => {
    const { config, tokens } = await signIn(server, "openid profile offline_access")
    const claims = tokens.claims()
    assert.strictEqual(claims?.iss, issuer)
    assert.strictEqual(claims?.sub, "u-1")
    asked.length = 0
    const info = await openid.fetchUserInfo(config, tokens.access_token, "u-1")
    assert.deepStrictEqual({ ...info }, { sub: "u-1", name: "Ada Lovelace" })
    assert.lengthOf(asked, 1)
    assert.include(JSON.stringify(asked[0]), '"name"')
    const later = await openid.refreshTokenGrant(config, tokens.refresh_token ?? "")
    assert.strictEqual(later.claims()?.sub, "u-1")
  })

  it("a person signs out, and the client is told", async () => {
    const { browser, config, tokens } = await signIn(server, "openid")
    const { form } = await browser.open(
      openid.buildEndSessionUrl(config, {
        id_token_hint: tokens.id_token ?? "",
        post_logout_redirect_uri: signedOutUri,
        state: "s"
      })
    )
    if (form === undefined) return assert.fail("the person is not asked")
    const answer = await browser.submit(form, { decision: "sign-out" })
    assert.strictEqual(String(answer), `${signedOutUri}?state=s`)
    await vi.waitFor(() => assert.lengthOf(told, 1), { timeout: 20_000, interval: 50 })
    const jwks = createLocalJWKSet(await (await server.fetch(new Request(`${issuer}/jwks`))).json())
    const { payload } = await jwtVerify(told[0] ?? "", jwks, { issuer, audience: "rp", typ: "logout+jwt" })
    assert.strictEqual(payload.sid, tokens.claims()?.sid)
  })

  it("says in its metadata what it does, and no more", async () => {
    const metadata = async (server: ReturnType<typeof serve>) => {
      const response = await server.fetch(new Request(`${issuer}/.well-known/openid-configuration`))
      return response.status === 200 ? await response.json() : undefined
    }
    const told = await metadata(server)
    assert.include(told.scopes_supported, "openid")
    assert.include(told.scopes_supported, "profile")
    assert.isTrue(told.backchannel_logout_supported)
    assert.deepStrictEqual(told.id_token_signing_alg_values_supported, ["RS256", "ES256"])
    assert.deepStrictEqual(told.response_types_supported, ["code", "id_token", "code id_token"])
    const others = [
      serve(),
      createAuthorizationServer({ issuer, clients: [client], users: new People(), storage: memory() })
    ]
    const [nobodyToTell, plain] = await Promise.all(others.map(metadata))
    assert.strictEqual(nobodyToTell.end_session_endpoint, `${issuer}/logout`)
    assert.notProperty(nobodyToTell, "backchannel_logout_supported")
    assert.isUndefined(plain)
    await Promise.all(others.map((server) => server.close()))
  })

  it("keeps its keys where it keeps everything, so that the next process has them", async () => {
    const stores = await Effect.runPromise(PromiseMemory.make.pipe(Effect.scoped))
    const secret = "0123456789abcdef0123456789abcdef"
    const start = () => serve({ storage: promises({ ...stores, rotatesAtomically: true, secret }) })
    const keys = async (server: ReturnType<typeof serve>) => {
      const text = await (await server.fetch(new Request(`${issuer}/jwks`))).text()
      await server.close()
      return text
    }
    assert.strictEqual(await keys(start()), await keys(start()))
  })

  it("may have sessions that last for longer than keys are usually published", async () => {
    const server = serve({ lifetimes: { session: "30 days" } })
    assert.strictEqual((await server.fetch(new Request(`${issuer}/jwks`))).status, 200)
    await server.close()
  })

  it("people who cannot be looked up are no reason to throw anything away: 503", async () => {
    const users = new People()
    const down = serve({
      users: {
        authenticate: (username, password) => users.authenticate(username, password),
        find: (subject) => users.find(subject),
        claims: () => Promise.reject(new Error("down"))
      }
    })
    const { tokens } = await signIn(down, "openid profile")
    const response = await down.fetch(
      new Request(`${issuer}/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } })
    )
    assert.strictEqual(response.status, 503)
    await down.close()
  })

  it("an option that no server could run with throws at once, and names it", () => {
    assert.throws(() => openIdProvider({ pairwise: { salt: "short" } }), /pairwise.salt/)
    assert.throws(() => openIdProvider({ idTokenLifetime: "2 days" }), /idTokenLifetime/)
    assert.throws(() => openIdProvider({ idTokenLifetime: 0 }), /idTokenLifetime/)
  })
})
