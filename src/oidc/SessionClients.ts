/**
 * Which clients know of a session (`sid`), so that all of them can be told when it
 * has ended.
 *
 * It is one flow for each session, and either takes another client or has ended:
 * no client is let into a session that the others have been told is over.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ClientId } from "../protocol/Client.ts"
import * as Secret from "../protocol/Secret.ts"
import { type FlowKey, FlowStore } from "../storage/FlowStore.ts"
import { StorageError } from "../storage/StorageError.ts"

const State = Schema.Struct({ clients: Schema.Array(ClientId), ended: Schema.Boolean })

type State = typeof State.Type

const StateJson = Schema.fromJsonString(State)
const encode = Schema.encodeSync(StateJson)
const decode = Schema.decodeEffect(StateJson)

/**
 * Notes that a client knows of a session, for so long. `Ended` if it is too late.
 *
 * Fails with `StorageError`.
 *
 * @category steps
 * @since 0.1.0
 */
export const note = Effect.fnUntraced(function* (
  sid: string,
  clientId: ClientId,
  lifetime: Duration.Duration
) {
  const after = yield* change(sid, lifetime, (state) =>
    state.ended || state.clients.includes(clientId)
      ? state
      : { ...state, clients: [...state.clients, clientId] }
  )
  return after.ended ? "Ended" : "Noted"
})

/**
 * Lets no more clients into a session, for so long, and tells those that know of
 * it: the same ones each time.
 *
 * Fails with `StorageError`.
 *
 * @category steps
 * @since 0.1.0
 */
export const end = Effect.fnUntraced(function* (sid: string, lifetime: Duration.Duration) {
  const { clients } = yield* change(sid, lifetime, (state) =>
    state.ended ? state : { ...state, ended: true }
  )
  return clients
})

const nobody: State = { clients: [], ended: false }

// Whoever comes in between, it is tried again from what they made of it.
const change = Effect.fnUntraced(function* (
  sid: string,
  lifetime: Duration.Duration,
  next: (state: State) => State
): Effect.fn.Return<State, StorageError, FlowStore> {
  const flows = yield* FlowStore
  const key: FlowKey = { kind: "session-clients", key: Secret.hashText(sid) }
  for (;;) {
    const now = yield* Clock.currentTimeMillis
    const found = yield* flows.find(key, now)
    if (found._tag === "Found") {
      const before = yield* decodeState(found.value)
      const after = next(before)
      if (after === before) return after
      if ((yield* flows.replace(key, { from: found.value, to: encode(after), now })) === "Replaced")
        return after
    } else {
      const after = next(nobody)
      const flow = { ...key, value: encode(after), expiresAt: now + Duration.toMillis(lifetime) }
      if ((yield* flows.create(flow, now)) === "Created") return after
    }
  }
})

const decodeState = (text: string) =>
  Effect.mapError(decode(text), (cause) => new StorageError({ operation: "SessionClients.decode", cause }))
