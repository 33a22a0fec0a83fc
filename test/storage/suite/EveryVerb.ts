/** Every verb that the stores have, once and by its name: one that is missing does not compile. */
import * as Effect from "effect/Effect"
import { ClientStore } from "../../../src/storage/ClientStore.ts"
import { FlowStore } from "../../../src/storage/FlowStore.ts"
import { FamilyId, GrantId, GrantStore } from "../../../src/storage/GrantStore.ts"
import { KeyStore } from "../../../src/storage/KeyStore.ts"
import { SessionStore } from "../../../src/storage/SessionStore.ts"
import type { Storage } from "../../../src/storage/Storage.ts"
import type { StorageError } from "../../../src/storage/StorageError.ts"
import type { Verb } from "../../../src/testing/internal/Verbs.ts"
import { client, clientId, code, day, grant, hash, key, minute, now, rotation } from "./Fixtures.ts"

type Verbs = Readonly<Record<Verb, Effect.Effect<unknown, StorageError>>>

const flow = { kind: "device", key: hash("flow"), value: "", expiresAt: now + minute }
const session = { hash: hash("session"), subject: "alice", authenticatedAt: now, expiresAt: now + day }
const consent = { ...grant(), subject: "alice", grantedAt: now }

export const verbs: Effect.Effect<Verbs, never, Storage> = Effect.gen(function* () {
  const clients = yield* ClientStore
  const grants = yield* GrantStore
  const flows = yield* FlowStore
  const sessions = yield* SessionStore
  const keys = yield* KeyStore
  const request = { now, limit: 10 }
  const page = { limit: 10 }
  return {
    "ClientStore.find": clients.find(clientId("client")),
    "ClientStore.put": clients.put(client("client")),
    "ClientStore.remove": clients.remove(clientId("client")),
    "GrantStore.authorize": grants.authorize(grant(), { code: code("code") }),
    "GrantStore.findCode": grants.findCode(hash("code")),
    "GrantStore.redeemCode": grants.redeemCode({ hash: hash("code"), now, issue: {} }),
    "GrantStore.findRefreshFamily": grants.findRefreshFamily(FamilyId("family")),
    "GrantStore.rotate": grants.rotate(rotation(0)),
    "GrantStore.findAccessToken": grants.findAccessToken(hash("access")),
    "GrantStore.revoke": grants.revoke({ _tag: "Grant", id: GrantId("grant") }, now),
    "GrantStore.grantsOfSubject": grants.grantsOfSubject("alice", page),
    "GrantStore.grantsOfClient": grants.grantsOfClient(clientId("client"), page),
    "GrantStore.sweep": grants.sweep(request),
    "FlowStore.create": flows.create(flow, now),
    "FlowStore.find": flows.find(flow, now),
    "FlowStore.replace": flows.replace(flow, { from: "", to: "", now }),
    "FlowStore.consume": flows.consume(flow, now),
    "FlowStore.claim": flows.claim({ kind: flow.kind, now, until: now + 1, limit: 1 }),
    "FlowStore.sweep": flows.sweep(request),
    "SessionStore.start": sessions.start(session),
    "SessionStore.find": sessions.find(hash("session")),
    "SessionStore.end": sessions.end(hash("session"), now),
    "SessionStore.endAll": sessions.endAll("alice", now),
    "SessionStore.sessionsOf": sessions.sessionsOf("alice"),
    "SessionStore.remember": sessions.remember(consent),
    "SessionStore.findConsent": sessions.findConsent("alice", clientId("client")),
    "SessionStore.consentsOf": sessions.consentsOf("alice"),
    "SessionStore.forget": sessions.forget("alice", clientId("client")),
    "SessionStore.sweep": sessions.sweep(request),
    "KeyStore.list": keys.list(now),
    "KeyStore.add": keys.add(key("key"), undefined),
    "KeyStore.sweep": keys.sweep(request)
  }
})
