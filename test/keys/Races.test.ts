/** Several processes that make keys at the same moment, on every store. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { KeyStore, SecretKeys, SigningKeys, Storage } from "effect-oauth"
import { SqliteClient } from "effect-oauth/node"
import { SqlStorage } from "effect-oauth/storage/sql"
import * as Databases from "../storage/Databases.ts"
import * as Redises from "../storage/redis/Redises.ts"
import { inTemporarySchema } from "../support/Postgres.ts"
import { describeWith, postgres, redis } from "../support/Services.ts"
import { secret } from "./fixtures/Secret.ts"

const process = Effect.map(Layer.build(SigningKeys.layer({ algorithms: ["ES256", "EdDSA"] })), (context) => ({
  keys: Effect.runSync(Effect.provideContext(SigningKeys.SigningKeys, context)),
  rotation: Effect.runSync(Effect.provideContext(SigningKeys.KeyRotation, context))
}))

const ten = Array.from({ length: 10 })
const together = { concurrency: "unbounded" } as const

const races = <E>(name: string, storage: Layer.Layer<Storage.Storage, E>) =>
  describe(name, () => {
    it.live(
      "ten that start at once have one first key of each algorithm, and ten that rotate one new key",
      () =>
        Effect.gen(function* () {
          const store = yield* KeyStore.KeyStore
          const processes = yield* Effect.forEach(ten, () => process, together)
          const first = yield* store.list(yield* Clock.currentTimeMillis)
          assert.deepStrictEqual(first.map(({ algorithm }) => algorithm).sort(), ["ES256", "EdDSA"])

          const rotated = yield* Effect.forEach(
            processes,
            ({ rotation }) => rotation.rotate("ES256"),
            together
          )
          assert.lengthOf(yield* store.list(yield* Clock.currentTimeMillis), 3)
          assert.strictEqual(new Set(rotated.map(({ kid }) => kid)).size, 1)

          // Everybody publishes the same, and verifies what any other has signed.
          const sets = yield* Effect.forEach(processes, ({ keys }) => keys.published)
          for (const set of sets) assert.deepStrictEqual(set, sets[0])
          for (const { keys } of processes) {
            const jwt = yield* keys.sign({ algorithm: "ES256", type: "JWT", claims: { sub: "u-1" } })
            for (const { keys } of processes) {
              assert.isTrue(Option.isSome(yield* keys.verify(jwt, { type: "JWT" })))
            }
          }
        }).pipe(Effect.scoped, Effect.provide([storage, SecretKeys.layer(secret)]))
    )
  })

races("in memory", Storage.layerMemory)
races("SQLite", SqlStorage.layer.pipe(Layer.provide(Databases.inFile)))
await describeWith(postgres, (url) =>
  races("PostgreSQL", SqlStorage.layer.pipe(Layer.provide(inTemporarySchema(url))))
)
await describeWith(redis, (url) =>
  races("Redis", Redises.emptyStorage(Redises.prefixes(url), Redises.connection(url)))
)

interface Told {
  readonly signedWith: string
  readonly next: string
  readonly jwt: string
}

const script = fileURLToPath(new URL("./fixtures/rotate.ts", import.meta.url))

const start = (filename: string): { child: ChildProcess; lines: NodeJS.EventEmitter } => {
  const child = spawn(
    globalThis.process.execPath,
    ["--conditions=effect-oauth-source", "--no-warnings", script, filename],
    { stdio: ["pipe", "pipe", "inherit"] }
  )
  const lines = createInterface({ input: child.stdout })
  child.once("exit", (status) => {
    if (status !== 0) lines.emit("error", new Error(`A process ended with ${status}`))
  })
  return { child, lines }
}

describe("two processes of their own, on one SQLite file", () => {
  it.live("start with one key, rotate to one new one, and verify each other's tokens", () =>
    Effect.gen(function* () {
      const filename = yield* Databases.temporaryFile
      const told = yield* Effect.promise(async () => {
        const processes = [start(filename), start(filename)]
        await Promise.all(processes.map(({ lines }) => once(lines, "line")))
        return await Promise.all(
          processes.map(async ({ child, lines }) => {
            const line = once(lines, "line")
            child.stdin?.write("go\n")
            const told: Told = JSON.parse(String(await line))
            return told
          })
        )
      })
      assert.strictEqual(new Set(told.map(({ signedWith }) => signedWith)).size, 1)
      assert.strictEqual(new Set(told.map(({ next }) => next)).size, 1)
      yield* Effect.gen(function* () {
        const store = yield* KeyStore.KeyStore
        assert.lengthOf(yield* store.list(yield* Clock.currentTimeMillis), 2)
        const keys = yield* SigningKeys.SigningKeys
        for (const { jwt } of told) {
          assert.isTrue(Option.isSome(yield* keys.verify(jwt, { type: "JWT" })))
        }
      }).pipe(
        Effect.provide(
          SigningKeys.layer().pipe(
            Layer.provideMerge(SqlStorage.layer.pipe(Layer.provide(SqliteClient.layer({ filename })))),
            Layer.provide(SecretKeys.layer(secret))
          )
        )
      )
    }).pipe(Effect.scoped)
  )
})
