/** Every statement of the stores, and how PostgreSQL would find its rows. For SQLite see test/storage. */

import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Schema } from "effect"
import { SqlClient, Statement } from "effect/sql"
import { Migrations, SqlStorage } from "effect-oauth/storage/sql"
import { storageSuite } from "../storage/suite/Suite.ts"
import { inTemporarySchema, temporarySchema } from "../support/Postgres.ts"
import { describeWith, postgres } from "../support/Services.ts"
import { fill, fillOthers } from "./support/Fill.ts"

const recorded = new Map<string, ReadonlyArray<unknown>>()

const recorder = Layer.succeed(Statement.CurrentTransformer, (statement) =>
  Effect.sync(() => {
    recorded.set(...statement.compile())
    return statement
  })
)

interface Plan {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Index Name"?: string
  readonly "Index Cond"?: string
  readonly Plans?: ReadonlyArray<Plan>
}

const Plan = Schema.Struct({
  "Node Type": Schema.String,
  "Relation Name": Schema.optionalKey(Schema.String),
  "Index Name": Schema.optionalKey(Schema.String),
  "Index Cond": Schema.optionalKey(Schema.String),
  Plans: Schema.optionalKey(Schema.Array(Schema.suspend((): Schema.Codec<Plan> => Plan)))
})

const decodePlans = Schema.decodeUnknownSync(Schema.Array(Schema.Struct({ Plan })))

/** A step and those below it. */
const nodes = (plan: Plan): ReadonlyArray<Plan> => [plan, ...(plan.Plans ?? []).flatMap(nodes)]

/** The same, as far as there can be many rows. */
const unlimited = (plan: Plan): ReadonlyArray<Plan> =>
  plan["Node Type"] === "Limit" ? [] : [plan, ...(plan.Plans ?? []).flatMap(unlimited)]

/** Whether a step looks at a whole table, or sorts rows of one. The few that a limit has left may be sorted. */
const isSlow = (step: Plan): boolean => {
  const { "Node Type": type } = step
  if (type === "Seq Scan") return true
  if (type.startsWith("Index")) return step["Index Cond"] === undefined
  return type.includes("Sort") && unlimited(step).some((below) => below["Relation Name"] !== undefined)
}

await describeWith(postgres, (url) => {
  storageSuite(
    "PostgreSQL, with every statement recorded",
    SqlStorage.layer.pipe(Layer.provide(inTemporarySchema(url)), Layer.provideMerge(recorder)),
    { rotations: 2 }
  )

  describe("query plans", () => {
    const queries = () =>
      Array.from(recorded).filter(
        ([text]) => /^(SELECT|UPDATE|DELETE|WITH)\b/.test(text) && !text.includes("oauth_migrations")
      )

    const plan = Effect.fnUntraced(function* (text: string, parameters: ReadonlyArray<unknown>) {
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql.unsafe<{ readonly "QUERY PLAN": unknown }>(
        `EXPLAIN (FORMAT JSON) ${text}`,
        parameters
      )
      return rows.flatMap((row) => decodePlans(row["QUERY PLAN"]).flatMap(({ Plan }) => nodes(Plan)))
    })

    // Bitmaps may be sorted afterwards, which says nothing here.
    const withoutScans = Layer.unwrap(
      Effect.map(temporarySchema(url), (schema) =>
        PgClient.layer({
          url: Redacted.make(url),
          maxConnections: 1,
          startupParameters: { search_path: schema, enable_seqscan: "off", enable_bitmapscan: "off" }
        })
      )
    )

    it.effect("the suite makes every kind of statement", () =>
      Effect.sync(() => {
        assert.isAtLeast(queries().length, 30)
      })
    )

    it.live("no statement scans or sorts a table, but that over the few signing keys", () =>
      Effect.gen(function* () {
        yield* Migrations.run
        yield* fill(0, 20_000)
        yield* fillOthers(20_000)
        const indexes = new Set<string>()
        for (const [text, parameters] of queries()) {
          const steps = yield* plan(text, parameters)
          const bad = text.includes("oauth_keys") ? [] : steps.filter(isSlow)
          assert.deepStrictEqual(bad, [], text)
          for (const step of steps) if (step["Index Name"] !== undefined) indexes.add(step["Index Name"])
        }
        assert.isAtLeast(indexes.size, 15, Array.from(indexes).join(", "))
      }).pipe(Effect.provide(withoutScans))
    )
  })
})
