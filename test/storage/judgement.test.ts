import { assert, describe, it } from "@effect/vitest"
import { judgeRotation, type PresentedFamily } from "../../src/storage/internal/Judgement.ts"
import { family, grant, hash, minute, now, rotation, second } from "./suite/Fixtures.ts"

/** A family that was rotated once, a moment ago. */
const rotated: PresentedFamily = {
  ...family({ generation: 1, currentHash: hash("refresh 1") }),
  grant: { ...grant(), revokedAt: undefined },
  previousHash: hash("refresh 0"),
  rotatedAt: now - second,
  rotatedScope: rotation(0).accessToken.scope,
  replays: 0,
  revokedAt: undefined
}

describe("a refresh family as no store of ours leaves it is judged on the safe side", () => {
  it("is honoured, as one that a store leaves", () => {
    assert.strictEqual(judgeRotation(rotated, rotation(1))._tag, "Rotated")
    assert.strictEqual(judgeRotation(rotated, rotation(0))._tag, "GraceReplay")
  })

  it("revoked, though its grant is not", () => {
    assert.deepStrictEqual(judgeRotation({ ...rotated, revokedAt: now - minute }, rotation(1)), {
      _tag: "Revoked"
    })
  })

  it("replaced, though nobody says when", () => {
    assert.deepStrictEqual(judgeRotation({ ...rotated, rotatedAt: undefined }, rotation(0)), {
      _tag: "Reused",
      grantId: grant().id
    })
  })
})
