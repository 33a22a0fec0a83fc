/** An application's own storage: clients as JSON, the way that a file or a configuration service has them. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Client, ClientStore, StorageError } from "effect-oauth"

const ClientJson = Schema.fromJsonString(Client.Client)
const decode = Schema.decodeEffect(ClientJson)
const encode = Schema.encodeEffect(ClientJson)

const failed = (operation: string) => (cause: unknown) => new StorageError({ operation, cause })

export const layer: Layer.Layer<ClientStore.ClientStore> = Layer.sync(ClientStore.ClientStore, () => {
  const texts = new Map<string, string>()
  return {
    find: Effect.fnUntraced(function* (id) {
      const text = texts.get(id)
      if (text === undefined) return Option.none()
      return Option.some(yield* Effect.mapError(decode(text), failed("JsonClients.find")))
    }),
    put: (client) =>
      encode(client).pipe(
        Effect.mapError(failed("JsonClients.put")),
        Effect.map((text) => void texts.set(client.clientId, text))
      ),
    remove: (id) => Effect.sync(() => (texts.delete(id) ? "Removed" : "Unknown"))
  }
})
