/**
 * What redeeming a code and introspecting a token cost, while the tables grow:
 *
 *     node --conditions=effect-oauth-source test/cluster/growth.ts
 *
 * TEST_POSTGRES_URL tells another PostgreSQL, ROWS (such as "10000,100000") other sizes, ROUNDS how often all of them
 * are measured (30), and ONLY one database ("sqlite" or "postgres"). What it makes, it drops. docs/storage.md has what came out.
 */
import { randomBytes } from "node:crypto"
import { rmSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { cpuUsage, env } from "node:process"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Console, Context, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { Client, GrantStore, Scope, Secret } from "effect-oauth"
import { SqliteClient } from "effect-oauth/node"
import { Migrations, SqlGrantStore } from "effect-oauth/storage/sql"
import { temporarySchema } from "../support/Postgres.ts"
import { isReachable, postgres } from "../support/Services.ts"
import { fill } from "./support/Fill.ts"

const sizes = (env.ROWS ?? "10000,100000,1000000").split(",").map(Number)
const rounds = Number(env.ROUNDS ?? 30)
const samples = 100
const hour = 3_600_000

const scope = Scope.fromTokens(["read", "write"])
const name = () => randomBytes(16).toString("base64url")
const hash = () => Secret.hash(Redacted.make(name()))

/** Of one round: the middle of the latencies, the 95th of a hundred, and this process's CPU time per operation, in µs. */
type Round = Readonly<Record<"p50" | "p95" | "cpu", number>>

const measure = Effect.fnUntraced(function* <A, E, R>(operations: ReadonlyArray<Effect.Effect<A, E, R>>) {
  const latencies: Array<number> = []
  const before = cpuUsage()
  for (const operation of operations) {
    const started = performance.now()
    yield* operation
    latencies.push(performance.now() - started)
  }
  const { system, user } = cpuUsage(before)
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 1000)
  return { p50: at(0.5), p95: at(0.95), cpu: Math.round((user + system) / operations.length) }
})

const introspections = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const store = yield* GrantStore.GrantStore
  const rows = yield* sql<{ readonly hash: Secret.SecretHash }>`
    SELECT hash FROM oauth_access_tokens ORDER BY random() LIMIT ${samples}`
  return rows.map(({ hash }) => store.findAccessToken(hash))
})

const redemptions = Effect.gen(function* () {
  const store = yield* GrantStore.GrantStore
  const now = Date.now()
  const codes = yield* Effect.forEach(
    Array.from({ length: samples }, hash),
    (code) =>
      Effect.as(
        store.authorize(
          {
            id: GrantStore.GrantId(name()),
            clientId: Client.ClientId.make("client"),
            subject: "subject",
            username: "somebody",
            scope,
            createdAt: now,
            authenticatedAt: now
          },
          {
            code: {
              hash: code,
              redirectUri: "https://client.example/callback",
              redirectUriGiven: true,
              codeChallenge: { challenge: hash(), method: "S256" },
              extensions: {},
              issuedAt: now,
              expiresAt: now + hour
            }
          }
        ),
        code
      ),
    { concurrency: 8 }
  )
  return codes.map((code) => {
    const times = { issuedAt: now, expiresAt: now + hour }
    return store.redeemCode({
      hash: code,
      now,
      issue: {
        accessToken: { hash: hash(), id: name(), scope, ...times },
        refreshFamily: {
          id: GrantStore.FamilyId(name()),
          scope,
          generation: 0,
          currentHash: hash(),
          ...times
        }
      }
    })
  })
})

/** The middle one. */
const median = (numbers: ReadonlyArray<number>): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

/**
 * There is a database for each size, and they take turns in many short rounds: whatever else the machine does
 * hits all of them, and the middle and the fastest round hide most of it.
 */
const compare = Effect.fnUntraced(function* <E>(
  database: string,
  storage: () => Layer.Layer<GrantStore.GrantStore | SqlClient.SqlClient, E>
) {
  const places = yield* Effect.forEach(sizes, (size) =>
    Effect.gen(function* () {
      const started = performance.now()
      const context = yield* Layer.build(Layer.fresh(storage()))
      yield* Effect.provideContext(fill(0, size), context)
      const sql = Context.get(context, SqlClient.SqlClient)
      const [row] = yield* sql<{ readonly grants: unknown }>`SELECT count(*) AS grants FROM oauth_grants`
      const seconds = Math.round((performance.now() - started) / 1000)
      yield* Console.error(`${database}: ${row?.grants} grants after ${seconds} s`)
      return { size, context, rounds: { introspection: Array.of<Round>(), redemption: Array.of<Round>() } }
    })
  )
  // The first is not counted: V8 is still compiling, and caches are cold.
  for (let round = 0; round <= rounds; round++) {
    for (const { context, rounds } of places) {
      for (const [operation, prepare] of operations) {
        const measured = yield* Effect.gen(function* () {
          return yield* measure<unknown, unknown, never>(yield* prepare)
        }).pipe(Effect.provideContext(context))
        if (round > 0) rounds[operation].push(measured)
      }
    }
  }
  for (const [operation] of operations) {
    for (const { rounds, size } of places) {
      const p50 = rounds[operation].map(({ p50 }) => p50)
      const p95 = median(rounds[operation].map(({ p95 }) => p95))
      const cpu = median(rounds[operation].map(({ cpu }) => cpu))
      const cells = [database, size, operation, Math.min(...p50), median(p50), p95, cpu]
      yield* Console.log(`| ${cells.join(" | ")} |`)
    }
  }
}, Effect.scoped)

const operations = [
  ["introspection", introspections],
  ["redemption", redemptions]
] as const

const inDatabase = <E>(client: Layer.Layer<SqlClient.SqlClient, E>) =>
  SqlGrantStore.layer.pipe(Layer.provide(Migrations.layer), Layer.provideMerge(client))

const sqliteFile = Layer.unwrap(
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "effect-oauth-growth-"))),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
    ),
    (folder) => SqliteClient.layer({ filename: join(folder, "oauth.db") })
  )
)

// As in earnest, each commit waits for the disk.
const durably = Layer.unwrap(
  Effect.map(temporarySchema(postgres.url), (schema) =>
    PgClient.layer({ url: Redacted.make(postgres.url), startupParameters: { search_path: schema } })
  )
)

const program = Effect.gen(function* () {
  yield* Console.log(
    "| database | live tokens | operation | p50, fastest round, µs | p50, µs | p95, µs | CPU of the process, µs |"
  )
  yield* Console.log("| --- | --- | --- | --- | --- | --- | --- |")
  if (env.ONLY !== "postgres") yield* compare("SQLite", () => inDatabase(sqliteFile))
  if (env.ONLY === "sqlite") return
  if (yield* Effect.promise(() => isReachable(postgres))) {
    yield* compare("PostgreSQL", () => inDatabase(durably))
  } else {
    yield* Console.error("PostgreSQL cannot be reached")
  }
})

NodeRuntime.runMain(program)
