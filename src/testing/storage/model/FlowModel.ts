/**
 * The flow store in plain data.
 */
import type {
  ClaimedFlow,
  ClaimFlows,
  ConsumeFlowOutcome,
  FindFlowOutcome,
  Flow,
  FlowKey,
  ReplaceFlowOutcome
} from "../../../storage/FlowStore.ts"
import { alive, type Table, without, withRow } from "./Table.ts"

type Row = Flow & { readonly consumed: boolean }

export type State = Table<Row>

export const empty: State = {}

export type Call =
  | { readonly verb: "create"; readonly flow: Flow; readonly now: number }
  | {
      readonly verb: "replace"
      readonly key: FlowKey
      readonly change: { readonly from: string; readonly to: string; readonly now: number }
    }
  | { readonly verb: "consume"; readonly key: FlowKey; readonly now: number }
  | { readonly verb: "claim"; readonly request: ClaimFlows }

export type Outcome =
  | "Created"
  | "Taken"
  | ReplaceFlowOutcome
  | ConsumeFlowOutcome
  | ReadonlyArray<ClaimedFlow>

export const step = (state: State, call: Call): readonly [State, Outcome] => {
  switch (call.verb) {
    case "create": {
      const before = state[idOf(call.flow)]
      return before !== undefined && alive(before, call.now)
        ? [state, "Taken"]
        : [withFlow(state, { ...call.flow, consumed: false }), "Created"]
    }
    case "replace": {
      const { from, now, to } = call.change
      const flow = state[idOf(call.key)]
      if (flow === undefined) return [state, "Unknown"]
      if (flow.consumed) return [state, "Consumed"]
      if (!alive(flow, now)) return [state, "Expired"]
      if (flow.value !== from) return [state, "Conflict"]
      return [withFlow(state, { ...flow, value: to }), "Replaced"]
    }
    case "consume": {
      const flow = state[idOf(call.key)]
      if (flow === undefined) return [state, { _tag: "Unknown" }]
      if (flow.consumed) return [state, { _tag: "AlreadyConsumed" }]
      if (!alive(flow, call.now)) return [state, { _tag: "Expired" }]
      return [withFlow(state, { ...flow, consumed: true }), { _tag: "Consumed", value: flow.value }]
    }
    case "claim": {
      const due = Object.values(state).flatMap((flow) => (flow && isDue(flow, call.request) ? [flow] : []))
      const later = due.reduce(
        (state, flow) => withFlow(state, { ...flow, dueAt: call.request.until }),
        state
      )
      return [later, inOrder(due.map(({ key, value }) => ({ key, value })))]
    }
  }
}

// All of them: which of several a limit leaves out is the store's own choice.
const isDue = (flow: Row, { kind, now }: ClaimFlows): boolean =>
  flow.kind === kind && !flow.consumed && alive(flow, now) && flow.dueAt !== undefined && flow.dueAt <= now

/** A store may hand them out in any order. */
export const inOrder = (claimed: ReadonlyArray<ClaimedFlow>): ReadonlyArray<ClaimedFlow> =>
  claimed.toSorted((one, other) => (one.key < other.key ? -1 : 1))

export const find = (state: State, key: FlowKey, now: number): FindFlowOutcome => {
  const flow = state[idOf(key)]
  if (flow === undefined) return { _tag: "Unknown" }
  if (flow.consumed) return { _tag: "Consumed" }
  if (!alive(flow, now)) return { _tag: "Expired" }
  return { _tag: "Found", value: flow.value, expiresAt: flow.expiresAt }
}

export const sweep = (state: State, now: number): State => without(state, (flow) => !alive(flow, now))

const withFlow = (state: State, row: Row): State => withRow(state, idOf(row), row)

const idOf = ({ key, kind }: FlowKey): string => `${kind} ${key}`
