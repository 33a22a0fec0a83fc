/** Stores written with `async` functions, as somebody who knows no Effect would see them: memory behind promises. */

import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import {
  Client,
  ClientStore,
  FlowStore,
  GrantStore,
  KeyStore,
  Secret,
  SessionStore,
  Storage
} from "effect-oauth"

const run = Effect.runPromise

const orUndefined = <A, E>(self: Effect.Effect<Option.Option<A>, E>) =>
  run(Effect.map(self, Option.getOrUndefined))

export const make = Effect.gen(function* () {
  const context = yield* Layer.build(Storage.layerMemory)
  const clients = Context.get(context, ClientStore.ClientStore)
  const grants = Context.get(context, GrantStore.GrantStore)
  const flows = Context.get(context, FlowStore.FlowStore)
  const sessions = Context.get(context, SessionStore.SessionStore)
  const keys = Context.get(context, KeyStore.KeyStore)
  const clientId = Schema.decodeSync(Client.ClientId)
  const secretHash = Schema.decodeSync(Secret.SecretHash)
  const storage: Storage.PromiseStorage = {
    clients: {
      find: async (id) => {
        const found = await run(clients.find(clientId(id)))
        return Option.isSome(found) ? Schema.encodeSync(Client.Client)(found.value) : undefined
      },
      put: async (metadata) => run(clients.put(Schema.decodeSync(Client.Client)(metadata))),
      remove: async (id) => run(clients.remove(clientId(id)))
    },
    grants: {
      authorize: (grant, issue) => run(grants.authorize(grant, issue)),
      findCode: (hash) => orUndefined(grants.findCode(secretHash(hash))),
      redeemCode: (request) => run(grants.redeemCode(request)),
      findRefreshFamily: (id) => orUndefined(grants.findRefreshFamily(GrantStore.FamilyId(id))),
      rotate: (request) => run(grants.rotate(request)),
      findAccessToken: (hash) => orUndefined(grants.findAccessToken(secretHash(hash))),
      revoke: (target, now) => run(grants.revoke(target, now)),
      grantsOfSubject: (subject, page) => run(grants.grantsOfSubject(subject, page)),
      grantsOfClient: (id, page) => run(grants.grantsOfClient(clientId(id), page)),
      sweep: (request) => run(grants.sweep(request))
    },
    flows: {
      create: (flow, now) => run(flows.create(flow, now)),
      find: (key, now) => run(flows.find(key, now)),
      replace: (key, change) => run(flows.replace(key, change)),
      consume: (key, now) => run(flows.consume(key, now)),
      claim: (request) => run(flows.claim(request)),
      sweep: (request) => run(flows.sweep(request))
    },
    sessions: {
      start: (session) => run(sessions.start(session)),
      find: (hash) => orUndefined(sessions.find(secretHash(hash))),
      end: (hash, now) => run(sessions.end(secretHash(hash), now)),
      endAll: (subject, now) => run(sessions.endAll(subject, now)),
      sessionsOf: (subject) => run(sessions.sessionsOf(subject)),
      remember: (consent) => run(sessions.remember(consent)),
      findConsent: (subject, id) => orUndefined(sessions.findConsent(subject, clientId(id))),
      consentsOf: (subject) => run(sessions.consentsOf(subject)),
      forget: (subject, id) => run(sessions.forget(subject, clientId(id))),
      sweep: (request) => run(sessions.sweep(request))
    },
    keys: {
      list: (now) => run(keys.list(now)),
      add: (key, after) => run(keys.add(key, after)),
      sweep: (request) => run(keys.sweep(request))
    }
  }
  return storage
})
