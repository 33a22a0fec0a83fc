/**
 * Login sessions of resource owners, and the consents they want remembered.
 *
 * Times are milliseconds since the epoch and come from the caller.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { ClientId } from "../protocol/Client.ts"
import type { Scope } from "../protocol/Scope.ts"
import type { SecretHash } from "../protocol/Secret.ts"
import type { StorageError } from "./StorageError.ts"
import type { SweepRequest, Swept } from "./Swept.ts"

/**
 * A browser in which a resource owner has signed in.
 *
 * @category models
 * @since 0.1.0
 */
export interface Session {
  /** The hash of what the browser's cookie holds. */
  readonly hash: SecretHash
  readonly subject: string
  readonly authenticatedAt: number
  readonly expiresAt: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface SessionRecord extends Session {
  readonly endedAt: number | undefined
}

/**
 * What a resource owner allows a client without being asked again.
 *
 * @category models
 * @since 0.1.0
 */
export interface Consent {
  readonly subject: string
  readonly clientId: ClientId
  readonly scope: Scope
  readonly grantedAt: number
}

/**
 * @category services
 * @since 0.1.0
 */
export class SessionStore extends Context.Service<
  SessionStore,
  {
    readonly start: (session: Session) => Effect.Effect<void, StorageError>

    /** Reads; an expired or ended session is told as it is. */
    readonly find: (hash: SecretHash) => Effect.Effect<Option.Option<SessionRecord>, StorageError>

    /** Ends a session for good. */
    readonly end: (
      hash: SecretHash,
      now: number
    ) => Effect.Effect<"Ended" | "AlreadyEnded" | "Unknown", StorageError>

    /**
     * Ends every session of a resource owner in one step, and says how many that
     * were. No client is told: `Logout.endAllSessions` does both.
     */
    readonly endAll: (subject: string, now: number) => Effect.Effect<number, StorageError>

    /** Reads the sessions of a resource owner, in no order; those that have expired or ended too. */
    readonly sessionsOf: (subject: string) => Effect.Effect<ReadonlyArray<SessionRecord>, StorageError>

    /** Remembers a consent, in place of an earlier one for the same client. */
    readonly remember: (consent: Consent) => Effect.Effect<void, StorageError>

    readonly findConsent: (
      subject: string,
      clientId: ClientId
    ) => Effect.Effect<Option.Option<Consent>, StorageError>

    /** Reads what a resource owner has consented to, in no order: one consent for each client. */
    readonly consentsOf: (subject: string) => Effect.Effect<ReadonlyArray<Consent>, StorageError>

    readonly forget: (
      subject: string,
      clientId: ClientId
    ) => Effect.Effect<"Forgotten" | "Unknown", StorageError>

    /** Deletes expired sessions. Consents have no expiry, and are never swept. */
    readonly sweep: (request: SweepRequest) => Effect.Effect<Swept, StorageError>
  }
>()("effect-oauth/storage/SessionStore") {}
