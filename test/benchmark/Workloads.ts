/** What is asked of every server. */

export type WorkloadId =
  | "client-credentials"
  | "introspection"
  | "refresh"
  | "code"
  | "wrong-secret"
  | "authorize"

export interface Workload {
  readonly id: WorkloadId
  readonly label: string
  readonly description: string
  /** CPU per request as a multiple of the ceiling's, which our Node listener and our routes are to stay below. */
  readonly goals?: { readonly listener: number; readonly router: number }
}

export const workloads: ReadonlyArray<Workload> = [
  {
    id: "client-credentials",
    label: "client credentials",
    description: "an opaque access token for a client that authenticates with HTTP Basic",
    goals: { listener: 1.35, router: 1.9 }
  },
  {
    id: "introspection",
    label: "introspection",
    description: "an active access token, out of 256",
    goals: { listener: 1.35, router: 1.9 }
  },
  {
    id: "refresh",
    label: "refresh",
    description: "with rotation: each connection uses the refresh token that it just got",
    goals: { listener: 1.5, router: 2.1 }
  },
  {
    id: "code",
    label: "code + PKCE",
    description: "redeeming an authorization code for an access token and a refresh token",
    goals: { listener: 1.5, router: 2.1 }
  },
  {
    id: "wrong-secret",
    label: "wrong secret",
    description: "client credentials with a secret that is wrong",
    goals: { listener: 1.4, router: 2.2 }
  },
  {
    id: "authorize",
    label: "/authorize",
    description:
      "an authorization request from a browser in which somebody has signed in, up to asking for consent"
  }
]
