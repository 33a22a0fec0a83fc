/**
 * Registered clients.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { Client, ClientId } from "../protocol/Client.ts"
import type { StorageError } from "./StorageError.ts"

/**
 * @category services
 * @since 0.1.0
 */
export class ClientStore extends Context.Service<
  ClientStore,
  {
    /** The client of this id; `None` if there is none. */
    readonly find: (id: ClientId) => Effect.Effect<Option.Option<Client>, StorageError>

    /** Registers a client, or replaces the registration that has its id. */
    readonly put: (client: Client) => Effect.Effect<void, StorageError>

    /**
     * Removes a registration. What was issued to the client stays and is of no
     * use: every endpoint looks the client up.
     */
    readonly remove: (id: ClientId) => Effect.Effect<"Removed" | "Unknown", StorageError>
  }
>()("effect-oauth/storage/ClientStore") {}
