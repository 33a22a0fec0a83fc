/**
 * GrantStore.rotate: a current token, and what is none (RFC 9700 §4.14.2).
 */
import * as Effect from "effect/Effect"
import { found, same } from "../Expect.ts"
import { maker } from "../Law.ts"
import * as Stage from "../Stage.ts"
import { withFamily } from "./Family.ts"

const law = maker("GrantStore", "laws")

export const rotationLaws = [
  law(
    "rotated: the successor is current, and the access token is there",
    Effect.gen(function* () {
      const { accessToken, family, stage, store } = yield* withFamily
      const rotation = stage.rotation(0, { now: stage.now + 1 })
      yield* same("the outcome", yield* store.rotate(rotation), { _tag: "Rotated" })
      const grant = stage.grant()
      yield* same("the family", yield* family, {
        ...stage.family(),
        generation: 1,
        currentHash: rotation.next.hash,
        expiresAt: rotation.next.expiresAt,
        previousHash: rotation.presented.hash,
        rotatedAt: stage.now + 1,
        grant
      })
      yield* same("the access token", yield* accessToken("access 0 first"), {
        ...rotation.accessToken,
        grant
      })
      yield* same("the one before it", yield* accessToken("access"), { ...stage.accessToken(), grant })
    })
  ),

  law(
    "a refresh token is good until the moment of its expiry, and expired at it",
    Effect.gen(function* () {
      const { accessToken, family, stage, store } = yield* withFamily
      const { expiresAt } = stage.family()
      const late = stage.rotation(0, { now: expiresAt })
      yield* same("at its expiry", yield* store.rotate(late), { _tag: "Expired" })
      yield* same("the access token", yield* accessToken("access 0 first"), undefined)
      yield* same("the family", yield* family, { ...stage.family(), grant: stage.grant() })
      const inTime = stage.rotation(0, { now: expiresAt - 1 })
      yield* same("a millisecond before", yield* store.rotate(inTime), { _tag: "Rotated" })
    })
  ),

  law(
    "a family that has expired is expired, whatever token is presented",
    Effect.gen(function* () {
      const { accessToken, family, stage, store } = yield* withFamily
      const next = { hash: stage.rotation(0).next.hash, expiresAt: stage.now + 10 }
      yield* store.rotate(stage.rotation(0, { next }))
      const retry = stage.rotation(0, { now: stage.now + 10, attempt: "again" })
      yield* same("the parent", yield* store.rotate(retry), { _tag: "Expired" })
      yield* same("whether the grant is revoked", (yield* family)?.grant.revokedAt, undefined)
      yield* same("the access token", yield* accessToken("access 0 again"), undefined)
    })
  ),

  law(
    "a family whose grant is revoked is revoked, rather than expired or reused",
    Effect.gen(function* () {
      const { accessToken, family, stage, store } = yield* withFamily
      yield* store.rotate(stage.rotation(0))
      yield* store.revoke({ _tag: "Grant", id: stage.grantId() }, stage.now + 1)
      const later = [stage.now + 2, stage.now + 90 * Stage.day]
      for (const now of later) {
        const parent = stage.rotation(0, { now, attempt: "again" })
        yield* same("the parent", yield* store.rotate(parent), { _tag: "Revoked" })
        const current = stage.rotation(1, { now, attempt: "again" })
        yield* same("the current one", yield* store.rotate(current), { _tag: "Revoked" })
      }
      yield* same("when the grant was revoked", (yield* family)?.grant.revokedAt, stage.now + 1)
      yield* same("the generation", (yield* family)?.generation, 1)
      yield* same("the access token", yield* accessToken("access 1 again"), undefined)
    })
  ),

  law(
    "a token that its family never issued is unknown, and harms nobody",
    Effect.gen(function* () {
      const { accessToken, family, stage, store } = yield* withFamily
      yield* store.rotate(stage.rotation(0))
      const before = yield* family
      for (const generation of [1, 2, 10]) {
        const presented = { hash: stage.hash("made up"), generation }
        const outcome = yield* store.rotate(stage.rotation(1, { presented }))
        yield* same(`a token of generation ${generation}`, outcome, { _tag: "Unknown" })
      }
      yield* same("the family", yield* family, before)
      yield* same("the access token", yield* accessToken("access 1 first"), undefined)
    })
  ),

  law(
    "a family that nobody issued is unknown",
    Effect.gen(function* () {
      const { accessToken, stage, store } = yield* withFamily
      const other = stage.rotation(0, { family: stage.familyId("other") })
      yield* same("the outcome", yield* store.rotate(other), { _tag: "Unknown" })
      yield* same("the access token", yield* accessToken("access 0 first"), undefined)
    })
  ),

  law(
    "a rotation changes its own family, and no other of the same grant's subject",
    Effect.gen(function* () {
      const { stage, store } = yield* withFamily
      yield* store.authorize(stage.grant("other"), { refreshFamily: stage.family("other family") })
      yield* store.rotate(stage.rotation(0))
      yield* same("the other", yield* found(store.findRefreshFamily(stage.familyId("other family"))), {
        ...stage.family("other family"),
        grant: stage.grant("other")
      })
    })
  )
]
