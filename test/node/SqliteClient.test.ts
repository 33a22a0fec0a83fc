import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { DatabaseSync } from "node:sqlite"
import { setImmediate } from "node:timers/promises"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Stream from "effect/Stream"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as SqliteClient from "../../src/node/SqliteClient.ts"

const temporaryFile = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-oauth-sqlite-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
).pipe(Effect.map((directory) => join(directory, "test.db")))

const connect = (options: SqliteClient.SqliteClientOptions) =>
  SqliteClient.make(options).pipe(Effect.provide(Reactivity.layer))

const reasonOf = <A, R>(effect: Effect.Effect<A, SqlError, R>) =>
  Effect.map(Effect.flip(effect), (error) => error.reason)

const inMemory = SqliteClient.layer({ filename: ":memory:" })

layer(inMemory)("SqliteClient: values", (it) => {
  it.effect("every supported parameter type is stored and comes back", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE kinds (name TEXT PRIMARY KEY, value)`
      const stored: ReadonlyArray<readonly [string, unknown, unknown]> = [
        ["text", "naïve ☕", "naïve ☕"],
        ["integer", 42, 42],
        ["real", 1.5, 1.5],
        ["bigint", 2n ** 40n, 2 ** 40],
        ["true", true, 1],
        ["false", false, 0],
        ["date", new Date(0), "1970-01-01T00:00:00.000Z"],
        ["bytes", new Uint8Array([0, 1, 255]), new Uint8Array([0, 1, 255])],
        ["null", null, null]
      ]
      for (const [name, value, expected] of stored) {
        yield* sql.unsafe("INSERT INTO kinds VALUES (?, ?)", [name, value])
        assert.deepStrictEqual(yield* sql`SELECT value FROM kinds WHERE name = ${name}`, [
          { value: expected }
        ])
      }
      yield* sql.unsafe("INSERT INTO kinds VALUES (?, ?)", ["undefined", undefined])
      assert.deepStrictEqual(yield* sql`SELECT value FROM kinds WHERE name = 'undefined'`, [{ value: null }])
    })
  )

  it.effect("a parameter SQLite has no type for is refused, not taken for named parameters", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const reason = yield* reasonOf(sql.unsafe("SELECT ?", [{ a: 1 }]))
      assert.strictEqual(reason._tag, "UnknownError")
    })
  )

  it.effect("a row is a plain object", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* sql`SELECT 1 AS one`
      assert.strictEqual(Object.getPrototypeOf(row), Object.prototype)
    })
  )

  it.effect("rows, values and raw results of one cached statement do not disturb each other", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const statement = sql`SELECT 1 AS a, 2 AS a`
      for (let round = 0; round < 2; round++) {
        assert.deepStrictEqual(yield* statement, [{ a: 2 }])
        assert.deepStrictEqual(yield* statement.values, [[1, 2]])
        assert.deepStrictEqual(yield* statement.raw, [{ a: 2 }])
        assert.deepStrictEqual(yield* statement.unprepared, [{ a: 2 }])
        assert.deepStrictEqual(yield* statement.valuesUnprepared, [[1, 2]])
      }
    })
  )

  it.effect("the raw result of a statement without rows tells what it changed", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE counted (id INTEGER PRIMARY KEY)`
      assert.deepInclude(yield* sql`INSERT INTO counted VALUES (7), (8)`.raw, {
        changes: 2,
        lastInsertRowid: 8
      })
      assert.deepStrictEqual(yield* sql`DELETE FROM counted`, [])
    })
  )

  it.effect("integers beyond 2^53 - 1 come back exactly as bigints, and fail as numbers", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const statement = sql`SELECT 9007199254740993 AS big`
      const safe = Effect.provideService(statement, SqlClient.SafeIntegers, true)
      assert.deepStrictEqual(yield* safe, [{ big: 9007199254740993n }])
      assert.strictEqual((yield* reasonOf(statement))._tag, "UnknownError")
      assert.deepStrictEqual(yield* safe, [{ big: 9007199254740993n }])
    })
  )

  it.effect("a second statement in one text is refused, not ignored", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      assert.strictEqual((yield* reasonOf(sql.unsafe("SELECT 1; DROP TABLE users")))._tag, "UnknownError")
      assert.deepStrictEqual(yield* sql.unsafe("\n SELECT 1 AS one; \n"), [{ one: 1 }])
    })
  )

  it.effect("a stream yields every row, and lets go of the table when it is left early", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE numbers AS
        WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 300) SELECT n FROM n`
      const numbers = sql<{ readonly n: number }>`SELECT n FROM numbers ORDER BY n`.stream
      const all = yield* Stream.runCollect(numbers)
      assert.deepStrictEqual(
        all,
        Array.from({ length: 300 }, (_, index) => ({ n: index + 1 }))
      )
      assert.lengthOf(yield* Stream.runCollect(Stream.take(numbers, 1)), 1)
      yield* sql`DROP TABLE numbers`
    })
  )

  it.effect("a stream fails with what SQLite says", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const reason = yield* reasonOf(Stream.runDrain(sql`SELECT abs(-9223372036854775808)`.stream))
      assert.strictEqual(reason._tag, "UnknownError")
    })
  )

  it.effect("a statement follows a change of its table", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE growing (a)`
      yield* sql`INSERT INTO growing VALUES (1)`
      assert.deepStrictEqual(yield* sql`SELECT * FROM growing`, [{ a: 1 }])
      yield* sql`ALTER TABLE growing ADD COLUMN b DEFAULT 2`
      assert.deepStrictEqual(yield* sql`SELECT * FROM growing`, [{ a: 1, b: 2 }])
    })
  )
})

