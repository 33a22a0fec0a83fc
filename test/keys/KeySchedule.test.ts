import { assert, describe, it } from "@effect/vitest"
import * as KeySchedule from "../../src/services/internal/KeySchedule.ts"

const minute = 60_000
const schedule = { rotateEvery: 600 * minute, cacheFor: 58 * minute, tokenLifetime: 20 * minute }
// The lead is an hour then: the cache, a minute of the list, and a minute of clock skew.
const hour = 60 * minute

const first = KeySchedule.successor(schedule, undefined, 1000)

describe("the times of a signing key", () => {
  it("a first one signs at once, and is published until its last token has expired", () => {
    assert.deepStrictEqual(first, {
      createdAt: 1000,
      activeAt: 1000,
      retiresAt: 1000 + 600 * minute,
      expiresAt: 1000 + 600 * minute + hour + 21 * minute
    })
  })

  it("its successor is due an hour before it retires, and not a moment earlier", () => {
    const due = first.retiresAt - hour
    assert.isFalse(KeySchedule.isDue(schedule, first, due - 1))
    assert.isTrue(KeySchedule.isDue(schedule, first, due))
    const second = KeySchedule.successor(schedule, first, due)
    assert.strictEqual(second.activeAt, first.retiresAt)
  })

  it("a successor signs at once where the last one can sign no more by then", () => {
    // Of what it signs, the last expires 21 minutes before it is forgotten.
    const last = first.expiresAt - 21 * minute
    const inTime = KeySchedule.successor(schedule, first, last - hour)
    assert.strictEqual(inTime.activeAt, last)
    const late = KeySchedule.successor(schedule, first, last - hour + 1)
    assert.strictEqual(late.activeAt, late.createdAt)
  })

  it("one that is made at the moment of the last comes after it", () => {
    assert.strictEqual(KeySchedule.successor(schedule, first, 1000).createdAt, 1001)
    assert.strictEqual(KeySchedule.successor(schedule, first, 1001).createdAt, 1001)
    assert.strictEqual(KeySchedule.successor(schedule, first, 1002).createdAt, 1002)
  })
})

describe("the key that signs", () => {
  const second = KeySchedule.successor(schedule, first, 2000)
  const active = (now: number, keys = [first, second]) => KeySchedule.active(schedule, keys, now)

  it("is the last whose time has come", () => {
    assert.strictEqual(active(second.activeAt - 1), first)
    assert.strictEqual(active(second.activeAt), second)
  })

  it("is the first where the time of none has come, by a clock that is behind", () => {
    assert.strictEqual(active(0), first)
  })

  it("is the last where none could sign any more, and nothing where there is none", () => {
    assert.strictEqual(active(second.expiresAt - 21 * minute - 1), second)
    assert.strictEqual(active(second.expiresAt), second)
    assert.strictEqual(active(second.expiresAt, [second]), second)
    assert.isUndefined(active(0, []))
  })

  it("is none that could not be verified for as long as its tokens are valid", () => {
    const until = first.expiresAt - 21 * minute
    const later = { ...second, activeAt: until + 1000, expiresAt: until + 10 * hour }
    assert.strictEqual(active(until - 1, [first, later]), first)
    assert.strictEqual(active(until, [first, later]), later)
  })
})
