/**
 * Ending a session of OpenID Connect: nobody gets an ID token in it any more, its
 * refresh tokens are revoked, and the clients that know of it are to be told
 * (OpenID Connect RP-Initiated Logout §2, Back-Channel Logout §2.3, §2.7).
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { ClientId } from "../protocol/Client.ts"
import { LoginRequired } from "../protocol/OAuthError.ts"
import * as Scope from "../protocol/Scope.ts"
import * as Secret from "../protocol/Secret.ts"
import * as AuditLog from "../services/AuditLog.ts"
import { type Granted, type ProtocolExtension, ProtocolExtensions } from "../services/ProtocolExtensions.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { ClientStore } from "../storage/ClientStore.ts"
import { type FlowKey, FlowStore } from "../storage/FlowStore.ts"
import { GrantStore } from "../storage/GrantStore.ts"
import * as GrantsOf from "../storage/GrantsOf.ts"
import { SessionStore } from "../storage/SessionStore.ts"
import { StorageError } from "../storage/StorageError.ts"
import * as Authentication from "./Authentication.ts"
import type { OpenIdProvider } from "./OpenIdProvider.ts"
import * as PendingLogoutToken from "./PendingLogoutToken.ts"
import * as SessionClients from "./SessionClients.ts"
import * as SessionId from "./SessionId.ts"

/**
 * A session, and whose it is.
 *
 * @category schemas
 * @since 0.1.0
 */
export const EndedSession = Schema.Struct({
  /** By what clients know it (`Approval.sessionId`). */
  sid: Schema.String,
  /** The person, as the application knows them. */
  subject: Schema.String,
  /** Where it is in the `SessionStore`, if it is there. */
  hash: Schema.optionalKey(Secret.SecretHash)
})

/**
 * @category models
 * @since 0.1.0
 */
export type EndedSession = typeof EndedSession.Type

/**
 * @category services
 * @since 0.1.0
 */
export class Logout extends Context.Service<
  Logout,
  {
    /**
     * Ends a session: it takes no more clients, its grants without `offline_access`
     * are revoked, and what `BackChannelLogout` has to tell is stored. Once it has
     * begun, it will be finished: by `resume`, if the process dies.
     */
    readonly endSession: (session: EndedSession) => Effect.Effect<void, StorageError>
    /**
     * The same for every session of a person, as after a change of the password:
     * all that are in the `SessionStore` end in one step, and so does every other
     * that a grant is of, which an `Interaction` of the application's own has made.
     */
    readonly endAllSessions: (subject: string) => Effect.Effect<void, StorageError>
    /** Finishes what processes have left unfinished. */
    readonly resume: Effect.Effect<void, StorageError>
  }
>()("effect-oauth/oidc/Logout") {}

/**
 * Notes which clients know of a session, and ends it. It stands on top of
 * `OpenIdConnect.layer`, and is provided where that is.
 *
 * The endpoint is the extension `logout` of `effect-oauth/http`, and
 * `BackChannelLogout.layer` tells the clients.
 *
 * @example
 * ```ts
 * import { Logout, OpenIdConnect } from "effect-oauth"
 * import { Layer } from "effect"
 *
 * const OpenId = Logout.layer.pipe(Layer.provideMerge(OpenIdConnect.layer()))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Logout, never, OpenIdProvider | Stores> = Layer.effectContext(
  Effect.gen(function* () {
    const stores = yield* Effect.map(
      Effect.context<OpenIdProvider | Stores>(),
      Context.pick(ClientStore, FlowStore, GrantStore, SessionStore)
    )
    const extension: ProtocolExtension = {
      name: "logout",
      validate: ({ scope }) => Effect.succeed({ scope, kept: undefined }),
      approve: () => Effect.undefined,
      granted: (granted) => Effect.provideContext(noteClient(granted), stores),
      tokenResponse: () => Effect.succeed({})
    }
    return Context.make(Logout, {
      endSession: (session) => Effect.provideContext(endSession(session), stores),
      endAllSessions: (subject) => Effect.provideContext(endAllSessions(subject), stores),
      resume: Effect.provideContext(resume, stores)
    }).pipe(Context.add(ProtocolExtensions, [...(yield* ProtocolExtensions), extension]))
  })
)

/**
 * What ending a session needs.
 *
 * @category models
 * @since 0.1.0
 */
export type Stores = ClientStore | FlowStore | GrantStore | SessionStore

// A session that has ended meanwhile is noticed here, or notices the grant.
const noteClient = Effect.fnUntraced(function* ({ client, grant }: Granted) {
  const authentication = yield* Authentication.of(grant)
  if (authentication?.sid === undefined) return
  const { lifetimes } = yield* ServerConfig
  const outcome = yield* SessionClients.note(authentication.sid, client.clientId, lifetimes.session)
  if (outcome === "Ended") return yield* new LoginRequired({ description: "The session has ended" })
})

// What has been begun, and is to be finished.
const AllSessions = Schema.TaggedStruct("AllSessions", { subject: Schema.String, begunAt: Schema.Int })
const Work = Schema.Union([Schema.TaggedStruct("Session", EndedSession.fields), AllSessions])

