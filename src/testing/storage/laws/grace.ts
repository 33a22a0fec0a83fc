/**
 * GrantStore.rotate: a retry whose answer was lost, and a thief.
 */
import * as Effect from "effect/Effect"
import { found, same } from "../Expect.ts"
import { maker } from "../Law.ts"
import * as Stage from "../Stage.ts"
import { withFamily } from "./Family.ts"

const law = maker("GrantStore", "laws")

export const graceLaws = [
  law(
    "a retry within the grace window gets the successor of the first try, and an access token of its own",
    Effect.gen(function* () {
      const { accessToken, family, graceReplay, stage, store } = yield* withFamily
      yield* store.rotate(stage.rotation(0))
      const before = yield* family
      const retry = stage.rotation(0, { attempt: "retry", now: stage.now + 30 * Stage.second })
      yield* same("the outcome", yield* store.rotate(retry), graceReplay(1))
      yield* same("its access token", yield* accessToken("access 0 retry"), {
        ...retry.accessToken,
        grant: stage.grant()
      })
      yield* same("the family", yield* family, before)
      yield* same("the successor", yield* store.rotate(stage.rotation(1)), { _tag: "Rotated" })
    })
  ),

  law(
    "a retry is told the successor of the first try, whatever it has computed itself",
    Effect.gen(function* () {
      const { graceReplay, stage, store } = yield* withFamily
      yield* store.rotate(stage.rotation(0))
      const next = { hash: stage.hash("another"), expiresAt: stage.now + 90 * Stage.day }
      const retry = stage.rotation(0, { attempt: "retry", next })
      yield* same("the outcome", yield* store.rotate(retry), graceReplay(1))
    })
  ),

  law(
    "a retry for another scope is refused, and changes nothing",
    Effect.gen(function* () {
      const { accessToken, family, graceReplay, stage, store } = yield* withFamily
      const withScope = (name: string, ...tokens: ReadonlyArray<string>) =>
        stage.rotation(0, { accessToken: stage.accessToken(name, { scope: Stage.scope(...tokens) }) })
      yield* store.rotate(withScope("first", "read", "write"))
      const before = yield* family
      const refused = { _tag: "GraceRefused", reason: "scope" }
      yield* same("a smaller scope", yield* store.rotate(withScope("retry", "read")), refused)
      yield* same("another order", yield* store.rotate(withScope("retry", "write", "read")), refused)
      yield* same("no scope", yield* store.rotate(withScope("retry")), refused)
      yield* same("the access token", yield* accessToken("retry"), undefined)
      yield* same("the family", yield* family, before)
      yield* same("the same scope", yield* store.rotate(withScope("retry", "read", "write")), graceReplay(1))
    })
  ),

  law(
    "a token may be retried so often and no more, and its successor as often again",
    Effect.gen(function* () {
      const { accessToken, family, graceReplay, stage, store } = yield* withFamily
      for (const generation of [0, 1]) {
        yield* store.rotate(stage.rotation(generation))
        for (const attempt of ["1", "2", "3"]) {
          const retry = stage.rotation(generation, { attempt })
          yield* same(`retry ${attempt}`, yield* store.rotate(retry), graceReplay(generation + 1))
        }
        const oneMore = stage.rotation(generation, { attempt: "4" })
        yield* same("one more", yield* store.rotate(oneMore), { _tag: "GraceRefused", reason: "replays" })
        yield* same("its access token", yield* accessToken(`access ${generation} 4`), undefined)
      }
      yield* same("whether the grant is revoked", (yield* family)?.grant.revokedAt, undefined)
    })
  ),

  law(
    "reused: a parent after the grace window revokes its family and its grant",
    Effect.gen(function* () {
      const { accessToken, family, reused, stage, store } = yield* withFamily
      yield* store.rotate(stage.rotation(0))
      const now = stage.now + 30 * Stage.second + 1
      yield* same("the outcome", yield* store.rotate(stage.rotation(0, { attempt: "thief", now })), reused)
      yield* same("when the grant was revoked", (yield* family)?.grant.revokedAt, now)
      yield* same("the current token", (yield* family)?.currentHash, stage.rotation(0).next.hash)
      yield* same("the thief's access token", yield* accessToken("access 0 thief"), undefined)
      yield* same("the victim's", (yield* accessToken("access 0 first"))?.grant.revokedAt, now)
      yield* same("the successor", yield* store.rotate(stage.rotation(1, { now })), { _tag: "Revoked" })
    })
  ),

  law(
    "reused: a parent at once, where there is no grace",
    Effect.gen(function* () {
      const { reused, stage, store } = yield* withFamily
      const grace = { window: 0, maximumReplays: 3 }
      yield* store.rotate(stage.rotation(0, { grace }))
      yield* same("the outcome", yield* store.rotate(stage.rotation(0, { grace, attempt: "again" })), reused)
    })
  ),

  law(
    "reused: a token older than the parent, however soon",
    Effect.gen(function* () {
      const { family, reused, stage, store } = yield* withFamily
      yield* store.rotate(stage.rotation(0))
      yield* store.rotate(stage.rotation(1))
      yield* same("the outcome", yield* store.rotate(stage.rotation(0, { attempt: "again" })), reused)
      yield* same("when the grant was revoked", (yield* family)?.grant.revokedAt, stage.now)
    })
  ),

  law(
    "a reuse revokes its own grant, and no other of the same subject and client",
    Effect.gen(function* () {
      const { reused, stage, store } = yield* withFamily
      yield* store.authorize(stage.grant("other"), { refreshFamily: stage.family("other family") })
      const grace = { window: 0, maximumReplays: 0 }
      yield* store.rotate(stage.rotation(0, { grace }))
      yield* same("the outcome", yield* store.rotate(stage.rotation(0, { grace, attempt: "again" })), reused)
      yield* same("the other", yield* found(store.findRefreshFamily(stage.familyId("other family"))), {
        ...stage.family("other family"),
        grant: stage.grant("other")
      })
    })
  )
]
