/**
 * That a client is to be told of a session's end, stored until it has been: work
 * that survives the process, and that one process does at a time.
 *
 * Each attempt is a flow of its own. A failed one stores the next before it is done
 * with itself, so that at no moment there is none.
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

/**
 * @category schemas
 * @since 0.1.0
 */
export const PendingLogoutToken = Schema.Struct({
  clientId: ClientId,
  sid: Schema.String,
  /** The person, as the application knows them. */
  subject: Schema.String,
  /** How often it has been tried. */
  attempt: Schema.Int
})

/**
 * @category models
 * @since 0.1.0
 */
export type PendingLogoutToken = typeof PendingLogoutToken.Type

const Json = Schema.fromJsonString(PendingLogoutToken)
const encode = Schema.encodeSync(Json)
const decode = Schema.decodeEffect(Json)

const kind = "logout-token"
/** Longer than all attempts take together. */
const lifetime = Duration.days(2)

const keyOf = ({ attempt, clientId, sid }: PendingLogoutToken): FlowKey => ({
  kind,
  key: Secret.hashText(JSON.stringify([sid, clientId, attempt]))
})

/**
 * Stores an attempt, to be made after a delay. One that is stored already stays as
 * it is.
 *
 * Fails with `StorageError`.
 *
 * @category steps
 * @since 0.1.0
 */
export const store = Effect.fnUntraced(function* (pending: PendingLogoutToken, delay: Duration.Duration) {
  const flows = yield* FlowStore
  const now = yield* Clock.currentTimeMillis
  const dueAt = now + Duration.toMillis(delay)
  yield* flows.create(
    { ...keyOf(pending), value: encode(pending), dueAt, expiresAt: dueAt + Duration.toMillis(lifetime) },
    now
  )
})

/**
 * Takes attempts that are due, so many at most. Nobody else gets them until the
 * lease is over.
 *
 * Fails with `StorageError`.
 *
 * @category steps
 * @since 0.1.0
 */
export const claim = Effect.fnUntraced(function* (limit: number, lease: Duration.Duration) {
  const flows = yield* FlowStore
  const now = yield* Clock.currentTimeMillis
  const claimed = yield* flows.claim({ kind, now, until: now + Duration.toMillis(lease), limit })
  return yield* Effect.forEach(claimed, ({ value }) =>
    Effect.mapError(
      decode(value),
      (cause) => new StorageError({ operation: "PendingLogoutToken.decode", cause })
    )
  )
})

/**
 * That an attempt is over, however it went.
 *
 * Fails with `StorageError`.
 *
 * @category steps
 * @since 0.1.0
 */
export const done = Effect.fnUntraced(function* (pending: PendingLogoutToken) {
  const flows = yield* FlowStore
  yield* flows.consume(keyOf(pending), yield* Clock.currentTimeMillis)
})
