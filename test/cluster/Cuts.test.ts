/**
 * The connections to the database are cut while clients work: they are told to try again, what they were told
 * before stays true, and nobody has to start anything again.
 */
import { describe, expect, it, vi } from "vitest"
import { patience, pause } from "../standalone/support/StandaloneServer.ts"
import { describeWith, postgres, redis } from "../support/Services.ts"
import { type Backend, withPostgres, withRedis } from "./support/Backend.ts"
import { expectServed, keepsItsWord } from "./support/Load.ts"

vi.setConfig({ testTimeout: 5 * patience })

const cuts = 25

const survives = (
  withBackend: (url: string, use: (backend: Backend) => Promise<void>) => Promise<void>,
  url: string
) =>
  it(`${cuts} times: clients see success or 503 with Retry-After, and nothing acknowledged is lost`, () =>
    withBackend(url, (backend) =>
      keepsItsWord(backend, async ({ ledger, serve }) => {
        let connections = 0
        for (let cut = 0; cut < cuts; cut++) {
          await serve(20)
          await pause(Math.random() * 200)
          connections += await backend.cut()
        }
        console.info("cut", connections, "connections")
        expect(connections).toBeGreaterThan(cuts)
        expectServed(ledger, cuts)
      })
    ))

describe("connections are cut under load", async () => {
  await describeWith(postgres, (url) => survives(withPostgres, url))
  await describeWith(redis, (url) => survives(withRedis, url))
})
