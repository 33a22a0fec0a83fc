/**
 * The five stores together. Each is a service of its own, so that they can be
 * mixed: clients in a database, say, and flows in memory.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Client } from "../protocol/Client.ts"
import * as SecretKeys from "../services/SecretKeys.ts"
import { ClientStore } from "./ClientStore.ts"
import type { FlowStore } from "./FlowStore.ts"
import type { AtomicRotation, GrantStore } from "./GrantStore.ts"
import type { KeyStore } from "./KeyStore.ts"
import * as MemoryClientStore from "./memory/MemoryClientStore.ts"
import * as MemoryFlowStore from "./memory/MemoryFlowStore.ts"
import * as MemoryGrantStore from "./memory/MemoryGrantStore.ts"
import * as MemoryKeyStore from "./memory/MemoryKeyStore.ts"
import * as MemorySessionStore from "./memory/MemorySessionStore.ts"
import type { SessionStore } from "./SessionStore.ts"
import type { StorageError } from "./StorageError.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Storage = ClientStore | GrantStore | FlowStore | SessionStore | KeyStore

/**
 * Everything in memory, and with it the keys that protect it: when the process
 * ends, all of it is forgotten together. Starts with the clients given.
 *
 * @example
 * ```ts
 * import { Client, Storage } from "effect-oauth"
 *
 * const storage = Storage.layerMemoryWith({
 *   clients: [
 *     Client.make({
 *       client_id: "spa",
 *       token_endpoint_auth_method: "none",
 *       redirect_uris: ["https://app.example.com/callback"]
 *     })
 *   ]
 * })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerMemoryWith = (options: {
  readonly clients: Iterable<Client>
}): Layer.Layer<Storage | AtomicRotation | SecretKeys.SecretKeys> =>
  Layer.mergeAll(
    Layer.effect(ClientStore, MemoryClientStore.make(options.clients)),
    MemoryGrantStore.layer,
    MemoryFlowStore.layer,
    MemorySessionStore.layer,
    MemoryKeyStore.layer,
    SecretKeys.layerEphemeral
  )

/**
 * Everything in memory, with no clients yet.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerMemory: Layer.Layer<Storage | AtomicRotation | SecretKeys.SecretKeys> = layerMemoryWith({
  clients: []
})

/**
 * Registers clients when the program starts, in whatever store it has. A
 * registration that is there already is replaced.
 *
 * Fails with `StorageError` if the store cannot take them.
 *
 * @example
 * ```ts
 * import { Client, Storage } from "effect-oauth"
 * import { Layer } from "effect"
 *
 * const storage = Storage.layerClients([
 *   Client.make({ client_id: "spa", token_endpoint_auth_method: "none" })
 * ]).pipe(Layer.provideMerge(Storage.layerMemory))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerClients = (clients: Iterable<Client>): Layer.Layer<never, StorageError, ClientStore> =>
  Layer.effectDiscard(
    Effect.flatMap(ClientStore, (store) =>
      Effect.forEach(clients, (client) => store.put(client), { discard: true })
    )
  )

export {
  fromPromises,
  type PromiseClientStore,
  type PromiseFlowStore,
  type PromiseGrantStore,
  type PromiseKeyStore,
  type PromiseSessionStore,
  type PromiseStorage
} from "./PromiseStorage.ts"
