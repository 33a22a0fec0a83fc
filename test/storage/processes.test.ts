import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as SqliteClient from "../../src/node/SqliteClient.ts"
import { FamilyId, GrantStore } from "../../src/storage/GrantStore.ts"
import * as GrantsOf from "../../src/storage/GrantsOf.ts"
import * as Migrations from "../../src/storage/sql/Migrations.ts"
import * as SqlStorage from "../../src/storage/sql/SqlStorage.ts"
import * as Databases from "./Databases.ts"
import { code, family, grant, hash } from "./suite/Fixtures.ts"

const hundred = Array.from({ length: 100 }, (_, index) => index)
const script = fileURLToPath(new URL("./fixtures/contender.ts", import.meta.url))

/** Starts so many processes, lets them all go at the same moment, and collects what each tells. */
const contend = (count: number, filename: string, task: string) =>
  Effect.promise(async () => {
    const processes = Array.from({ length: count }, () => start(filename, task))
    await Promise.all(processes.map(({ lines }) => once(lines, "line")))
    const told = processes.map(async ({ child, lines }) => {
      const line = once(lines, "line")
      child.stdin?.write("go\n")
      const outcomes: ReadonlyArray<{ readonly _tag: string }> = JSON.parse(String(await line))
      return outcomes
    })
    return await Promise.all(told)
  })

const start = (filename: string, task: string): { child: ChildProcess; lines: NodeJS.EventEmitter } => {
  const child = spawn(
    process.execPath,
    ["--conditions=effect-oauth-source", "--no-warnings", script, filename, task],
    { stdio: ["pipe", "pipe", "inherit"] }
  )
  const lines = createInterface({ input: child.stdout })
  child.once("exit", (status) => {
    if (status !== 0) lines.emit("error", new Error(`A process ended with ${status}`))
  })
  return { child, lines }
}

const sharedFile = Effect.gen(function* () {
  const filename = yield* Databases.temporaryFile
  const storage = SqlStorage.layer.pipe(Layer.provide(SqliteClient.layer({ filename })))
  return { filename, storage }
})

describe("several processes on one SQLite file", () => {
  it.live("each of a hundred codes is redeemed once, by one of them", () =>
    Effect.gen(function* () {
      const { filename, storage } = yield* sharedFile
      yield* Effect.gen(function* () {
        const store = yield* GrantStore
        yield* Effect.forEach(hundred, (index) =>
          store.authorize(grant({ name: `grant ${index}` }), { code: code(`code ${index}`) })
        )
      }).pipe(Effect.provide(storage))

      const outcomes = yield* contend(3, filename, "redeem")
      for (const index of hundred) {
        const tags = outcomes.map((ofProcess) => ofProcess[index]?._tag).sort()
        assert.deepStrictEqual(tags, ["Redeemed", "Replayed", "Replayed"])
      }
      const grants = yield* Stream.runCollect(GrantsOf.subject("alice")).pipe(Effect.provide(storage))
      assert.lengthOf(
        grants.filter(({ revokedAt }) => revokedAt !== undefined),
        100
      )
    }).pipe(Effect.scoped)
  )

  it.live("each of a hundred families gets one successor, and everybody is told the same", () =>
    Effect.gen(function* () {
      const { filename, storage } = yield* sharedFile
      yield* Effect.gen(function* () {
        const store = yield* GrantStore
        yield* Effect.forEach(hundred, (index) =>
          store.authorize(grant({ name: `grant ${index}` }), {
            refreshFamily: family({ id: FamilyId(`family ${index}`) })
          })
        )
      }).pipe(Effect.provide(storage))

      const outcomes = yield* contend(3, filename, "rotate")
      for (const index of hundred) {
        const tags = outcomes.map((ofProcess) => ofProcess[index]?._tag).sort()
        assert.deepStrictEqual(tags, ["GraceReplay", "GraceReplay", "Rotated"])
      }
      yield* Effect.gen(function* () {
        const store = yield* GrantStore
        for (const index of hundred) {
          const after = Option.getOrThrow(yield* store.findRefreshFamily(FamilyId(`family ${index}`)))
          assert.strictEqual(after.generation, 1)
          assert.strictEqual(after.currentHash, hash("refresh 1"))
        }
      }).pipe(Effect.provide(storage))
    }).pipe(Effect.scoped)
  )

  it.live("that start together make the tables once", () =>
    Effect.gen(function* () {
      const filename = yield* Databases.temporaryFile
      const ran = yield* contend(4, filename, "migrate")
      assert.deepStrictEqual(ran.map((versions) => versions.length).sort(), [
        0,
        0,
        0,
        Migrations.versions.length
      ])
    }).pipe(Effect.scoped)
  )
})
