/**
 * The storage contract, of stores with a mutant in them, in this process: their modules are loaded anew for each
 * mutant, and all others stay. So it takes a moment, where Vitest would take seconds.
 */
import { randomBytes } from "node:crypto"
import { registerHooks } from "node:module"
import { cwd } from "node:process"
import { pathToFileURL } from "node:url"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Redis } from "effect/persistence/Redis"
import type * as RedisStorage from "../../../src/storage/redis/RedisStorage.ts"
import type { Storage } from "../../../src/storage/Storage.ts"
import type * as SqlStorage from "../../../src/storage/sql/SqlStorage.ts"
import * as Databases from "../../storage/Databases.ts"
import * as Commands from "../../storage/redis/Commands.ts"
import * as Redises from "../../storage/redis/Redises.ts"
import { clientStoreTests } from "../../storage/suite/clients.ts"
import { flowStoreTests } from "../../storage/suite/flows.ts"
import { grantStoreTests } from "../../storage/suite/grants.ts"
import { keyStoreTests } from "../../storage/suite/keys.ts"
import { raceTests } from "../../storage/suite/races.ts"
import { redemptionTests } from "../../storage/suite/redemption.ts"
import { revocationTests } from "../../storage/suite/revocation.ts"
import { rotationTests } from "../../storage/suite/rotation.ts"
import type { Test } from "../../storage/suite/Suite.ts"
import { sessionStoreTests } from "../../storage/suite/sessions.ts"
import { sweepTests } from "../../storage/suite/sweeping.ts"
import * as Services from "../../support/Services.ts"
import { replaced, type TextMutant } from "./TextMutant.ts"

/** Says which behaviour is not as the contract has it. */
export type Judge = (mutant: TextMutant) => Promise<string | undefined>

const root = `${pathToFileURL(cwd())}/`
const parameter = "mutant"

/** The mutants that were loaded, by the number that their modules have in their URL. */
const mutants: Array<TextMutant> = []

registerHooks({
  resolve: (specifier, context, next) => {
    const resolved = next(specifier, context)
    const number = new URL(context.parentURL ?? root).searchParams.get(parameter)
    const folder = number === null ? undefined : folderOf(mutants[Number(number)])
    return folder !== undefined && resolved.url.startsWith(root + folder)
      ? { ...resolved, url: `${resolved.url}?${parameter}=${number}` }
      : resolved
  },
  load: (url, context, next) => {
    const loaded = next(url, context)
    const { pathname, searchParams } = new URL(url)
    const mutant = mutants[Number(searchParams.get(parameter) ?? Number.NaN)]
    return mutant !== undefined && pathname === new URL(root + mutant.file).pathname
      ? { ...loaded, source: replaced(String(loaded.source), mutant) }
      : loaded
  }
})

/** `src/storage/sql/`, say. */
const folderOf = (mutant: TextMutant | undefined) => mutant?.file.split("/").slice(0, 3).join("/")

const urlOf = (module: string, mutant: TextMutant) =>
  `${root}${module}?${parameter}=${mutants.push(mutant) - 1}`

const tests: Array<{ readonly behaviour: string; readonly body: Effect.Effect<unknown, unknown, Storage> }> =
  []
const test: Test = (behaviour, body) => {
  tests.push({ behaviour, body })
}
clientStoreTests(test)
flowStoreTests(test)
sessionStoreTests(test)
keyStoreTests(test)
grantStoreTests(test)
redemptionTests(test)
rotationTests(test, 20)
revocationTests(test)
raceTests(test)
sweepTests(test)

/** Each test has a store of its own. */
const firstBroken = <E>(storage: Layer.Layer<Storage, E>) =>
  Effect.forEach(
    tests,
    ({ behaviour, body }) =>
      body.pipe(
        Effect.provide(storage),
        Effect.timeout("3 minutes"),
        Effect.catchCause(() => Effect.fail(behaviour))
      ),
    { concurrency: 8, discard: true }
  ).pipe(Effect.as(undefined), Effect.catch(Effect.succeed), Effect.runPromise)

export const sql: Judge = async (mutant) => {
  const storage: typeof SqlStorage = await import(urlOf("src/storage/sql/SqlStorage.ts", mutant))
  return firstBroken(Layer.provide(storage.layer, Databases.inMemory))
}

/** What a test asks of Redis comes to an end: the longest asks some ten thousand times. */
const ending = (redis: Layer.Layer<Redis>): Layer.Layer<Redis> => {
  let left = 100_000
  return Commands.around(
    redis,
    () => (run) =>
      Effect.suspend(() => (left-- > 0 ? run : Effect.die(new Error("This does not come to an end"))))
  )
}

export const redis: Judge = async (mutant) => {
  const storage: typeof RedisStorage = await import(urlOf("src/storage/redis/RedisStorage.ts", mutant))
  const ofMutant = `mutant-${randomBytes(8).toString("hex")}`
  let count = 0
  const judge = Effect.gen(function* () {
    const redis = yield* Redis
    const empty = Layer.unwrap(
      Effect.sync(() =>
        Layer.provide(
          storage.layer({ prefix: `${ofMutant}-${count++}` }),
          ending(Layer.succeed(Redis, redis))
        )
      )
    )
    const broken = yield* Effect.promise(() => firstBroken(empty))
    const keys = yield* Redises.keysOf(ofMutant)
    yield* Effect.forEach(keys, (key) => redis.send("UNLINK", key), { concurrency: 100, discard: true })
    return broken
  })
  return Effect.runPromise(Effect.provide(judge, Redises.connection(Services.redis.url)))
}
