/**
 * What redeeming a code and introspecting a token cost, while the tables grow:
 *
 *     node --conditions=effect-oauth-source test/cluster/growth.ts
 *
 * TEST_POSTGRES_URL tells another PostgreSQL, ROWS (such as "10000,100000") other sizes, and ONLY one database
 * ("sqlite" or "postgres"). What it makes, it drops. docs/storage.md has what came out.
 */
import { randomBytes } from "node:crypto"
import { rmSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { cpuUsage, env } from "node:process"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { Client, GrantStore, Scope, Secret } from "effect-oauth"
import { SqliteClient } from "effect-oauth/node"
import { Migrations, SqlGrantStore } from "effect-oauth/storage/sql"
import { inTemporarySchema } from "../support/Postgres.ts"
import { isReachable, postgres } from "../support/Services.ts"
import { fill } from "./support/Fill.ts"

const sizes = (env.ROWS ?? "10000,100000,1000000").split(",").map(Number)
const samples = 1000
const hour = 3_600_000

const scope = Scope.fromTokens(["read", "write"])
const name = () => randomBytes(16).toString("base64url")
const hash = () => Secret.hash(Redacted.make(name()))

/** The middle of the latencies, the 95th of a hundred, and this process's CPU time per operation, in µs. */
const measure = Effect.fnUntraced(function* <A, E, R>(operations: ReadonlyArray<Effect.Effect<A, E, R>>) {
  const [warmUp, measured] = [operations.slice(0, samples / 4), operations.slice(samples / 4)]
  yield* Effect.forEach(warmUp, (operation) => operation, { discard: true })
  const latencies: Array<number> = []
  const before = cpuUsage()
  for (const operation of measured) {
    const started = performance.now()
    yield* operation
    latencies.push(performance.now() - started)
  }
  const { system, user } = cpuUsage(before)
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 1000)
  return { p50: at(0.5), p95: at(0.95), cpu: Math.round((user + system) / measured.length) }
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

const grow = Effect.fnUntraced(function* (database: string) {
  let filled = 0
  for (const size of sizes) {
    const started = performance.now()
    yield* fill(filled, size)
    filled = size
    yield* Console.error(`${database}: ${size} after ${Math.round((performance.now() - started) / 1000)} s`)
    for (const [operation, prepare] of [
      ["introspection", introspections],
      ["redemption", redemptions]
    ] as const) {
      // The first time is not measured: V8 is still compiling then.
      if (size === sizes[0]) yield* measure<unknown, unknown, never>(yield* prepare)
      const { cpu, p50, p95 } = yield* measure<unknown, unknown, never>(yield* prepare)
      yield* Console.log(`| ${database} | ${size} | ${operation} | ${p50} | ${p95} | ${cpu} |`)
    }
  }
})

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

const program = Effect.gen(function* () {
  yield* Console.log("| database | live tokens | operation | p50, µs | p95, µs | CPU of the process, µs |")
  yield* Console.log("| --- | --- | --- | --- | --- | --- |")
  if (env.ONLY !== "postgres") yield* Effect.provide(grow("SQLite"), inDatabase(sqliteFile))
  if (env.ONLY === "sqlite") return
  if (yield* Effect.promise(() => isReachable(postgres))) {
    yield* Effect.provide(grow("PostgreSQL"), inDatabase(inTemporarySchema(postgres.url)))
  } else {
    yield* Console.error("PostgreSQL cannot be reached")
  }
})

NodeRuntime.runMain(program)
