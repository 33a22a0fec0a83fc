/**
 * Registered clients in memory.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Client, ClientId } from "../../protocol/Client.ts"
import { ClientStore } from "../ClientStore.ts"

/**
 * A store that starts with these clients.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (initial: Iterable<Client> = []): Effect.Effect<ClientStore["Service"]> =>
  Effect.sync(() => {
    const clients = new Map<ClientId, Client>()
    const put = (client: Client) => {
      clients.set(client.clientId, frozen(client))
    }
    for (const client of initial) put(client)

    return ClientStore.of({
      find: (id) => Effect.sync(() => Option.fromNullishOr(clients.get(id))),
      put: (client) => Effect.sync(() => put(client)),
      remove: (id) => Effect.sync(() => (clients.delete(id) ? "Removed" : "Unknown"))
    })
  })

// A copy that nobody can change: neither who stored it nor who finds it.
const frozen = (client: Client): Client => {
  const copy = structuredClone(client)
  for (const value of Object.values(copy)) Object.freeze(value)
  return Object.freeze(copy)
}

/**
 * Starts without clients.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<ClientStore> = Layer.effect(ClientStore, make())

/**
 * Starts with these clients: for a server whose clients stand in a file, say, and
 * everything else in a database.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerWith = (clients: Iterable<Client>): Layer.Layer<ClientStore> =>
  Layer.effect(ClientStore, make(clients))
