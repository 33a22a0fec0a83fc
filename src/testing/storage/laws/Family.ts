/**
 * A grant with a refresh family that was never rotated, for the laws that rotate
 * it.
 */
import * as Effect from "effect/Effect"
import { GrantStore, type RotateOutcome } from "../../../storage/GrantStore.ts"
import { found } from "../Expect.ts"
import * as Stage from "../Stage.ts"

export const familyOn = Effect.fnUntraced(function* (stage: Stage.Stage) {
  const store = yield* GrantStore
  yield* store.authorize(stage.grant(), { accessToken: stage.accessToken(), refreshFamily: stage.family() })
  const reused: RotateOutcome = { _tag: "Reused", grantId: stage.grantId() }
  return {
    stage,
    store,
    family: found(store.findRefreshFamily(stage.familyId())),
    accessToken: (name: string) => found(store.findAccessToken(stage.hash(name))),
    reused,
    /** What a retry is told when the successor is of this generation. */
    graceReplay: (generation: number): RotateOutcome => ({
      _tag: "GraceReplay",
      currentHash: stage.hash(`refresh ${generation} of family`),
      expiresAt: stage.now + 60 * Stage.day
    })
  }
})

export const withFamily = Effect.flatMap(Stage.kept, familyOn)
