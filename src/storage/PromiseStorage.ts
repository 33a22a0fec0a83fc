/**
 * Stores for those who know no Effect: the same verbs as `async` functions over
 * plain data. What they must do stands in the contracts (`ClientStore`,
 * `GrantStore`, `FlowStore`, `SessionStore`, `KeyStore`); `StorageLaws` says
 * whether they do.
 *
 * A rejected promise means that the store cannot answer now. What a store gives
 * back is checked as it comes; something that does not fit is a `StorageError`
 * that says what.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Client from "../protocol/Client.ts"
import { ClientStore } from "./ClientStore.ts"
import { type ClaimFlows, type Flow, type FlowKey, FlowStore } from "./FlowStore.ts"
import {
  AtomicRotation,
  type AuthorizationCode,
  atomicRotation,
  type Grant,
  GrantStore,
  type Issue,
  type Page,
  type RedeemCode,
  type RevokeTarget,
  type Rotate
} from "./GrantStore.ts"
import * as Records from "./internal/Records.ts"
import { KeyStore, type SigningKey } from "./KeyStore.ts"
import { type Consent, type Session, SessionStore } from "./SessionStore.ts"
import { StorageError } from "./StorageError.ts"
import type { SweepRequest } from "./Swept.ts"

type Plain<S extends { readonly Encoded: unknown }> = S["Encoded"]

type PlainSwept = Plain<typeof Records.Swept>

/**
 * @category models
 * @since 0.1.0
 */
