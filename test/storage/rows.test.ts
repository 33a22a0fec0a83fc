/** How rows of SQL are read, and what becomes of a database's mistakes and of ours. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as SqlError from "effect/sql/SqlError"
import { toStorageError } from "../../src/storage/sql/internal/Failure.ts"
import * as Row from "../../src/storage/sql/internal/Row.ts"

const readInteger = (value: unknown) =>
  Row.first(Effect.succeed([{ column: value }]), (row) => Row.integer(row, "column"))

describe("a row", () => {
  it.effect("has integers as any driver gives them", () =>
    Effect.gen(function* () {
      for (const value of [7, 7n, "7"]) assert.strictEqual(yield* readInteger(value), 7)
    })
  )

  it.effect("has no integer where digits would be lost, or where there is none", () =>
    Effect.gen(function* () {
      for (const value of [
        2 ** 53,
        2n ** 53n,
        "9007199254740992",
        1.5,
        "1.5",
        "seven",
        true,
        null,
        undefined
      ]) {
        const error = yield* Effect.flip(readInteger(value))
        assert.instanceOf(error, Row.UnexpectedColumn, String(value))
      }
    })
  )

  it("may have a column empty, or leave it out", () => {
    for (const row of [{ column: null }, {}]) {
      assert.strictEqual(Row.optionalText(row, "column"), undefined)
      assert.strictEqual(Row.optionalInteger(row, "column"), undefined)
    }
  })

  it.effect("that is read by mistake is a defect, and no failure of the database", () =>
    Effect.gen(function* () {
      const mistake = new TypeError("a mistake")
      const read = Row.first(Effect.succeed([{}]), () => {
        throw mistake
      })
      assert.deepStrictEqual(yield* Effect.exit(toStorageError("verb")(read)), Exit.die(mistake))
    })
  )
})

describe("a defect", () => {
  const cause = new SqlError.SqlError({ reason: new SqlError.ConnectionError({ cause: "the line is dead" }) })

  it.effect("of a database that could not even roll back is what its verb fails with", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(toStorageError("verb")(Effect.die(cause)))
      assert.strictEqual(error.operation, "verb")
      assert.strictEqual(error.cause, cause)
    })
  )

  it.effect("of another kind stays one", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(toStorageError("verb")(Effect.die("a mistake")))
      assert.deepStrictEqual(exit, Exit.die("a mistake"))
    })
  )
})
