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
import type { Claims } from "../protocol/Jwt.ts"
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
 * What a client may know of a person, and asks for.
 *
 * @category models
 * @since 0.1.0
 */
export interface RequestedClaims {
  /** The names of claims (OpenID Connect Core §5.1). Whatever else is told goes no further. */
  readonly names: ReadonlyArray<string>
  /**
   * The languages that the client prefers, the best first (BCP 47). A claim in a
   * language may be told as `name#language` (OpenID Connect Core §5.2).
   */
  readonly locales: ReadonlyArray<string>
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

    /**
     * What is known of a person, by the names of claims; `None` if they are gone.
     * Only OpenID Connect asks for it; without it clients learn who somebody is,
     * and nothing of them.
     */
    readonly claims?: (
      subject: string,
      requested: RequestedClaims
    ) => Effect.Effect<Option.Option<Claims>, StorageError>
  }
>()("effect-oauth/services/ResourceOwner") {}
