import { assert, describe, it } from "@effect/vitest"
import * as AttemptWindows from "../../src/services/internal/AttemptWindows.ts"

const minute = 60_000

describe("attempts in the memory of one process", () => {
  it("are counted within a window that begins with the first", () => {
    const count = AttemptWindows.make(minute)
    assert.deepInclude(count("a", 0, 2), { attempts: 1, endsAt: minute })
    assert.deepInclude(count("a", minute / 2, 2), { attempts: 2, endsAt: minute })
    assert.deepInclude(count("b", minute / 2, 2), { attempts: 1, endsAt: 1.5 * minute })
    assert.deepInclude(count("a", minute - 1, 2), { attempts: 3, endsAt: minute })
    assert.deepInclude(count("a", minute, 2), { attempts: 1, endsAt: 2 * minute })
    assert.deepInclude(count("b", minute, 2), { attempts: 2, endsAt: 1.5 * minute })
  })

  it("begin anew where a window is over that others hide", () => {
    const count = AttemptWindows.make(minute)
    for (const name of ["a", "b", "c", "d"]) count(name, 0, 1)
    // Two are forgotten by then, and "d" is not.
    assert.deepInclude(count("d", minute, 1), { attempts: 1, endsAt: 2 * minute })
    assert.strictEqual(count.size(), 2)
  })

  it("that are refused count no further", () => {
    const count = AttemptWindows.make(minute)
    for (let attempt = 0; attempt < 10; attempt++) count("a", 0, 2)
    assert.strictEqual(count("a", 0, 2).attempts, 3)
  })

  it("are forgotten when their window is over, a few with each attempt", () => {
    const count = AttemptWindows.make(minute)
    for (let name = 0; name < 1000; name++) count(`name ${name}`, name, 1)
    assert.strictEqual(count.size(), 1000)
    // Whoever comes then has the work of two, and not of a thousand.
    count("other", 2 * minute, 1)
    assert.strictEqual(count.size(), 999)
    for (let attempt = 0; attempt < 500; attempt++) count("other", 2 * minute, 1)
    assert.strictEqual(count.size(), 1)
  })

  it("are not more than a window and the names that were tried within it", () => {
    const count = AttemptWindows.make(minute)
    for (let now = 0; now < 100 * minute; now += 100) {
      count(`name ${now}`, now, 1)
      // One that comes again begins anew, and is the youngest then.
      count("again", now, 1)
      assert.isAtMost(count.size(), minute / 100 + 2)
    }
  })
})
