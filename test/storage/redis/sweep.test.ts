/** In which order a sweep takes what has expired, and how much of it at a time. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Script from "../../../src/storage/redis/internal/Script.ts"
import * as Sweep from "../../../src/storage/redis/internal/Sweep.ts"

type Entries = Readonly<Record<string, number>>

const script = Script.make("deletes")

/** Indexes of entries by their expiry, and what a sweep did with them. */
const sweepOf = (shards: ReadonlyArray<Entries>, staying: ReadonlyArray<string> = []) => {
  const indexes = shards.map((entries) => new Map(Object.entries(entries)))
  const pages: Array<number> = []
  const deleted: Array<ReadonlyArray<string>> = []
  const cleared: Array<string> = []

  const due = (index: number, now: number, limit: number) =>
    Array.from(indexes[index] ?? [])
      .filter(([, expiresAt]) => expiresAt <= now)
      .sort(([one, first], [other, second]) => first - second || (one < other ? -1 : 1))
      .slice(0, limit)

  const run: Script.Run = (asked, [index = ""], args = []) =>
    Effect.sync(() => {
      const [now = "", ...rest] = args
      if (asked !== script) {
        const limit = Number(rest[0])
        if (index === "0") pages.push(limit)
        return due(Number(index), Number(now), limit).flatMap(([entry, expiresAt]) => [
          entry,
          String(expiresAt)
        ])
      }
      deleted.push(rest)
      return rest.map((entry) => {
        if (staying.includes(entry)) return -1
        return indexes[Number(index)]?.delete(entry) === true ? 1 : 0
      })
    })

  const sweep = Sweep.make(run, {
    indexes: indexes.map((_, index) => String(index)),
    script,
    keysOf: (entry) => [`key of ${entry}`],
    afterwards: (_, entry) => Effect.sync(() => cleared.push(entry))
  })
  return {
    pages,
    deleted,
    cleared,
    sweep: (limit: number) => sweep({ now: 1000, limit }),
    left: () => indexes.flatMap((index) => Array.from(index.keys())).sort()
  }
}

const many = (count: number, name: string): Entries =>
  Object.fromEntries(Array.from({ length: count }, (_, number) => [`${name}${number}`, number + 1]))

describe("a sweep", () => {
  it.effect("takes those that expired first, of whatever shard", () =>
    Effect.gen(function* () {
      const { cleared, left, sweep } = sweepOf([{ c: 30, a: 10 }, { d: 40, b: 20 }, { e: 2000 }])
      assert.strictEqual(yield* sweep(2), 2)
      assert.deepStrictEqual(cleared.toSorted(), ["a", "b"])
      assert.deepStrictEqual(left(), ["c", "d", "e"])
      assert.strictEqual(yield* sweep(10), 2)
      assert.deepStrictEqual(left(), ["e"])
    })
  )

  it.effect("and of those that expired together the same ones each time", () =>
    Effect.gen(function* () {
      for (const shards of [
        [
          { b: 10, d: 10 },
          { a: 10, c: 10 }
        ],
        [
          { a: 10, c: 10 },
          { b: 10, d: 10 }
        ]
      ]) {
        const { left, sweep } = sweepOf(shards)
        assert.strictEqual(yield* sweep(3), 3)
        assert.deepStrictEqual(left(), ["d"])
      }
    })
  )

  it.effect("does not take what expired later than what it has not seen yet", () =>
    Effect.gen(function* () {
      const { left, pages, sweep } = sweepOf([many(20, "early"), { late: 100 }, {}])
      assert.strictEqual(yield* sweep(10), 10)
      assert.include(left(), "late")
      assert.deepStrictEqual(pages, [8, 2])
    })
  )

  it.effect("looks at twice the share of a shard, and at no more than ten thousand", () =>
    Effect.gen(function* () {
      for (const [limit, page] of [
        [1000, 500],
        [100, 50],
        [20, 10],
        [4, 4],
        [1_000_000, 10_000]
      ] as const) {
        const { pages, sweep } = sweepOf([{}, {}, {}, {}])
        assert.strictEqual(yield* sweep(limit), 0)
        assert.deepStrictEqual(pages, [page])
      }
    })
  )

  it.effect("goes on to the next where one has to stay", () =>
    Effect.gen(function* () {
      const { cleared, left, sweep } = sweepOf([{ a: 1 }, { b: 2 }, { c: 3 }], ["a"])
      assert.strictEqual(yield* sweep(2), 2)
      assert.deepStrictEqual(cleared, ["b", "c"])
      assert.deepStrictEqual(left(), ["a"])
    })
  )

  it.effect("takes so many at a time", () =>
    Effect.gen(function* () {
      const { deleted, left, sweep } = sweepOf([many(600, "row")])
      assert.strictEqual(yield* sweep(1000), 600)
      assert.deepStrictEqual(
        deleted.map(({ length }) => length),
        [250, 250, 100]
      )
      assert.strictEqual(new Set(deleted.flat()).size, 600)
      assert.deepStrictEqual(left(), [])
    })
  )
})
