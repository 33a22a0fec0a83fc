/**
 * The database ends or crashes while clients work, and comes back: they are told to try again, what they were
 * told before stays true, and nobody has to start the servers again.
 */
import { describe, it, vi } from "vitest"
import { patience, pause } from "../standalone/support/StandaloneServer.ts"
import { type Backend, withPostgres, withRedis } from "./support/Backend.ts"
import { expectServed, keepsItsWord } from "./support/Load.ts"
import { describeWithOwn, type OwnDatabase, postgresProgram, redisProgram } from "./support/OwnDatabase.ts"

vi.setConfig({ testTimeout: 5 * patience })

const ways = ["end", "crash", "end", "crash"] as const

const survives = (
  withOwn: (use: (database: OwnDatabase) => Promise<void>) => Promise<void>,
  withBackend: (url: string, use: (backend: Backend) => Promise<void>) => Promise<void>
) =>
  it(`${ways.length} times: clients see success or 503 with Retry-After, and nothing acknowledged is lost`, () =>
    withOwn(({ restart, url }) =>
      withBackend(url, (backend) =>
        keepsItsWord(backend, async ({ ledger, serve }) => {
          for (const way of ways) {
            await serve(100)
            await pause(Math.random() * 200)
            await restart(way)
          }
          expectServed(ledger, 20)
        })
      )
    ))

describe("the database restarts under load", () => {
  describeWithOwn(postgresProgram, (withOwn) => survives(withOwn, withPostgres))
  describeWithOwn(redisProgram, (withOwn) => survives(withOwn, withRedis))
})
