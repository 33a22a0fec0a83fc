import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as Statement from "effect/sql/Statement"
import * as Migrations from "../../src/storage/sql/Migrations.ts"
import * as SqlStorage from "../../src/storage/sql/SqlStorage.ts"
import * as Databases from "./Databases.ts"
import { storageSuite } from "./suite/Suite.ts"

const recorded = new Map<string, ReadonlyArray<unknown>>()

const recorder = Layer.succeed(Statement.CurrentTransformer, (statement) =>
  Effect.sync(() => {
    recorded.set(...statement.compile())
    return statement
  })
)

storageSuite(
  "SQLite, with every statement recorded",
  SqlStorage.layer.pipe(Layer.provide(Databases.inMemory), Layer.provideMerge(recorder)),
  { rotations: 2 }
)

describe("query plans", () => {
  const queries = () =>
    Array.from(recorded).filter(
      ([text]) => /^(SELECT|UPDATE|DELETE|WITH)\b/.test(text) && !text.includes("oauth_migrations")
    )

  const plan = Effect.fnUntraced(function* (text: string, parameters: ReadonlyArray<unknown>) {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql.unsafe<{ readonly detail: string }>(`EXPLAIN QUERY PLAN ${text}`, parameters)
    return rows.map(({ detail }) => detail)
  })

  it.effect("the suite makes every kind of statement", () =>
    Effect.sync(() => {
      assert.isAtLeast(queries().length, 30)
    })
  )

  it.effect("no statement scans a table", () =>
    Effect.gen(function* () {
      yield* Migrations.run
      for (const [text, parameters] of queries()) {
        const scans = (yield* plan(text, parameters)).filter((step) => step.startsWith("SCAN"))
        assert.deepStrictEqual(scans, [], text)
      }
    }).pipe(Effect.provide(Databases.inMemory))
  )

  it.effect("no statement sorts, but the one over the few signing keys", () =>
    Effect.gen(function* () {
      yield* Migrations.run
      for (const [text, parameters] of queries()) {
        const sorts = (yield* plan(text, parameters)).filter((step) => step.includes("TEMP B-TREE"))
        assert.lengthOf(sorts, text.includes("oauth_keys") ? sorts.length : 0, text)
      }
    }).pipe(Effect.provide(Databases.inMemory))
  )
})
