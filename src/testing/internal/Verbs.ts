/**
 * Every verb of the five stores, with something around it.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ClientStore } from "../../storage/ClientStore.ts"
import { FlowStore } from "../../storage/FlowStore.ts"
import { GrantStore } from "../../storage/GrantStore.ts"
import { KeyStore } from "../../storage/KeyStore.ts"
import { SessionStore } from "../../storage/SessionStore.ts"
import type { Storage } from "../../storage/Storage.ts"
import type { StorageError } from "../../storage/StorageError.ts"

/** A verb by its name, as in `StorageError.operation`. */
export type Verb =
  | `ClientStore.${keyof ClientStore["Service"]}`
  | `GrantStore.${keyof GrantStore["Service"]}`
  | `FlowStore.${keyof FlowStore["Service"]}`
  | `SessionStore.${keyof SessionStore["Service"]}`
  | `KeyStore.${keyof KeyStore["Service"]}`

/** What a verb is asked with, and the verb itself. */
export type Around = <A>(
  verb: Verb,
  asked: ReadonlyArray<unknown>,
  run: Effect.Effect<A, StorageError>
) => Effect.Effect<A, StorageError>

/** The stores below, with something around each verb. */
export const layer = (around: Around): Layer.Layer<Storage, never, Storage> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const clients = yield* ClientStore
      const grants = yield* GrantStore
      const flows = yield* FlowStore
      const sessions = yield* SessionStore
      const keys = yield* KeyStore
      return Context.empty().pipe(
        Context.add(ClientStore, aroundClients(around, clients)),
        Context.add(GrantStore, aroundGrants(around, grants)),
        Context.add(FlowStore, aroundFlows(around, flows)),
        Context.add(SessionStore, aroundSessions(around, sessions)),
        Context.add(KeyStore, aroundKeys(around, keys))
      )
    })
  )

const aroundClients = (around: Around, store: ClientStore["Service"]): ClientStore["Service"] => ({
  find: (id) => around("ClientStore.find", [id], store.find(id)),
  put: (client) => around("ClientStore.put", [client], store.put(client)),
  remove: (id) => around("ClientStore.remove", [id], store.remove(id))
})

const aroundGrants = (around: Around, store: GrantStore["Service"]): GrantStore["Service"] => ({
  authorize: (grant, issue) => around("GrantStore.authorize", [grant, issue], store.authorize(grant, issue)),
  findCode: (hash) => around("GrantStore.findCode", [hash], store.findCode(hash)),
  redeemCode: (request) => around("GrantStore.redeemCode", [request], store.redeemCode(request)),
  findRefreshFamily: (id) => around("GrantStore.findRefreshFamily", [id], store.findRefreshFamily(id)),
  rotate: (request) => around("GrantStore.rotate", [request], store.rotate(request)),
  findAccessToken: (hash) => around("GrantStore.findAccessToken", [hash], store.findAccessToken(hash)),
  revoke: (target, now) => around("GrantStore.revoke", [target, now], store.revoke(target, now)),
  grantsOfSubject: (subject, page) =>
    around("GrantStore.grantsOfSubject", [subject, page], store.grantsOfSubject(subject, page)),
  grantsOfClient: (id, page) =>
    around("GrantStore.grantsOfClient", [id, page], store.grantsOfClient(id, page)),
  sweep: (request) => around("GrantStore.sweep", [request], store.sweep(request))
})

const aroundFlows = (around: Around, store: FlowStore["Service"]): FlowStore["Service"] => ({
  create: (flow, now) => around("FlowStore.create", [flow, now], store.create(flow, now)),
  find: (key, now) => around("FlowStore.find", [key, now], store.find(key, now)),
  replace: (key, change) => around("FlowStore.replace", [key, change], store.replace(key, change)),
  consume: (key, now) => around("FlowStore.consume", [key, now], store.consume(key, now)),
  claim: (request) => around("FlowStore.claim", [request], store.claim(request)),
  sweep: (request) => around("FlowStore.sweep", [request], store.sweep(request))
})

const aroundSessions = (around: Around, store: SessionStore["Service"]): SessionStore["Service"] => ({
  start: (session) => around("SessionStore.start", [session], store.start(session)),
  find: (hash) => around("SessionStore.find", [hash], store.find(hash)),
  end: (hash, now) => around("SessionStore.end", [hash, now], store.end(hash, now)),
  endAll: (subject, now) => around("SessionStore.endAll", [subject, now], store.endAll(subject, now)),
  sessionsOf: (subject) => around("SessionStore.sessionsOf", [subject], store.sessionsOf(subject)),
  remember: (consent) => around("SessionStore.remember", [consent], store.remember(consent)),
  findConsent: (subject, id) =>
    around("SessionStore.findConsent", [subject, id], store.findConsent(subject, id)),
  consentsOf: (subject) => around("SessionStore.consentsOf", [subject], store.consentsOf(subject)),
  forget: (subject, id) => around("SessionStore.forget", [subject, id], store.forget(subject, id)),
  sweep: (request) => around("SessionStore.sweep", [request], store.sweep(request))
})

const aroundKeys = (around: Around, store: KeyStore["Service"]): KeyStore["Service"] => ({
  list: (now) => around("KeyStore.list", [now], store.list(now)),
  add: (key, after) => around("KeyStore.add", [key, after], store.add(key, after)),
  sweep: (request) => around("KeyStore.sweep", [request], store.sweep(request))
})
