import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Redis } from "effect/persistence/Redis"
import * as Stream from "effect/Stream"
import { FamilyId, GrantStore } from "../../../src/storage/GrantStore.ts"
import * as GrantsOf from "../../../src/storage/GrantsOf.ts"
import * as RedisStorage from "../../../src/storage/redis/RedisStorage.ts"
import type { Storage } from "../../../src/storage/Storage.ts"
import * as Services from "../../support/Services.ts"
import { verbs } from "../suite/EveryVerb.ts"
import {
  accessToken,
  clientId,
  code,
  day,
  family,
  grant,
  hash,
  now,
  rotation,
  withCode,
  withFamily
} from "../suite/Fixtures.ts"
import * as Faults from "./Faults.ts"
import * as Redises from "./Redises.ts"

describe("Redis that is no help", () => {
  const answering = (answer: unknown) =>
    RedisStorage.layer().pipe(
      Layer.provide(
        Layer.mock(Redis, {
          send: <A>() => Effect.succeed(answer as A),
          eval: () => () => Effect.succeed(answer)
        })
      )
    )

  for (const [name, answer] of [
    ["nonsense", "!"],
    ["a list of nonsense", [["!"], "!"]],
    ["a number", 12.5]
  ] as const) {
    it.live(`answers ${name}: StorageError, or a sensible outcome, and never a defect`, () =>
      Effect.gen(function* () {
        for (const [operation, verb] of Object.entries(yield* verbs)) {
          const result = yield* Effect.result(verb)
          if (result._tag === "Failure") assert.strictEqual(result.failure.operation, operation)
        }
      }).pipe(Effect.provide(answering(answer)))
    )
  }
})

