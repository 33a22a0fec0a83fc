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

const Create = Schema.TaggedStruct("Create", { ...which, value, minutes: Schema.Literals([1, 10]) })
const Replace = Schema.TaggedStruct("Replace", { ...which, from: value, to: value })
const Consume = Schema.TaggedStruct("Consume", which)

const Command = Schema.Union([Create, Replace, Consume])
type Command = typeof Command.Type

const flowKey = (stage: Stage, { key, kind }: { readonly key: number; readonly kind: string }): FlowKey => ({
  kind,
  key: stage.hash(`flow ${key}`)
})

const call = (stage: Stage, command: Command, now: number): FlowModel.Call => {
  const key = flowKey(stage, command)
  switch (command._tag) {
    case "Create": {
      const flow = { ...key, value: command.value, expiresAt: now + command.minutes * minute }
      return { verb: "create", flow, now }
    }
    case "Replace":
      return { verb: "replace", key, change: { from: command.from, to: command.to, now } }
    case "Consume":
      return { verb: "consume", key, now }
  }
}

export const flowModel: Model<FlowModel.State, Command, FlowModel.Call, FlowStore> = {
  opening: [{ _tag: "Create", kind: "interaction", key: 0, value: "a", minutes: 10 }],
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
