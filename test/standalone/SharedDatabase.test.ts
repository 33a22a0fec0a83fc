/** Where several processes share what they know. */
import { Migrations } from "effect-oauth/storage/sql"
import { describe, expect, it, vi } from "vitest"
import { withPostgres, withRedis } from "../cluster/support/Backend.ts"
import { describeWith, isReachable, postgres, redis } from "../support/Services.ts"
import { makeBrowser } from "./support/Browser.ts"
import { getCode, introspect, post, redeem } from "./support/Http.ts"
import { patience, type StandaloneServer, start, withFolder } from "./support/StandaloneServer.ts"

vi.setConfig({ testTimeout: 3 * patience })

/** Starts so many at the same moment. */
const startTogether = async <A>(
  count: number,
  settings: Readonly<Record<string, string>>,
  use: (servers: ReadonlyArray<StandaloneServer>) => Promise<A>
): Promise<A> =>
  withFolder(async (folder) => {
    const started = await Promise.allSettled(Array.from({ length: count }, () => start(folder, settings)))
    const servers = started.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []))
    try {
      for (const start of started) if (start.status === "rejected") throw start.reason
      return await use(servers)
    } finally {
      await Promise.all(servers.map(({ stop }) => stop("SIGTERM")))
    }
  })

// Each begins with a comment.
const versions = Migrations.toSql().match(/^-- /gm)?.length

const rows = (content: string | undefined) =>
  content === undefined || content === "" ? 0 : content.split("\n").length

await describeWith(postgres, (url) => {
  describe("DATABASE_URL=postgres://…", () => {
    it("three that start at once make the tables once, and share what is in them", () =>
      withPostgres(url, (backend) =>
        startTogether(3, backend.settings, async (servers) => {
          const [first, second, third] = servers
          const code = await getCode(makeBrowser(), String(first?.origin))
          const tokens = await redeem(String(second?.origin), code)
          expect(tokens.status).toBe(200)
          const seen = await introspect(String(third?.origin), tokens.body.access_token)
          expect(seen.body).toMatchObject({ active: true, username: "demo" })
          const tables = await backend.dump()
          expect(rows(tables.get("oauth_migrations"))).toBe(versions)
          expect(rows(tables.get("oauth_grants"))).toBe(1)
          // One for each algorithm, whoever made it.
          expect(rows(tables.get("oauth_keys"))).toBe(2)
        })
      ))
  })
})

await describeWith(redis, (redisUrl) => {
  describe("REDIS_URL with DATABASE_URL=postgres://…", async () => {
    const both = await isReachable(postgres)
    it.skipIf(!both)("keeps grants, flows and sessions in Redis, and no row of them in PostgreSQL", () =>
      withPostgres(postgres.url, (backend) =>
        withRedis(redisUrl, (inRedis) =>
          startTogether(2, { ...inRedis.settings, ...backend.settings }, async (servers) => {
            const [first, second] = servers
            const tokens = await redeem(
              String(first?.origin),
              await getCode(makeBrowser(), String(second?.origin))
            )
            expect(tokens.status).toBe(200)
            const own = await post(`${second?.origin}/token`, { grant_type: "client_credentials" })
            expect((await introspect(String(first?.origin), own.body.access_token)).body.active).toBe(true)
            expect((await fetch(`${first?.origin}/healthz`)).status).toBe(200)

            const tables = await backend.dump()
            expect(
              Array.from(tables)
                .filter(([, content]) => rows(content) > 0)
                .map(([name]) => name)
            ).toEqual(["oauth_migrations", "oauth_keys"])
            const keys = Array.from((await inRedis.dump()).keys())
            for (const tag of [/\{g\d+\}/, /\{f\d+\}/, /\{s\d+\}/]) {
              expect(keys.some((key) => tag.test(key))).toBe(true)
            }
          })
        )
      )
    )
  })
})
