/**
 * Faults for every store over a `SqlClient`: a step is a statement.
 *
 * The statement that is to fail is replaced by one that the database itself
 * refuses, in whatever transaction it stands. Needs no other client, and no
 * other Layer: Effect lets a fiber transform its statements.
 *
 * @example
 * ```ts
 * import { SqlStorage } from "effect-oauth/storage/sql"
 * import { SqliteClient } from "effect-oauth/node"
 * import { SqlFaults } from "effect-oauth/testing"
 * import { storageLaws } from "effect-oauth/testing/vitest"
 * import { Layer } from "effect"
 *
 * const storage = SqlStorage.layer.pipe(Layer.provide(SqliteClient.layer({ filename: ":memory:" })))
 *
 * storageLaws("SQLite", storage, { faults: SqlFaults.injection })
 * ```
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Statement from "effect/sql/Statement"
import type { FaultInjection } from "./Faults.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const injection: FaultInjection =
  ({ moment, step, strike }) =>
  (verb) =>
    Effect.flatMap(Statement.CurrentTransformer, (outer) => {
      let count = 0
      const transformer: Statement.Transformer = (statement, sql, fiber, span) =>
        Effect.gen(function* () {
          const transformed = outer === undefined ? statement : yield* outer(statement, sql, fiber, span)
          count++
          if (count !== step) return transformed
          // Whatever comes of it: its answer is lost.
          if (moment === "after") yield* Effect.ignore(transformed)
          yield* strike
          return sql`SELECT 1 FROM effect_oauth_injected_fault`
        })
      return Effect.provideService(verb, Statement.CurrentTransformer, transformer)
    })
