/**
 * PostgreSQL that does not answer, and does not say so either: requests end all the same, with 503, and once it
 * answers again, so does the server.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Deferred, Effect, Fiber, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { describe, expect, it, vi } from "vitest"
import { post } from "../standalone/support/Http.ts"
import { patience, pause, withServer } from "../standalone/support/StandaloneServer.ts"
import { describeWith, postgres } from "../support/Services.ts"
import { withPostgres } from "./support/Backend.ts"
import { atOnce } from "./support/Servers.ts"

vi.setConfig({ testTimeout: 2 * patience })

const unavailable = {
  status: 503,
  body: { error: "temporarily_unavailable" },
  retryAfter: expect.stringMatching(/^\d+$/)
}

const useCredentials = (origin: string) => post(`${origin}/token`, { grant_type: "client_credentials" })

/** How long that took, in milliseconds. */
const timed = async <A>(one: () => Promise<A>): Promise<readonly [A, number]> => {
  const started = performance.now()
  return [await one(), performance.now() - started]
}

const eventually = async (origin: string) => {
  const patient = AbortSignal.timeout(patience / 2)
  while (!patient.aborted && (await useCredentials(origin)).status !== 200) await pause(50)
  expect(await useCredentials(origin)).toMatchObject({ status: 200 })
}

describe("a database that is stuck", async () => {
  await describeWith(postgres, (url) => {
    it("on a lock: 503 after five seconds", () =>
      withPostgres(url, ({ settings }) =>
        withServer(settings, async ({ origin }) => {
          expect(await useCredentials(origin)).toMatchObject({ status: 200 })
          await whileLocked(settings.DATABASE_URL ?? "", async () => {
            const [answers, took] = await timed(() => atOnce(5, () => useCredentials(origin)))
            for (const answer of answers) expect(answer).toMatchObject(unavailable)
            expect(took).toBeLessThan(15_000)
          })
          await eventually(origin)
        })
      ))

    it("behind a network that swallows everything: 503 after some seconds", () =>
      withPostgres(url, ({ settings }) =>
        withProxy(settings.DATABASE_URL ?? "", ({ freeze, thaw, url }) =>
          withServer({ ...settings, DATABASE_URL: url }, async ({ origin }) => {
            await atOnce(10, () => useCredentials(origin))
            expect(await useCredentials(origin)).toMatchObject({ status: 200 })
            freeze()
            // More than there are connections, so that some wait for one.
            const [answers, took] = await timed(() => atOnce(30, () => useCredentials(origin)))
            console.info("503 after", Math.round(took), "ms at most")
            for (const answer of answers) expect(answer).toMatchObject(unavailable)
            expect(took).toBeLessThan(30_000)
            thaw()
            await eventually(origin)
          })
        )
      ))
  })
})

/** While somebody else has the table of access tokens for himself. */
const whileLocked = (url: string, use: () => Promise<void>): Promise<void> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [locked, done] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
    const holder = yield* sql`LOCK TABLE oauth_access_tokens`.pipe(
      Effect.andThen(Deferred.succeed(locked, undefined)),
      Effect.andThen(Deferred.await(done)),
      sql.withTransaction,
      Effect.forkChild
    )
    yield* Deferred.await(locked)
    yield* Effect.promise(use)
    yield* Deferred.succeed(done, undefined)
    yield* Fiber.join(holder)
  }).pipe(Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })), Effect.runPromise)

interface Proxy {
  readonly url: string
  /** From now on bytes are taken and go nowhere, on every connection that is or will be made. */
  readonly freeze: () => void
  /** New connections work again; those that were frozen stay so. */
  readonly thaw: () => void
}

const withProxy = async (target: string, use: (proxy: Proxy) => Promise<void>): Promise<void> => {
  const address = new URL(target)
  const sockets = new Set<Socket>()
  let frozen = false
  const server = createServer((client) => {
    const database = connect({ host: address.hostname, port: Number(address.port || 5432) })
    for (const [from, to] of [
      [client, database],
      [database, client]
    ] as const) {
      sockets.add(from)
      from.on("data", (bytes) => void (frozen || stuck.has(client) || to.write(bytes)))
      from.on("error", () => to.destroy())
      from.on("close", () => to.destroy())
    }
    if (frozen) stuck.add(client)
  })
  const stuck = new WeakSet<Socket>()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const url = new URL(target)
  url.host = `127.0.0.1:${port}`
  try {
    await use({
      url: url.href,
      freeze: () => {
        frozen = true
        for (const socket of sockets) stuck.add(socket)
      },
      thaw: () => {
        frozen = false
      }
    })
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}
