/** A memory store with some of its verbs replaced. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ClientStore } from "../../../src/storage/ClientStore.ts"
import { FlowStore } from "../../../src/storage/FlowStore.ts"
import { GrantStore } from "../../../src/storage/GrantStore.ts"
import * as MemoryClientStore from "../../../src/storage/memory/MemoryClientStore.ts"
import * as MemoryFlowStore from "../../../src/storage/memory/MemoryFlowStore.ts"
import * as MemoryGrantStore from "../../../src/storage/memory/MemoryGrantStore.ts"
import * as MemorySessionStore from "../../../src/storage/memory/MemorySessionStore.ts"
import { SessionStore } from "../../../src/storage/SessionStore.ts"

const over = <Service>(make: Effect.Effect<Service>, replace: (store: Service) => Partial<Service>) =>
  Effect.map(make, (store) => ({ ...store, ...replace(store) }))

export const overGrants = (replace: (store: GrantStore["Service"]) => Partial<GrantStore["Service"]>) =>
  Layer.effect(GrantStore, over(MemoryGrantStore.make, replace))

export const overFlows = (replace: (store: FlowStore["Service"]) => Partial<FlowStore["Service"]>) =>
  Layer.effect(FlowStore, over(MemoryFlowStore.make, replace))

export const overSessions = (replace: (store: SessionStore["Service"]) => Partial<SessionStore["Service"]>) =>
  Layer.effect(SessionStore, over(MemorySessionStore.make, replace))

export const overClients = (replace: (store: ClientStore["Service"]) => Partial<ClientStore["Service"]>) =>
  Layer.effect(ClientStore, over(MemoryClientStore.make(), replace))
