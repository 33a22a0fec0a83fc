/** Who is measured, and where their endpoints are. */
import { resource } from "./facts.ts"
import type { Workload, WorkloadId } from "./Workloads.ts"

export interface Target {
  readonly id: string
  readonly label: string
  readonly kind: "ceiling" | "ours" | "peer"
  /** The module that starts it, below `dist`. */
  readonly module: string
  readonly storage: string
  /** The database that has to be running. */
  readonly needs?: "postgres" | "redis"
  readonly paths: {
    readonly token: string
    readonly introspect?: string
    readonly authorize?: string
  }
  /** The `resource` (RFC 8707) that has to be asked for where an access token is to be a JWT. */
  readonly resource?: string
  /** The statuses of what is not answered with 200. */
  readonly statuses?: Partial<Record<WorkloadId, number>>
  /** The packages whose installation it takes. */
  readonly packages?: ReadonlyArray<string>
}

const ourPaths = { token: "/token", introspect: "/introspect", authorize: "/authorize" }
const unauthorized = { "wrong-secret": 401 }

const ours = (options: {
  readonly id: string
  readonly label: string
  readonly form: string
  readonly storage?: string
  readonly needs?: "postgres" | "redis"
  readonly packages?: ReadonlyArray<string>
}): Target => ({
  id: options.id,
  label: options.label,
  kind: "ours",
  module: `ours/${options.form}.js`,
  storage: options.storage ?? "memory",
  paths: ourPaths,
  statuses: unauthorized,
  packages: options.packages ?? ["effect-oauth"],
  ...(options.needs && { needs: options.needs })
})

export const ceiling: Target = {
  id: "ceiling",
  label: "hand-written ceiling",
  kind: "ceiling",
  module: "ceiling/server.js",
  storage: "memory",
  paths: ourPaths,
  statuses: unauthorized
}

export const targets: ReadonlyArray<Target> = [
  ceiling,
  ours({ id: "listener", label: "effect-oauth, Node listener", form: "nodeListener" }),
  ours({
    id: "router",
    label: "effect-oauth, HttpRouter",
    form: "httpRouter",
    packages: ["effect-oauth", "@effect/platform-node"]
  }),
  ours({ id: "fetch", label: "effect-oauth, fetch handler", form: "fetchHandler" }),
  ours({
    id: "sqlite",
    label: "effect-oauth, listener, SQLite file",
    form: "nodeListener",
    storage: "sqlite"
  }),
  ours({
    id: "postgres",
    label: "effect-oauth, listener, PostgreSQL",
    form: "nodeListener",
    storage: "postgres",
    needs: "postgres"
  }),
  ours({
    id: "redis",
    label: "effect-oauth, listener, Redis",
    form: "nodeListener",
    storage: "redis",
    needs: "redis"
  }),
  {
    id: "node-oauth2-server",
    label: "node-oauth2-server",
    kind: "peer",
    module: "peers/nodeOauth2Server.js",
    storage: "memory",
    paths: { token: "/token" },
    statuses: unauthorized,
    packages: ["@node-oauth/oauth2-server"]
  },
  {
    id: "ts-oauth2-server",
    label: "ts-oauth2-server",
    kind: "peer",
    module: "peers/tsOauth2Server.js",
    storage: "memory",
    paths: { token: "/token", introspect: "/introspect" },
    statuses: unauthorized,
    packages: ["@jmondi/oauth2-server"]
  },
  {
    id: "oidc-provider",
    label: "oidc-provider",
    kind: "peer",
    module: "peers/oidcProvider.js",
    storage: "memory",
    paths: { token: "/token", introspect: "/token/introspection", authorize: "/auth" },
    statuses: { ...unauthorized, authorize: 303 },
    packages: ["oidc-provider"]
  },
  {
    id: "better-auth",
    label: "better-auth",
    kind: "peer",
    module: "peers/betterAuth.js",
    storage: "memory",
    paths: { token: "/api/auth/oauth2/token", introspect: "/api/auth/oauth2/introspect" },
    resource,
    statuses: unauthorized,
    packages: ["better-auth", "@better-auth/oauth-provider"]
  }
]

export const supports = (target: Target, { databases, id }: Workload): boolean => {
  if (target.storage !== "memory" && !databases) return false
  if (id === "introspection") return target.paths.introspect !== undefined
  return id !== "authorize" || target.paths.authorize !== undefined
}

export const labelOf = (id: string): string => targets.find((target) => target.id === id)?.label ?? id