it.effect("a statement that has left the cache is prepared again", () =>
  Effect.gen(function* () {
    const sql = yield* connect({ filename: ":memory:", prepareCacheSize: 2 })
    for (const n of [1, 2, 3, 1, 2, 3]) {
      assert.deepStrictEqual(yield* sql.unsafe(`SELECT ${n} AS n`), [{ n }])
    }
  })
)

describe("SqliteClient: transactions", () => {
  const accounts = Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE accounts (id TEXT PRIMARY KEY)`
    return {
      sql,
      add: (id: string) => sql`INSERT INTO accounts VALUES (${id})`,
      all: Effect.map(sql<{ readonly id: string }>`SELECT id FROM accounts ORDER BY id`, (rows) =>
        rows.map(({ id }) => id)
      )
    }
  })

  it.effect("commits on success", () =>
    Effect.gen(function* () {
      const { add, all, sql } = yield* accounts
      yield* sql.withTransaction(Effect.andThen(add("a"), add("b")))
      assert.deepStrictEqual(yield* all, ["a", "b"])
    }).pipe(Effect.provide(inMemory))
  )

  it.effect("rolls back on failure, and on a defect", () =>
    Effect.gen(function* () {
      const { add, all, sql } = yield* accounts
      yield* Effect.exit(sql.withTransaction(Effect.andThen(add("a"), Effect.fail("no"))))
      yield* Effect.exit(sql.withTransaction(Effect.andThen(add("b"), Effect.die("no"))))
      assert.deepStrictEqual(yield* all, [])
    }).pipe(Effect.provide(inMemory))
  )

  it.effect("a nested failure undoes only its savepoint", () =>
    Effect.gen(function* () {
      const { add, all, sql } = yield* accounts
      yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* add("outer")
          yield* Effect.exit(sql.withTransaction(Effect.andThen(add("lost"), Effect.fail("no"))))
          yield* sql.withTransaction(sql.withTransaction(add("inner")))
        })
      )
      assert.deepStrictEqual(yield* all, ["inner", "outer"])
    }).pipe(Effect.provide(inMemory))
  )

  it.effect("interruption rolls back, and frees the connection", () =>
    Effect.gen(function* () {
      const { add, all, sql } = yield* accounts
      const written = yield* Deferred.make<void>()
      const fiber = yield* add("a").pipe(
        Effect.andThen(Deferred.succeed(written, undefined)),
        Effect.andThen(Effect.never),
        sql.withTransaction,
        Effect.forkChild
      )
      yield* Deferred.await(written)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(yield* all, [])
      yield* sql.withTransaction(add("b"))
      assert.deepStrictEqual(yield* all, ["b"])
    }).pipe(Effect.provide(inMemory))
  )

  it.effect("other fibers wait while a transaction is open", () =>
    Effect.gen(function* () {
      const { add, all, sql } = yield* accounts
      const written = yield* Deferred.make<void>()
      const fiber = yield* add("a").pipe(
        Effect.andThen(Deferred.succeed(written, undefined)),
        Effect.andThen(Effect.yieldNow),
        Effect.andThen(Effect.fail("no")),
        sql.withTransaction,
        Effect.forkChild
      )
      yield* Deferred.await(written)
      assert.deepStrictEqual(yield* all, [])
      yield* Fiber.await(fiber)
    }).pipe(Effect.provide(inMemory))
  )

  it.effect("a commit that SQLite refuses leaves a clean connection", () =>
    Effect.gen(function* () {
      const { add, all, sql } = yield* accounts
      yield* sql`CREATE TABLE owned (owner TEXT REFERENCES accounts DEFERRABLE INITIALLY DEFERRED)`
      const reason = yield* reasonOf(sql.withTransaction(sql`INSERT INTO owned VALUES ('nobody')`))
      assert.strictEqual(reason._tag, "ConstraintError")
      yield* sql.withTransaction(add("a"))
      assert.deepStrictEqual(yield* all, ["a"])
    }).pipe(Effect.provide(inMemory))
  )

  it.effect("of 20 concurrent consumers exactly one wins", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE codes (hash TEXT PRIMARY KEY, consumed_at INTEGER)`
      yield* sql`INSERT INTO codes (hash) VALUES ('h')`
      const consume = sql`UPDATE codes SET consumed_at = 1 WHERE hash = 'h' AND consumed_at IS NULL RETURNING hash`
      for (const consumer of [consume, sql.withTransaction(Effect.tap(consume, Effect.yieldNow))]) {
        yield* sql`UPDATE codes SET consumed_at = NULL`
        const results = yield* Effect.replicateEffect(consumer, 20, { concurrency: "unbounded" })
        assert.lengthOf(results.flat(), 1)
      }
    }).pipe(Effect.provide(inMemory))
  )
})

