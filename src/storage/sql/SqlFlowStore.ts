/**
 * Short-lived protocol state in SQL. Each transition is one statement, which
 * decides; only when it hit nothing, the row is read to tell why.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { Row } from "effect/sql/SqlConnection"
import {
  type ClaimedFlow,
  type ClaimFlows,
  type ConsumeFlowOutcome,
  type FindFlowOutcome,
  type Flow,
  type FlowKey,
  FlowStore,
  type ReplaceFlowOutcome
} from "../FlowStore.ts"
import { brandHash } from "../internal/Brands.ts"
import { isExpired } from "../internal/Judgement.ts"
import { toStorageError } from "./internal/Failure.ts"
import { skipLocked } from "./internal/Locks.ts"
import { all, first, hit, integer, optionalInteger, type QueryError, text } from "./internal/Row.ts"
import * as Sweep from "./internal/Sweep.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<FlowStore["Service"], never, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = (yield* SqlClient.SqlClient).withoutTransforms()

  // The conflict is settled under the lock of the row that is there: of two who find it expired, one replaces it.
  const create = ({ dueAt, expiresAt, key, kind, value }: Flow, now: number) =>
    hit(sql`INSERT INTO oauth_flows ${sql.insert({
      kind,
      key_hash: key,
      value,
      expires_at: expiresAt,
      due_at: dueAt ?? null
    })}
      ON CONFLICT (kind, key_hash) DO UPDATE
        SET value = excluded.value, expires_at = excluded.expires_at, due_at = excluded.due_at, consumed_at = NULL
        WHERE oauth_flows.expires_at <= ${now}
      RETURNING kind`)

  const find = Effect.fnUntraced(function* ({ key, kind }: FlowKey, now: number): Verb<FindFlowOutcome> {
    const flow = yield* first(
      sql`SELECT value, expires_at, consumed_at FROM oauth_flows WHERE kind = ${kind} AND key_hash = ${key}`,
      readFlow
    )
    if (flow === undefined) return { _tag: "Unknown" }
    if (flow.consumedAt !== undefined) return { _tag: "Consumed" }
    if (isExpired(flow, now)) return { _tag: "Expired" }
    return { _tag: "Found", value: flow.value, expiresAt: flow.expiresAt }
  })

  const replace: FlowVerb<
    { readonly from: string; readonly to: string; readonly now: number },
    ReplaceFlowOutcome
  > = Effect.fnUntraced(function* (
    { key, kind }: FlowKey,
    { from, now, to }: { readonly from: string; readonly to: string; readonly now: number }
  ): Verb<ReplaceFlowOutcome> {
    const replaced = yield* hit(
      sql`UPDATE oauth_flows SET value = ${to}
        WHERE kind = ${kind} AND key_hash = ${key} AND value = ${from} AND consumed_at IS NULL AND expires_at > ${now}
        RETURNING kind`
    )
    if (replaced) return "Replaced"
    const found = yield* find({ key, kind }, now)
    if (found._tag !== "Found") return found._tag
    // What is as expected now was stored after the UPDATE had looked: it is to look again.
    return found.value === from ? yield* replace({ key, kind }, { from, now, to }) : "Conflict"
  })

  const consume: FlowVerb<number, ConsumeFlowOutcome> = Effect.fnUntraced(function* (
    { key, kind }: FlowKey,
    now: number
  ): Verb<ConsumeFlowOutcome> {
    const value = yield* first(
      sql`UPDATE oauth_flows SET consumed_at = ${now}
        WHERE kind = ${kind} AND key_hash = ${key} AND consumed_at IS NULL AND expires_at > ${now}
        RETURNING value`,
      (row) => text(row, "value")
    )
    if (value !== undefined) return { _tag: "Consumed", value }
    const found = yield* find({ key, kind }, now)
    switch (found._tag) {
      case "Consumed":
        return { _tag: "AlreadyConsumed" }
      // It was stored after the UPDATE had looked, which is to look again.
      case "Found":
        return yield* consume({ key, kind }, now)
      default:
        return found
    }
  })

  // The rows are locked as they are found, and whoever finds them locked leaves them to the other.
  const lock = skipLocked(sql)
  const claim = ({ kind, limit, now, until }: ClaimFlows) =>
    all(
      sql`WITH due AS (
          SELECT kind, key_hash FROM oauth_flows
          WHERE kind = ${kind} AND due_at <= ${now} AND due_at IS NOT NULL AND consumed_at IS NULL
            AND expires_at > ${now}
          ORDER BY due_at ${Sweep.limit(sql, { now, limit })} ${lock}
        )
        UPDATE oauth_flows SET due_at = ${until} WHERE (kind, key_hash) IN (SELECT kind, key_hash FROM due)
        RETURNING key_hash, value`,
      readClaimed
    )

  const sweep = Sweep.make(sql, { table: "oauth_flows", primaryKey: "kind, key_hash" })

  return FlowStore.of({
    create: (flow, now) =>
      create(flow, now).pipe(
        Effect.map((created) => (created ? "Created" : "Taken")),
        storageError("create")
      ),
    find: (key, now) => find(key, now).pipe(storageError("find")),
    replace: (key, change) => replace(key, change).pipe(storageError("replace")),
    consume: (key, now) => consume(key, now).pipe(storageError("consume")),
    claim: (request) => claim(request).pipe(storageError("claim")),
    sweep: (request) =>
      sweep(request).pipe(
        Effect.map((flows) => ({ flows })),
        storageError("sweep")
      )
  })
})

/**
 * Needs the tables of `Migrations`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<FlowStore, never, SqlClient.SqlClient> = Layer.effect(FlowStore, make)

type Verb<A> = Effect.fn.Return<A, QueryError>

type FlowVerb<Request, A> = (key: FlowKey, request: Request) => Effect.Effect<A, QueryError>

const storageError = (verb: string) => toStorageError(`FlowStore.${verb}`)

const readClaimed = (row: Row): ClaimedFlow => ({
  key: brandHash(text(row, "key_hash")),
  value: text(row, "value")
})

const readFlow = (row: Row) => ({
  value: text(row, "value"),
  expiresAt: integer(row, "expires_at"),
  consumedAt: optionalInteger(row, "consumed_at")
})
