/**
 * Signing keys and their schedule: published before a key signs (`next`), while
 * it signs (`active`), and until the last token that it signed has expired
 * (`retiring`).
 *
 * Times are milliseconds since the epoch and come from the caller.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { StorageError } from "./StorageError.ts"
import type { SweepRequest, Swept } from "./Swept.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface SigningKey {
  /** The `kid` (RFC 7517 §4.5). */
  readonly id: string
  /** The `alg` that it signs with (RFC 7518 §3.1). */
  readonly algorithm: string
  /** The public JWK, as JSON. */
  readonly publicKey: string
  /** The private key, sealed by whoever made it: a store never sees it in clear. */
  readonly sealedPrivateKey: string
  readonly createdAt: number
  /** From when on it signs; until then it is only published. */
  readonly activeAt: number
  /** From when on another one signs. */
  readonly retiresAt: number
  /** Until when it is published. */
  readonly expiresAt: number
}

/**
 * @category services
 * @since 0.1.0
 */
export class KeyStore extends Context.Service<
  KeyStore,
  {
    /** All keys that have not expired, the oldest first. */
    readonly list: (now: number) => Effect.Effect<ReadonlyArray<SigningKey>, StorageError>

    /**
     * Adds a key as the successor of another (of none, for the first of its
     * algorithm). Of several processes that rotate at the same moment one gets
     * `Added`; for the others it is `Superseded`, and they should `list` again.
     */
    readonly add: (
      key: SigningKey,
      after: string | undefined
    ) => Effect.Effect<"Added" | "Superseded", StorageError>

    /** Deletes expired keys. */
    readonly sweep: (request: SweepRequest) => Effect.Effect<Swept, StorageError>
  }
>()("effect-oauth/storage/KeyStore") {}
