import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { SqlFaults, StorageLaws } from "effect-oauth/testing"
import { claimsBeyondLimit } from "./broken/claimsBeyondLimit.ts"
import { claimsTooEarly } from "./broken/claimsTooEarly.ts"
import { claimsTwice } from "./broken/claimsTwice.ts"
import { claimsWithoutKeys } from "./broken/claimsWithoutKeys.ts"
import { consumesTwice } from "./broken/consumesTwice.ts"
import { forgetsParent } from "./broken/forgetsParent.ts"
import { forgetsRetries } from "./broken/forgetsRetries.ts"
import { getThenDelete } from "./broken/getThenDelete.ts"
import { hidesExpired } from "./broken/hidesExpired.ts"
import { ignoresClient } from "./broken/ignoresClient.ts"
import { ignoresPages } from "./broken/ignoresPages.ts"
import { mergesClients } from "./broken/mergesClients.ts"
import { resetsExpiry } from "./broken/resetsExpiry.ts"
import { revokesNothing } from "./broken/revokesNothing.ts"
import { revokesTooMuch } from "./broken/revokesTooMuch.ts"
import { rotatesWithoutComparing } from "./broken/rotatesWithoutComparing.ts"
import * as RowPerRotation from "./broken/rowPerRotation.ts"
import { skipsAtOnce } from "./broken/skipsAtOnce.ts"
import { spendsCodeFirst } from "./broken/spendsCodeFirst.ts"
import { sweepsTooEarly } from "./broken/sweepsTooEarly.ts"
import { sweepsUsedCodes } from "./broken/sweepsUsedCodes.ts"
import { twoSuccessors } from "./broken/twoSuccessors.ts"
import { withoutTransactions } from "./broken/withoutTransactions.ts"

const options = { runs: 400, rotations: 30 }

/** A mistake, the laws of the store that has it, and those among them that say what it is. */
const caught = <R, E>(
  mistake: string,
  store: Layer.Layer<R, E>,
  laws: ReadonlyArray<StorageLaws.Law<R>>,
  ...[named, more]: [named: ReadonlyArray<string>, more?: StorageLaws.Options]
) =>
  it.live(
    mistake,
    () =>
      Effect.gen(function* () {
        const report = yield* StorageLaws.checkLaws(laws, { ...options, ...more })
        const failed = report.failed.map(({ law }) => law)
        assert.includeMembers(failed, [...named], StorageLaws.format(report))
        // The mistake is one, and most laws have nothing to say of it.
        assert.isAbove(report.passed.length, report.failed.length)
      }).pipe(Effect.provide(store)),
    60_000
  )

describe("GrantStore: a broken store is caught, by the law that says why", () => {
  const laws = StorageLaws.grantStoreLaws
  const inTurn = "any commands for grants, one after another, end as the contract says"
  const together = "any commands for grants, several at once, end as in some order"

  caught("get-then-delete codes", getThenDelete, laws, [
    "a code is redeemed once, whatever races for it",
    together
  ])

  caught("a rotation that forgets the previous hash", forgetsParent, laws, [
    "a retry within the grace window gets the successor of the first try, and an access token of its own",
    inTurn
  ])

  caught("a revocation that resets the expiry", resetsExpiry, laws, [
    "what is revoked keeps its expiry, and its first time of revocation",
    inTurn
  ])

  caught("a replay that revokes all of the person's grants", revokesTooMuch, laws, [
    "a replay revokes its own grant, and no other of the same subject and client",
    inTurn
  ])

  caught("a replay that revokes nothing", revokesNothing, laws, [
    "replayed: the grant is revoked, and nothing more is stored",
    inTurn
  ])

  caught("a rotation without compare-and-set", rotatesWithoutComparing, laws, [
    "a refresh token has one successor, however many present it within the grace window",
    together
  ])

  caught("retries that nobody counts", forgetsRetries, laws, [
    "a token may be retried so often and no more, and its successor as often again"
  ])

  caught("a redemption in two steps", spendsCodeFirst, laws, [
    "what becomes of grants happens wholly or not at all, interrupted at any moment"
  ])

  caught("a sweep of used codes", sweepsUsedCodes, laws, [
    "a used code is recognised as replayed for as long as its grant lives, and goes with it"
  ])

  caught("a sweep a millisecond early", sweepsTooEarly, laws, [
    "what was issued is swept from the moment of its expiry, and not a millisecond before"
  ])

  const pages =
    "grants are told page by page: each is full but the last, and goes on behind the one before it"

  caught("a listing that knows no pages", ignoresPages, laws, [pages])

  caught("a page that skips what was made together", skipsAtOnce, laws, [pages])

  const { countRows, layer } = RowPerRotation.make()
  caught(
    "a row for every rotation",
    layer,
    laws,
    ["a family takes no more rows after so many rotations than after ten"],
    { countRows }
  )

  caught(
    "SQL without transactions",
    withoutTransactions,
    laws,
    [
      "what becomes of grants happens wholly or not at all, failing at any step",
      "what becomes of grants happens wholly or not at all, interrupted at any step"
    ],
    { faults: SqlFaults.injection }
  )
})

describe("the other stores: a broken store is caught, by the law that says why", () => {
  caught("a store that hides expired rows", hidesExpired, StorageLaws.flowStoreLaws, [
    "a flow is found, consumed, expired or unknown, and finding it changes nothing",
    "any commands for flows, one after another, end as the contract says"
  ])

  caught("get-then-delete flows", consumesTwice, StorageLaws.flowStoreLaws, [
    "a flow is consumed once, whatever races for it",
    "any commands for flows, several at once, end as in some order"
  ])

  const flowsInTurn = "any commands for flows, one after another, end as the contract says"
  const due = "a flow that is due is claimed, until it is due again or used, and never without a due time"
  const asked =
    "no more flows are claimed than asked for, none that has expired, and what took its place as it is"

  caught("a claim that ignores its limit", claimsBeyondLimit, StorageLaws.flowStoreLaws, [asked])

  caught("a claim that hands the same flow to two", claimsTwice, StorageLaws.flowStoreLaws, [
    "a flow that is due is claimed by one, whatever races for it, and again when its time is up"
  ])

  caught("a claim of flows that are not due", claimsTooEarly, StorageLaws.flowStoreLaws, [due])

  caught("a claim that forgets the keys", claimsWithoutKeys, StorageLaws.flowStoreLaws, [
    due,
    asked,
    flowsInTurn
  ])

  caught("a store that ignores the client", ignoresClient, StorageLaws.sessionStoreLaws, [
    "a consent is for one subject and one client, in place of an earlier one",
    "any commands for sessions and consents, one after another, end as the contract says"
  ])

  caught("a key with two successors", twoSuccessors, StorageLaws.keyStoreLaws, [
    "a key has one successor, and an algorithm one first key, whatever races for the place",
    "any commands for signing keys, several at once, end as in some order"
  ])

  caught("a registration that is merged into the old one", mergesClients, StorageLaws.clientStoreLaws, [
    "putting a client again replaces it whole"
  ])
})
