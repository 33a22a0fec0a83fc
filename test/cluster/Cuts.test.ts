/**
 * The connections to the database are cut while clients work: they are told to try again, what they were told
 * before stays true, and nobody has to start anything again.
 */
import { describe, expect, it, vi } from "vitest"
import {
  type Answer,
  authorizationUrl,
  type Code,
  introspect,
  post,
  redeem,
  refresh
} from "../standalone/support/Http.ts"
import { patience, pause } from "../standalone/support/StandaloneServer.ts"
import { describeWith, postgres, redis } from "../support/Services.ts"
import { type Backend, withPostgres, withRedis } from "./support/Backend.ts"
import { forEach, mint, type Servers, withServers } from "./support/Servers.ts"

vi.setConfig({ testTimeout: 5 * patience })

const settings = { ACCESS_TOKEN_TTL: "1 hour", REFRESH_GRACE: "1 hour" }

/** What clients were told, and what they may rely upon since. */
interface Ledger {
  readonly accessTokens: Set<string>
  readonly refreshTokens: Array<string>
  /** Codes whose answer was that the server is unavailable: they may be used or not. */
  readonly inDoubt: Array<Code>
  readonly wrong: Array<Answer>
  readonly told: { good: number; unavailable: number }
}

/** Clients that go on until they are told to stop. */
const work = async ({ next }: Servers, codes: Array<Code>, ledger: Ledger, stop: AbortSignal) => {
  const note = (answer: Answer): boolean => {
    if (answer.status === 200) ledger.told.good++
    else if (isUnavailable(answer)) ledger.told.unavailable++
    else ledger.wrong.push(answer)
    return answer.status === 200
  }
  const loop = async (once: () => Promise<void>) => {
    while (!stop.aborted) await once()
  }
  const useCredentials = () =>
    loop(async () => {
      const answer = await post(`${next()}/token`, { grant_type: "client_credentials" })
      if (note(answer)) ledger.accessTokens.add(String(answer.body.access_token))
    })
  const redeemCodes = () =>
    loop(async () => {
      const code = codes.pop()
      if (code === undefined) return pause(10)
      const answer = await redeem(next(), code)
      if (note(answer)) ledger.accessTokens.add(String(answer.body.access_token))
      else ledger.inDoubt.push(code)
    })
  const refreshOn = (index: number) =>
    loop(async () => {
      const answer = await refresh(next(), ledger.refreshTokens[index])
      if (!note(answer)) return
      ledger.accessTokens.add(String(answer.body.access_token))
      ledger.refreshTokens[index] = String(answer.body.refresh_token)
    })
  const look = () =>
    loop(async () => {
      const [token] = ledger.accessTokens
      if (token === undefined) return pause(1)
      const answer = await introspect(next(), token)
      if (note(answer) && answer.body.active !== true) ledger.wrong.push(answer)
    })
  const openPage = () =>
    loop(async () => {
      const response = await fetch(authorizationUrl(next()).url, { headers: { accept: "text/html" } })
      await response.arrayBuffer()
      const retryAfter = response.headers.get("retry-after")
      note({
        status: response.status,
        body: response.status === 503 ? { error: "temporarily_unavailable" } : {},
        retryAfter
      })
    })
  await Promise.all([
    useCredentials(),
    useCredentials(),
    redeemCodes(),
    redeemCodes(),
    ...ledger.refreshTokens.map((_, index) => refreshOn(index)),
    look(),
    openPage()
  ])
}

const isUnavailable = ({ body, retryAfter, status }: Answer) =>
  status === 503 && body.error === "temporarily_unavailable" && /^\d+$/.test(retryAfter ?? "")

const cuts = 25

const keepsItsWord = (
  withBackend: (url: string, use: (backend: Backend) => Promise<void>) => Promise<void>,
  url: string
) =>
  it(`${cuts} times: clients see success or 503 with Retry-After, and nothing acknowledged is lost`, () =>
    withBackend(url, (backend) =>
      withServers(backend, settings, async (servers) => {
        const { next } = servers
        const first = await forEach(await mint(backend, 4), 4, (code) => redeem(next(), code))
        const ledger: Ledger = {
          accessTokens: new Set(),
          refreshTokens: first.map(({ body }) => String(body.refresh_token)),
          inDoubt: [],
          wrong: [],
          told: { good: 0, unavailable: 0 }
        }
        const codes = Array.from(await mint(backend, 500))
        const controller = new AbortController()
        const working = work(servers, codes, ledger, controller.signal)
        let connections = 0
        for (let cut = 0; cut < cuts; cut++) {
          await pause(100 + Math.random() * 300)
          connections += await backend.cut()
        }
        // The servers recover by themselves, both of them.
        const before = ledger.told.good
        const patient = AbortSignal.timeout(patience / 2)
        while (ledger.told.good < before + 100 && !patient.aborted) await pause(10)
        controller.abort()
        await working
        console.info("cut", connections, "connections:", ledger.told, "in doubt:", ledger.inDoubt.length)
        expect(ledger.told.good).toBeGreaterThanOrEqual(before + 100)
        expect(ledger.wrong).toEqual([])
        expect(connections).toBeGreaterThan(cuts)
        expect(ledger.told.unavailable).toBeGreaterThan(0)
        expect(servers.both.map(({ output }) => output().match(/ is listening on /g)?.length)).toEqual([1, 1])

        const seen = await forEach(Array.from(ledger.accessTokens), 8, (token) => introspect(next(), token))
        expect(seen.filter(({ body }) => body.active !== true)).toEqual([])
        const refreshed = await forEach(ledger.refreshTokens, 4, (token) => refresh(next(), token))
        expect(refreshed.filter(({ status }) => status !== 200)).toEqual([])
        const unused = await forEach(codes.slice(0, 20), 4, (code) => redeem(next(), code))
        expect(unused.filter(({ status }) => status !== 200)).toEqual([])
        // A code that is in doubt was used, or was not: it is good once at most.
        for (const code of ledger.inDoubt) {
          const answer = await redeem(next(), code)
          if (answer.status !== 200) expect(answer.body.error).toBe("invalid_grant")
        }
      })
    ))

describe("connections are cut under load", async () => {
  await describeWith(postgres, (url) => keepsItsWord(withPostgres, url))
  await describeWith(redis, (url) => keepsItsWord(withRedis, url))
})
