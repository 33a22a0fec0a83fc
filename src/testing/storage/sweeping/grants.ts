/**
 * GrantStore.sweep: what is deleted, and what never is.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { GrantStore } from "../../../storage/GrantStore.ts"
import * as GrantsOf from "../../../storage/GrantsOf.ts"
import { holds, same } from "../Expect.ts"
import { maker } from "../Law.ts"
import * as Stage from "../Stage.ts"
import { sum, sweepAll } from "../Sweeping.ts"

const law = maker("GrantStore", "sweeping")

const withStore = Effect.gen(function* () {
  const store = yield* GrantStore
  const stage = yield* Stage.swept
  const grants = Effect.map(Stream.runCollect(GrantsOf.subject(stage.text("alice"))), (grants) =>
    grants.map(({ id }) => id)
  )
  /** Which of these are there. */
  const left = Effect.fnUntraced(function* (name = "") {
    return {
      code: Option.isSome(yield* store.findCode(stage.hash(`code${name}`))),
      accessToken: Option.isSome(yield* store.findAccessToken(stage.hash(`access${name}`))),
      family: Option.isSome(yield* store.findRefreshFamily(stage.familyId(`family${name}`))),
      grant: (yield* grants).includes(stage.grantId(`grant${name}`))
    }
  })
  const sweep = (after: number) => sweepAll(store.sweep, stage.now + after)
  const until = (after: number) => ({ expiresAt: stage.now + after })
  /** A code, an access token and a family, that all expire at the same time. */
  const authorizeUntil = (name: string, after: number) =>
    store.authorize(stage.grant(`grant${name}`), {
      code: stage.code(`code${name}`, until(after)),
      accessToken: stage.accessToken(`access${name}`, until(after)),
      refreshFamily: stage.family(`family${name}`, until(after))
    })
  const replay = (after: number) =>
    store.redeemCode({ hash: stage.hash("code"), now: stage.now + after, issue: {} })
  return { authorizeUntil, left, replay, stage, store, sweep, until }
})

const all = { code: true, accessToken: true, family: true, grant: true }
const nothing = { code: false, accessToken: false, family: false, grant: false }

