/**
 * What a person who watches over the server wants to know, as typed events. They
 * hold identifiers, never a secret.
 *
 * The default writes them to Effect's logger: alarms as warnings, the everyday
 * at debug level. A `Context.Reference`: a Layer sends them elsewhere.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/**
 * @category models
 * @since 0.1.0
 */
export type AuditEvent =
  | {
      readonly _tag: "TokensIssued"
      readonly clientId: string
      readonly grantId: string
      readonly subject: string | undefined
      readonly scope: string
    }
  | { readonly _tag: "TokenRevoked"; readonly clientId: string; readonly grantId: string }
  | { readonly _tag: "SignedIn"; readonly subject: string }
  | {
      readonly _tag: "ConsentGiven"
      readonly clientId: string
      readonly subject: string
      readonly scope: string
    }
  | { readonly _tag: "ConsentDenied"; readonly clientId: string }
  /** A signing key was made; it signs from `activeAt` on, in milliseconds since the epoch. */
  | {
      readonly _tag: "SigningKeyAdded"
      readonly kid: string
      readonly algorithm: string
      readonly activeAt: number
    }
  /** A code came twice; its grant is revoked (RFC 6749 §4.1.2). */
  | { readonly _tag: "CodeReplayed"; readonly clientId: string; readonly grantId: string }
  /** A refresh token came back after it was replaced; its grant is revoked (RFC 9700 §4.14.2). */
  | { readonly _tag: "RefreshTokenReused"; readonly clientId: string; readonly grantId: string }
  | {
      readonly _tag: "ClientAuthenticationFailed"
      /** As the request claimed. */
      readonly clientId: string
      readonly remoteAddress: string | undefined
    }
  | { readonly _tag: "SignInFailed"; readonly remoteAddress: string | undefined }

/**
 * @category models
 * @since 0.1.0
 */
export interface Service {
  readonly record: (event: AuditEvent) => Effect.Effect<void>
}

const alarms: ReadonlySet<AuditEvent["_tag"]> = new Set([
  "CodeReplayed",
  "RefreshTokenReused",
  "ClientAuthenticationFailed",
  "SignInFailed"
])

/**
 * @category references
 * @since 0.1.0
 */
export const AuditLog = Context.Reference<Service>("effect-oauth/services/AuditLog", {
  defaultValue: () => ({
    record: ({ _tag, ...facts }) =>
      alarms.has(_tag)
        ? Effect.logWarning(_tag).pipe(Effect.annotateLogs(facts))
        : Effect.logDebug(_tag).pipe(Effect.annotateLogs(facts))
  })
})

/**
 * Records an event.
 *
 * @category recording
 * @since 0.1.0
 */
export const record = (event: AuditEvent): Effect.Effect<void> =>
  Effect.flatMap(AuditLog, (log) => log.record(event))
