import { memoryUsage } from "node:process"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Browser, Wire } from "effect-oauth/testing"
import { paths } from "./support/Garbage.ts"
import { type House, open, ours } from "./support/House.ts"
import { world } from "./support/Site.ts"

setFlagsFromString("--expose-gc")
const collect: () => void = runInNewContext("gc")

const heap = () => {
  collect()
  return memoryUsage().heapUsed
}

/** Requests of nothing that is good, with texts as long as the server reads: 80 MB of them. */
const flood = Effect.gen(function* () {
  const { send } = yield* Wire.Wire
  for (let round = 0; round < 60; round++) {
    for (const path of paths) {
      // Another text each time.
      const long = `${round}`.repeat(60_000).slice(0, 60_000)
      const part = long.slice(0, 15_000)
      yield* send(Browser.post(path, { client_id: part, token: part, interaction: part, code: part }))
      yield* send({ path, query: `state=${long}`, headers: { cookie: `oauth-browser=${long}` } })
      yield* send({ path, query: "", headers: { authorization: `Basic ${btoa(long)}` } })
    }
  }
})

/** How much larger the heap is after a second flood: what is made once is made in the first. */
const left = (house: House) =>
  Effect.gen(function* () {
    yield* flood
    const before = heap()
    yield* flood
    return heap() - before
  }).pipe(Effect.provide(open(world, house)))

const enough = 8 * 1024 * 1024

describe("what is refused leaves nothing behind", () => {
  it.live("in our house", () => Effect.map(left(ours), (bytes) => assert.isBelow(bytes, enough)), {
    timeout: 120_000
  })

  it.live(
    "one that remembers is caught",
    () => {
      const seen = new Set<string>()
      const remembers: House = {
        handler: (handler) => ({
          ...handler,
          handle: (request) => {
            seen.add(`${seen.size} ${request.query}`.split("").join(""))
            return handler.handle(request)
          }
        })
      }
      return Effect.map(left(remembers), (bytes) => assert.isAbove(bytes, enough))
    },
    { timeout: 120_000 }
  )
})
