/**
 * Random commands: what a store answers is what its model answers.
 */
import type { Law } from "../Law.ts"
import { maker, type StoreName } from "../Law.ts"
import { agrees } from "./Check.ts"
import { clientModel } from "./ClientModel.ts"
import { flowModel, flowModelAtOnce } from "./FlowCommands.ts"
import { grantModel } from "./GrantCommands.ts"
import { keyModel } from "./KeyModel.ts"
import type { Model } from "./Model.ts"
import { sessionModel } from "./SessionCommands.ts"

const modelLaws = <State, Command, Call, R>(
  store: StoreName,
  kept: string,
  model: Model<State, Command, Call, R>,
  modelAtOnce = model
): ReadonlyArray<Law<R>> => {
  const law = maker(store, "model")
  return [
    law(`any commands for ${kept}, one after another, end as the contract says`, agrees(model, 1)),
    law(`any commands for ${kept}, several at once, end as in some order`, agrees(modelAtOnce, 4))
  ]
}

export const grantModelLaws = modelLaws("GrantStore", "grants", grantModel)

export const flowModelLaws = modelLaws("FlowStore", "flows", flowModel, flowModelAtOnce)

export const sessionModelLaws = modelLaws("SessionStore", "sessions and consents", sessionModel)

export const keyModelLaws = modelLaws("KeyStore", "signing keys", keyModel)

export const clientModelLaws = modelLaws("ClientStore", "clients", clientModel)
