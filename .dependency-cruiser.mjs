/**
 * Which folder of `src` may import from which: imports run downward, and never in a circle.
 *
 * TypeScript 7 has no API for other tools, so dependency-cruiser reads the sources with swc, which sees
 * `import type` like any other import. The one form it misses, `import("…")` as a type, is forbidden by
 * `.biome/src.grit`.
 */
import { allExtensions } from "dependency-cruiser"

// Without swc, dependency-cruiser would skip every .ts file and report that all is well.
if (!allExtensions.some(({ available, extension }) => extension === ".ts" && available)) {
  throw new Error("dependency-cruiser cannot read TypeScript: is @swc/core installed?")
}

/** From the ground up: what each room may import from, besides itself. */
const protocol = []
// One floor: what a program may ask for.
const storage = ["protocol", "services"]
const services = ["protocol", "storage"]
const clientAuthentication = ["protocol", "storage", "services"]
const grants = [...clientAuthentication, "client-authentication"]
const responseTypes = [...clientAuthentication, "grants"]
const endpoints = [...grants, "grants", "response-types"]
const oidc = [...endpoints, "endpoints"]
const assembly = [...oidc, "oidc"]
const http = [...assembly, "assembly"]
const node = [...http, "http"]
const testing = [...node, "node", "storage/sql", "storage/redis"]

const rooms = {
  protocol,
  storage,
  "storage/sql": [...storage, "storage"],
  "storage/redis": [...storage, "storage"],
  services,
  "client-authentication": clientAuthentication,
  grants,
  "response-types": responseTypes,
  endpoints,
  oidc,
  assembly,
  http,
  node,
  testing
}

const paths = {
  storage: "^src/storage/(?!sql/|redis/)",
  assembly: "^src/[^/]+[.]ts$" // what puts the rooms together: the index, Legacy
}

const pathOf = (room) => paths[room] ?? `^src/${room}/`

export default {
  forbidden: [
    ...Object.entries(rooms).map(([room, below]) => ({
      name: `${room}-imports-downward`,
      comment: `${room} may import from itself${below.map((name) => `, ${name}`).join("")}`,
      severity: "error",
      from: { path: pathOf(room) },
      to: { path: "^src/", pathNot: [room, ...below].map(pathOf) }
    })),
    {
      name: "every-file-has-a-room",
      comment: "A new folder of src needs its place in the table above",
      severity: "error",
      from: { path: "^src/", pathNot: Object.keys(rooms).map(pathOf) },
      to: {}
    },
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true }
    },
    {
      name: "only-users-import-the-index",
      severity: "error",
      from: { pathNot: "^src/testing/" },
      to: { path: "^src/index[.]ts$" }
    },
    // Modules that only exist with the prefix, such as node:sqlite, are not known as "core".
    ...[{ dependencyTypes: ["core"] }, { path: "^node:" }].map((to) => ({
      name: "node-only-in-src/node",
      comment: "Everything else also runs on Bun, Deno and edge runtimes",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/node/" },
      to
    })),
    {
      name: "resolvable",
      comment: "An import that cannot be resolved could not be checked either",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^node:" }
    }
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default"] }
  }
}
