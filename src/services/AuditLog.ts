/**
 * What a person who watches over the server wants to know, as typed events. They
 * hold identifiers, never a secret.
 *
 * The default writes them to Effect's logger: alarms as warnings, the everyday
 * at debug level. Of what anybody can bring about as often as they like (wrong
 * secrets, wrong passwords) it writes ten a second and says how many it left out,
 * so that a bot does not fill the disk. A `Context.Reference`: a Layer sends all
 * of them elsewhere.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"

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
  /** A person withdrew what they had allowed; all grants of it are revoked. */
  | { readonly _tag: "ConsentRevoked"; readonly clientId: string; readonly subject: string }
  | { readonly _tag: "SignedOut"; readonly subject: string }
  /** A client could not be told that a session has ended, however often it was tried. */
  | { readonly _tag: "LogoutNotDelivered"; readonly clientId: string; readonly sid: string }
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
  /** A password that was not even looked at, after too many (`AttemptLimit`). */
  | {
      readonly _tag: "AttemptRefused"
      readonly at: "sign-in" | "password-grant"
      readonly remoteAddress: string | undefined
    }

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
  "SignInFailed",
  "AttemptRefused",
  "LogoutNotDelivered"
])

// What a stranger can bring about, and a stolen credential is not needed for.
const cheap: ReadonlySet<AuditEvent["_tag"]> = new Set([
  "ClientAuthenticationFailed",
  "SignInFailed",
  "AttemptRefused"
])

const logger = (): Service => {
  const turn = tenASecond()
  return {
    record: (event) =>
      Effect.withFiber((fiber) => {
        const level = alarms.has(event._tag) ? "Warn" : "Debug"
        if (LogLevel.isGreaterThan(fiber.cache.minimumLogLevel, level)) return Effect.void
        const { _tag, ...facts } = event
        if (!cheap.has(_tag)) return log(level, _tag, facts)
        const leftOut = turn(fiber.getRef(Clock.Clock).currentTimeMillisUnsafe())
        if (leftOut === undefined) return Effect.void
        return log(level, _tag, leftOut === 0 ? facts : { ...facts, leftOut })
      })
  }
}

const log = (level: "Warn" | "Debug", tag: string, facts: object) =>
  Effect.annotateLogs(Effect.logWithLevel(level)(tag), { ...facts })

// Whether an event may be written now, and how many were not since the last one
// that was.
const tenASecond = (): ((now: number) => number | undefined) => {
  let second = 0
  let written = 0
  let leftOut = 0
  return (now) => {
    const current = Math.floor(now / 1000)
    if (current !== second) {
      second = current
      written = 0
    }
    if (written === 10) {
      leftOut++
      return undefined
    }
    written++
    const since = leftOut
    leftOut = 0
    return since
  }
}

/**
 * @category references
 * @since 0.1.0
 */
export const AuditLog = Context.Reference<Service>("effect-oauth/services/AuditLog", {
  defaultValue: logger
})

/**
 * Records an event.
 *
 * @category recording
 * @since 0.1.0
 */
export const record = (event: AuditEvent): Effect.Effect<void> => AuditLog.use((log) => log.record(event))
