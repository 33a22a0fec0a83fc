/**
 * The people of the application: the one thing that the library cannot know. It
 * never sees how a password is kept.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { StorageError } from "../storage/StorageError.ts"

/**
 * Who somebody is.
 *
 * @category models
 * @since 0.1.0
 */
export interface Identity {
  /** Identifies the person for good, and is never given to another (`sub`). */
  readonly subject: string
  /** What the person calls themselves here; shown on pages and in introspection. */
  readonly username: string
}

/**
 * @category services
 * @since 0.1.0
 */
export class ResourceOwner extends Context.Service<
  ResourceOwner,
  {
    /**
     * Whose credentials these are; `None` if they are nobody's. It should take as
     * long for an unknown name as for a wrong password.
     */
    readonly authenticate: (credentials: {
      readonly username: string
      readonly password: Redacted.Redacted<string>
    }) => Effect.Effect<Option.Option<Identity>, StorageError>

    /** The person of a session that was begun earlier; `None` if they are gone. */
    readonly find: (subject: string) => Effect.Effect<Option.Option<Identity>, StorageError>
  }
>()("effect-oauth/services/ResourceOwner") {}