export interface PromiseClientStore {
  readonly find: (id: string) => Promise<Client.Metadata | undefined>
  readonly put: (client: Client.Metadata) => Promise<void>
  readonly remove: (id: string) => Promise<"Removed" | "Unknown">
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PromiseGrantStore {
  readonly authorize: (grant: Grant, issue: Issue & { readonly code?: AuthorizationCode }) => Promise<void>
  readonly findCode: (hash: string) => Promise<Plain<typeof Records.CodeRecord> | undefined>
  readonly redeemCode: (request: RedeemCode) => Promise<Plain<typeof Records.RedeemOutcome>>
  readonly findRefreshFamily: (id: string) => Promise<Plain<typeof Records.RefreshFamilyRecord> | undefined>
  readonly rotate: (request: Rotate) => Promise<Plain<typeof Records.RotateOutcome>>
  readonly findAccessToken: (hash: string) => Promise<Plain<typeof Records.AccessTokenRecord> | undefined>
  readonly revoke: (target: RevokeTarget, now: number) => Promise<Plain<typeof Records.RevokeOutcome>>
  readonly grantsOfSubject: (
    subject: string,
    page: Page
  ) => Promise<ReadonlyArray<Plain<typeof Records.GrantStatus>>>
  readonly grantsOfClient: (
    clientId: string,
    page: Page
  ) => Promise<ReadonlyArray<Plain<typeof Records.GrantStatus>>>
  readonly sweep: (request: SweepRequest) => Promise<PlainSwept>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PromiseFlowStore {
  readonly create: (flow: Flow, now: number) => Promise<"Created" | "Taken">
  readonly find: (key: FlowKey, now: number) => Promise<Plain<typeof Records.FindFlowOutcome>>
  readonly replace: (
    key: FlowKey,
    change: { readonly from: string; readonly to: string; readonly now: number }
  ) => Promise<Plain<typeof Records.ReplaceFlowOutcome>>
  readonly consume: (key: FlowKey, now: number) => Promise<Plain<typeof Records.ConsumeFlowOutcome>>
  readonly claim: (request: ClaimFlows) => Promise<ReadonlyArray<Plain<typeof Records.ClaimedFlow>>>
  readonly sweep: (request: SweepRequest) => Promise<PlainSwept>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PromiseSessionStore {
  readonly start: (session: Session) => Promise<void>
  readonly find: (hash: string) => Promise<Plain<typeof Records.SessionRecord> | undefined>
  readonly end: (hash: string, now: number) => Promise<"Ended" | "AlreadyEnded" | "Unknown">
  readonly endAll: (subject: string, now: number) => Promise<number>
  readonly sessionsOf: (subject: string) => Promise<ReadonlyArray<Plain<typeof Records.SessionRecord>>>
  readonly remember: (consent: Consent) => Promise<void>
  readonly findConsent: (
    subject: string,
    clientId: string
  ) => Promise<Plain<typeof Records.Consent> | undefined>
  readonly consentsOf: (subject: string) => Promise<ReadonlyArray<Plain<typeof Records.Consent>>>
  readonly forget: (subject: string, clientId: string) => Promise<"Forgotten" | "Unknown">
  readonly sweep: (request: SweepRequest) => Promise<PlainSwept>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PromiseKeyStore {
  readonly list: (now: number) => Promise<ReadonlyArray<Plain<typeof Records.SigningKey>>>
  readonly add: (key: SigningKey, after: string | undefined) => Promise<"Added" | "Superseded">
  readonly sweep: (request: SweepRequest) => Promise<PlainSwept>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PromiseStorage {
  readonly clients: PromiseClientStore
  readonly grants: PromiseGrantStore
  readonly flows: PromiseFlowStore
  readonly sessions: PromiseSessionStore
  readonly keys: PromiseKeyStore
}

type Stores = ClientStore | GrantStore | FlowStore | SessionStore | KeyStore

/**
 * The five stores as a Layer. Only stores that say `rotatesAtomically: true` can
 * be given to a server that rotates refresh tokens; without it, choose a weaker
 * policy by name (`Legacy.fixedRefreshToken`).
 *
 * @category layers
 * @since 0.1.0
 */
export const fromPromises: {
  (storage: PromiseStorage & { readonly rotatesAtomically: true }): Layer.Layer<Stores | AtomicRotation>
  (storage: PromiseStorage): Layer.Layer<Stores>
} = (storage: PromiseStorage): Layer.Layer<Stores | AtomicRotation> =>
  Layer.mergeAll(
    Layer.succeed(ClientStore, clientStore(storage.clients)),
    Layer.succeed(GrantStore, grantStore(storage.grants)),
    Layer.succeed(AtomicRotation, atomicRotation),
    Layer.succeed(FlowStore, flowStore(storage.flows)),
    Layer.succeed(SessionStore, sessionStore(storage.sessions)),
    Layer.succeed(KeyStore, keyStore(storage.keys))
  )

const clientStore = (clients: PromiseClientStore): ClientStore["Service"] => {
  const client = optional("ClientStore.find", Client.Client)
  const encode = Schema.encodeEffect(Client.Client)
  return {
    find: (id) => client(() => clients.find(id)),
    put: (client) =>
      encode(client).pipe(
        Effect.mapError((cause) => new StorageError({ operation: "ClientStore.put", cause })),
        Effect.flatMap((metadata) => ask("ClientStore.put", () => clients.put(metadata)))
      ),
    remove: (id) => ask("ClientStore.remove", () => clients.remove(id))
  }
}

const grantStore = (grants: PromiseGrantStore): GrantStore["Service"] => {
  const code = optional("GrantStore.findCode", Records.CodeRecord)
  const redeemed = checked("GrantStore.redeemCode", Records.RedeemOutcome)
  const family = optional("GrantStore.findRefreshFamily", Records.RefreshFamilyRecord)
  const rotated = checked("GrantStore.rotate", Records.RotateOutcome)
  const accessToken = optional("GrantStore.findAccessToken", Records.AccessTokenRecord)
  const revoked = checked("GrantStore.revoke", Records.RevokeOutcome)
  const ofSubject = checked("GrantStore.grantsOfSubject", Schema.Array(Records.GrantStatus))
  const ofClient = checked("GrantStore.grantsOfClient", Schema.Array(Records.GrantStatus))
  const swept = checked("GrantStore.sweep", Records.Swept)
  return {
    authorize: (grant, issue) => ask("GrantStore.authorize", () => grants.authorize(grant, issue)),
    findCode: (hash) => code(() => grants.findCode(hash)),
    redeemCode: (request) => redeemed(() => grants.redeemCode(request)),
    findRefreshFamily: (id) => family(() => grants.findRefreshFamily(id)),
    rotate: (request) => rotated(() => grants.rotate(request)),
    findAccessToken: (hash) => accessToken(() => grants.findAccessToken(hash)),
    revoke: (target, now) => revoked(() => grants.revoke(target, now)),
    grantsOfSubject: (subject, page) => ofSubject(() => grants.grantsOfSubject(subject, page)),
    grantsOfClient: (clientId, page) => ofClient(() => grants.grantsOfClient(clientId, page)),
    sweep: (request) => swept(() => grants.sweep(request))
  }
}

const flowStore = (flows: PromiseFlowStore): FlowStore["Service"] => {
  const found = checked("FlowStore.find", Records.FindFlowOutcome)
  const replaced = checked("FlowStore.replace", Records.ReplaceFlowOutcome)
  const consumed = checked("FlowStore.consume", Records.ConsumeFlowOutcome)
  const claimed = checked("FlowStore.claim", Schema.Array(Records.ClaimedFlow))
  const swept = checked("FlowStore.sweep", Records.Swept)
  return {
    create: (flow, now) => ask("FlowStore.create", () => flows.create(flow, now)),
    find: (key, now) => found(() => flows.find(key, now)),
    replace: (key, change) => replaced(() => flows.replace(key, change)),
    consume: (key, now) => consumed(() => flows.consume(key, now)),
    claim: (request) => claimed(() => flows.claim(request)),
    sweep: (request) => swept(() => flows.sweep(request))
  }
}

const sessionStore = (sessions: PromiseSessionStore): SessionStore["Service"] => {
  const session = optional("SessionStore.find", Records.SessionRecord)
  const ofSubject = checked("SessionStore.sessionsOf", Schema.Array(Records.SessionRecord))
  const consent = optional("SessionStore.findConsent", Records.Consent)
  const consents = checked("SessionStore.consentsOf", Schema.Array(Records.Consent))
  const swept = checked("SessionStore.sweep", Records.Swept)
  return {
    start: (session) => ask("SessionStore.start", () => sessions.start(session)),
    find: (hash) => session(() => sessions.find(hash)),
    end: (hash, now) => ask("SessionStore.end", () => sessions.end(hash, now)),
    endAll: (subject, now) => ask("SessionStore.endAll", () => sessions.endAll(subject, now)),
    sessionsOf: (subject) => ofSubject(() => sessions.sessionsOf(subject)),
    remember: (consent) => ask("SessionStore.remember", () => sessions.remember(consent)),
    findConsent: (subject, clientId) => consent(() => sessions.findConsent(subject, clientId)),
    consentsOf: (subject) => consents(() => sessions.consentsOf(subject)),
    forget: (subject, clientId) => ask("SessionStore.forget", () => sessions.forget(subject, clientId)),
    sweep: (request) => swept(() => sessions.sweep(request))
  }
}

const keyStore = (keys: PromiseKeyStore): KeyStore["Service"] => {
  const listed = checked("KeyStore.list", Schema.Array(Records.SigningKey))
  const swept = checked("KeyStore.sweep", Records.Swept)
  return {
    list: (now) => listed(() => keys.list(now)),
    add: (key, after) => ask("KeyStore.add", () => keys.add(key, after)),
    sweep: (request) => swept(() => keys.sweep(request))
  }
}

const ask = <A>(operation: string, question: () => Promise<A>): Effect.Effect<A, StorageError> =>
  Effect.tryPromise({ try: question, catch: (cause) => new StorageError({ operation, cause }) })

const checked = <A>(operation: string, schema: Schema.ConstraintDecoder<A>) => {
  const decode = Schema.decodeUnknownEffect(schema)
  return (question: () => Promise<unknown>): Effect.Effect<A, StorageError> =>
    Effect.flatMap(ask(operation, question), (answer) =>
      Effect.mapError(decode(answer), (cause) => new StorageError({ operation, cause }))
    )
}

const optional = <A>(operation: string, schema: Schema.ConstraintDecoder<A>) => {
  const answer = checked(operation, schema)
  return (question: () => Promise<unknown>): Effect.Effect<Option.Option<A>, StorageError> =>
    Effect.flatMap(ask(operation, question), (found) =>
      found === undefined ? Effect.succeedNone : Effect.asSome(answer(() => Promise.resolve(found)))
    )
}
