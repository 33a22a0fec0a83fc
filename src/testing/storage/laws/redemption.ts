/**
 * GrantStore.redeemCode: each outcome (RFC 6749 §4.1.2).
 */
import * as Effect from "effect/Effect"
import { GrantStore } from "../../../storage/GrantStore.ts"
import { found, same } from "../Expect.ts"
import { maker } from "../Law.ts"
import * as Stage from "../Stage.ts"

const law = maker("GrantStore", "laws")

/** A grant with a code that is not used, and how to redeem it. */
const withCode = Effect.gen(function* () {
  const store = yield* GrantStore
  const stage = yield* Stage.kept
  yield* store.authorize(stage.grant(), { code: stage.code() })
  const code = found(store.findCode(stage.hash("code")))
  const redeem = (after: number, token?: string) =>
    store.redeemCode({
      hash: stage.hash("code"),
      now: stage.now + after,
      issue: token === undefined ? {} : { accessToken: stage.accessToken(token) }
    })
  const accessToken = (name: string) => found(store.findAccessToken(stage.hash(name)))
  const replayed = { _tag: "Replayed", grantId: stage.grantId() }
  return { accessToken, code, redeem, replayed, stage, store }
})

export const redemptionLaws = [
  law(
    "redeemed: the code is used, and the tokens are there",
    Effect.gen(function* () {
      const { code, stage, store } = yield* withCode
      const [accessToken, refreshFamily] = [stage.accessToken(), stage.family()]
      const issue = { accessToken, refreshFamily }
      const outcome = yield* store.redeemCode({ hash: stage.hash("code"), now: stage.now + 1, issue })
      yield* same("the outcome", outcome, { _tag: "Redeemed" })
      const grant = stage.grant()
      yield* same("the code", yield* code, { ...stage.code(), grant, redeemedAt: stage.now + 1 })
      yield* same("the access token", yield* found(store.findAccessToken(accessToken.hash)), {
        ...accessToken,
        grant
      })
      yield* same("the family", yield* found(store.findRefreshFamily(refreshFamily.id)), {
        ...refreshFamily,
        grant
      })
    })
  ),

  law(
    "a code is good until the moment of its expiry, and expired at it",
    Effect.gen(function* () {
      const { accessToken, code, redeem } = yield* withCode
      yield* same("at its expiry", yield* redeem(Stage.minute, "late"), { _tag: "Expired" })
      yield* same("its access token", yield* accessToken("late"), undefined)
      yield* same("whether it is used", (yield* code)?.redeemedAt, undefined)
      yield* same("whether its grant is revoked", (yield* code)?.grant.revokedAt, undefined)
      yield* same("a millisecond before", yield* redeem(Stage.minute - 1), { _tag: "Redeemed" })
    })
  ),

  law(
    "replayed: the grant is revoked, and nothing more is stored",
    Effect.gen(function* () {
      const { accessToken, code, redeem, replayed, stage } = yield* withCode
      yield* redeem(0, "first")
      yield* same("the outcome", yield* redeem(1, "second"), replayed)
      yield* same("the first access token", (yield* accessToken("first"))?.grant.revokedAt, stage.now + 1)
      yield* same("the second access token", yield* accessToken("second"), undefined)
      yield* same("the third time", yield* redeem(2), replayed)
      yield* same("when it was redeemed", (yield* code)?.redeemedAt, stage.now)
      yield* same("when its grant was revoked", (yield* code)?.grant.revokedAt, stage.now + 1)
    })
  ),

  law(
    "replayed, although the code has expired since",
    Effect.gen(function* () {
      const { code, redeem, replayed, stage } = yield* withCode
      yield* redeem(0)
      yield* same("the outcome", yield* redeem(2 * Stage.minute), replayed)
      yield* same("its grant", (yield* code)?.grant.revokedAt, stage.now + 2 * Stage.minute)
    })
  ),

  law(
    "replayed, although the grant is revoked already",
    Effect.gen(function* () {
      const { code, redeem, replayed, stage, store } = yield* withCode
      yield* redeem(0)
      yield* store.revoke({ _tag: "Grant", id: stage.grantId() }, stage.now + 1)
      yield* same("the outcome", yield* redeem(2), replayed)
      yield* same("when its grant was revoked", (yield* code)?.grant.revokedAt, stage.now + 1)
    })
  ),

  law(
    "a code whose grant is revoked is revoked, rather than expired",
    Effect.gen(function* () {
      const { accessToken, code, redeem, stage, store } = yield* withCode
      yield* store.revoke({ _tag: "Grant", id: stage.grantId() }, stage.now)
      yield* same("in time", yield* redeem(1, "first"), { _tag: "Revoked" })
      yield* same("late", yield* redeem(2 * Stage.minute, "second"), { _tag: "Revoked" })
      yield* same("the first access token", yield* accessToken("first"), undefined)
      yield* same("the second access token", yield* accessToken("second"), undefined)
      yield* same("whether it is used", (yield* code)?.redeemedAt, undefined)
    })
  ),

  law(
    "a code that nobody issued is unknown",
    Effect.gen(function* () {
      const { code, stage, store } = yield* withCode
      const made = {
        hash: stage.hash("made up"),
        now: stage.now,
        issue: { accessToken: stage.accessToken() }
      }
      yield* same("the outcome", yield* store.redeemCode(made), { _tag: "Unknown" })
      yield* same("its access token", yield* found(store.findAccessToken(stage.hash("access"))), undefined)
      yield* same("the other code", (yield* code)?.redeemedAt, undefined)
    })
  ),

  law(
    "a replay revokes its own grant, and no other of the same subject and client",
    Effect.gen(function* () {
      const { redeem, stage, store } = yield* withCode
      yield* store.authorize(stage.grant("other"), { code: stage.code("other code") })
      yield* redeem(0)
      yield* redeem(1)
      const other = yield* found(store.findCode(stage.hash("other code")))
      yield* same("the other code", other, { ...stage.code("other code"), grant: stage.grant("other") })
    })
  )
]
