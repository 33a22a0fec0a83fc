/** Clients that keep servers busy whatever becomes of the database, and remember what they were told. */
import { expect } from "vitest"
import {
  type Answer,
  authorizationUrl,
  type Code,
  introspect,
  post,
  redeem,
  refresh
} from "../../standalone/support/Http.ts"
import { patience, pause } from "../../standalone/support/StandaloneServer.ts"
import type { Backend } from "./Backend.ts"
import { forEach, mint, type Servers, withServers } from "./Servers.ts"

const kinds = ["credentials", "redemption", "refresh", "introspection", "revocation", "page"] as const
type Kind = (typeof kinds)[number]

/** What clients were told, and what they may rely upon since. */
export interface Ledger {
  /** Access tokens that are good. */
  readonly accessTokens: Set<string>
  /** Access tokens of which it was acknowledged that they are revoked. */
  readonly revokedTokens: Set<string>
  readonly refreshTokens: Array<string>
  /** Codes that were redeemed. */
  readonly redeemed: Array<Code>
  /** Codes whose answer was that the server is unavailable: they may be used or not. */
  readonly inDoubt: Array<Code>
  /** Answers that a client must never get. */
  readonly wrong: Array<Answer & { readonly kind: Kind }>
  /** How often each kind of request was served. */
  readonly served: Record<Kind, number>
  unavailable: number
}

export const total = ({ served }: Ledger): number =>
  Object.values(served).reduce((sum, count) => sum + count, 0)

/** Has clients use both servers while somebody disturbs them. */
export interface Disturbed {
  readonly servers: Servers
  readonly ledger: Ledger
  /** Waits until so many more requests have been served, of any kind; both servers have recovered then. */
  readonly serve: (requests: number) => Promise<void>
}

const settings = { ACCESS_TOKEN_TTL: "1 hour", REFRESH_GRACE: "1 hour" }

/** While `disturb` goes on: clients see success or 503 with Retry-After, and nothing acknowledged is lost. */
export const keepsItsWord = (
  backend: Backend,
  disturb: (disturbed: Disturbed) => Promise<void>
): Promise<void> =>
  withServers(backend, settings, async (servers) => {
    const { next } = servers
    const codes = Array.from(await mint(backend, 1000))
    const first = await forEach(codes.splice(0, 4), 4, (code) => redeem(next(), code))
    const ledger: Ledger = {
      accessTokens: new Set(),
      revokedTokens: new Set(),
      refreshTokens: first.map(({ body }) => String(body.refresh_token)),
      redeemed: [],
      inDoubt: [],
      wrong: [],
      served: { credentials: 0, redemption: 0, refresh: 0, introspection: 0, revocation: 0, page: 0 },
      unavailable: 0
    }
    const controller = new AbortController()
    const working = work(servers, codes, ledger, controller.signal)
    const serve = async (requests: number) => {
      const enough = total(ledger) + requests
      const patient = AbortSignal.timeout(patience / 2)
      while (total(ledger) < enough && !patient.aborted) await pause(5)
      expect(total(ledger), "requests served: the servers did not recover").toBeGreaterThanOrEqual(enough)
    }
    try {
      await serve(50)
      await disturb({ servers, ledger, serve })
      await serve(100)
    } finally {
      controller.abort()
      await working
    }
    console.info(
      "served:",
      ledger.served,
      "unavailable:",
      ledger.unavailable,
      "in doubt:",
      ledger.inDoubt.length
    )
    expect(ledger.wrong).toEqual([])
    expect(ledger.unavailable).toBeGreaterThan(0)
    // They are still the processes that were started.
    expect(servers.both.map(({ output }) => output().match(/ is listening on /g)?.length)).toEqual([1, 1])
    await isRemembered(servers, codes, ledger)
  })

