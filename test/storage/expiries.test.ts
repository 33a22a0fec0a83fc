import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as Expiries from "../../src/storage/memory/internal/Expiries.ts"

const times = Arbitrary.array(Arbitrary.schema(Schema.Literals([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])), {
  maxLength: 60
})

const takeAll = (expiries: Expiries.Expiries<{ readonly expiresAt: number }>, now: number) => {
  const taken: Array<number> = []
  for (;;) {
    const row = expiries.takeExpired(now)
    if (row === undefined) return taken
    taken.push(row.expiresAt)
  }
}

describe("rows by their expiry", () => {
  it.prop(
    "those that have expired come out, the soonest first, and the rest stays",
    { times },
    ({ times }) => {
      const expiries = Expiries.make<{ readonly expiresAt: number }>()
      for (const expiresAt of times) expiries.add({ expiresAt })
      const sorted = times.toSorted()
      assert.deepStrictEqual(
        takeAll(expiries, 4),
        sorted.filter((time) => time <= 4)
      )
      assert.deepStrictEqual(
        takeAll(expiries, 9),
        sorted.filter((time) => time > 4)
      )
      assert.deepStrictEqual(takeAll(expiries, 99), [])
    }
  )

  it.prop("a row whose expiry moved away comes out when that has passed", { times }, ({ times }) => {
    const expiries = Expiries.make<{ expiresAt: number }>()
    const rows = times.map((expiresAt) => ({ expiresAt }))
    for (const row of rows) expiries.add(row)
    for (const [index, row] of rows.entries()) if (index % 3 === 0) row.expiresAt += 10
    assert.lengthOf(takeAll(expiries, 9), rows.filter(({ expiresAt }) => expiresAt <= 9).length)
    assert.lengthOf(takeAll(expiries, 19), rows.filter(({ expiresAt }) => expiresAt > 9).length)
  })
})
