import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it, vi } from "vitest"
import { approve, makeBrowser } from "./support/Browser.ts"
import { authorizationUrl, getCode, post, redeem, refresh } from "./support/Http.ts"
import {
  failToStart,
  patience,
  pause,
  type Settings,
  type StandaloneServer,
  withFolder,
  withServer,
  withServerIn
} from "./support/StandaloneServer.ts"

vi.setConfig({ testTimeout: 2 * patience, hookTimeout: 2 * patience })

const metadata = async (server: StandaloneServer, path = "") => {
  const response = await fetch(`${server.origin}/.well-known/oauth-authorization-server${path}`)
  return response.json()
}

/** Runs a server with a file that a setting names. */
const withFile = <A>(
  setting: "CLIENTS_FILE" | "USERS_FILE",
  content: unknown,
  use: (server: StandaloneServer) => Promise<A>
) =>
  withFolder((folder) => {
    writeFileSync(join(folder, "file.json"), JSON.stringify(content))
    return withServerIn(folder, { [setting]: "file.json", DATABASE_URL: "memory:" }, use)
  })

describe("lifetimes", () => {
  it("are as they are set", () =>
    withServer(
      { ACCESS_TOKEN_TTL: "90 seconds", REFRESH_TOKEN_TTL: "1 milli", REFRESH_GRACE: "0 millis" },
      async ({ origin }) => {
        const tokens = await redeem(origin, await getCode(makeBrowser(), origin))
        expect(tokens).toMatchObject({ status: 200, body: { expires_in: 90 } })
        await pause(2)
        expect(await refresh(origin, tokens.body.refresh_token)).toMatchObject({
          status: 400,
          body: { error: "invalid_grant", error_description: "The refresh token has expired" }
        })
      }
    ))

  it("CODE_TTL", () =>
    withServer({ CODE_TTL: "1 millis" }, async ({ origin }) => {
      const code = await getCode(makeBrowser(), origin)
      await pause(2)
      expect(await redeem(origin, code)).toMatchObject({
        status: 400,
        body: { error: "invalid_grant", error_description: "The code has expired" }
      })
    }))

  it.each([
    ["30 seconds, unless it is set", {}, 200],
    ["none", { REFRESH_GRACE: "0 seconds" }, 400]
  ])("REFRESH_GRACE: %s", (_, settings: Settings, status) =>
    withServer(settings, async ({ origin }) => {
      const { body } = await redeem(origin, await getCode(makeBrowser(), origin))
      const first = await refresh(origin, body.refresh_token)
      const again = await refresh(origin, body.refresh_token)
      expect(first.status).toBe(200)
      expect(again.status).toBe(status)
      if (status === 200) expect(again.body.refresh_token).toBe(first.body.refresh_token)
    })
  )
})

describe("ISSUER", () => {
  it("may be anything under https, behind a proxy that ends TLS", () =>
    withServer({ ISSUER: "https://auth.example.com/tenant" }, async (server) => {
      const url = `${server.origin}/.well-known/oauth-authorization-server/tenant`
      expect((await fetch(url)).status).toBe(400)
      const response = await fetch(url, { headers: { "x-forwarded-proto": "https" } })
      expect(await response.json()).toMatchObject({
        issuer: "https://auth.example.com/tenant",
        token_endpoint: "https://auth.example.com/tenant/token"
      })
    }))

  it("may be http elsewhere with ALLOW_HTTP", () =>
    withServer({ ISSUER: "http://auth.example.com", ALLOW_HTTP: "true" }, async (server) => {
      expect(await metadata(server)).toMatchObject({ issuer: "http://auth.example.com" })
    }))
})

describe("DATABASE_URL", () => {
  it("memory: leaves nothing behind", () =>
    withFolder((folder) =>
      withServerIn(folder, { DATABASE_URL: "memory:" }, async ({ origin }) => {
        expect((await post(`${origin}/token`, { grant_type: "client_credentials" })).status).toBe(200)
        expect(existsSync(join(folder, ".data"))).toBe(false)
      })
    ))

  it("sqlite: makes the folders that it needs", () =>
    withFolder(async (folder) => {
      const path = join(folder, "a", "b", "c.db")
      await withServerIn(folder, { DATABASE_URL: `sqlite:${path}` }, async () => {
        expect(existsSync(path)).toBe(true)
        expect(existsSync(join(folder, "a", "b", "oauth.secret"))).toBe(true)
      })
    }))
})

describe("OAUTH_SECRET", () => {
  it("is used instead of a file", () =>
    withFolder((folder) =>
      withServerIn(folder, { OAUTH_SECRET: "0123456789abcdef0123456789abcdef" }, async ({ output }) => {
        expect(existsSync(join(folder, ".data", "oauth.secret"))).toBe(false)
        expect(output()).not.toContain("OAUTH_SECRET")
      })
    ))
})

