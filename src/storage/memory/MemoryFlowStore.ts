/**
 * Short-lived protocol state in memory.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type FlowKey, FlowStore } from "../FlowStore.ts"
import { isExpired } from "../internal/Judgement.ts"
import * as Expiries from "./internal/Expiries.ts"

interface FlowRow {
  readonly id: string
  readonly expiresAt: number
  value: string
  consumed: boolean
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

  return FlowStore.of({
    create: (flow, now) =>
      Effect.sync(() => {
        const id = idOf(flow)
        const existing = flows.get(id)
        if (existing !== undefined && !isExpired(existing, now)) return "Taken"
        const row: FlowRow = { id, expiresAt: flow.expiresAt, value: flow.value, consumed: false }
        flows.set(id, row)
        expiries.add(row)
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
        return { _tag: "Consumed", value: flow.value }
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
