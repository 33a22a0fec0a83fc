/**
 * GrantStore: races for a code, a refresh token, a grant.
 */
import * as Effect from "effect/Effect"
import { GrantStore, type RevokeTarget } from "../../../storage/GrantStore.ts"
import { found, holds, same } from "../Expect.ts"
import { withFamily } from "../laws/Family.ts"
import * as Stage from "../Stage.ts"
import { contenders, race, raceLaw } from "./Race.ts"

const law = raceLaw("GrantStore")

/** How many of the contenders' access tokens are there. */
const countTokens = Effect.fnUntraced(function* (stage: Stage.Stage, name: (index: number) => string) {
  const store = yield* GrantStore
  const indices = Array.from({ length: yield* contenders }, (_, index) => index)
  const tokens = yield* Effect.forEach(indices, (index) =>
    found(store.findAccessToken(stage.hash(name(index))))
  )
  return tokens.filter((token) => token !== undefined).length
})

export const grantRaces = [
  law(
    "a code is redeemed once, whatever races for it",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const stage = yield* Stage.kept
      const many = yield* contenders
      yield* store.authorize(stage.grant(), { code: stage.code() })
      const counts = yield* race((index) =>
        store.redeemCode({
          hash: stage.hash("code"),
          now: stage.now,
          issue: { accessToken: stage.accessToken(`access ${index}`) }
        })
      )
      yield* same("the outcomes", counts, { Redeemed: 1, Replayed: many - 1 })
      yield* same("the access tokens", yield* countTokens(stage, (index) => `access ${index}`), 1)
      const code = yield* found(store.findCode(stage.hash("code")))
      yield* same("the grant, of which a code was replayed", code?.grant.revokedAt, stage.now)
    })
  ),

  law(
    "a refresh token has one successor, however many present it within the grace window",
    Effect.gen(function* () {
      const { family, stage, store } = yield* withFamily
      const many = yield* contenders
      const grace = { window: Stage.minute, maximumReplays: many - 1 }
      const counts = yield* race((index) => store.rotate(stage.rotation(0, { attempt: `${index}`, grace })))
      yield* same("the outcomes", counts, { Rotated: 1, GraceReplay: many - 1 })
      yield* same("the access tokens", yield* countTokens(stage, (index) => `access 0 ${index}`), many)
      yield* same("the generation", (yield* family)?.generation, 1)
      const again = stage.rotation(0, { attempt: "one more", grace })
      yield* same("one more", yield* store.rotate(again), { _tag: "GraceRefused", reason: "replays" })
    })
  ),

  law(
    "a refresh token is retried no more often than it may be, however many retry it at once",
    Effect.gen(function* () {
      const { stage, store } = yield* withFamily
      const many = yield* contenders
      const grace = { window: Stage.minute, maximumReplays: 5 }
      const counts = yield* race((index) => store.rotate(stage.rotation(0, { attempt: `${index}`, grace })))
      yield* same("the outcomes", counts, { Rotated: 1, GraceReplay: 5, GraceRefused: many - 6 })
      yield* same("the access tokens", yield* countTokens(stage, (index) => `access 0 ${index}`), 6)
    })
  ),

  law(
    "a refresh token is rotated once where there is no grace, and its family is dead then",
    Effect.gen(function* () {
      const { family, stage, store } = yield* withFamily
      const many = yield* contenders
      const grace = { window: 0, maximumReplays: 0 }
      const counts = yield* race((index) => store.rotate(stage.rotation(0, { attempt: `${index}`, grace })))
      yield* same("the outcomes", counts, { Rotated: 1, Reused: 1, Revoked: many - 2 })
      yield* same("the access tokens", yield* countTokens(stage, (index) => `access 0 ${index}`), 1)
      yield* same("the grant", (yield* family)?.grant.revokedAt, stage.now)
    })
  ),

  law(
    "a grant that is revoked among rotations and retries is revoked for all that come after",
    Effect.gen(function* () {
      const { family, stage, store } = yield* withFamily
      const grace = { window: Stage.minute, maximumReplays: yield* contenders }
      const counts = yield* race((index) =>
        index % 10 === 9
          ? store.revoke({ _tag: "Grant", id: stage.grantId() }, stage.now + index)
          : store.rotate(stage.rotation(0, { attempt: `${index}`, grace }))
      )
      yield* same("how many were taken for thieves", counts.Reused, undefined)
      yield* holds("the grant is revoked", (yield* family)?.grant.revokedAt !== undefined)
      for (const generation of [0, 1]) {
        const late = stage.rotation(generation, { attempt: "late", grace })
        yield* same(`generation ${generation}`, yield* store.rotate(late), { _tag: "Revoked" })
      }
    })
  ),

  law(
    "an access token, a family and a grant are revoked once each, whatever races for it",
    Effect.gen(function* () {
      const many = yield* contenders
      const targets: ReadonlyArray<(stage: Stage.Stage) => RevokeTarget> = [
        (stage) => ({ _tag: "AccessToken", hash: stage.hash("access") }),
        (stage) => ({ _tag: "RefreshFamily", id: stage.familyId() }),
        (stage) => ({ _tag: "Grant", id: stage.grantId() })
      ]
      for (const targetOn of targets) {
        const { stage, store } = yield* withFamily
        const target = targetOn(stage)
        const counts = yield* race((index) => store.revoke(target, stage.now + index))
        yield* same(target._tag, counts, { Revoked: 1, AlreadyRevoked: many - 1 })
      }
    })
  ),

  law(
    "a grant is authorized once, whatever races for its id",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const stage = yield* Stage.kept
      const many = yield* contenders
      const counts = yield* race((index) =>
        store.authorize(stage.grant(), { accessToken: stage.accessToken(`access ${index}`) }).pipe(
          Effect.as("Stored"),
          Effect.catch(() => Effect.succeed("Refused"))
        )
      )
      yield* same("the outcomes", counts, { Stored: 1, Refused: many - 1 })
      yield* same("the access tokens", yield* countTokens(stage, (index) => `access ${index}`), 1)
    })
  )
]
