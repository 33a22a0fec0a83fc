/**
 * Effect's `SqlClient` over the SQLite that ships inside Node (`node:sqlite`).
 *
 * One database, one connection: statements take turns on it and a transaction keeps the others waiting.
 * `docs/decisions/0001-sqlite-driver.md` says why it exists, and what may replace it.
 *
 * @since 0.1.0
 */

import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite"
import { setTimeout } from "node:timers/promises"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { classifySqliteError, SqlError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"

/**
 * Where the database is and how it is used.
 *
 * @category options
 * @since 0.1.0
 */
export interface SqliteClientOptions {
  /** Path of the database file, made if it is missing; `":memory:"` for one that lives as long as the client. */
  readonly filename: string
  /**
   * How long a statement or the start of a transaction waits for a lock that another connection holds before
   * it fails with a `LockTimeoutError`. Other fibers go on meanwhile, unless they need this client.
   *
   * @default "5 seconds"
   */
  readonly busyTimeout?: Duration.Input | undefined
  /**
   * What a committed transaction survives. Files use a write-ahead log, where `"normal"` survives the death
   * of the process at any moment (`kill -9`), and `"full"` a power cut too, at the price of one `fsync` per
   * commit.
   *
   * @default "normal"
   */
  readonly synchronous?: "normal" | "full" | undefined
  /** How many prepared statements are kept for reuse; 200 by default. */
  readonly prepareCacheSize?: number | undefined
}

/**
 * Opens the database and closes it with the scope.
 *
 * Foreign keys are enforced, files use a write-ahead log, and a transaction starts with `BEGIN IMMEDIATE`:
 * it takes the write lock before it reads, so it waits for other writers instead of failing halfway.
 *
 * Parameters may be strings, numbers, bigints, booleans (stored as 0 and 1), `Date`s (stored as ISO 8601
 * text), bytes, `null` and `undefined` (both `NULL`). Integers come back as numbers, or as bigints where
 * `SqlClient.SafeIntegers` is on; without it, reading one beyond 2^53 - 1 fails.
 * Fails with a `ConnectionError` as the reason of its `SqlError` when the file cannot be opened.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { SqliteClient } from "effect-oauth/node"
 *
 * const one = Effect.flatMap(SqliteClient.make({ filename: "./oauth.db" }), (sql) => sql`SELECT 1 AS one`)
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  options: SqliteClientOptions
): Effect.Effect<SqlClient.SqlClient, SqlError, Scope.Scope | Reactivity.Reactivity> =>
  Effect.gen(function* () {
    const database = yield* open(options)
    return yield* SqlClient.make({
      ...SqlClient.makeSqliteAcquirers({
        connection: Effect.succeed(makeConnection(database, options)),
        semaphore: yield* Semaphore.make(1),
        isTransaction: () => database.isTransaction
      }),
      compiler: Statement.makeCompilerSqlite(),
      driver: "sqlite-node",
      spanAttributes: [["db.system.name", "sqlite"]],
      beginTransaction: "BEGIN IMMEDIATE",
      prepareTransactionControls: true,
      releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`
    })
  })

/**
 * A `SqlClient` for one database; see {@link make} for what it does and how it fails. It makes no tables.
 *
 * @example
 * ```ts
 * import { SqliteClient } from "effect-oauth/node"
 *
 * const Database = SqliteClient.layer({ filename: "./oauth.db" })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: SqliteClientOptions): Layer.Layer<SqlClient.SqlClient, SqlError> =>
  Layer.effect(SqlClient.SqlClient, make(options)).pipe(Layer.provide(Reactivity.layer))

const open = ({ busyTimeout, filename, synchronous = "normal" }: SqliteClientOptions) =>
  Effect.gen(function* () {
    const database = yield* Effect.acquireRelease(
      attempt("open", () => new DatabaseSync(filename, { enableForeignKeyConstraints: true })),
      (database) => Effect.sync(() => database.close())
    )
    // A database in memory has no log to write ahead: SQLite says "memory" and goes on.
    yield* attempt("open", () =>
      database.exec(`PRAGMA synchronous = ${synchronous}; PRAGMA journal_mode = WAL`)
    ).pipe(patiently(database, busyTimeout))
    return database
  })

type Row = Record<string, SQLOutputValue>
type Read<A> = (statement: StatementSync, params: ReadonlyArray<SQLInputValue>) => A

const makeConnection = (
  database: DatabaseSync,
  { busyTimeout, prepareCacheSize = 200 }: SqliteClientOptions
): Connection => {
  const prepare = (sql: string): StatementSync => {
    const statement = database.prepare(sql)
    // SQLite prepares the first statement of a text and ignores the rest of it.
    if (sql.slice(statement.sourceSQL.length).trim() !== "") {
      throw new TypeError("Only one SQL statement can be executed at a time")
    }
    return statement
  }
  const prepareCached = leastRecentlyUsed(prepareCacheSize, prepare)
  const wait = patiently(database, busyTimeout)

  // A cached statement is shared: what one use set on it, the next use must set again.
  const use = <A>(sql: string, params: ReadonlyArray<unknown>, read: Read<A>, prepareWith = prepareCached) =>
    Effect.withFiber<A, SqlError>((fiber) =>
      attempt("execute", () => {
        const statement = prepareWith(sql)
        statement.setReadBigInts(fiber.getRef(SqlClient.SafeIntegers))
        return read(statement, params.map(toSqlite))
      })
    ).pipe(wait)

  return {
    execute: (sql, params, transform = identity) => Effect.map(use(sql, params, readRows), transform),
    executeUnprepared: (sql, params, transform = identity) =>
      Effect.map(use(sql, params, readRows, prepare), transform),
    executeRaw: (sql, params) => use(sql, params, readRaw),
    executeValues: (sql, params) => use(sql, params, readValues),
    executeValuesUnprepared: (sql, params) => use(sql, params, readValues, prepare),
    executeStream: (sql, params, transform = identity) =>
      Effect.acquireRelease(
        use(sql, params, (statement, params) => statement.iterate(...params), prepare),
        (rows) => Effect.sync(() => rows.return?.()) // an open cursor would hold on to its snapshot of the data
      ).pipe(
        Effect.map((rows) =>
          Stream.paginate(rows, () => attempt("execute", () => nextPage(rows, transform)))
        ),
        Stream.unwrap
      )
  }
}

const readRows: Read<ReadonlyArray<Row>> = (statement, params) => {
  statement.setReturnArrays(false)
  return statement.all(...params).map((row) => ({ ...row })) // theirs have no prototype
}

const readRaw: Read<unknown> = (statement, params) =>
  statement.columns().length > 0 ? readRows(statement, params) : statement.run(...params)

const readValues: Read<ReadonlyArray<ReadonlyArray<unknown>>> = (statement, params) => {
  statement.setReturnArrays(true)
  const rows: ReadonlyArray<unknown> = statement.all(...params)
  return rows.filter(Array.isArray) // each row is one; Node's types do not know
}

const nextPage = (rows: Iterator<Row>, transform: (page: ReadonlyArray<Row>) => ReadonlyArray<Row>) => {
  const page: Array<Row> = []
  while (page.length < 128) {
    const next = rows.next()
    if (next.done === true) return [transform(page), Option.none()] as const
    page.push({ ...next.value })
  }
  return [transform(page), Option.some(rows)] as const
}

const toSqlite = (value: unknown): SQLInputValue => {
  if (value === undefined || value === null) return null
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") return value
  if (typeof value === "boolean") return value ? 1 : 0
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return value
  throw new TypeError(`SQLite cannot store a parameter like ${Object.prototype.toString.call(value)}`)
}

const leastRecentlyUsed = <A>(capacity: number, make: (key: string) => A) => {
  const entries = new Map<string, A>() // iterates in the order of insertion
  return (key: string): A => {
    const entry = entries.get(key) ?? make(key)
    entries.delete(key)
    entries.set(key, entry)
    const [oldest] = entries.keys()
    if (entries.size > capacity && oldest !== undefined) entries.delete(oldest)
    return entry
  }
}

const attempt = <A>(operation: "open" | "execute", evaluate: () => A) =>
  Effect.try({
    try: evaluate,
    catch: (cause) =>
      new SqlError({
        reason: classifySqliteError(withErrno(cause), { message: `Failed to ${operation}`, operation })
      })
  })

/**
 * Asks again while another connection holds the lock. SQLite's own way of waiting blocks the thread, and the
 * holder may well be a fiber of this process. It waits by the machine's clock: a lock in a file does not
 * follow a test's. Inside a transaction it does not wait: a snapshot that is out of date stays so.
 */
const patiently = (database: DatabaseSync, busyTimeout: Duration.Input = "5 seconds") => {
  const patience = Duration.toMillis(busyTimeout)
  const isLocked = ({ reason }: SqlError) => reason._tag === "LockTimeoutError" && !database.isTransaction
  const pause = Effect.promise(() => setTimeout(2))
  return <A>(self: Effect.Effect<A, SqlError>) =>
    Effect.catchIf(self, isLocked, () => {
      const deadline = performance.now() + patience
      return Effect.retry(Effect.andThen(pause, self), {
        while: (error) => isLocked(error) && performance.now() < deadline
      })
    })
}

/** Node calls SQLite's result code `errcode`; Effect looks for it in `errno`. */
const withErrno = (cause: unknown) =>
  Predicate.hasProperty(cause, "errcode") ? Object.assign(cause, { errno: cause.errcode }) : cause