type AllSessions = typeof AllSessions.Type
type Work = typeof Work.Type

const WorkJson = Schema.fromJsonString(Work)
const encode = Schema.encodeSync(WorkJson)
const decode = Schema.decodeEffect(WorkJson)

const kind = "logout"
/** Within it a logout is finished, by one process or another. */
const lifetime = Duration.days(1)
/** When a process has surely died that has not finished by then. */
const patience = Duration.minutes(1)

const keyOf = (work: Work): FlowKey => ({
  kind,
  key: Secret.hash(
    Redacted.make(
      work._tag === "Session" ? work.sid : JSON.stringify(["all sessions", work.subject, work.begunAt])
    )
  )
})

const endSession = (session: EndedSession) => begin({ _tag: "Session", ...session })

const endAllSessions = Effect.fnUntraced(function* (subject: string) {
  yield* begin({ _tag: "AllSessions", subject, begunAt: yield* Clock.currentTimeMillis })
})

const begin = Effect.fnUntraced(function* (work: Work) {
  const flows = yield* FlowStore
  const now = yield* Clock.currentTimeMillis
  yield* flows.create(
    {
      ...keyOf(work),
      value: encode(work),
      expiresAt: now + Duration.toMillis(lifetime),
      dueAt: now + Duration.toMillis(patience)
    },
    now
  )
  yield* carryOut(work)
  yield* AuditLog.record({ _tag: "SignedOut", subject: work.subject })
})

const resume = Effect.gen(function* () {
  const flows = yield* FlowStore
  const now = yield* Clock.currentTimeMillis
  const until = now + Duration.toMillis(patience)
  const unfinished = yield* flows.claim({ kind, now, until, limit: 100 })
  yield* Effect.forEach(
    unfinished,
    ({ value }) =>
      decode(value).pipe(
        Effect.mapError((cause) => new StorageError({ operation: "Logout.decode", cause })),
        Effect.flatMap(carryOut)
      ),
    { discard: true }
  )
})

// Each step may be repeated, and none leaves out what an earlier try has not done.
const carryOut = Effect.fnUntraced(function* (work: Work) {
  const flows = yield* FlowStore
  const { subject } = work
  const sids = yield* work._tag === "Session" ? endOne(work) : endEvery(work)
  const clientsOf = yield* Effect.forEach(sids, (sid) =>
    Effect.map(SessionClients.end(sid, lifetime), (clients) => ({ clients, sid }))
  )
  yield* revokeGrants(new Set(sids), subject)
  for (const { clients, sid } of clientsOf) {
    yield* Effect.forEach(clients, (clientId) => tellLater(clientId, { sid, subject }), { discard: true })
  }
  yield* flows.consume(keyOf(work), yield* Clock.currentTimeMillis)
})

const endOne = Effect.fnUntraced(function* ({ hash, sid }: EndedSession) {
  const sessions = yield* SessionStore
  if (hash !== undefined) yield* sessions.end(hash, yield* Clock.currentTimeMillis)
  return [sid]
})

// Those that had ended before are among them: their clients are told once anyway.
const endEvery = Effect.fnUntraced(function* ({ begunAt, subject }: AllSessions) {
  const sessions = yield* SessionStore
  yield* sessions.endAll(subject, yield* Clock.currentTimeMillis)
  const ended = (yield* sessions.sessionsOf(subject)).filter(({ endedAt }) => endedAt !== undefined)
  const sids = ended.map(({ hash }) => SessionId.of(hash))
  return Array.from(new Set([...sids, ...(yield* sessionsOfGrants(subject, begunAt))]))
})

// Whoever has signed in again by now stays so.
const sessionsOfGrants = Effect.fnUntraced(function* (subject: string, before: number) {
  const authentications = yield* GrantsOf.subject(subject).pipe(
    Stream.filter(({ authenticatedAt, createdAt }) => (authenticatedAt ?? createdAt) < before),
    Stream.mapEffect((grant) => Authentication.of(grant)),
    Stream.runCollect
  )
  return authentications.flatMap((authentication) => authentication?.sid ?? [])
})

// Back-Channel Logout §2.7: refresh tokens without offline_access "SHOULD be revoked"
const revokeGrants = Effect.fnUntraced(function* (sids: ReadonlySet<string>, subject: string) {
  const grants = yield* GrantStore
  const now = yield* Clock.currentTimeMillis
  yield* Stream.runForEach(GrantsOf.subject(subject), (grant) =>
    Effect.gen(function* () {
      if (grant.revokedAt !== undefined || Scope.has(grant.scope, "offline_access")) return
      const authentication = yield* Authentication.of(grant)
      if (authentication?.sid !== undefined && sids.has(authentication.sid))
        yield* grants.revoke({ _tag: "Grant", id: grant.id }, now)
    })
  )
})

const tellLater = Effect.fnUntraced(function* (
  clientId: ClientId,
  session: { readonly sid: string; readonly subject: string }
) {
  const clients = yield* ClientStore
  const client = Option.getOrUndefined(yield* clients.find(clientId))
  if (client?.backchannelLogoutUri === undefined) return
  yield* PendingLogoutToken.store({ ...session, clientId, attempt: 0 }, Duration.zero)
})
