/**
 * Short-lived protocol state in memory.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type ClaimedFlow, type FlowKey, FlowStore } from "../FlowStore.ts"
import { isExpired } from "../internal/Judgement.ts"
import * as Expiries from "./internal/Expiries.ts"
import * as MultiMap from "./internal/MultiMap.ts"

interface FlowRow extends FlowKey {
  readonly id: string
  readonly expiresAt: number
  value: string
  consumed: boolean
  /** From when on it may be claimed. */
  dueAt: number | undefined
}

// A hash has no space in it.
const idOf = ({ key, kind }: FlowKey): string => `${key} ${kind}`

/**
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<FlowStore["Service"]> = Effect.sync(() => {
  const flows = new Map<string, FlowRow>()
  const expiries = Expiries.make<FlowRow>()
  const queues = MultiMap.make<string, FlowRow>()

  return FlowStore.of({
    create: (flow, now) =>
      Effect.sync(() => {
        const id = idOf(flow)
        const existing = flows.get(id)
        if (existing !== undefined && !isExpired(existing, now)) return "Taken"
        if (existing !== undefined) queues.remove(existing.kind, existing)
        const row: FlowRow = { ...flow, id, consumed: false, dueAt: flow.dueAt }
        flows.set(id, row)
        expiries.add(row)
        if (row.dueAt !== undefined) queues.add(row.kind, row)
        return "Created"
      }),

    find: (key, now) =>
      Effect.sync(() => {
        const flow = flows.get(idOf(key))
        if (flow === undefined) return { _tag: "Unknown" }
        if (flow.consumed) return { _tag: "Consumed" }
        if (isExpired(flow, now)) return { _tag: "Expired" }
        return { _tag: "Found", value: flow.value, expiresAt: flow.expiresAt }
      }),

    replace: (key, { from, now, to }) =>
      Effect.sync(() => {
        const flow = flows.get(idOf(key))
        if (flow === undefined) return "Unknown"
        if (flow.consumed) return "Consumed"
        if (isExpired(flow, now)) return "Expired"
        if (flow.value !== from) return "Conflict"
        flow.value = to
        return "Replaced"
      }),

    consume: (key, now) =>
      Effect.sync(() => {
        const flow = flows.get(idOf(key))
        if (flow === undefined) return { _tag: "Unknown" }
        if (flow.consumed) return { _tag: "AlreadyConsumed" }
        if (isExpired(flow, now)) return { _tag: "Expired" }
        flow.consumed = true
        queues.remove(flow.kind, flow)
        return { _tag: "Consumed", value: flow.value }
      }),

    claim: ({ kind, limit, now, until }) =>
      Effect.sync(() => {
        const claimed: Array<ClaimedFlow> = []
        for (const flow of queues.get(kind)) {
          if (claimed.length >= limit) break
          if (flow.dueAt === undefined || flow.dueAt > now || isExpired(flow, now)) continue
          flow.dueAt = until
          claimed.push({ key: flow.key, value: flow.value })
        }
        return claimed
      }),

    sweep: ({ limit, now }) =>
      Effect.sync(() => {
        let deleted = 0
        while (deleted < limit) {
          const flow = expiries.takeExpired(now)
          if (flow === undefined) break
          // One that was replaced after it had expired is gone already.
          if (flows.get(flow.id) !== flow) continue
          flows.delete(flow.id)
          queues.remove(flow.kind, flow)
          deleted++
        }
        return { flows: deleted }
      })
  })
})

/**
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<FlowStore> = Layer.effect(FlowStore, make)
