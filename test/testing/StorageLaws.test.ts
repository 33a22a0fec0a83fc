import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { identity } from "effect/Function"
import { StorageLaws } from "effect-oauth/testing"
import * as MemoryClientStore from "../../src/storage/memory/MemoryClientStore.ts"
import * as MemoryGrantStore from "../../src/storage/memory/MemoryGrantStore.ts"
import * as Storage from "../../src/storage/Storage.ts"
import { agrees } from "../../src/testing/storage/model/Check.ts"
import { grantModel } from "../../src/testing/storage/model/GrantCommands.ts"
import * as GrantModel from "../../src/testing/storage/model/GrantModel.ts"
import { Settings } from "../../src/testing/storage/Settings.ts"
import { forgetsParent } from "./broken/forgetsParent.ts"
import { getThenDelete } from "./broken/getThenDelete.ts"

const inTurn = "any commands for grants, one after another, end as the contract says"
const together = "any commands for grants, several at once, end as in some order"

describe("StorageLaws", () => {
  it("every law has a name of its own", () => {
    const names = StorageLaws.all.map(({ name }) => name)
    assert.lengthOf(new Set(names), names.length)
  })

  it.live("memory passes, with other laws at the same time", () =>
    Effect.gen(function* () {
      const report = yield* StorageLaws.check({ runs: 20, rotations: 20, concurrency: 8 })
      assert.deepStrictEqual(report.failed, [], StorageLaws.format(report))
      assert.lengthOf([...report.passed, ...report.skipped], StorageLaws.all.length)
      // What needs something of the back end that memory has not.
      assert.deepStrictEqual(
        new Set(report.skipped.map(({ needs }) => needs)),
        new Set(["faults", "countRows"])
      )
    }).pipe(Effect.provide(Storage.layerMemory))
  )

  it.live("one store can be checked alone", () =>
    Effect.gen(function* () {
      const report = yield* StorageLaws.checkLaws(StorageLaws.clientStoreLaws, { runs: 10 })
      assert.deepStrictEqual(report.failed, [])
    }).pipe(Effect.provide(MemoryClientStore.layer))
  )

  it.live("a failure shrinks to the shortest sequence, and its token replays it", () =>
    Effect.gen(function* () {
      const { grantStoreLaws: laws } = StorageLaws
      const [failed] = (yield* StorageLaws.checkLaws(laws, { only: inTurn, seed: 1 })).failed
      assert.match(failed?.message ?? "", /^step 4: \{ _tag: "Reused", grantId: "grant 1" \} instead of /)
      assert.match(
        failed?.shrunk ?? "",
        /^ {2}1. Authorize { accessToken: 0, code: true, family: false, grant: 0 }\n {2}2. Authorize { accessToken: 1, code: true, family: true, grant: 1 }\n {2}3. Rotate { accessToken: \d+, family: 1, generation: 0, otherScope: \w+, retries: \d }\n {2}4. Rotate { accessToken: \d+, family: 1, generation: 0, otherScope: \w+, retries: \d }$/
      )
      const replayed = yield* StorageLaws.checkLaws(laws, { only: inTurn, replay: failed?.replay ?? "" })
      assert.deepStrictEqual(replayed.failed, failed === undefined ? [] : [failed])
    }).pipe(Effect.provide(forgetsParent))
  )

  it.live("a race shrinks to the two who run it", () =>
    Effect.gen(function* () {
      const report = yield* StorageLaws.checkLaws(StorageLaws.grantStoreLaws, { only: together, seed: 1 })
      const lines = report.failed[0]?.shrunk?.split("\n") ?? []
      assert.lengthOf(lines, 3)
      assert.match(lines[2] ?? "", /^ {2}3\. RedeemCode \{ .* \} {2}‖ {2}RedeemCode \{ .* \}$/)
    }).pipe(Effect.provide(getThenDelete))
  )

  it.live("a report names the law, says what is wrong in the law's own names, and how to see it again", () =>
    Effect.gen(function* () {
      const report = yield* StorageLaws.checkLaws(StorageLaws.grantStoreLaws, { only: inTurn, seed: 1 })
      const text = StorageLaws.format(report)
      assert.include(text, `✗ GrantStore, model: ${inTurn}\n    step 4: `)
      assert.include(text, `replay with {"only":"${inTurn}","replay":"[`)
      assert.match(text, /0 laws hold, 1 do not, 0 were skipped$/)
    }).pipe(Effect.provide(forgetsParent))
  )

  it.live("a law that there is not is no good report", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(StorageLaws.check({ only: "a typo" }))
      assert.isTrue(Exit.hasDies(exit))
    }).pipe(Effect.provide(Storage.layerMemory))
  )

  it.live("an injection that never strikes is no proof", () =>
    Effect.gen(function* () {
      const only = "what becomes of grants happens wholly or not at all, failing at any step"
      const report = yield* StorageLaws.checkLaws(StorageLaws.grantStoreLaws, {
        only,
        faults: () => identity
      })
      assert.deepStrictEqual(
        report.failed.map(({ message }) => message),
        ["the fault injection never struck"]
      )
    }).pipe(Effect.provide(MemoryGrantStore.layer))
  )

  it.live("the random commands reach every outcome there is", () =>
    Effect.gen(function* () {
      const reached = new Set<string>()
      yield* agrees(
        {
          ...grantModel,
          step: (state, call) => {
            const [next, outcome] = GrantModel.step(state, call)
            const name = typeof outcome === "string" ? outcome : outcome._tag
            const reason = typeof outcome === "object" && "reason" in outcome ? `, ${outcome.reason}` : ""
            reached.add(`${call.verb} ${name}${reason}`)
            return [next, outcome]
          }
        },
        1
      )
      assert.deepStrictEqual(Array.from(reached).toSorted(), [
        "authorize Refused",
        "authorize Stored",
        "redeemCode Expired",
        "redeemCode Redeemed",
        "redeemCode Refused",
        "redeemCode Replayed",
        "redeemCode Revoked",
        "redeemCode Unknown",
        "revoke AlreadyRevoked",
        "revoke Revoked",
        "revoke Unknown",
        "rotate Expired",
        "rotate GraceRefused, replays",
        "rotate GraceRefused, scope",
        "rotate GraceReplay",
        "rotate Refused",
        "rotate Reused",
        "rotate Revoked",
        "rotate Rotated",
        "rotate Unknown"
      ])
      // Of 200 runs the rarest outcome was missed once in a while.
    }).pipe(Effect.provide(MemoryGrantStore.layer), Effect.provideService(Settings, { runs: 1000 }))
  )
})
