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
import { build } from "rolldown"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
const app = mkdtempSync(join(tmpdir(), "effect-oauth-package-"))
const installed = join(app, "node_modules", "effect-oauth")

const run = (command: string, ...options: ReadonlyArray<string>): string =>
  execFileSync(command, options, { cwd: app, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })

/** The output of a program that stands beside the package. */
const output = (program: string, ...options: ReadonlyArray<string>): string => {
  writeFileSync(join(app, "program.mjs"), program)
  return run(process.execPath, ...options, "program.mjs")
}

/** With this Node takes, of a package's files, those for a bundler. */
const asBundler = "--conditions=module"

const manifest = (): {
  readonly exports: Readonly<Record<string, object | null>>
} => JSON.parse(readFileSync(join(installed, "package.json"), "utf8"))

/** All that can be imported, by the names that the package gives it. */
const entries = (): ReadonlyArray<string> => {
  const { exports } = manifest()
  const modules = globSync("**/*.js", { cwd: join(installed, "dist"), exclude: ["joined/**"] })
    .map((file) => `./${file.slice(0, -".js".length)}`)
    .filter((path) => !path.includes("/internal/") && !path.endsWith("/index"))
  return [...new Set([...Object.keys(exports), ...modules])]
    .filter((path) => !path.includes("*") && path !== "./package.json")
    .map((path) => join("effect-oauth", path))
}

// Has Vitest loaded, which nothing but a test of it can be.
const isForTests = (entry: string): boolean => entry === "effect-oauth/testing/vitest"

/** The servers that people make, by what they import. */
const servers = {
  "a server in memory": [
    "effect-oauth/http/OAuthHandler",
    "effect-oauth/http/InteractionPages",
    "effect-oauth/endpoints/AuthorizationServer",
    "effect-oauth/grants/Grants",
    "effect-oauth/storage/Storage",
    "effect-oauth/protocol/Client",
    "effect-oauth/services/ResourceOwner",
    "effect-oauth/node/NodeListener"
  ],
  "an OpenID provider": [
    "effect-oauth/http/OAuthHandler",
    "effect-oauth/http/OpenIdConnect",
    "effect-oauth/services/SigningKeys",
    "effect-oauth/storage/Storage"
  ],
  "a server on SQL": ["effect-oauth/http/OAuthHandler", "effect-oauth/storage/sql"],
  "a server on Redis": ["effect-oauth/http/OAuthHandler", "effect-oauth/storage/redis"],
  "a server with all that there is": ["effect-oauth", "effect-oauth/http"]
}

