import { spawn } from "node:child_process"
import { readFileSync, statSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { describe, expect, it, vi } from "vitest"
import { makeBrowser } from "./support/Browser.ts"
import { getCode, introspect, post, redeem } from "./support/Http.ts"
import {
  failToStart,
  patience,
  pause,
  root,
  startScript,
  withFolder,
  within,
  withServer,
  withServerIn
} from "./support/StandaloneServer.ts"

vi.setConfig({ testTimeout: 2 * patience, hookTimeout: 2 * patience })

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  })

describe("npm start", () => {
  it("runs the example from its source, with no build before it", () => {
    expect(startScript).toBe("node --conditions=effect-oauth-source examples/standalone/main.ts")
  })

  it("starts a server", async () => {
    // A group of its own, since npm has children.
    const npm = spawn("npm", ["start"], {
      cwd: root,
      detached: true,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: "0", DATABASE_URL: "memory:" },
      stdio: ["ignore", "pipe", "inherit"]
    })
    try {
      let output = ""
      npm.stdout.on("data", (chunk) => {
        output += chunk
      })
      const origin = await within("npm start", async (signal) => {
        while (!signal.aborted) {
          const address = /is listening on (http:\S+)/.exec(output)?.[1]
          if (address !== undefined) return address
          await pause(20)
        }
        return ""
      })
      expect((await fetch(`${origin}/healthz`)).status).toBe(200)
    } finally {
      if (npm.pid !== undefined) process.kill(-npm.pid, "SIGKILL")
    }
  })
})

describe("without any setting", () => {
  it("is http://localhost:9000", async ({ skip }) => {
    skip(!(await isFree(9000)), "port 9000 is taken")
    await withFolder((folder) =>
      withServerIn(folder, { PORT: "" }, async ({ issuer, origin }) => {
        expect(issuer).toBe("http://localhost:9000")
        expect(origin).toBe("http://127.0.0.1:9000")
        const metadata = await fetch(`${issuer}/.well-known/oauth-authorization-server`)
        expect(await metadata.json()).toMatchObject({
          issuer: "http://localhost:9000",
          token_endpoint: "http://localhost:9000/token",
          scopes_supported: [
            "openid",
            "profile",
            "email",
            "address",
            "phone",
            "offline_access",
            "read",
            "write"
          ],
          grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
          response_types_supported: ["code", "none"],
          code_challenge_methods_supported: ["S256"]
        })
      })
    )
  })

  it("keeps its secret beside its database, and says which demo secrets there are", () =>
    withFolder(async (folder) => {
      const secret = join(folder, ".data", "oauth.secret")
      const tokens = await withServerIn(folder, {}, async ({ origin, output }) => {
        expect(output()).toMatch(/OAUTH_SECRET is not set/)
        expect(output()).toMatch(/CLIENTS_FILE is not set.*"demo-secret"/)
        expect(output()).toMatch(/USERS_FILE is not set.*"demo-password"/)
        expect(statSync(secret).mode & 0o777).toBe(0o600)
        return (await redeem(origin, await getCode(makeBrowser(), origin))).body
      })
      const before = readFileSync(secret, "utf8")
      expect(before.length).toBeGreaterThanOrEqual(32)
      await withServerIn(folder, {}, async ({ origin }) => {
        expect(readFileSync(secret, "utf8")).toBe(before)
        expect((await introspect(origin, tokens.access_token)).body).toMatchObject({ active: true })
        expect((await introspect(origin, tokens.refresh_token)).body).toMatchObject({ active: true })
      })
    }))
})

describe("/healthz", () => {
  it("is 503 while the database does not answer", () =>
    withFolder((folder) =>
      withServerIn(folder, {}, async ({ origin }) => {
        const healthz = async () => {
          const response = await fetch(`${origin}/healthz`)
          return { status: response.status, body: await response.json() }
        }
        expect(await healthz()).toEqual({ status: 200, body: { status: "ok" } })
        const database = new DatabaseSync(join(folder, ".data", "oauth.db"))
        database.exec("ALTER TABLE oauth_access_tokens RENAME TO elsewhere")
        expect(await healthz()).toEqual({ status: 503, body: { status: "unavailable" } })
        expect(await post(`${origin}/token`, { grant_type: "client_credentials" })).toMatchObject({
          status: 503,
          body: { error: "temporarily_unavailable" }
        })
        database.exec("ALTER TABLE elsewhere RENAME TO oauth_access_tokens")
        expect(await healthz()).toEqual({ status: 200, body: { status: "ok" } })
        database.close()
      })
    ))
})

it("a port that is taken is one clear line", () =>
  withServer({}, ({ origin }) =>
    withFolder(async (folder) => {
      const { port } = new URL(origin)
      const { code, errors } = await failToStart(folder, { PORT: port })
      expect(code).toBe(1)
      expect(errors).toMatch(new RegExp(`^PORT: cannot listen: .*EADDRINUSE.*${port}\\n$`))
    })
  ))
