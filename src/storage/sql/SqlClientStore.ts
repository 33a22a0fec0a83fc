/**
 * Registered clients in SQL: their metadata as it is registered on the wire.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { Row } from "effect/sql/SqlConnection"
import { Client } from "../../protocol/Client.ts"
import { ClientStore } from "../ClientStore.ts"
import { toStorageError } from "./internal/Failure.ts"
import { first, hit, text, UnexpectedColumn } from "./internal/Row.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<ClientStore["Service"], never, SqlClient.SqlClient> = Effect.gen(
  function* () {
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()

    return ClientStore.of({
      find: (id) =>
        first(sql`SELECT metadata FROM oauth_clients WHERE client_id = ${id}`, readClient).pipe(
          Effect.map(Option.fromUndefinedOr),
          toStorageError("ClientStore.find")
        ),

      put: (client) =>
        sql`INSERT INTO oauth_clients ${sql.insert({ client_id: client.clientId, metadata: encode(client) })}
          ON CONFLICT (client_id) DO UPDATE SET metadata = excluded.metadata`.pipe(
          Effect.asVoid,
          toStorageError("ClientStore.put")
        ),

      remove: (id) =>
        hit(sql`DELETE FROM oauth_clients WHERE client_id = ${id} RETURNING client_id`).pipe(
          Effect.map((removed) => (removed ? "Removed" : "Unknown")),
          toStorageError("ClientStore.remove")
        )
    })
  }
)

const ClientJson = Schema.fromJsonString(Client)
const encode = Schema.encodeSync(ClientJson)
const decode = Schema.decodeOption(ClientJson)

const readClient = (row: Row): Client =>
  Option.getOrThrowWith(decode(text(row, "metadata")), () => new UnexpectedColumn({ column: "metadata" }))

/**
 * Needs the tables of `Migrations`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<ClientStore, never, SqlClient.SqlClient> = Layer.effect(ClientStore, make)
