import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { GrantStore, GrantsOf } from "effect-oauth"
import { clientId, grant } from "./suite/Fixtures.ts"

const grants = Array.from({ length: 5 }, (_, number) => ({
  ...grant({ name: `grant ${number}`, createdAt: number }),
  revokedAt: undefined
}))

type Listing = (
  owner: string,
  page: GrantStore.Page
) => ReturnType<GrantStore.GrantStore["Service"]["grantsOfSubject"]>

const over = (listing: Listing) =>
  Layer.mock(GrantStore.GrantStore, { grantsOfSubject: listing, grantsOfClient: listing })

/** What a stream tells, and which pages it asks for. */
const turned = <A, E>(
  stream: Stream.Stream<A, E, GrantStore.GrantStore>,
  listing: (page: GrantStore.Page) => ReadonlyArray<GrantStore.GrantStatus>
) => {
  const asked: Array<readonly [owner: string, after: number | undefined, limit: number]> = []
  const store = over((owner, page) =>
    Effect.sync(() => {
      asked.push([owner, page.after?.createdAt, page.limit])
      return listing(page)
    })
  )
  return Effect.map(Stream.runCollect(stream), (told) => ({ asked, told })).pipe(Effect.provide(store))
}

const inPages = ({ after, limit }: GrantStore.Page) =>
  grants.filter(({ createdAt }) => after === undefined || createdAt > after.createdAt).slice(0, limit)

describe("GrantsOf", () => {
  it.effect("turns all pages of a resource owner", () =>
    Effect.gen(function* () {
      const { asked, told } = yield* turned(GrantsOf.subject("alice", { pageSize: 2 }), inPages)
      assert.deepStrictEqual(told, grants)
      assert.deepStrictEqual(asked, [
        ["alice", undefined, 2],
        ["alice", 1, 2],
        ["alice", 3, 2]
      ])
    })
  )

  it.effect("turns all pages of a client, and looks for more behind a last one that is full", () =>
    Effect.gen(function* () {
      const { asked, told } = yield* turned(GrantsOf.client(clientId("spa"), { pageSize: 5 }), inPages)
      assert.deepStrictEqual(told, grants)
      assert.deepStrictEqual(asked, [
        ["spa", undefined, 5],
        ["spa", 4, 5]
      ])
    })
  )

  it.effect("asks for no page that nobody wants, and for a hundred grants at once", () =>
    Effect.gen(function* () {
      const { asked, told } = yield* turned(GrantsOf.subject("alice").pipe(Stream.take(1)), inPages)
      assert.deepStrictEqual(told, grants.slice(0, 1))
      assert.deepStrictEqual(asked, [["alice", undefined, 100]])
      const first = yield* turned(GrantsOf.subject("alice", { pageSize: 2 }).pipe(Stream.take(2)), inPages)
      assert.lengthOf(first.asked, 1)
    })
  )

  it.effect("asks for one at least", () =>
    Effect.gen(function* () {
      for (const pageSize of [1, 0, -1]) {
        const { asked, told } = yield* turned(GrantsOf.subject("alice", { pageSize }), inPages)
        assert.deepStrictEqual(told, grants)
        assert.deepStrictEqual(new Set(asked.map(([, , limit]) => limit)), new Set([1]))
      }
    })
  )

  it.effect("does not go on for ever with a store that tells the same page again", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        turned(GrantsOf.subject("alice", { pageSize: 2 }), () => grants.slice(0, 2))
      )
      assert.strictEqual(error._tag, "StorageError")
      assert.strictEqual(error.operation, "GrantStore.grantsOfSubject")
      assert.match(String(error.cause), /does not go on/)
      const ofClient = yield* Effect.flip(
        turned(GrantsOf.client(clientId("spa"), { pageSize: 2 }), () => grants.slice(0, 2))
      )
      assert.strictEqual(ofClient.operation, "GrantStore.grantsOfClient")
    })
  )
})
