/** The package as it is published: packed, unpacked where nothing else of this project is, and used from there. */
import { execFileSync } from "node:child_process"
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
const app = mkdtempSync(join(tmpdir(), "effect-oauth-package-"))
const installed = join(app, "node_modules", "effect-oauth")

const run = (command: string, ...options: ReadonlyArray<string>): string =>
  execFileSync(command, options, { cwd: app, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })

/** The output of a program that stands beside the package. */
const output = (program: string): string => {
  writeFileSync(join(app, "program.mjs"), program)
  return run(process.execPath, "program.mjs")
}

const manifest = (): {
  readonly exports: Readonly<Record<string, object | null>>
} => JSON.parse(readFileSync(join(installed, "package.json"), "utf8"))

/** All that can be imported, by the names that the package gives it. */
const entries = (): ReadonlyArray<string> => {
  const { exports } = manifest()
  const modules = globSync("**/*.js", { cwd: join(installed, "dist") })
    .map((file) => `./${file.slice(0, -".js".length)}`)
    .filter((path) => !path.includes("/internal/") && !path.endsWith("/index"))
  return [...new Set([...Object.keys(exports), ...modules])]
    .filter((path) => !path.includes("*") && path !== "./package.json")
    .map((path) => join("effect-oauth", path))
}

// Has Vitest loaded, which nothing but a test of it can be.
const isForTests = (entry: string): boolean => entry === "effect-oauth/testing/vitest"

beforeAll(() => {
  execFileSync("npm", ["pack", "--silent", "--pack-destination", app], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"]
  })
  mkdirSync(installed, { recursive: true })
  const [packed = ""] = globSync("*.tgz", { cwd: app })
  run("tar", "-xzf", packed, "-C", installed, "--strip-components=1")
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!existsSync(join(app, "node_modules", name))) {
      symlinkSync(join(root, "node_modules", name), join(app, "node_modules", name))
    }
  }
}, 120_000)

afterAll(() => rmSync(app, { recursive: true, force: true }))

describe("the package", () => {
  it("has each of its modules where its name says", () => {
    const importable = entries().filter((entry) => !isForTests(entry))
    expect(importable.length).toBeGreaterThan(100)
    const failures = output(`
      const failures = []
      for (const entry of ${JSON.stringify(importable)}) {
        await import(entry).catch((error) => failures.push(entry + ": " + error.message))
      }
      console.log(JSON.stringify(failures))
    `)
    expect(JSON.parse(failures)).toEqual([])
  })

  it("keeps to itself what is internal", () => {
    const internal = globSync("**/internal/*.js", { cwd: join(installed, "dist") })
    expect(internal.length).toBeGreaterThan(5)
    const codes = output(`
      const codes = new Set()
      for (const file of ${JSON.stringify(internal)}) {
        await import("effect-oauth/" + file.slice(0, -3)).then(
          () => codes.add(file),
          ({ code }) => codes.add(code)
        )
      }
      console.log(JSON.stringify([...codes]))
    `)
    expect(JSON.parse(codes)).toEqual(["ERR_PACKAGE_PATH_NOT_EXPORTED"])
  })

  it("issues a token to a program that has installed it", () => {
    const answer = output(`
      import { createAuthorizationServer, memory } from "effect-oauth/http"
      const server = createAuthorizationServer({
        issuer: "https://auth.example.com",
        scopes: ["read"],
        clients: [{ client_id: "reports", client_secret: "secret", grant_types: ["client_credentials"], scope: "read" }],
        users: { authenticate: async () => undefined, find: async () => undefined },
        storage: memory()
      })
      const response = await server.fetch(
        new Request("https://auth.example.com/token", {
          method: "POST",
          headers: { authorization: "Basic " + btoa("reports:secret") },
          body: new URLSearchParams({ grant_type: "client_credentials" })
        })
      )
      console.log(JSON.stringify({ status: response.status, ...(await response.json()) }))
      process.exit()
    `)
    expect(JSON.parse(answer)).toMatchObject({ status: 200, token_type: "Bearer", scope: "read" })
  })

  it("has types that hold by themselves", () => {
    const imports = entries().map((entry, at) => `export type * as M${at} from ${JSON.stringify(entry)}`)
    writeFileSync(join(app, "entries.ts"), imports.join("\n"))
    writeFileSync(
      join(app, "tsconfig.json"),
      JSON.stringify({
        extends: join(root, "tsconfig.base.json"),
        compilerOptions: {
          noEmit: true,
          skipLibCheck: false,
          typeRoots: [join(root, "node_modules/@types")]
        },
        files: ["entries.ts", ...globSync("node_modules/effect-oauth/dist/**/*.d.ts", { cwd: app })]
      })
    )
    expect(run(join(root, "node_modules/.bin/tsc"), "-p", "tsconfig.json")).toBe("")
  }, 120_000)

  it("has a short manifest beside its modules, which says what a bundler may leave out", () => {
    const nearest = JSON.parse(readFileSync(join(installed, "dist/package.json"), "utf8"))
    expect(nearest).toEqual({ type: "module", sideEffects: false })
  })
})
