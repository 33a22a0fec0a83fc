// dist/joined: the modules of dist once more, in a few files. Node takes these, nine in the place of a hundred for a
// server in memory. Bundlers take those of dist: they can leave out whole modules, but little of a large one, and
// with the `Client` of the index would take 191 kB of ours instead of 11.
import { globSync, readFileSync } from "node:fs"
import { isAbsolute, join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "rolldown"

const dist = fileURLToPath(new URL("../dist/", import.meta.url))
const modules = (...patterns) => globSync(patterns, { cwd: dist, exclude: ["joined/**"] })

// From the ground up: each has the modules that its patterns name and all that those import, but for what is in
// one before it, so that they import in one direction only. The other modules become files of their own: who
// loads a file loads all that it imports from elsewhere too, and a server in memory has no use for an HTTP client.
const files = {
  server: [
    "protocol/*.js",
    "storage/{internal/*,!(GrantsOf|PromiseStorage)}.js",
    "{client-authentication,grants,response-types}/*.js",
    "endpoints/AuthorizationServer.js",
    "http/{FetchHandler,InteractionPages,OAuthHandler,pages/*}.js",
    "Legacy.js"
  ],
  openid: [
    "oidc/!(BackChannelLogout|Logout|LogoutEndpoint).js",
    "services/{JwtAccessTokens,PrivateKeys,SigningKeys}.js",
    "http/{Jwks,JwtIntrospection,OpenIdConnect}.js"
  ],
  account: ["storage/GrantsOf.js", "services/Consents.js"],
  sql: ["storage/sql/*.js"],
  redis: ["storage/redis/*.js"],
  testing: ["testing/**/!(vitest).js"]
}

const importable = modules("**/*.js").filter((module) => !module.includes("internal/"))

// For `export * as Client` Rolldown makes an object in the file of the module, where everybody pays for it. Here
// the index makes it.
const namespaces = {
  name: "namespaces",
  load: (id) => ({ code: readFileSync(id, "utf8"), map: readFileSync(`${id}.map`, "utf8") }),
  async transform(code, id) {
    let objects = code
    for (const [line, name, path] of code.matchAll(/^export \* as (\w+) from "(.+)";$/gm)) {
      const { exports } = await this.load(await this.resolve(path, id))
      const members = exports.map((member) => `${member}: $${name}.${member}`)
      objects = objects.replace(
        line,
        () =>
          `import * as $${name} from "${path}";\nexport const ${name} = Object.freeze({ ${members.join(", ")} });`
      )
    }
    return { code: objects, map: null }
  }
}

await build({
  cwd: dist,
  input: Object.fromEntries(importable.map((module) => [module.slice(0, -".js".length), `./${module}`])),
  resolve: { conditionNames: ["node", "import"] },
  external: (id) => !/^[.#]/.test(id) && !isAbsolute(id),
  plugins: [namespaces],
  treeshake: false,
  preserveEntrySignatures: "strict",
  output: {
    dir: "joined",
    entryFileNames: "[name].js",
    chunkFileNames: "_/[name].js",
    minifyInternalExports: false,
    comments: { legal: false, jsdoc: false },
    sourcemap: true,
    sourcemapExcludeSources: true,
    codeSplitting: {
      groups: Object.entries(files).map(([name, patterns], floor, { length }) => {
        const members = new Set(modules(...patterns).map((module) => join(dist, module)))
        return { name, test: (id) => members.has(id), priority: length - floor }
      })
    }
  }
})
