/**
 * The grant store next to its model: two grants, what is issued under them, and
 * everybody who asks for it.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { GrantStore } from "../../../storage/GrantStore.ts"
import { hour, minute, type Stage, scope, second } from "../Stage.ts"
import * as GrantModel from "./GrantModel.ts"
import {
  askAccessToken,
  askCode,
  askFamily,
  askGrantsOfClient,
  askGrantsOfSubject
} from "./GrantQuestions.ts"
import type { Model } from "./Model.ts"

const numbers = [0, 1] as const
const tokens = Array.from({ length: 12 }, (_, index) => index)
const number = Schema.Literals(numbers)
const token = Schema.Literals(tokens)

const Authorize = Schema.TaggedStruct("Authorize", {
  grant: number,
  code: Schema.Boolean,
  family: Schema.Boolean,
  accessToken: token
})
const RedeemCode = Schema.TaggedStruct("RedeemCode", {
  code: number,
  family: Schema.Boolean,
  accessToken: token
})
const Rotate = Schema.TaggedStruct("Rotate", {
  family: Schema.Literals([1, 1, 1, 0]),
  generation: Schema.Literals([0, 0, 0, 1, 1, 2]),
  accessToken: token,
  otherScope: Schema.Literals([false, false, false, true]),
  retries: Schema.Literals([2, 2, 1, 0])
})
const RevokeAccessToken = Schema.TaggedStruct("RevokeAccessToken", { accessToken: token })
const RevokeFamily = Schema.TaggedStruct("RevokeFamily", { family: number })
const RevokeGrant = Schema.TaggedStruct("RevokeGrant", { grant: number })

// What is named more often comes more often.
const Command = Schema.Union([
  Authorize,
  RedeemCode,
  RedeemCode,
  RedeemCode,
  Rotate,
  Rotate,
  Rotate,
  Rotate,
  Rotate,
  Rotate,
  RevokeAccessToken,
  Schema.Union([RevokeFamily, RevokeGrant])
])

type Command = typeof Command.Type

/** What a verb takes. Whatever is issued lives for a minute, ten, or an hour. */
const call = (stage: Stage, command: Command, now: number): GrantModel.Call => {
  const accessToken = (index: number, granted = scope("read")) =>
    stage.accessToken(`access ${index}`, { scope: granted, issuedAt: now, expiresAt: now + 10 * minute })
  const refreshFamily = (index: number) =>
    stage.family(`family ${index}`, { issuedAt: now, expiresAt: now + hour })

  switch (command._tag) {
    case "Authorize": {
      const index = command.grant
      const grant = stage.grant(`grant ${index}`, {
        clientId: stage.clientId(`client ${index}`),
        createdAt: now
      })
      const code = stage.code(`code ${index}`, { issuedAt: now, expiresAt: now + minute })
      const issue = {
        ...(command.code && { code }),
        accessToken: accessToken(command.accessToken),
        ...(command.family && { refreshFamily: refreshFamily(index) })
      }
      return { verb: "authorize", grant, issue }
    }
    case "RedeemCode": {
      const issue = {
        accessToken: accessToken(command.accessToken),
        ...(command.family && { refreshFamily: refreshFamily(command.code) })
      }
      return { verb: "redeemCode", request: { hash: stage.hash(`code ${command.code}`), now, issue } }
    }
    case "Rotate": {
      const { family, generation, retries } = command
      const { next, ...rotation } = stage.rotation(generation, { of: `family ${family}` })
      return {
        verb: "rotate",
        request: {
          ...rotation,
          now,
          next: { ...next, expiresAt: now + hour },
          grace: { window: 30 * second, maximumReplays: retries },
          accessToken: accessToken(command.accessToken, scope(command.otherScope ? "write" : "read"))
        }
      }
    }
    case "RevokeAccessToken":
      return {
        verb: "revoke",
        target: { _tag: "AccessToken", hash: stage.hash(`access ${command.accessToken}`) },
        now
      }
    case "RevokeFamily":
      return {
        verb: "revoke",
        target: { _tag: "RefreshFamily", id: stage.familyId(`family ${command.family}`) },
        now
      }
    case "RevokeGrant":
      return { verb: "revoke", target: { _tag: "Grant", id: stage.grantId(`grant ${command.grant}`) }, now }
  }
}

const execute = Effect.fnUntraced(function* (call: GrantModel.Call) {
  const store = yield* GrantStore
  switch (call.verb) {
    case "authorize":
      return yield* Effect.as(store.authorize(call.grant, call.issue), "Stored")
    case "redeemCode":
      return yield* store.redeemCode(call.request)
    case "rotate":
      return yield* store.rotate(call.request)
    case "revoke":
      return yield* store.revoke(call.target, call.now)
  }
})

export const grantModel: Model<GrantModel.State, Command, GrantModel.Call, GrantStore> = {
  opening: [
    { _tag: "Authorize", grant: 0, code: true, family: false, accessToken: 0 },
    { _tag: "Authorize", grant: 1, code: true, family: true, accessToken: 1 }
  ],
  commands: Arbitrary.schema(Command),
  call,
  empty: GrantModel.empty,
  step: GrantModel.step,
  execute,
  questions: (stage) => [
    ...numbers.flatMap((index) => [
      askCode(stage, `code ${index}`),
      askFamily(stage, `family ${index}`),
      askGrantsOfClient(stage, `client ${index}`)
    ]),
    ...tokens.map((index) => askAccessToken(stage, `access ${index}`)),
    askGrantsOfSubject(stage, "alice")
  ],
  sweep: {
    state: GrantModel.sweep,
    store: (request) => Effect.flatMap(GrantStore, (store) => store.sweep(request))
  }
}
