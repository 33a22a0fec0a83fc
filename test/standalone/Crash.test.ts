/**
 * What the server has said stays true when it is killed at any moment: a token that a client got is good, a
 * code that it got can be redeemed, and none can be redeemed twice.
 */
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { expect, it } from "vitest"
import { type Browser, makeBrowser } from "./support/Browser.ts"
import { authorizationUrl, getCode, introspect, redeem, refresh } from "./support/Http.ts"
import * as Load from "./support/Load.ts"
import { pause, withFolder, within, withServerIn } from "./support/StandaloneServer.ts"

const kills = 20

const settings = { CODE_TTL: "1 hour", ACCESS_TOKEN_TTL: "1 hour", REFRESH_GRACE: "1 hour" }

it(
  `keeps its word over ${kills} kills under load`,
  () =>
    withFolder(async (folder) => {
      const browser = makeBrowser()
      const good = new Set<string>()
      const seen = { accessTokens: 0, redeemed: 0, inDoubt: 0, unsent: 0 }
      let port = "0"
      let ledger: Load.Ledger | undefined
      for (let killed = 0; killed < kills; killed++) {
        ledger = await withServerIn(folder, { ...settings, PORT: port }, async (server) => {
          const refreshToken =
            ledger === undefined
              ? await firstRefreshToken(browser, server.origin)
              : await settle(browser, server.origin, ledger, good)
          const next: Load.Ledger = { accessTokens: new Set(), codes: [], refreshToken }
          port = new URL(server.origin).port
          const load = Load.run(server.origin, browser, next)
          await Promise.race([load, busyFor(next, 10 + Math.random() * 40)])
          await pause(Math.random() * 20)
          await server.stop("SIGKILL")
          await load
          return next
        })
        seen.accessTokens += ledger.accessTokens.size
        seen.redeemed += count(ledger, "redeemed")
        seen.inDoubt += count(ledger, "sent")
        seen.unsent += count(ledger, "received")
      }
      await withServerIn(folder, { ...settings, PORT: port }, async ({ origin }) => {
        if (ledger !== undefined) await settle(browser, origin, ledger, good)
        await expectActive(origin, good)
      })
      expectWhole(join(folder, ".data", "oauth.db"))
      console.info(`${kills} kills:`, seen)
    }),
  600_000
)

const count = ({ codes }: Load.Ledger, state: Load.KnownCode["state"]) =>
  codes.filter((code) => code.state === state).length

const busyFor = (ledger: Load.Ledger, tokens: number) =>
  within("the server to be busy", async (signal) => {
    while (ledger.accessTokens.size < tokens && !signal.aborted) await pause(1)
  })

const firstRefreshToken = async (browser: Browser, origin: string) => {
  const { body } = await redeem(origin, await getCode(browser, origin))
  return String(body.refresh_token)
}

/** Holds the server against what it said before it was killed. Adds the tokens that stay good, and refreshes. */
const settle = async (browser: Browser, origin: string, ledger: Load.Ledger, good: Set<string>) => {
  await expectActive(origin, ledger.accessTokens)
  for (const token of ledger.accessTokens) good.add(token)

  // Who was signed in still is.
  const page = await browser.open(authorizationUrl(origin).url)
  expect(page.form?.fields).not.toHaveProperty("password")

  // Its answer may have got lost; it is asked for again.
  const refreshed = await refresh(origin, ledger.refreshToken)
  expect(refreshed.status).toBe(200)
  good.add(String(refreshed.body.access_token))

  for (const code of ledger.codes) {
    if (code.state === "received") {
      const answer = await redeem(origin, code)
      expect(answer.status).toBe(200)
      good.add(String(answer.body.access_token))
    }
    if (code.state === "sent") {
      const answers = await Promise.all([redeem(origin, code), redeem(origin, code)])
      expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
      expect(await redeem(origin, code)).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
    }
  }

  // To try a code again revokes what came for it, so only one gets tried.
  const redeemed = ledger.codes.find(({ state }) => state === "redeemed")
  if (redeemed !== undefined) {
    expect(await redeem(origin, redeemed)).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
    expect((await introspect(origin, redeemed.accessToken)).body).toEqual({ active: false })
    good.delete(String(redeemed.accessToken))
  }
  return String(refreshed.body.refresh_token)
}

const expectActive = async (origin: string, tokens: Iterable<string>) => {
  const queue = Array.from(tokens)
  const lost: Array<string> = []
  const ask = async () => {
    for (let token = queue.pop(); token !== undefined; token = queue.pop()) {
      const { body } = await introspect(origin, token)
      if (body.active !== true) lost.push(token)
    }
  }
  await Promise.all([ask(), ask(), ask(), ask()])
  expect(lost).toEqual([])
}

const expectWhole = (path: string) => {
  const database = new DatabaseSync(path)
  expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" })
  database.close()
}
