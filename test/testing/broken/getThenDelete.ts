/** Reads a code, decides, and only then marks it: two may have decided by then. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { judgeCode } from "../../../src/storage/internal/Judgement.ts"
import { overGrants } from "./Over.ts"

export const getThenDelete = overGrants((store) => ({
  redeemCode: Effect.fnUntraced(function* (request) {
    const code = yield* store.findCode(request.hash)
    const outcome = judgeCode(Option.getOrUndefined(code), request.now)
    yield* Effect.yieldNow
    const late = yield* store.redeemCode(request)
    return outcome._tag === "Redeemed" ? outcome : late
  })
}))
