/**
 * What people have allowed clients: for them to see, and to take back.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ClientId } from "../protocol/Client.ts"
import * as Scope from "../protocol/Scope.ts"
import { GrantStore } from "../storage/GrantStore.ts"
import * as GrantsOf from "../storage/GrantsOf.ts"
import { SessionStore } from "../storage/SessionStore.ts"
import type { StorageError } from "../storage/StorageError.ts"
import * as AuditLog from "./AuditLog.ts"

/**
 * What a person allows a client.
 *
 * @category models
 * @since 0.1.0
 */
export interface AllowedClient {
  readonly clientId: ClientId
  /** All that the client was allowed, in one consent or several. */
  readonly scope: Scope.Scope
  /** When it was allowed last, in milliseconds since the epoch. */
  readonly grantedAt: number
}

/**
 * The clients that a person allows anything, be it that a consent is remembered or
 * that a grant stands. One whose grants have expired is told until they are swept.
 *
 * Fails with `StorageError`.
 *
 * @example
 * ```ts
 * import { Consents } from "effect-oauth"
 * import { Effect } from "effect"
 *
 * const names = Effect.map(Consents.list("u-1"), (clients) => clients.map(({ clientId }) => clientId))
 * ```
 *
 * @category programs
 * @since 0.1.0
 */
export const list: (
  subject: string
) => Effect.Effect<ReadonlyArray<AllowedClient>, StorageError, SessionStore | GrantStore> = Effect.fn(
  "Consents.list"
)(function* (subject) {
  const sessions = yield* SessionStore
  const byClient = new Map<ClientId, AllowedClient>()
  const add = (clientId: ClientId, scope: Scope.Scope, grantedAt: number) => {
    const known = byClient.get(clientId)
    byClient.set(clientId, {
      clientId,
      scope: known === undefined ? scope : union(known.scope, scope),
      grantedAt: Math.max(known?.grantedAt ?? 0, grantedAt)
    })
  }
  for (const { clientId, grantedAt, scope } of yield* sessions.consentsOf(subject)) {
    add(clientId, scope, grantedAt)
  }
  yield* Stream.runForEach(standing(subject), ({ clientId, createdAt, scope }) =>
    Effect.sync(() => add(clientId, scope, createdAt))
  )
  return Array.from(byClient.values()).sort((self, that) => that.grantedAt - self.grantedAt)
})

const union = (self: Scope.Scope, that: Scope.Scope): Scope.Scope =>
  Scope.fromTokens(Array.from(new Set([...Scope.tokens(self), ...Scope.tokens(that)])))

/**
 * Takes back all that a person allows a client: the consent is forgotten, and every
 * grant is revoked, with the codes, access tokens and refresh tokens under it.
 *
 * A grant that is being made in this moment either is revoked too, or was made
 * with the person's being asked again: what is answered from a remembered consent
 * looks for that consent once more when its grant is stored.
 *
 * Fails with `StorageError`; what was not revoked by then is so the next time.
 *
 * @category programs
 * @since 0.1.0
 */
export const revoke: (
  subject: string,
  clientId: ClientId
) => Effect.Effect<"Revoked" | "Unknown", StorageError, SessionStore | GrantStore> = Effect.fn(
  "Consents.revoke"
)(function* (subject, clientId) {
  const sessions = yield* SessionStore
  const grants = yield* GrantStore
  const now = yield* Clock.currentTimeMillis
  // First, so that whoever comes later finds nothing to go on.
  const forgotten = yield* sessions.forget(subject, clientId)
  const ofClient = Stream.filter(standing(subject), (grant) => grant.clientId === clientId)
  const revoked = yield* Stream.runFoldEffect(
    ofClient,
    () => 0,
    (count, { id }) => Effect.as(grants.revoke({ _tag: "Grant", id }, now), count + 1)
  )
  if (forgotten === "Unknown" && revoked === 0) return "Unknown"
  yield* AuditLog.record({ _tag: "ConsentRevoked", clientId, subject })
  return "Revoked"
})

const standing = (subject: string) =>
  Stream.filter(GrantsOf.subject(subject), ({ revokedAt }) => revokedAt === undefined)
