/**
 * Short-lived protocol state that is used once: interactions now; pushed
 * requests, device codes and replay markers in the same way. And work that is to
 * be done once, such as telling a client that a session has ended.
 *
 * Times are milliseconds since the epoch and come from the caller. An expired
 * flow is told as `Expired`, and never hidden; `sweep` deletes it.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { SecretHash } from "../protocol/Secret.ts"
import type { StorageError } from "./StorageError.ts"
import type { SweepRequest, Swept } from "./Swept.ts"

/**
 * Which flow: `kind` keeps those of different protocols apart, `key` is the hash
 * of the identifier that somebody holds.
 *
 * @category models
 * @since 0.1.0
 */
export interface FlowKey {
  readonly kind: string
  readonly key: SecretHash
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Flow extends FlowKey {
  /** The state, encoded as JSON by whoever owns the kind. */
  readonly value: string
  readonly expiresAt: number
  /** From when on it may be claimed; without it, never. */
  readonly dueAt?: number
}

/**
 * Which flows to claim, and until when they are the caller's.
 *
 * @category models
 * @since 0.1.0
 */
export interface ClaimFlows {
  readonly kind: string
  readonly now: number
  /** When they are due again, unless they are consumed before. */
  readonly until: number
  /** How many at most. */
  readonly limit: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ClaimedFlow {
  readonly key: SecretHash
  readonly value: string
}

/**
 * @category outcomes
 * @since 0.1.0
 */
export type FindFlowOutcome =
  | { readonly _tag: "Found"; readonly value: string; readonly expiresAt: number }
  | { readonly _tag: "Consumed" }
  | { readonly _tag: "Expired" }
  | { readonly _tag: "Unknown" }

/**
 * `Replaced` says that the state was the expected one and is now the next.
 * `Conflict` says that it was another, and nothing changed.
 *
 * @category outcomes
 * @since 0.1.0
 */
export type ReplaceFlowOutcome = "Replaced" | "Conflict" | "Consumed" | "Expired" | "Unknown"

/**
 * `Consumed` goes to one caller, ever.
 *
 * @category outcomes
 * @since 0.1.0
 */
export type ConsumeFlowOutcome =
  | { readonly _tag: "Consumed"; readonly value: string }
  | { readonly _tag: "AlreadyConsumed" }
  | { readonly _tag: "Expired" }
  | { readonly _tag: "Unknown" }

/**
 * @category services
 * @since 0.1.0
 */
export class FlowStore extends Context.Service<
  FlowStore,
  {
    /**
     * Stores a flow if its key is free: `Taken` if there is one that has not
     * expired, used or not. As a replay marker, `Taken` is the replay.
     */
    readonly create: (flow: Flow, now: number) => Effect.Effect<"Created" | "Taken", StorageError>

    /** Reads; changes nothing. */
    readonly find: (key: FlowKey, now: number) => Effect.Effect<FindFlowOutcome, StorageError>

    /** Moves a flow from one state to the next, if it is still in the first. */
    readonly replace: (
      key: FlowKey,
      change: { readonly from: string; readonly to: string; readonly now: number }
    ) => Effect.Effect<ReplaceFlowOutcome, StorageError>

    /** Takes a flow, for one caller. */
    readonly consume: (key: FlowKey, now: number) => Effect.Effect<ConsumeFlowOutcome, StorageError>

    /**
     * Takes flows of a kind that are due by now, neither used nor expired, and
     * makes them due again at `until`: of all who claim at the same moment, each
     * flow goes to one, and one that somebody is changing at that moment may be left
     * for the next claim. Whoever is done with a flow consumes it; if they never are,
     * because their process died, somebody else gets it then.
     */
    readonly claim: (request: ClaimFlows) => Effect.Effect<ReadonlyArray<ClaimedFlow>, StorageError>

    /** Deletes expired flows, used or not. */
    readonly sweep: (request: SweepRequest) => Effect.Effect<Swept, StorageError>
  }
>()("effect-oauth/storage/FlowStore") {}