describe("REQUIRE_PKCE", () => {
  const withoutPkce = (clientId: string) => ({
    client_id: clientId,
    code_challenge: "",
    code_challenge_method: ""
  })

  it.each([
    ["all", "demo-confidential", "invalid_request"],
    ["public", "demo-confidential", null],
    ["public", "demo-public", "invalid_request"]
  ])("%s: %s without a code_challenge", (required, clientId, error) =>
    withServer({ REQUIRE_PKCE: required, DATABASE_URL: "memory:" }, async ({ origin }) => {
      const { url } = authorizationUrl(origin, withoutPkce(clientId))
      const response = await fetch(url, { redirect: "manual" })
      const location = response.headers.get("location")
      expect(location === null ? null : new URL(location).searchParams.get("error")).toBe(error)
      expect(response.status).toBe(error === null ? 200 : 302)
    })
  )
})

describe("CLIENTS_FILE", () => {
  const redirectUri = "https://client.example/callback"

  it("registers its clients, and no demo clients", () =>
    withFile(
      "CLIENTS_FILE",
      [
        { client_id: "basic", client_secret: "s-basic", grant_types: ["client_credentials"], scope: "a b" },
        {
          client_id: "post",
          client_secret: "s-post",
          token_endpoint_auth_method: "client_secret_post",
          grant_types: ["client_credentials"]
        },
        { client_id: "spa", redirect_uris: [redirectUri], scope: "b c", require_pkce: false }
      ],
      async (server) => {
        const { origin, output } = server
        expect(output()).not.toContain("demo-secret")
        expect(await metadata(server)).toMatchObject({
          scopes_supported: [
            "openid",
            "profile",
            "email",
            "address",
            "phone",
            "offline_access",
            "a",
            "b",
            "c"
          ]
        })
        const ask = (client: { readonly id: string; readonly secret: string }) =>
          post(`${origin}/token`, { grant_type: "client_credentials" }, client)
        expect(await ask({ id: "basic", secret: "s-basic" })).toMatchObject({
          status: 200,
          body: { scope: "a b" }
        })
        expect(await ask({ id: "basic", secret: "wrong" })).toMatchObject({ status: 401 })
        expect(await ask({ id: "demo-confidential", secret: "demo-secret" })).toMatchObject({ status: 401 })
        const response = await fetch(`${origin}/token`, {
          method: "POST",
          body: new URLSearchParams({
            grant_type: "client_credentials",
            client_id: "post",
            client_secret: "s-post"
          })
        })
        expect(await response.json()).toMatchObject({ scope: "a b c" })
        const { url } = authorizationUrl(origin, {
          client_id: "spa",
          redirect_uri: redirectUri,
          code_challenge: "",
          code_challenge_method: ""
        })
        const callback = await approve(makeBrowser(), url)
        expect(callback.searchParams.get("code")).not.toBeNull()
      }
    ))

  it("installs the password grant and the implicit response type only for clients that have them", () =>
    withFile(
      "CLIENTS_FILE",
      [
        { client_id: "old", client_secret: "secret", grant_types: ["password"] },
        {
          client_id: "older",
          redirect_uris: [redirectUri],
          grant_types: ["implicit"],
          response_types: ["token"]
        }
      ],
      async (server) => {
        expect(await metadata(server)).toMatchObject({
          grant_types_supported: expect.arrayContaining(["password", "implicit"]),
          response_types_supported: expect.arrayContaining(["token"])
        })
        const answer = await post(
          `${server.origin}/token`,
          { grant_type: "password", username: "demo", password: "demo-password" },
          { id: "old", secret: "secret" }
        )
        expect(answer).toMatchObject({ status: 200, body: { scope: "read write" } })
      }
    ))
})

describe("USERS_FILE", () => {
  it("lets its users in, and nobody else", () =>
    withFile(
      "USERS_FILE",
      [
        { sub: "1", username: "ada", password: "lovelace", email: "ada@example.com" },
        { sub: "2", username: "grace", password: "hopper" }
      ],
      async ({ origin, output }) => {
        expect(output()).not.toContain("demo-password")
        const { url } = authorizationUrl(origin)
        const signIn = async (username: string, password: string) => {
          const browser = makeBrowser()
          const page = await browser.open(url)
          const answer = page.form && (await browser.submit(page.form, { username, password }))
          return answer === undefined || answer instanceof URL ? undefined : answer.status
        }
        expect(await signIn("ada", "lovelace")).toBe(200)
        expect(await signIn("grace", "hopper")).toBe(200)
        expect(await signIn("ada", "hopper")).toBe(400)
        expect(await signIn("nobody", "lovelace")).toBe(400)
        expect(await signIn("demo", "demo-password")).toBe(400)
      }
    ))
})