layer(inMemory)("SqliteClient: errors", (it) => {
  const people = Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE IF NOT EXISTS people (id TEXT PRIMARY KEY, email TEXT UNIQUE, age INTEGER CHECK (age >= 0))`
    yield* sql`CREATE TABLE IF NOT EXISTS pets (owner TEXT NOT NULL REFERENCES people)`
    yield* sql`INSERT INTO people VALUES ('p', 'e', 1) ON CONFLICT DO NOTHING`
    return sql
  })

  it.effect("a UNIQUE index names its columns", () =>
    Effect.gen(function* () {
      const sql = yield* people
      const reason = yield* reasonOf(sql`INSERT INTO people VALUES ('q', 'e', 1)`)
      assert.strictEqual(reason._tag, "UniqueViolation")
      assert.propertyVal(reason, "constraint", "people.email")
    })
  )

  it.effect.each([
    ["a primary key", "INSERT INTO people VALUES ('p', 'f', 1)"],
    ["a CHECK", "INSERT INTO people VALUES ('q', 'f', -1)"],
    ["NOT NULL", "INSERT INTO pets VALUES (NULL)"],
    ["a foreign key", "INSERT INTO pets VALUES ('nobody')"]
  ])("%s that is violated is a ConstraintError", ([, statement = ""]) =>
    Effect.gen(function* () {
      const sql = yield* people
      assert.strictEqual((yield* reasonOf(sql.unsafe(statement)))._tag, "ConstraintError")
    })
  )

  it.effect("a file that cannot be opened is a ConnectionError", () =>
    Effect.gen(function* () {
      const database = SqliteClient.layer({ filename: join(tmpdir(), "no", "such", "folder", "x.db") })
      assert.strictEqual((yield* reasonOf(Layer.build(database)))._tag, "ConnectionError")
    })
  )

  it.effect("a lock held for longer than the busy timeout is a LockTimeoutError, worth another try", () =>
    Effect.gen(function* () {
      const filename = yield* temporaryFile
      const holder = yield* connect({ filename })
      const waiter = yield* connect({ filename, busyTimeout: "20 millis" })
      const error = yield* holder.withTransaction(Effect.flip(waiter`CREATE TABLE late (id)`))
      assert.strictEqual(error._tag, "SqlError")
      if (error._tag === "SqlError") {
        assert.strictEqual(error.reason._tag, "LockTimeoutError")
        assert.isTrue(error.isRetryable)
      }
    })
  )
})

/** A process of its own that runs a program with `sql`, the client of a file, in scope. */
const runElsewhere = (filename: string, program: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const module = new URL("../../src/node/SqliteClient.ts", import.meta.url)
      const code = `
        import * as Effect from "effect/Effect"
        import * as SqlClient from "effect/sql/SqlClient"
        import * as SqliteClient from ${JSON.stringify(module.href)}
        const database = SqliteClient.layer({ filename: ${JSON.stringify(filename)}, busyTimeout: "20 seconds" })
        await Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          ${program}
        }).pipe(Effect.provide(database), Effect.runPromise)`
      return spawn(process.execPath, ["--input-type=module", "--eval", code], {
        cwd: new URL("../..", import.meta.url),
        stdio: ["ignore", "pipe", "inherit"]
      })
    }),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

describe("SqliteClient: files", () => {
  it.effect("have a write-ahead log, enforced foreign keys and the chosen synchronous mode", () =>
    Effect.gen(function* () {
      const filename = yield* temporaryFile
      for (const [synchronous, level] of [
        ["normal", 1],
        ["full", 2]
      ] as const) {
        const sql = yield* connect({ filename, synchronous })
        assert.deepStrictEqual(yield* sql`PRAGMA journal_mode`, [{ journal_mode: "wal" }])
        assert.deepStrictEqual(yield* sql`PRAGMA foreign_keys`, [{ foreign_keys: 1 }])
        assert.deepStrictEqual(yield* sql`PRAGMA synchronous`, [{ synchronous: level }])
      }
    })
  )

  it.effect("are opened once whoever holds the lock lets go of it", () =>
    Effect.gen(function* () {
      const filename = yield* temporaryFile
      const holder = new DatabaseSync(filename)
      holder.exec("CREATE TABLE here (id); BEGIN EXCLUSIVE")
      const opening = yield* Effect.forkChild(connect({ filename }), { startImmediately: true })
      holder.exec("COMMIT")
      const sql = yield* Fiber.join(opening)
      assert.deepStrictEqual(yield* sql`PRAGMA journal_mode`, [{ journal_mode: "wal" }])
      holder.close()
    })
  )

  it.effect("are closed with the scope", () =>
    Effect.gen(function* () {
      const filename = yield* temporaryFile
      const sql = yield* Effect.scoped(connect({ filename }))
      assert.strictEqual((yield* reasonOf(sql`SELECT 1`))._tag, "UnknownError")
    })
  )

  it.effect("two connections of one process wait for each other's transactions, not block them", () =>
    Effect.gen(function* () {
      const filename = yield* temporaryFile
      const first = yield* connect({ filename })
      const second = yield* connect({ filename })
      yield* first`CREATE TABLE counter (n INTEGER)`
      yield* first`INSERT INTO counter VALUES (0)`
      const increment = (sql: SqlClient.SqlClient) =>
        sql<{ readonly n: number }>`SELECT n FROM counter`.pipe(
          Effect.tap(Effect.promise(() => setImmediate())),
          Effect.flatMap(([row]) => sql`UPDATE counter SET n = ${(row?.n ?? 0) + 1}`),
          sql.withTransaction,
          Effect.repeat({ times: 24 })
        )
      yield* Effect.all([increment(first), increment(second)], { concurrency: 2 })
      assert.deepStrictEqual(yield* first`SELECT n FROM counter`, [{ n: 50 }])
    })
  )

  it.effect(
    "four processes open one new file and count in it together, with no busy error and none lost",
    () =>
      Effect.gen(function* () {
        const filename = yield* temporaryFile
        const processes = yield* Effect.replicateEffect(
          runElsewhere(
            filename,
            `yield* sql\`CREATE TABLE IF NOT EXISTS counter (id INTEGER PRIMARY KEY, n INTEGER)\`
          yield* sql\`INSERT INTO counter VALUES (1, 0) ON CONFLICT DO NOTHING\`
          yield* sql\`SELECT n FROM counter\`.pipe(
            Effect.flatMap(([row]) => sql\`UPDATE counter SET n = \${row.n + 1}\`),
            sql.withTransaction,
            Effect.repeat({ times: 99 })
          )`
          ),
          4
        )
        const exits = yield* Effect.promise(() => Promise.all(processes.map((child) => once(child, "exit"))))
        assert.deepStrictEqual(exits, Array(4).fill([0, null]))
        const sql = yield* connect({ filename })
        assert.deepStrictEqual(yield* sql`SELECT n FROM counter`, [{ n: 400 }])
      })
  )

  it.effect("what was acknowledged before kill -9 is there after it", () =>
    Effect.gen(function* () {
      const filename = yield* temporaryFile
      const child = yield* runElsewhere(
        filename,
        `yield* sql\`CREATE TABLE tokens (n INTEGER PRIMARY KEY)\`
        for (let n = 0; ; n++) {
          yield* sql\`INSERT INTO tokens VALUES (\${n})\`
          yield* Effect.promise(() => new Promise((resolve) => process.stdout.write(n + "\\n", resolve)))
        }`
      )
      const acknowledged = yield* Effect.promise(async () => {
        let last = -1
        for await (const line of createInterface(child.stdout)) {
          last = Number(line)
          if (last === 500) child.kill("SIGKILL")
        }
        return last
      })
      const sql = yield* connect({ filename })
      const [row] = yield* sql<{ readonly n: number; readonly last: number }>`
        SELECT COUNT(*) AS n, MAX(n) AS last FROM tokens`
      assert.isAtLeast(acknowledged, 500)
      assert.isAtLeast(row?.last ?? -1, acknowledged)
      assert.strictEqual(row?.n, (row?.last ?? -1) + 1)
    })
  )
})
