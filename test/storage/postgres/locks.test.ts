/**
 * What a verb has locked, statement by statement, until it is done. Somebody else comes over another connection, and
 * has no patience: whoever would have to wait fails.
 */

import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqlError from "effect/sql/SqlError"
import { FlowStore } from "../../../src/storage/FlowStore.ts"
import { FamilyId, GrantId, GrantStore } from "../../../src/storage/GrantStore.ts"
import type { StorageError } from "../../../src/storage/StorageError.ts"
import * as SqlStorage from "../../../src/storage/sql/SqlStorage.ts"
import { inSchema, temporarySchema } from "../../support/Postgres.ts"
import { describeWith, postgres } from "../../support/Services.ts"
import { meanwhile } from "../Meanwhile.ts"
import { accessToken, code, day, family, grant, hash, minute, now, rotation } from "../suite/Fixtures.ts"

/** Two over one schema. The second gives up at once what it would have to wait for. */
const two = Effect.fnUntraced(function* (url: string) {
  const schema = yield* temporarySchema(url)
  const impatient = PgClient.layer({
    url: Redacted.make(url),
    startupParameters: { search_path: schema, synchronous_commit: "off", lock_timeout: "50" }
  })
  const mine = yield* Layer.build(SqlStorage.layer.pipe(Layer.provideMerge(inSchema(url, schema))))
  const theirs = yield* Layer.build(SqlStorage.layerNoMigrations.pipe(Layer.provide(impatient)))
  return { mine, theirs }
})

/** Succeeds if the verb would have had to wait. */
const waits = <A>(verb: Effect.Effect<A, StorageError>) =>
  Effect.map(Effect.flip(verb), ({ cause }) => {
    assert.isTrue(SqlError.isSqlError(cause) && cause.reason._tag === "LockTimeoutError", String(cause))
  })

const all = { code: code("code"), accessToken: accessToken("access"), refreshFamily: family() }
const redeem = { hash: hash("code"), now, issue: { accessToken: accessToken("redeemed") } }

type Verb = (store: GrantStore["Service"]) => Effect.Effect<unknown, StorageError>

interface Scenario {
  readonly name: string
  /** How many the verb has. The first one locks. */
  readonly statements: number
  readonly before: ReadonlyArray<Verb>
  readonly verb: Verb
}

const scenarios: ReadonlyArray<Scenario> = [
  {
    name: "to redeem a code",
    statements: 4,
    before: [],
    verb: (store) => store.redeemCode(redeem)
  },
  {
    name: "to revoke for a code that is used again",
    statements: 4,
    before: [(store) => store.redeemCode(redeem)],
    verb: (store) => store.redeemCode(redeem)
  },
  {
    name: "to rotate a family",
    statements: 4,
    before: [],
    verb: (store) => store.rotate(rotation(0))
  },
  {
    name: "to rotate it once more for a retry",
    statements: 6,
    before: [(store) => store.rotate(rotation(0))],
    verb: (store) => store.rotate(rotation(0, { attempt: "second" }))
  },
  {
    name: "to revoke for a token that is used again",
    statements: 6,
    before: [(store) => store.rotate(rotation(0)), (store) => store.rotate(rotation(1))],
    verb: (store) => store.rotate(rotation(0))
  },
  {
    name: "to revoke a family",
    statements: 3,
    before: [],
    verb: (store) => store.revoke({ _tag: "RefreshFamily", id: FamilyId("family") }, now)
  }
]

await describeWith(postgres, (url) => {
  describe("the grant of a code or a family is locked from the first statement on", () => {
    for (const { before, name, statements, verb } of scenarios) {
      it.live(name, () =>
        Effect.gen(function* () {
          const { mine, theirs } = yield* two(url)
          const store = Context.get(mine, GrantStore)
          const revoke = Context.get(theirs, GrantStore).revoke({ _tag: "Grant", id: GrantId("grant") }, now)
          for (let step = 2; step <= statements; step++) {
            yield* Context.get(mine, SqlClient.SqlClient)`DELETE FROM oauth_grants`
            yield* store.authorize(grant(), all)
            for (const earlier of before) yield* earlier(store)
            yield* meanwhile(verb(store), step, waits(revoke))
          }
        }).pipe(Effect.scoped)
      )
    }
  })

  it.live("a family that is judged is not swept before that is acted upon", () =>
    Effect.gen(function* () {
      const { mine, theirs } = yield* two(url)
      const store = Context.get(mine, GrantStore)
      yield* store.authorize(grant(), all)
      yield* store.rotate(rotation(0))
      // By the clock of whoever sweeps, the family has expired.
      const sweep = Context.get(theirs, GrantStore).sweep({ now: now + 60 * day, limit: 10 })
      const retry = store.rotate(rotation(0, { attempt: "second" }))
      const swept = Effect.map(sweep, ({ grants, refreshFamilies }) => {
        assert.deepStrictEqual({ grants, refreshFamilies }, { grants: 0, refreshFamilies: 0 })
      })
      assert.strictEqual((yield* meanwhile(retry, 4, swept))._tag, "GraceReplay")
      assert.isTrue(Option.isSome(yield* store.findRefreshFamily(FamilyId("family"))))
    }).pipe(Effect.scoped)
  )

  it.live("what is due is claimed by one, and the other does not wait for it", () =>
    Effect.gen(function* () {
      const { mine, theirs } = yield* two(url)
      const store = Context.get(mine, FlowStore)
      const flow = { kind: "task", key: hash("flow"), value: "", dueAt: now, expiresAt: now + minute }
      yield* store.create(flow, now)
      const request = { kind: "task", now, until: now + 1, limit: 1 }
      const both = Effect.all([store.claim(request), Context.get(theirs, FlowStore).claim(request)])
      const [claimed, left] = yield* Context.get(mine, SqlClient.SqlClient).withTransaction(both)
      assert.lengthOf(claimed, 1)
      assert.deepStrictEqual(left, [])
    }).pipe(Effect.scoped)
  )
})
