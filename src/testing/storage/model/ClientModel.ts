/**
 * The client store next to its model, which is a record.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Client, ClientId } from "../../../protocol/Client.ts"
import { ClientStore } from "../../../storage/ClientStore.ts"
import type { Stage } from "../Stage.ts"
import type { Model } from "./Model.ts"
import { type Table, without, withRow } from "./Table.ts"

type State = Table<Client>

type Call =
  | { readonly verb: "put"; readonly client: Client }
  | { readonly verb: "remove"; readonly id: ClientId }

const names = ["client 0", "client 1"]
const name = Schema.Literals(names)

const Command = Schema.Union([
  Schema.TaggedStruct("Put", { name, clientName: Schema.Literals(["", "One", "Two"]) }),
  Schema.TaggedStruct("Remove", { name })
])
type Command = typeof Command.Type

const call = (stage: Stage, command: Command): Call => {
  if (command._tag === "Remove") return { verb: "remove", id: stage.clientId(command.name) }
  const metadata = command.clientName === "" ? {} : { client_name: command.clientName }
  return { verb: "put", client: stage.client(command.name, metadata) }
}

const step = (state: State, call: Call): readonly [State, "Stored" | "Removed" | "Unknown"] => {
  if (call.verb === "put") return [withRow(state, call.client.clientId, call.client), "Stored"]
  const client = state[call.id]
  return client === undefined ? [state, "Unknown"] : [without(state, (row) => row === client), "Removed"]
}

export const clientModel: Model<State, Command, Call, ClientStore> = {
  opening: [],
  commands: Arbitrary.schema(Command),
  call,
  empty: {},
  step,
  execute: Effect.fnUntraced(function* (call) {
    const store = yield* ClientStore
    return call.verb === "put"
      ? yield* Effect.as(store.put(call.client), "Stored")
      : yield* store.remove(call.id)
  }),
  questions: (stage) =>
    names.map((name) => {
      const id = stage.clientId(name)
      return {
        name: `find(${name})`,
        store: Effect.flatMap(ClientStore, (store) => Effect.map(store.find(id), Option.getOrUndefined)),
        model: (state) => state[id]
      }
    }),
  sweep: undefined
}
