/** Two processes on one database: what may happen once happens once, whichever of them is asked. */
import { describe, expect, it, vi } from "vitest"
import { introspect, redeem, refresh } from "../standalone/support/Http.ts"
import { patience } from "../standalone/support/StandaloneServer.ts"
import { describeWith, postgres, redis, type Service } from "../support/Services.ts"
import { type Backend, withPostgres, withRedis } from "./support/Backend.ts"
import { atOnce, forEach, mint, withServers } from "./support/Servers.ts"

vi.setConfig({ testTimeout: 5 * patience })

const settings = { ACCESS_TOKEN_TTL: "1 hour", REFRESH_GRACE: "1 hour" }

const codesAndFamilies = (
  withBackend: (url: string, use: (backend: Backend) => Promise<void>) => Promise<void>,
  url: string
) => {
  it("of 200 codes, each redeemed by ten requests at once, each is redeemed once, and then revoked", () =>
    withBackend(url, (backend) =>
      withServers(backend, settings, async ({ next }) => {
        const answers = await forEach(await mint(backend, 200), 8, (code) =>
          atOnce(10, () => redeem(next(), code))
        )
        const good = answers.flat().filter(({ status }) => status === 200)
        const bad = answers.flat().filter(({ status }) => status !== 200)
        expect(answers.map((ofCode) => ofCode.filter(({ status }) => status === 200).length)).toEqual(
          Array.from({ length: 200 }, () => 1)
        )
        expect(bad).toHaveLength(1800)
        expect(bad.filter(({ body, status }) => status !== 400 || body.error !== "invalid_grant")).toEqual([])

        // RFC 6749 §4.1.2: a code that is used again takes with it what came for it.
        const tokens = good.flatMap(({ body }) => [body.access_token, body.refresh_token])
        const seen = await forEach(tokens, 8, (token) => introspect(next(), token))
        expect(seen.filter(({ body }) => body.active !== false)).toEqual([])
      })
    ))

  it("of 200 families, each refreshed by ten requests at once, each has one successor, and none is lost", () =>
    withBackend(url, (backend) =>
      withServers(backend, settings, async ({ next }) => {
        const families = await forEach(await mint(backend, 200), 8, (code) => redeem(next(), code))
        const answers = await forEach(families, 8, ({ body }) =>
          atOnce(10, () => refresh(next(), body.refresh_token))
        )
        expect(answers.flat().filter(({ status }) => status !== 200)).toEqual([])
        const successors = answers.map((ofFamily) => new Set(ofFamily.map(({ body }) => body.refresh_token)))
        expect(successors.map(({ size }) => size)).toEqual(Array.from({ length: 200 }, () => 1))
        expect(new Set(answers.flat().map(({ body }) => body.access_token)).size).toBe(2000)

        const seen = await forEach(answers.flat(), 8, ({ body }) => introspect(next(), body.access_token))
        expect(seen.filter(({ body }) => body.active !== true)).toEqual([])
        const again = await forEach(
          Array.from(successors, ([token]) => token),
          8,
          (token) => refresh(next(), token)
        )
        expect(again.filter(({ status }) => status !== 200)).toEqual([])
      })
    ))
}

const backends: ReadonlyArray<readonly [Service, typeof withPostgres<void>]> = [
  [postgres, withPostgres],
  [redis, withRedis]
]

describe("two servers on one database", async () => {
  for (const [service, withBackend] of backends) {
    await describeWith(service, (url) => codesAndFamilies(withBackend, url))
  }
})
