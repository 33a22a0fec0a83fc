/** Hands out what is to be done, and forgets by which key it is to be crossed off. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Secret from "../../../src/protocol/Secret.ts"
import { overFlows } from "./Over.ts"

export const claimsWithoutKeys = overFlows((store) => ({
  claim: (request) =>
    Effect.map(store.claim(request), (claimed) =>
      claimed.map(({ value }) => ({ key: Secret.hash(Redacted.make(value)), value }))
    )
}))