describe("a bad value is one line that names the setting, and exit code 1", () => {
  const shared = { OAUTH_SECRET: "0123456789abcdef0123456789abcdef" }

  const cases: ReadonlyArray<readonly [settings: Settings, line: RegExp]> = [
    [{ PORT: "abc" }, /^PORT: /],
    [{ HOST: "999.0.0.1" }, /^HOST: /],
    [{ ISSUER: "ftp://auth.example.com" }, /^ISSUER: /],
    [{ ISSUER: "http://auth.example.com" }, /^ISSUER: .*ALLOW_HTTP/],
    [{ ALLOW_HTTP: "perhaps" }, /^ALLOW_HTTP: /],
    [{ DATABASE_URL: "mysql://root:hush@localhost/oauth" }, /^DATABASE_URL: .*sqlite:/],
    [{ DATABASE_URL: "postgres://root:hush@127.0.0.1:1/oauth" }, /^OAUTH_SECRET: .*this DATABASE_URL/],
    [{ REDIS_URL: "redis://root:hush@127.0.0.1:1" }, /^OAUTH_SECRET: .*this REDIS_URL/],
    [
      { ...shared, DATABASE_URL: "postgres://root:hush@127.0.0.1:1/oauth" },
      /^DATABASE_URL: .*127\.0\.0\.1:1/
    ],
    [{ ...shared, DATABASE_URL: "postgres://root:hush@127.0.0.1:99999/oauth" }, /^DATABASE_URL: .*[Uu]rl/i],
    [{ ...shared, DATABASE_URL: "postgres:root:hush" }, /^DATABASE_URL: .*postgres:\/\//],
    [{ ...shared, REDIS_URL: "redis://root:hush@127.0.0.1:1" }, /^REDIS_URL: .*127\.0\.0\.1:1/],
    [{ ...shared, REDIS_URL: "redis://root:hush@localhost/oauth" }, /^REDIS_URL: .*number/],
    [{ ...shared, REDIS_URL: "http://root:hush@localhost" }, /^REDIS_URL: .*redis:\/\//],
    [{ ...shared, REDIS_URL: "redis://root:hush@127.0.0.1:99999" }, /^REDIS_URL: .*redis:\/\//],
    [
      { ...shared, DATABASE_URL: "memory:", REDIS_URL: "redis://root:hush@127.0.0.1:1" },
      /^DATABASE_URL: memory: .*REDIS_URL/
    ],
    [{ DATABASE_URL: "sqlite:/proc/oauth/oauth.db" }, /^DATABASE_URL: .*\/proc\/oauth/],
    [{ DATABASE_URL: "sqlite:/dev/null/oauth.db" }, /^DATABASE_URL: .*unable to open/],
    [{ DATABASE_URL: "sqlite:bad.json" }, /^DATABASE_URL: .*not a database/],
    [{ CLIENTS_FILE: "missing.json" }, /^CLIENTS_FILE: .*missing\.json/],
    [{ CLIENTS_FILE: "bad.json" }, /^CLIENTS_FILE: bad\.json is not JSON/],
    [{ USERS_FILE: "missing.json" }, /^USERS_FILE: .*missing\.json/],
    [{ USERS_FILE: "bad.json" }, /^USERS_FILE: bad\.json is not JSON/],
    [{ OAUTH_SECRET: "hush" }, /^OAUTH_SECRET: .*32/],
    [{ REQUIRE_PKCE: "maybe" }, /^REQUIRE_PKCE: .*"all" \| "public"/],
    [{ CODE_TTL: "soon" }, /^CODE_TTL: /],
    [{ ACCESS_TOKEN_TTL: "Infinity" }, /^ACCESS_TOKEN_TTL: /],
    [{ REFRESH_TOKEN_TTL: "-1 seconds" }, /^REFRESH_TOKEN_TTL: /],
    [{ REFRESH_GRACE: "31 days" }, /^REFRESH_GRACE: .*REFRESH_TOKEN_TTL/]
  ]

  it.each(cases)("%j", (settings, line) =>
    withFolder(async (folder) => {
      writeFileSync(join(folder, "bad.json"), `[{ "password": "hush", oops }]`.padEnd(4096))
      const { code, errors } = await failToStart(folder, settings)
      expect(errors).toMatch(line)
      expect(errors.split("\n")).toEqual([expect.any(String), ""])
      expect(errors).not.toContain("hush")
      expect(code).toBe(1)
    })
  )
})