/** What Node loads for some imports: files of the package, and those of others. */
const loads = (
  entries: ReadonlyArray<string>,
  ...options: ReadonlyArray<string>
): { readonly ours: ReadonlyArray<string>; readonly others: ReadonlyArray<string> } => {
  const program = `
    import { registerHooks } from "node:module"
    const urls = []
    registerHooks({
      load(url, context, next) {
        urls.push(url)
        return next(url, context)
      }
    })
    for (const entry of ${JSON.stringify(entries)}) await import(entry)
    const dist = "/node_modules/effect-oauth/dist/"
    console.log(
      JSON.stringify({
        ours: urls.filter((url) => url.includes(dist)).map((url) => url.slice(url.indexOf(dist) + dist.length)),
        others: urls.filter((url) => !url.includes(dist)).toSorted()
      })
    )
  `
  return JSON.parse(output(program, ...options))
}

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
    expect(Object.keys(nearest)).toEqual(["type", "sideEffects", "imports"])
    expect(nearest).toMatchObject({ type: "module", sideEffects: false })
    for (const place of Object.values(nearest.imports["#platform"])) {
      expect(existsSync(join(installed, "dist", String(place)))).toBe(true)
    }
  })

  it.each(["bun", "deno"])("gives %s one file per module, and a choice of platforms", (runtime) => {
    const { ours, others } = loads(servers["an OpenID provider"], `--conditions=${runtime}`)
    expect(ours.filter((file) => file.startsWith("joined/"))).toEqual([])
    expect(ours).toContain("protocol/internal/AnyPlatform.js")
    expect(others.filter((url) => url.includes("@noble/hashes"))).not.toEqual([])
  })

  describe("gives Node its modules joined in a few files", () => {
    it("which no name leads to but that of a module", () => {
      const places = `
        const dist = import.meta.resolve("effect-oauth/package.json").replace("package.json", "dist/")
        const entries = ${JSON.stringify(entries())}
        console.log(JSON.stringify(entries.map((entry) => import.meta.resolve(entry).replace(dist, ""))))
      `
      const joined: ReadonlyArray<string> = JSON.parse(output(places))
      const single: ReadonlyArray<string> = JSON.parse(output(places, asBundler))
      expect(joined).toEqual(single.map((place) => `joined/${place}`))

      const failures = `
        const codes = ["joined/index", "joined/protocol/Pkce", "joined/_/server"].map((name) => {
          try {
            return import.meta.resolve("effect-oauth/" + name)
          } catch ({ code }) {
            return code
          }
        })
        console.log(JSON.stringify([...new Set(codes)]))
      `
      expect(JSON.parse(output(failures))).toEqual(["ERR_PACKAGE_PATH_NOT_EXPORTED"])
      expect(JSON.parse(output(failures, asBundler))).toEqual(["ERR_PACKAGE_PATH_NOT_EXPORTED"])
    })

    it("which export what the modules do", () => {
      const members = `
        const members = {}
        for (const entry of ${JSON.stringify(entries().filter((entry) => !isForTests(entry)))}) {
          members[entry] = Object.entries(await import(entry))
            .map(([name, value]) => [name, typeof value, Object.keys(Object(value)).toSorted()])
            .toSorted(([self], [that]) => (self < that ? -1 : 1))
        }
        console.log(JSON.stringify(members))
      `
      expect(JSON.parse(output(members))).toEqual(JSON.parse(output(members, asBundler)))
    })

    it.each(Object.entries(servers))(
      "and so loads for %s nothing that its modules do without",
      (_, imports) => {
        const joined = loads(imports)
        const single = loads(imports, asBundler)
        expect(joined.others).toEqual(single.others)
        expect(joined.ours.filter((file) => !file.startsWith("joined/"))).toEqual([])
        expect(single.ours.length).toBeGreaterThan(50)
        // What Node has of its own.
        expect(joined.others.filter((url) => url.includes("@noble/hashes"))).toEqual([])
        // One for each import, and not many for what is behind them.
        expect(joined.ours.length).toBeLessThanOrEqual(imports.length + 15)
      }
    )

    it("of which a server in memory needs one, and one for each of its imports", () => {
      const imports = servers["a server in memory"]
      const files = loads(imports).ours
      expect(files).toHaveLength(imports.length + 1)
      expect(files).toContain("joined/_/server.js")
    })

    it("and of others nothing that a program with Effect's schemas and layers does without, but two", () => {
      const effect = ["effect/Effect", "effect/Layer", "effect/ManagedRuntime", "effect/Schema"]
      const anyway = new Set(loads(effect).others)
      const further = loads(servers["a server in memory"]).others.filter((url) => !anyway.has(url))
      const nameOf = (url: string) => url.slice(url.indexOf("/node_modules/") + "/node_modules/".length)
      expect(further.filter((url) => url.startsWith("file:")).map(nameOf)).toEqual([
        "effect/dist/Brand.js",
        "effect/dist/LogLevel.js"
      ])
    })

    it.each(["storage/sql", "storage/redis", "testing"])(
      "of which that of %s has nothing else in it",
      (room) => {
        const map = join(installed, `dist/joined/_/${room.replace("storage/", "")}.js.map`)
        const { sources }: { readonly sources: ReadonlyArray<string> } = JSON.parse(readFileSync(map, "utf8"))
        const files = sources.map((source) => join(map, "..", source))
        expect(files.length).toBeGreaterThan(5)
        expect(files.filter((file) => !file.startsWith(join(installed, "src", room, "/")))).toEqual([])
        expect(files.filter((file) => !existsSync(file))).toEqual([])
      }
    )
  })

  it.each(["node", "browser"] as const)("gives a bundler one file per module, for %s", async (platform) => {
    const entry = join(app, "bundled.mjs")
    writeFileSync(
      entry,
      `export * from "effect-oauth/protocol/Pkce"\nexport { OAuthRoutes } from "effect-oauth/http"`
    )
    const { output } = await build({
      input: entry,
      platform,
      external: /^(?!effect-oauth|[./#])/,
      write: false
    })
    const dist = join(installed, "dist/")
    const ours = output
      .flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : []))
      .filter((id) => id.startsWith(dist))
      .map((id) => id.slice(dist.length))
    expect(ours).toContain("protocol/Pkce.js")
    expect(ours).toContain("http/OAuthRoutes.js")
    expect(ours.filter((module) => /^joined|Logout|oidc.OpenId|storage.sql/.test(module))).toEqual([])
    const platforms = {
      node: "protocol/internal/NodePlatform.js",
      browser: "protocol/internal/AnyPlatform.js"
    }
    expect(ours.filter((module) => Object.values(platforms).includes(module))).toEqual([platforms[platform]])
  })
})