/** Clients that go on until they are told to stop. */
const work = async ({ next }: Servers, codes: Array<Code>, ledger: Ledger, stop: AbortSignal) => {
  const note = (kind: Kind, answer: Answer): boolean => {
    if (answer.status === 200) ledger.served[kind]++
    else if (isUnavailable(answer)) ledger.unavailable++
    else ledger.wrong.push({ kind, ...answer })
    return answer.status === 200
  }
  const loop = async (once: () => Promise<void>) => {
    while (!stop.aborted) await once()
  }
  const useCredentials = () =>
    loop(async () => {
      const answer = await post(`${next()}/token`, { grant_type: "client_credentials" })
      if (note("credentials", answer)) ledger.accessTokens.add(String(answer.body.access_token))
    })
  const redeemCodes = () =>
    loop(async () => {
      // Slowly, so that there are codes to the end.
      await pause(25)
      const code = codes.pop()
      if (code === undefined) return
      const answer = await redeem(next(), code)
      if (note("redemption", answer)) {
        ledger.accessTokens.add(String(answer.body.access_token))
        ledger.redeemed.push(code)
      } else ledger.inDoubt.push(code)
    })
  const refreshOn = (index: number) =>
    loop(async () => {
      const answer = await refresh(next(), ledger.refreshTokens[index])
      if (!note("refresh", answer)) return
      ledger.accessTokens.add(String(answer.body.access_token))
      ledger.refreshTokens[index] = String(answer.body.refresh_token)
    })
  const look = () =>
    loop(async () => {
      const [token] = ledger.accessTokens
      if (token === undefined) return pause(1)
      const answer = await introspect(next(), token)
      if (note("introspection", answer) && answer.body.active !== true && ledger.accessTokens.has(token))
        ledger.wrong.push({ kind: "introspection", ...answer })
    })
  const revoke = () =>
    loop(async () => {
      await pause(10)
      const token = Array.from(ledger.accessTokens).at(-1)
      if (token === undefined) return
      // From now on it may be good or not, until somebody says that it is not.
      ledger.accessTokens.delete(token)
      if (note("revocation", await post(`${next()}/revoke`, { token }))) ledger.revokedTokens.add(token)
    })
  const openPage = () =>
    loop(async () => {
      const response = await fetch(authorizationUrl(next()).url, { headers: { accept: "text/html" } })
      await response.arrayBuffer()
      const retryAfter = response.headers.get("retry-after")
      const body = response.status === 503 ? { error: "temporarily_unavailable" } : {}
      note("page", { status: response.status, body, retryAfter })
    })
  await Promise.all([
    useCredentials(),
    useCredentials(),
    redeemCodes(),
    redeemCodes(),
    ...ledger.refreshTokens.map((_, index) => refreshOn(index)),
    look(),
    revoke(),
    openPage()
  ])
}

const isUnavailable = ({ body, retryAfter, status }: Answer) =>
  status === 503 && body.error === "temporarily_unavailable" && /^\d+$/.test(retryAfter ?? "")

/** What was said then is true now. */
const isRemembered = async ({ next }: Servers, codes: ReadonlyArray<Code>, ledger: Ledger) => {
  const look = (tokens: Iterable<string>) =>
    forEach(Array.from(tokens), 8, async (token) => (await introspect(next(), token)).body.active)
  expect(new Set(await look(ledger.accessTokens))).toEqual(new Set([true]))
  expect(new Set(await look(ledger.revokedTokens))).toEqual(new Set([false]))
  const refreshed = await forEach(ledger.refreshTokens, 4, (token) => refresh(next(), token))
  expect(refreshed.filter(({ status }) => status !== 200)).toEqual([])
  const unused = await forEach(codes.slice(0, 20), 4, (code) => redeem(next(), code))
  expect(unused.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))

  // A code that is in doubt was used, or was not. None is good twice.
  for (const code of ledger.inDoubt) {
    const answer = await redeem(next(), code)
    if (answer.status !== 200) expect(answer.body.error).toBe("invalid_grant")
  }
  const again = await forEach([...ledger.redeemed, ...ledger.inDoubt], 8, (code) => redeem(next(), code))
  expect(again.filter(({ body, status }) => status !== 400 || body.error !== "invalid_grant")).toEqual([])
}

/** That each kind of request was served so many times. */
export const expectServed = (ledger: Ledger, atLeast: number): void => {
  for (const kind of kinds) expect(ledger.served[kind], kind).toBeGreaterThanOrEqual(atLeast)
}