await Services.describeWith(Services.redis, (url) => {
  const nextPrefix = Redises.prefixes(url)
  const connection = Redises.connection(url)
  const storage = Redises.emptyStorage(nextPrefix, Faults.layer(connection))
  const steps = Array.from({ length: 8 }, (_, index) => index + 1)

  const test = (behaviour: string, body: Effect.Effect<void, unknown, Storage>) =>
    it.live(behaviour, () => Effect.provide(body, storage))

  test(
    "whatever step fails, before or after it was done, the verb fails with its name",
    Effect.gen(function* () {
      for (const moment of ["before", "after"] as const) {
        for (const [operation, verb] of Object.entries(yield* verbs)) {
          const fault = { step: 1, moment, strike: Effect.void }
          const error = yield* Effect.flip(Faults.inject(fault)(verb))
          assert.strictEqual(error.operation, operation)
        }
      }
    })
  )

  it.live("a grant that could not be stored again, for somebody else, is listed with its owner only", () =>
    Effect.gen(function* () {
      const prefix = nextPrefix()
      yield* Effect.gen(function* () {
        const store = yield* GrantStore
        yield* store.authorize(grant(), { accessToken: accessToken("access") })
        const bobs = store.authorize(grant({ subject: "bob", createdAt: now + 1 }), { code: code("code") })
        yield* Effect.flip(bobs)
        assert.deepStrictEqual(yield* Stream.runCollect(GrantsOf.subject("bob")), [])
        for (const listed of [GrantsOf.subject("alice"), GrantsOf.client(clientId("client"))]) {
          assert.deepStrictEqual(yield* Stream.runCollect(listed), [{ ...grant(), revokedAt: undefined }])
        }
      }).pipe(Effect.provide(RedisStorage.layer({ prefix }).pipe(Layer.provide(Faults.layer(connection)))))
    }).pipe(Effect.provide(connection))
  )

  for (const step of steps) {
    for (const moment of ["before", "after"] as const) {
      const broken = Faults.inject({ step, moment, strike: Effect.void })
      const at = `${moment} its step ${step}`

      it.live(`a redemption that breaks off ${at} has happened whole or not at all`, () =>
        Effect.gen(function* () {
          const store = yield* withCode
          const issue = { accessToken: accessToken("access"), refreshFamily: family() }
          const request = { hash: hash("code"), now, issue }
          yield* Effect.ignore(broken(store.redeemCode(request)))
          const isUsed = Option.getOrThrow(yield* store.findCode(hash("code"))).redeemedAt !== undefined
          assert.strictEqual(Option.isSome(yield* store.findAccessToken(hash("access"))), isUsed)
          assert.strictEqual(Option.isSome(yield* store.findRefreshFamily(FamilyId("family"))), isUsed)
          assert.strictEqual((yield* store.redeemCode(request))._tag, isUsed ? "Replayed" : "Redeemed")
          assert.isTrue(Option.isSome(yield* store.findAccessToken(hash("access"))))
        }).pipe(Effect.provide(storage))
      )

      it.live(`a rotation that breaks off ${at} has happened whole or not at all`, () =>
        Effect.gen(function* () {
          const store = yield* withFamily
          yield* Effect.ignore(broken(store.rotate(rotation(0))))
          const { generation } = Option.getOrThrow(yield* store.findRefreshFamily(FamilyId("family")))
          const token = yield* store.findAccessToken(hash("access 0 first"))
          assert.strictEqual(Option.isSome(token), generation === 1)
          const again = yield* store.rotate(rotation(0, { attempt: "second" }))
          assert.strictEqual(again._tag, generation === 1 ? "GraceReplay" : "Rotated")
          assert.isTrue(Option.isSome(yield* store.findAccessToken(hash("access 0 second"))))
        }).pipe(Effect.provide(storage))
      )

      it.live(`a grant that breaks off ${at} is there whole or not at all, and leaves next to nothing`, () =>
        Effect.gen(function* () {
          const prefix = nextPrefix()
          yield* Effect.gen(function* () {
            const store = yield* GrantStore
            const issue = { code: code("code"), accessToken: accessToken("access"), refreshFamily: family() }
            yield* Effect.ignore(broken(store.authorize(grant(), issue)))
            const found = yield* Effect.all([
              store.findCode(hash("code")),
              store.findAccessToken(hash("access")),
              store.findRefreshFamily(FamilyId("family"))
            ])
            assert.strictEqual(new Set(found.map(({ _tag }) => _tag)).size, 1)
            const request = { now: now + 100 * day, limit: 100 }
            yield* store.sweep(request)
            // Only a list of grants may still have an entry that is passed over.
            const left = yield* Redises.withoutExpiry(yield* Redises.keysOf(prefix))
            assert.deepStrictEqual(
              left.filter((key) => !/^:(client-grants|subject):/.test(key.slice(prefix.length))),
              []
            )
            assert.deepStrictEqual(yield* Stream.runCollect(GrantsOf.subject("alice")), [])
            // What names are left over stand in nobody's way.
            yield* store.authorize(grant(), issue)
            yield* store.sweep(request)
            assert.deepStrictEqual(yield* Stream.runCollect(GrantsOf.subject("alice")), [])
          }).pipe(
            Effect.provide(RedisStorage.layer({ prefix }).pipe(Layer.provide(Faults.layer(connection))))
          )
          assert.deepStrictEqual(yield* Redises.withoutExpiry(yield* Redises.keysOf(prefix)), [])
        }).pipe(Effect.provide(connection))
      )
    }
  }

  // Each kind is found by asking every shard what is due, and then deleted.
  const shards = 64
  const deleting = [1, 2].flatMap((step) => [shards + step, 2 * shards + 2 + step])
  const deletingGrant = [1, 2, 3, 4, 5].map((step) => 4 * shards + 4 + step)
  for (const step of [...deleting, ...deletingGrant]) {
    for (const moment of ["before", "after"] as const) {
      it.live(`a sweep that breaks off ${moment} its step ${step} is made good by the next`, () =>
        Effect.gen(function* () {
          const prefix = nextPrefix()
          yield* Effect.gen(function* () {
            const store = yield* GrantStore
            yield* store.authorize(grant(), {
              code: code("code"),
              accessToken: accessToken("access"),
              refreshFamily: family()
            })
            yield* store.redeemCode({ hash: hash("code"), now, issue: {} })
            const request = { now: now + 100 * day, limit: 100 }
            const broken = Faults.inject({ step, moment, strike: Effect.void })(store.sweep(request))
            assert.strictEqual((yield* Effect.flip(broken)).operation, "GrantStore.sweep")
            yield* store.sweep(request)
          }).pipe(
            Effect.provide(RedisStorage.layer({ prefix }).pipe(Layer.provide(Faults.layer(connection))))
          )
          const left = yield* Redises.keysOf(prefix)
          assert.deepStrictEqual(yield* Redises.withoutExpiry(left), [])
        }).pipe(Effect.provide(connection))
      )
    }
  }
})
