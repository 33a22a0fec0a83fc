/**
 * GrantStore.revoke: each target, each outcome (RFC 7009 §2.1).
 */
import * as Effect from "effect/Effect"
import { GrantStore, type RevokeTarget } from "../../../storage/GrantStore.ts"
import { found, same } from "../Expect.ts"
import { maker } from "../Law.ts"
import * as Stage from "../Stage.ts"

const law = maker("GrantStore", "laws")

/** A grant with all that there is under one, and another of the same subject. */
const withEverything = Effect.gen(function* () {
  const store = yield* GrantStore
  const stage = yield* Stage.kept
  const issue = { code: stage.code(), accessToken: stage.accessToken(), refreshFamily: stage.family() }
  yield* store.authorize(stage.grant(), issue)
  yield* store.authorize(stage.grant("other"), { accessToken: stage.accessToken("of other") })
  const accessToken = (name = "access") => found(store.findAccessToken(stage.hash(name)))
  const family = found(store.findRefreshFamily(stage.familyId()))
  const targets: Record<RevokeTarget["_tag"], RevokeTarget> = {
    AccessToken: { _tag: "AccessToken", hash: stage.hash("access") },
    RefreshFamily: { _tag: "RefreshFamily", id: stage.familyId() },
    Grant: { _tag: "Grant", id: stage.grantId() }
  }
  return { accessToken, family, stage, store, targets }
})

export const revocationLaws = [
  law(
    "a revoked access token leaves its grant, and the others under it, as they are",
    Effect.gen(function* () {
      const { accessToken, stage, store, targets } = yield* withEverything
      yield* store.rotate(stage.rotation(0))
      yield* same("the outcome", yield* store.revoke(targets.AccessToken, stage.now + 1), "Revoked")
      const grant = stage.grant()
      yield* same("the token", yield* accessToken(), {
        ...stage.accessToken(),
        grant,
        revokedAt: stage.now + 1
      })
      yield* same("another token", yield* accessToken("access 0 first"), {
        ...stage.rotation(0).accessToken,
        grant
      })
      yield* same("a rotation", yield* store.rotate(stage.rotation(1)), { _tag: "Rotated" })
    })
  ),

  law(
    "a revoked refresh family takes its grant along",
    Effect.gen(function* () {
      const { accessToken, family, stage, store, targets } = yield* withEverything
      yield* same("the outcome", yield* store.revoke(targets.RefreshFamily, stage.now + 1), "Revoked")
      const grant = { ...stage.grant(), revokedAt: stage.now + 1 }
      yield* same("the family", yield* family, { ...stage.family(), grant, revokedAt: stage.now + 1 })
      yield* same("an access token", (yield* accessToken())?.grant, grant)
      yield* same("a rotation", yield* store.rotate(stage.rotation(0)), { _tag: "Revoked" })
    })
  ),

  law(
    "a revoked grant stops everything under it, and nothing else",
    Effect.gen(function* () {
      const { accessToken, family, stage, store, targets } = yield* withEverything
      yield* same("the outcome", yield* store.revoke(targets.Grant, stage.now + 1), "Revoked")
      yield* same("an access token", (yield* accessToken())?.grant.revokedAt, stage.now + 1)
      yield* same("the family", (yield* family)?.grant.revokedAt, stage.now + 1)
      yield* same("a rotation", yield* store.rotate(stage.rotation(0)), { _tag: "Revoked" })
      const redemption = { hash: stage.hash("code"), now: stage.now, issue: {} }
      yield* same("a redemption", yield* store.redeemCode(redemption), { _tag: "Revoked" })
      yield* same("another grant", (yield* accessToken("of other"))?.grant, stage.grant("other"))
    })
  ),

  law(
    "what is revoked keeps its expiry, and its first time of revocation",
    Effect.gen(function* () {
      for (const target of ["AccessToken", "RefreshFamily", "Grant"] as const) {
        const { accessToken, family, stage, store, targets } = yield* withEverything
        yield* same(`${target}, once`, yield* store.revoke(targets[target], stage.now + 1), "Revoked")
        const first = yield* accessToken()
        const again = yield* store.revoke(targets[target], stage.now + 2)
        yield* same(`${target}, again`, again, "AlreadyRevoked")
        const token = yield* accessToken()
        yield* same("the access token", token, first)
        yield* same("its time", token?.revokedAt ?? token?.grant.revokedAt, stage.now + 1)
        yield* same("its expiry", token?.expiresAt, stage.accessToken().expiresAt)
        yield* same("the family's expiry", (yield* family)?.expiresAt, stage.family().expiresAt)
        const code = yield* found(store.findCode(stage.hash("code")))
        yield* same("the code's expiry", code?.expiresAt, stage.code().expiresAt)
      }
    })
  ),

  law(
    "what went with its grant is revoked already",
    Effect.gen(function* () {
      for (const target of ["AccessToken", "RefreshFamily", "Grant"] as const) {
        const { accessToken, stage, store, targets } = yield* withEverything
        yield* store.revoke(targets.Grant, stage.now + 1)
        yield* same(target, yield* store.revoke(targets[target], stage.now + 2), "AlreadyRevoked")
        yield* same("the grant's time", (yield* accessToken())?.grant.revokedAt, stage.now + 1)
      }
    })
  ),

  law(
    "what nobody issued is unknown to a revocation",
    Effect.gen(function* () {
      const { stage, store } = yield* withEverything
      const token = { _tag: "AccessToken", hash: stage.hash("code") } as const
      yield* same("a code's hash", yield* store.revoke(token, stage.now), "Unknown")
      const family = { _tag: "RefreshFamily", id: stage.familyId("grant") } as const
      yield* same("a grant's id as a family", yield* store.revoke(family, stage.now), "Unknown")
      const grant = { _tag: "Grant", id: stage.grantId("family") } as const
      yield* same("a family's id as a grant", yield* store.revoke(grant, stage.now), "Unknown")
    })
  ),

  law(
    "what has expired can be revoked",
    Effect.gen(function* () {
      const { stage, store, targets } = yield* withEverything
      const late = stage.family().expiresAt + 1
      yield* same("a token", yield* store.revoke(targets.AccessToken, late), "Revoked")
      yield* same("a family", yield* store.revoke(targets.RefreshFamily, late), "Revoked")
    })
  )
]