export const grantSweeping = [
  law(
    "what was issued is swept from the moment of its expiry, and not a millisecond before",
    Effect.gen(function* () {
      const { authorizeUntil, left, sweep } = yield* withStore
      yield* authorizeUntil("", Stage.minute)
      yield* sweep(Stage.minute - 1)
      yield* same("a millisecond before", yield* left(), all)
      yield* sweep(Stage.minute)
      yield* same("at its expiry", yield* left(), nothing)
    })
  ),

  law(
    "a live grant next to an expired one, of the same subject and client, keeps all it has",
    Effect.gen(function* () {
      const { authorizeUntil, left, sweep } = yield* withStore
      yield* authorizeUntil(" live", Stage.day)
      yield* authorizeUntil(" dead", Stage.minute)
      yield* sweep(Stage.minute)
      yield* same("the expired one", yield* left(" dead"), nothing)
      yield* same("the live one", yield* left(" live"), all)
    })
  ),

  law(
    "a grant under which nothing was issued is swept",
    Effect.gen(function* () {
      const { left, stage, store, sweep } = yield* withStore
      yield* store.authorize(stage.grant(), {})
      yield* sweep(0)
      yield* same("what is left", yield* left(), nothing)
    })
  ),

  law(
    "a used code is recognised as replayed for as long as its grant lives, and goes with it",
    Effect.gen(function* () {
      const { left, replay, stage, store, sweep, until } = yield* withStore
      yield* store.authorize(stage.grant(), { code: stage.code("code", until(Stage.minute)) })
      const accessToken = stage.accessToken("access", until(10 * Stage.minute))
      const issue = { accessToken, refreshFamily: stage.family("family", until(Stage.day)) }
      yield* store.redeemCode({ hash: stage.hash("code"), now: stage.now, issue })
      yield* sweep(Stage.day - 1)
      yield* same("after the token expired", yield* left(), { ...all, accessToken: false })
      const replayed = { _tag: "Replayed", grantId: stage.grantId() }
      yield* same("a replay", yield* replay(Stage.day - 1), replayed)
      yield* sweep(Stage.day)
      yield* same("after the family expired", yield* left(), nothing)
      yield* same("a replay then", yield* replay(Stage.day), { _tag: "Unknown" })
    })
  ),

  law(
    "a used code keeps its grant until it would have expired",
    Effect.gen(function* () {
      const { left, replay, stage, store, sweep, until } = yield* withStore
      yield* store.authorize(stage.grant(), { code: stage.code("code", until(Stage.minute)) })
      yield* replay(0)
      yield* sweep(Stage.minute - 1)
      yield* same("a millisecond before", yield* left(), { ...nothing, code: true, grant: true })
      yield* sweep(Stage.minute)
      yield* same("at its expiry", yield* left(), nothing)
    })
  ),

  law(
    "what is revoked is swept when it expires, and not before",
    Effect.gen(function* () {
      const { authorizeUntil, left, stage, store, sweep } = yield* withStore
      yield* authorizeUntil("", Stage.minute)
      yield* store.revoke({ _tag: "AccessToken", hash: stage.hash("access") }, stage.now)
      yield* store.revoke({ _tag: "RefreshFamily", id: stage.familyId() }, stage.now)
      yield* sweep(Stage.minute - 1)
      yield* same("a millisecond before", yield* left(), all)
      yield* sweep(Stage.minute)
      yield* same("at its expiry", yield* left(), nothing)
    })
  ),

  law(
    "a grant lives as long as what a redemption, a rotation or a retry has issued under it",
    Effect.gen(function* () {
      const { left, stage, store, sweep, until } = yield* withStore
      yield* store.authorize(stage.grant(), { code: stage.code("code", until(Stage.minute)) })
      const refreshFamily = stage.family("family", until(2 * Stage.minute))
      yield* store.redeemCode({ hash: stage.hash("code"), now: stage.now, issue: { refreshFamily } })
      yield* sweep(Stage.minute)
      yield* same("after a redemption", yield* left(), { ...all, accessToken: false })

      const next = { hash: stage.rotation(0).next.hash, ...until(3 * Stage.minute) }
      const short = { next, accessToken: stage.accessToken("short", until(1)) }
      yield* store.rotate(stage.rotation(0, { now: stage.now + Stage.minute, ...short }))
      yield* sweep(2 * Stage.minute)
      yield* same("after a rotation", yield* left(), { ...all, accessToken: false })

      const grace = { window: Stage.hour, maximumReplays: 1 }
      const retry = { next, grace, accessToken: stage.accessToken("access", until(Stage.hour)) }
      yield* store.rotate(stage.rotation(0, { now: stage.now + 2 * Stage.minute, ...retry }))
      yield* sweep(3 * Stage.minute)
      yield* same("after a retry", yield* left(), { ...all, family: false })
      yield* sweep(Stage.hour)
      yield* same("in the end", yield* left(), nothing)
    })
  ),

  law(
    "a sweep deletes no more of each kind than it may, tells how many, and leaves the rest to the next",
    Effect.gen(function* () {
      const { authorizeUntil, left, stage, store } = yield* withStore
      const names = ["1", "2", "3", "4", "5"]
      for (const name of names) yield* authorizeUntil(name, Stage.minute)
      const request = { now: stage.now + Stage.minute, limit: 2 }
      const swept = yield* store.sweep(request)
      yield* holds(
        `no more than two of each kind: ${JSON.stringify(swept)}`,
        Math.max(...Object.values(swept)) <= 2
      )
      let deleted = 0
      for (const kind of ["code", "accessToken", "family", "grant"] as const) {
        const rows = yield* Effect.forEach(names, left)
        const gone = rows.filter((row) => !row[kind]).length
        yield* holds(`${gone} deleted of what ${kind} there was`, gone <= 2)
        deleted += gone
      }
      yield* holds(`${deleted} rows deleted, and ${sum(swept)} told`, deleted <= sum(swept))
      yield* sweepAll(store.sweep, request.now, request.limit)
      for (const name of names) yield* same("in the end", yield* left(name), nothing)
    })
  )
]
