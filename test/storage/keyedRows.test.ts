import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { vi } from "vitest"
import * as KeyedRows from "../../src/storage/memory/internal/KeyedRows.ts"

interface Row extends KeyedRows.Keyed<Row> {
  readonly key: string
}

/** Many of them end alike, and so have the same number. */
const Key = Schema.Literals(["", "0", "a0", "000000", "a000000", "bb000000", "→000000", "0é", "a000001"])

const commands = Arbitrary.array(
  Arbitrary.schema(Schema.Struct({ verb: Schema.Literals(["add", "delete"]), key: Key })),
  { maxLength: 60 }
)

describe("rows by a key", () => {
  it.prop(
    "are what they are in a Map, whatever their keys have in common",
    { commands },
    ({ commands }) => {
      const rows = KeyedRows.make<string, Row>(({ key }) => key)
      const map = new Map<string, Row>()
      for (const { key, verb } of commands) {
        const row: Row = map.get(key) ?? { key, beside: undefined }
        if (verb === "delete") {
          rows.delete(row)
          map.delete(key)
        } else if (!map.has(key)) {
          rows.add(row)
          map.set(key, row)
        }
        for (const one of Key.literals) {
          assert.strictEqual(rows.get(one), map.get(one))
          assert.strictEqual(rows.has(one), map.has(one))
        }
      }
    },
    { arbitrary: { runs: 500 } }
  )

  it("leave nothing behind when they are gone", () => {
    using set = vi.spyOn(Map.prototype, "set")
    const rows = KeyedRows.make<string, Row>(({ key }) => key)
    const row: Row = { key: "key", beside: undefined }
    rows.add(row)
    rows.delete(row)
    assert.deepStrictEqual(
      set.mock.calls.map(([, value]) => value),
      [row]
    )
  })

  it("that is random have hardly ever another beside them", () => {
    const rows = KeyedRows.make<string, Row>(({ key }) => key)
    let crowded = 0
    for (let count = 0; count < 20_000; count++) {
      const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url")
      const row: Row = { key, beside: undefined }
      rows.add(row)
      if (row.beside !== undefined) crowded++
    }
    assert.isBelow(crowded, 20)
  })
})
