/**
 * The flow store next to its model: two keys, of two kinds.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type FlowKey, FlowStore } from "../../../storage/FlowStore.ts"
import { minute, type Stage } from "../Stage.ts"
import * as FlowModel from "./FlowModel.ts"
import type { Model } from "./Model.ts"

const which = {
  kind: Schema.Literals(["interaction", "interaction", "jti"]),
  key: Schema.Literals([0, 0, 1])
}
const value = Schema.Literals(["a", "b"])

const Create = Schema.TaggedStruct("Create", {
  ...which,
  value,
  minutes: Schema.Literals([1, 10]),
  /** In how many minutes it may be claimed. */
  due: Schema.Literals(["never", 0, 1])
})
const Replace = Schema.TaggedStruct("Replace", { ...which, from: value, to: value })
const Consume = Schema.TaggedStruct("Consume", which)
const Claim = Schema.TaggedStruct("Claim", { kind: which.kind })

const ofOneFlow = [Create, Replace, Consume] as const
const Command = Schema.Union([...ofOneFlow, Claim])
type Command = typeof Command.Type

const flowKey = (stage: Stage, { key, kind }: { readonly key: number; readonly kind: string }): FlowKey => ({
  kind: kindOf(stage, kind),
  key: stage.hash(`flow ${key}`)
})

// A claim takes all of a kind: nobody else's may be among them.
const kindOf = (stage: Stage, kind: string): string => stage.text(kind)

const call = (stage: Stage, command: Command, now: number): FlowModel.Call => {
  if (command._tag === "Claim") {
    const request = { kind: kindOf(stage, command.kind), now, until: now + minute, limit: 10 }
    return { verb: "claim", request }
  }
  const key = flowKey(stage, command)
  switch (command._tag) {
    case "Create": {
      const flow = {
        ...key,
        value: command.value,
        expiresAt: now + command.minutes * minute,
        ...(command.due !== "never" && { dueAt: now + command.due * minute })
      }
      return { verb: "create", flow, now }
    }
    case "Replace":
      return { verb: "replace", key, change: { from: command.from, to: command.to, now } }
    case "Consume":
      return { verb: "consume", key, now }
  }
}

/** One after another: a claim takes all that there is. */
export const flowModel: Model<FlowModel.State, Command, FlowModel.Call, FlowStore> = {
  opening: [{ _tag: "Create", kind: "interaction", key: 0, value: "a", minutes: 10, due: 0 }],
  commands: Arbitrary.schema(Command),
  call,
  empty: FlowModel.empty,
  step: FlowModel.step,
  execute: Effect.fnUntraced(function* (call) {
    const store = yield* FlowStore
    switch (call.verb) {
      case "create":
        return yield* store.create(call.flow, call.now)
      case "replace":
        return yield* store.replace(call.key, call.change)
      case "consume":
        return yield* store.consume(call.key, call.now)
      case "claim":
        return FlowModel.inOrder(yield* store.claim(call.request))
    }
  }),
  questions: (stage, now) =>
    [0, 1]
      .flatMap((key) => ["interaction", "jti"].map((kind) => ({ key, kind })))
      .map((which) => {
        const key = flowKey(stage, which)
        return {
          name: `find(${which.kind} ${which.key})`,
          store: Effect.flatMap(FlowStore, (store) => store.find(key, now)),
          model: (state) => FlowModel.find(state, key, now)
        }
      }),
  sweep: {
    state: FlowModel.sweep,
    store: (request) => Effect.flatMap(FlowStore, (store) => store.sweep(request))
  }
}

/**
 * Several at once: a claim may leave out what another command has in its hands at
 * that moment, so that no order would have to explain what it got. It has races of
 * its own.
 */
export const flowModelAtOnce: typeof flowModel = {
  ...flowModel,
  commands: Arbitrary.schema(Schema.Union(ofOneFlow))
}
