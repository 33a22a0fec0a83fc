import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import {
  FamilyId,
  GrantId,
  type GrantStatus,
  GrantStore,
  type Page
} from "../../../src/storage/GrantStore.ts"
import * as GrantsOf from "../../../src/storage/GrantsOf.ts"
import { accessToken, clientId, code, day, family, grant, hash, minute, now, scope } from "./Fixtures.ts"
import type { Test } from "./Suite.ts"

type AuthorizedIssue = Parameters<GrantStore["Service"]["authorize"]>[1]

export const grantStoreTests = (test: Test) => {
  test(
    "what was authorized is found as it was stored, with its grant",
    Effect.gen(function* () {
      const store = yield* GrantStore
      yield* store.authorize(grant(), {
        code: code("code"),
        accessToken: accessToken("access"),
        refreshFamily: family()
      })
      const status = { ...grant(), revokedAt: undefined }
      assert.deepStrictEqual(
        yield* store.findCode(hash("code")),
        Option.some({ ...code("code"), grant: status, redeemedAt: undefined })
      )
      assert.deepStrictEqual(
        yield* store.findAccessToken(hash("access")),
        Option.some({ ...accessToken("access"), grant: status, revokedAt: undefined })
      )
      assert.deepStrictEqual(
        yield* store.findRefreshFamily(FamilyId("family")),
        Option.some({
          ...family(),
          grant: status,
          previousHash: undefined,
          rotatedAt: undefined,
          revokedAt: undefined
        })
      )
    })
  )

  test(
    "what is optional may be absent",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const bare = grant({
        subject: undefined,
        username: undefined,
        authenticatedAt: undefined,
        scope: scope()
      })
      const plain = code("code", { codeChallenge: undefined, extensions: {}, redirectUriGiven: false })
      yield* store.authorize(bare, { code: plain, accessToken: accessToken("access", { scope: scope() }) })
      const found = yield* store.findCode(hash("code"))
      assert.deepStrictEqual(
        found,
        Option.some({ ...plain, grant: { ...bare, revokedAt: undefined }, redeemedAt: undefined })
      )
      const token = yield* store.findAccessToken(hash("access"))
      assert.strictEqual(Option.getOrThrow(token).scope, "")
    })
  )

  test(
    "what nobody issued is none",
    Effect.gen(function* () {
      const store = yield* GrantStore
      yield* store.authorize(grant(), { code: code("code"), accessToken: accessToken("access") })
      // A code is no access token, nor the other way round.
      assert.isTrue(Option.isNone(yield* store.findCode(hash("access"))))
      assert.isTrue(Option.isNone(yield* store.findAccessToken(hash("code"))))
      assert.isTrue(Option.isNone(yield* store.findRefreshFamily(FamilyId("family"))))
    })
  )

  test(
    "what has expired is told as it is",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const past = { issuedAt: 0, expiresAt: 1 }
      yield* store.authorize(grant(), {
        code: code("code", past),
        accessToken: accessToken("access", past),
        refreshFamily: family(past)
      })
      assert.strictEqual(Option.getOrThrow(yield* store.findCode(hash("code"))).expiresAt, 1)
      assert.strictEqual(Option.getOrThrow(yield* store.findAccessToken(hash("access"))).expiresAt, 1)
      assert.strictEqual(Option.getOrThrow(yield* store.findRefreshFamily(FamilyId("family"))).expiresAt, 1)
    })
  )

  test(
    "a store that cannot take all of it takes nothing of it",
    Effect.gen(function* () {
      const store = yield* GrantStore
      yield* store.authorize(grant({ name: "first" }), { accessToken: accessToken("same") })
      const error = yield* Effect.flip(
        store.authorize(grant({ name: "second", subject: "bob" }), {
          code: code("code"),
          accessToken: accessToken("same")
        })
      )
      assert.strictEqual(error._tag, "StorageError")
      assert.strictEqual(error.operation, "GrantStore.authorize")
      assert.isTrue(Option.isNone(yield* store.findCode(hash("code"))))
      assert.deepStrictEqual(yield* Stream.runCollect(GrantsOf.subject("bob")), [])
    })
  )

  const others: ReadonlyArray<readonly [name: string, issue: AuthorizedIssue]> = [
    ["code", { code: code("same") }],
    ["access token", { accessToken: accessToken("same") }],
    ["refresh family", { refreshFamily: family({ id: FamilyId("same") }) }]
  ]
  for (const [name, issue] of others) {
    test(
      `there is one ${name} by a key: a second one is refused, and its grant with it`,
      Effect.gen(function* () {
        const store = yield* GrantStore
        yield* store.authorize(grant({ name: "first" }), issue)
        const second = grant({ name: "second", subject: "bob" })
        const error = yield* Effect.flip(store.authorize(second, issue))
        assert.strictEqual(error.operation, "GrantStore.authorize")
        assert.deepStrictEqual(yield* Stream.runCollect(GrantsOf.subject("bob")), [])
        yield* store.authorize(second, {})
      })
    )
  }

  test(
    "there is one grant by a name: a second one is refused, and what is issued for it",
    Effect.gen(function* () {
      const store = yield* GrantStore
      yield* store.authorize(grant(), {})
      const error = yield* Effect.flip(store.authorize(grant({ subject: "bob" }), { code: code("code") }))
      assert.strictEqual(error.operation, "GrantStore.authorize")
      assert.isTrue(Option.isNone(yield* store.findCode(hash("code"))))
      assert.deepStrictEqual(yield* Stream.runCollect(GrantsOf.subject("bob")), [])
    })
  )

  test(
    "the grants of a subject and of a client, the oldest first, whatever their number",
    Effect.gen(function* () {
      const store = yield* GrantStore
      // More than two pages, of which many share their moment, stored in no order.
      const numbers = Array.from({ length: 250 }, (_, index) => (index * 97) % 250)
      yield* Effect.forEach(numbers, (number) =>
        store.authorize(
          grant({
            name: `g${String(number).padStart(3, "0")}`,
            createdAt: now - Math.floor(number / 60) * minute,
            subject: "alice",
            clientId: clientId(number % 2 === 0 ? "even" : "odd")
          }),
          {}
        )
      )
      yield* store.authorize(grant({ name: "of bob", subject: "bob", clientId: clientId("even") }), {})
      yield* store.authorize(
        grant({ name: "of nobody", subject: undefined, clientId: clientId("third") }),
        {}
      )

      const ofAlice = yield* Stream.runCollect(GrantsOf.subject("alice"))
      const expected = Array.from({ length: 250 }, (_, number) => number)
        .sort((one, other) => Math.floor(other / 60) - Math.floor(one / 60) || one - other)
        .map((number) => `g${String(number).padStart(3, "0")}`)
      assert.deepStrictEqual(
        ofAlice.map(({ id }) => String(id)),
        expected
      )
      const ofOdd = yield* Stream.runCollect(GrantsOf.client(clientId("odd")))
      assert.deepStrictEqual(
        ofOdd.map(({ id }) => String(id)),
        expected.filter((name) => Number(name.slice(1)) % 2 === 1)
      )
      assert.lengthOf(yield* Stream.runCollect(GrantsOf.client(clientId("third"))), 1)
      assert.deepStrictEqual(yield* Stream.runCollect(GrantsOf.subject("carol")), [])
    })
  )

  test(
    "the grants of a subject and of a client come in pages of at most so many, those of one moment too",
    Effect.gen(function* () {
      const store = yield* GrantStore
      // Stored against their order.
      for (const name of ["e", "d", "c", "b", "a"]) {
        yield* store.authorize(grant({ name, createdAt: name < "d" ? now : now + 1 }), {})
      }
      yield* store.authorize(grant({ name: "bc", subject: "bob", clientId: clientId("other") }), {})
      const idsOf = (grants: ReadonlyArray<GrantStatus>) => grants.map(({ id }) => String(id)).join("")
      const listings = [
        (page: Page) => store.grantsOfSubject("alice", page),
        (page: Page) => store.grantsOfClient(clientId("client"), page)
      ]
      for (const listing of listings) {
        const first = yield* listing({ limit: 2 })
        const second = yield* listing({ after: first[1], limit: 2 })
        const last = yield* listing({ after: second[1], limit: 2 })
        assert.deepStrictEqual([first, second, last].map(idsOf), ["ab", "cd", "e"])
        assert.deepStrictEqual(yield* listing({ after: last[0], limit: 2 }), [])
      }
    })
  )

  test(
    "the grants of a subject come with their status",
    Effect.gen(function* () {
      const store = yield* GrantStore
      yield* store.authorize(grant({ name: "a" }), {})
      yield* store.authorize(grant({ name: "b" }), {})
      yield* store.revoke({ _tag: "Grant", id: GrantId("a") }, now + day)
      assert.deepStrictEqual(yield* Stream.runCollect(GrantsOf.subject("alice")), [
        { ...grant({ name: "a" }), revokedAt: now + day },
        { ...grant({ name: "b" }), revokedAt: undefined }
      ])
    })
  )

  test(
    "a record that was handed out does not change",
    Effect.gen(function* () {
      const store = yield* GrantStore
      yield* store.authorize(grant(), { code: code("code") })
      const before = Option.getOrThrow(yield* store.findCode(hash("code")))
      yield* store.redeemCode({ hash: hash("code"), now, issue: {} })
      yield* store.revoke({ _tag: "Grant", id: GrantId("grant") }, now)
      assert.deepStrictEqual(before, {
        ...code("code"),
        grant: { ...grant(), revokedAt: undefined },
        redeemedAt: undefined
      })
    })
  )

  test(
    "what was handed in may be changed afterwards",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const extensions: Record<string, string> = { nonce: "mine" }
      yield* store.authorize(grant({ extensions }), { code: code("code", { extensions }) })
      extensions.nonce = "changed"
      const found = Option.getOrThrow(yield* store.findCode(hash("code")))
      assert.deepStrictEqual(found.extensions, { nonce: "mine" })
      assert.deepStrictEqual(found.grant.extensions, { nonce: "mine" })
    })
  )
}
