/**
 * Registered clients in Redis: their metadata as it is registered on the wire.
 * They have no expiry.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Redis } from "effect/persistence/Redis"
import * as Schema from "effect/Schema"
import { Client } from "../../protocol/Client.ts"
import { ClientStore } from "../ClientStore.ts"
import { toStorageError } from "./internal/Failure.ts"
import * as Keyspace from "./internal/Keyspace.ts"
import { numberOf, optionalTextOf, read, UnexpectedReply } from "./internal/Reply.ts"
import type { RedisOptions } from "./RedisOptions.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: RedisOptions = {}): Effect.Effect<ClientStore["Service"], never, Redis> =>
  Effect.gen(function* () {
    const redis = yield* Redis
    const keyspace = Keyspace.make(options)
    const keyOf = (id: string) => keyspace.key("client", id)

    return ClientStore.of({
      find: (id) => redis.send("GET", keyOf(id)).pipe(read(readClient), toStorageError("ClientStore.find")),

      put: (client) =>
        redis
          .send("SET", keyOf(client.clientId), encode(client))
          .pipe(Effect.asVoid, toStorageError("ClientStore.put")),

      remove: (id) =>
        redis.send("DEL", keyOf(id)).pipe(
          read((count) => (numberOf(count) === 1 ? "Removed" : "Unknown")),
          toStorageError("ClientStore.remove")
        )
    })
  })

/**
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: RedisOptions): Layer.Layer<ClientStore, never, Redis> =>
  Layer.effect(ClientStore, make(options))

const ClientJson = Schema.fromJsonString(Client)
const encode = Schema.encodeSync(ClientJson)
const decode = Schema.decodeOption(ClientJson)

const readClient = (reply: unknown): Option.Option<Client> => {
  const metadata = optionalTextOf(reply)
  if (metadata === undefined) return Option.none()
  const client = decode(metadata)
  if (Option.isNone(client)) throw new UnexpectedReply({ about: "the metadata of a client" })
  return client
}
