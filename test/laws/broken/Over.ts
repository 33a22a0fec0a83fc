/** A house in which some verbs of a store are replaced. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ClientStore, FlowStore, GrantStore, KeyStore } from "effect-oauth"
import type { House } from "../support/House.ts"

type Grants = GrantStore.GrantStore["Service"]
type Flows = FlowStore.FlowStore["Service"]
type Keys = KeyStore.KeyStore["Service"]
type Clients = ClientStore.ClientStore["Service"]

export const overGrants = (replace: (store: Grants) => Partial<Grants>): House => ({
  stores: (stores) =>
    Layer.effect(
      GrantStore.GrantStore,
      Effect.map(GrantStore.GrantStore, (store) => ({ ...store, ...replace(store) }))
    ).pipe(Layer.provideMerge(stores))
})

export const overClients = (replace: (store: Clients) => Partial<Clients>): House => ({
  stores: (stores) =>
    Layer.effect(
      ClientStore.ClientStore,
      Effect.map(ClientStore.ClientStore, (store) => ({ ...store, ...replace(store) }))
    ).pipe(Layer.provideMerge(stores))
})

export const overFlows = (replace: (store: Flows) => Partial<Flows>): House => ({
  stores: (stores) =>
    Layer.effect(
      FlowStore.FlowStore,
      Effect.map(FlowStore.FlowStore, (store) => ({ ...store, ...replace(store) }))
    ).pipe(Layer.provideMerge(stores))
})

export const overKeys = (replace: (store: Keys) => Partial<Keys>): House => ({
  stores: (stores) =>
    Layer.effect(
      KeyStore.KeyStore,
      Effect.map(KeyStore.KeyStore, (store) => ({ ...store, ...replace(store) }))
    ).pipe(Layer.provideMerge(stores))
})
