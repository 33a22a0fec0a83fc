/** What is asked of every server. */

export type WorkloadId =
  | "client-credentials"
  | "client-credentials-jwt"
  | "introspection"
  | "refresh"
  | "code"
  | "wrong-secret"
  | "authorize"

/** What access tokens are: random, or JWTs signed with ES256. */
export type Tokens = "opaque" | "jwt"

export interface Workload {
  readonly id: WorkloadId
  readonly label: string
  readonly description: string
  readonly tokens: Tokens
  /** Whether a request leaves something in the store. */
  readonly stores: boolean
  /** Whether it is asked of our databases too: what differs there from memory is the grant store. */
  readonly databases: boolean
  /** CPU per request as a multiple of the ceiling's, which our Node listener and our routes are to stay below. */
  readonly goals?: { readonly listener: number; readonly router?: number }
}

export const workloads: ReadonlyArray<Workload> = [
  {
    id: "client-credentials",
    label: "client credentials",
    description: "an opaque access token for a client that authenticates with HTTP Basic",
    tokens: "opaque",
    stores: true,
    databases: true,
    goals: { listener: 1.35, router: 1.9 }
  },
  {
    id: "client-credentials-jwt",
    label: "client credentials, JWT",
    description: "the same with an access token that is a JWT, signed with ES256",
    tokens: "jwt",
    stores: true,
    databases: false,
    goals: { listener: 1.25 }
  },
  {
    id: "introspection",
    label: "introspection",
    description: "an active access token, out of 256",
    tokens: "opaque",
    stores: false,
    databases: true,
    goals: { listener: 1.35, router: 1.9 }
  },
  {
    id: "refresh",
    label: "refresh",
    description: "with rotation: each connection uses the refresh token that it just got",
    tokens: "opaque",
    stores: true,
    databases: true,
    goals: { listener: 1.5, router: 2.1 }
  },
  {
    id: "code",
    label: "code + PKCE",
    description: "redeeming an authorization code for an access token and a refresh token",
    tokens: "opaque",
    stores: true,
    databases: true,
    goals: { listener: 1.5, router: 2.1 }
  },
  {
    id: "wrong-secret",
    label: "wrong secret",
    description: "client credentials with a secret that is wrong",
    tokens: "opaque",
    stores: false,
    databases: false,
    goals: { listener: 1.4, router: 2.2 }
  },
  {
    id: "authorize",
    label: "/authorize",
    description:
      "an authorization request from a browser in which somebody has signed in, up to asking for consent",
    tokens: "opaque",
    stores: true,
    databases: false
  }
]

export const labelsOf = (ids: ReadonlyArray<WorkloadId>): string =>
  ids.map((id) => workloads.find((workload) => workload.id === id)?.label ?? id).join(", ")
