/**
 * Deletes what has expired, shard by shard, those that expired first.
 *
 * A shard's index is a sorted set of entries by their expiry. It is looked at
 * first, which tells the keys; then a script with these keys decides about each,
 * so that a row which was given a longer life in between stays.
 */
import * as Effect from "effect/Effect"
import type { SweepRequest } from "../../Swept.ts"
import type { Failure } from "./Failure.ts"
import { listOf, numberOf, read, textOf } from "./Reply.ts"
import * as Script from "./Script.ts"

export interface Sweepable {
  /** One of each shard. */
  readonly indexes: ReadonlyArray<string>
  /**
   * Gets an index and the keys of some of its entries, and `now` and these
   * entries. Answers for each of them how many rows it deleted, which is 0 if the
   * row was gone already; or -1 if the entry has to stay.
   */
  readonly script: Script.Script
  readonly keysOf: (entry: string) => ReadonlyArray<string>
  /** What is to be cleared away elsewhere, when the row is gone. It gets what the script answered. */
  readonly afterwards: (index: string, entry: string, outcome: number) => Effect.Effect<unknown, Failure>
}

interface Due {
  readonly index: string
  readonly entry: string
  readonly expiresAt: number
}

const findDue = Script.make(
  `return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2])`
)

const atOnce = { concurrency: 32 }
const entriesPerScript = 250
const largestPage = 10_000

export const make = (run: Script.Run, { afterwards, indexes, keysOf, script }: Sweepable) => {
  const dueIn = (index: string, now: number, limit: number) =>
    run(findDue, [index], [String(now), String(limit)]).pipe(
      read((reply) => {
        const list = listOf(reply)
        return Array.from(
          { length: list.length / 2 },
          (_, position): Due => ({
            index,
            entry: textOf(list[2 * position]),
            expiresAt: numberOf(list[2 * position + 1])
          })
        )
      })
    )

  /** Those that expired first, and whether these are all; of each shard no more than a page. */
  const findFirst = Effect.fnUntraced(function* (now: number, page: number) {
    const ofShards = yield* Effect.forEach(indexes, (index) => dueIn(index, now, page), atOnce)
    // Behind the end of a full page there may be more: what expired after it has to wait for the next look.
    const ends = ofShards.filter((due) => due.length === page).map((due) => due.at(-1)?.expiresAt ?? 0)
    const end = Math.min(...ends)
    const due = ofShards
      .flat()
      .filter(({ expiresAt }) => expiresAt <= end)
      .sort((self, that) => self.expiresAt - that.expiresAt || (self.entry < that.entry ? -1 : 1))
    return { due, all: ends.length === 0 }
  })

  const deleteSome = Effect.fnUntraced(function* (
    now: number,
    index: string,
    entries: ReadonlyArray<string>
  ) {
    const outcomes = yield* run(
      script,
      [index, ...entries.flatMap((entry) => keysOf(entry))],
      [String(now), ...entries]
    ).pipe(read((reply) => listOf(reply).map(numberOf)))
    const stayed = entries.filter((_, position) => outcomes[position] === -1)
    yield* Effect.forEach(
      entries,
      (entry, position) => {
        const outcome = outcomes[position] ?? -1
        return outcome === -1 ? Effect.void : afterwards(index, entry, outcome)
      },
      { ...atOnce, discard: true }
    )
    return { stayed, deleted: outcomes.filter((outcome) => outcome > 0).length }
  })

  return Effect.fnUntraced(function* ({ limit, now }: SweepRequest): Effect.fn.Return<number, Failure> {
    const stayed = new Set<string>()
    let deleted = 0
    while (deleted < limit) {
      const wanted = limit - deleted
      const share = Math.max(8, Math.ceil((2 * wanted) / indexes.length))
      const page = stayed.size + Math.min(wanted, share, largestPage)
      const { all, due } = yield* findFirst(now, page)
      const candidates = due.filter(({ entry }) => !stayed.has(entry))
      const chosen = candidates.slice(0, wanted)
      const outcomes = yield* Effect.forEach(
        chunks(chosen),
        ({ entries, index }) => deleteSome(now, index, entries),
        atOnce
      )
      for (const outcome of outcomes) {
        deleted += outcome.deleted
        for (const entry of outcome.stayed) stayed.add(entry)
      }
      if (all && chosen.length === candidates.length) break
    }
    return deleted
  })
}

/** By index, and not too many together, so that no script keeps Redis busy for long. */
const chunks = (due: ReadonlyArray<Due>) => {
  const byIndex = Map.groupBy(due, ({ index }) => index)
  return Array.from(byIndex).flatMap(([index, ofIndex]) =>
    Array.from({ length: Math.ceil(ofIndex.length / entriesPerScript) }, (_, number) => ({
      index,
      entries: ofIndex
        .slice(number * entriesPerScript, (number + 1) * entriesPerScript)
        .map(({ entry }) => entry)
    }))
  )
}
