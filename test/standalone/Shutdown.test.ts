import { existsSync } from "node:fs"
import { request } from "node:http"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { expect, it, vi } from "vitest"
import { confidential, introspect } from "./support/Http.ts"
import { patience, pause, withFolder, within, withServer, withServerIn } from "./support/StandaloneServer.ts"

vi.setConfig({ testTimeout: 2 * patience, hookTimeout: 2 * patience })

const body = "grant_type=client_credentials&scope=read"

/** A token request of which the server has seen the headers, and which waits for the rest of its body. */
const beginTokenRequest = async (origin: string) => {
  const sent = request(`${origin}/token`, {
    method: "POST",
    headers: {
      authorization: `Basic ${btoa(`${confidential.id}:${confidential.secret}`)}`,
      "content-type": "application/x-www-form-urlencoded",
      "content-length": body.length,
      expect: "100-continue"
    }
  })
  const answered = new Promise<{ readonly status: number | undefined; readonly text: string }>(
    (resolve, reject) => {
      sent.once("error", reject)
      sent.once("response", (response) =>
        text(response).then((text) => resolve({ status: response.statusCode, text }), reject)
      )
    }
  )
  answered.catch(() => undefined)
  await new Promise((resolve) => {
    sent.once("continue", resolve)
    sent.flushHeaders()
  })
  sent.write(body.slice(0, 10))
  return { answered, finish: () => sent.end(body.slice(10)) }
}

const untilClosed = (origin: string) =>
  within("the server to take no more connections", async (signal) => {
    while (!signal.aborted) {
      try {
        await fetch(`${origin}/healthz`, { headers: { connection: "close" } })
        await pause(5)
      } catch {
        return
      }
    }
  })

it("answers what is in flight, closes the database and ends with 0", () =>
  withFolder(async (folder) => {
    const tokens = await withServerIn(folder, {}, async ({ exited, origin, stop }) => {
      const requests = await Promise.all(Array.from({ length: 8 }, () => beginTokenRequest(origin)))
      const stopped = stop("SIGTERM")
      await untilClosed(origin)
      for (const { finish } of requests) finish()
      const answers = await Promise.all(requests.map(({ answered }) => answered))
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
      expect(await stopped).toEqual({ code: 0, signal: null })
      await exited
      return answers.map(({ text }) => JSON.parse(text).access_token)
    })
    // Whoever closes a SQLite database last folds its write-ahead log into it.
    expect(existsSync(join(folder, ".data", "oauth.db-wal"))).toBe(false)
    await withServerIn(folder, {}, async ({ origin }) => {
      for (const token of tokens) {
        expect((await introspect(origin, token)).body).toMatchObject({ active: true })
      }
    })
  }))

it("ends on Ctrl-C too, and does not wait for connections that are idle", () =>
  withServer({}, async ({ origin, stop }) => {
    const response = await fetch(`${origin}/healthz`)
    expect(await response.json()).toEqual({ status: "ok" })
    expect(await stop("SIGINT")).toEqual({ code: 0, signal: null })
  }))

it("does not wait for ever for a request that never ends", () =>
  withServer({}, async ({ origin, stop }) => {
    const { answered } = await beginTokenRequest(origin)
    const refused = expect(answered).rejects.toThrow()
    expect(await stop("SIGTERM")).toEqual({ code: 0, signal: null })
    await refused
  }))
