/**
 * By which identifier a client knows a person. The default is the one that the
 * application gave (`Identity.subject`), the same for every client; an extension
 * may give each client one of its own, by which it cannot compare notes with
 * others (OpenID Connect Core §8).
 *
 * A `Context.Reference`: a Layer replaces it.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type { Client } from "../protocol/Client.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /** What `sub` says to this client of the person with this subject. Always the same. */
  readonly subjectFor: (client: Client, subject: string) => string
}

/**
 * @category references
 * @since 0.1.0
 */
export const SubjectIdentifiers = Context.Reference<Service>("effect-oauth/services/SubjectIdentifiers", {
  defaultValue: () => ({ subjectFor: (_, subject) => subject })
})
