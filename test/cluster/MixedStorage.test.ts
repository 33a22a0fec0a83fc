/** The example of mixed storage, from its source. */
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { ConfigProvider, Effect, Layer } from "effect"
import { HttpServer } from "effect/http"
import { expect, it, vi } from "vitest"
import * as MixedStorage from "../../examples/mixed-storage.ts"
import { makeBrowser } from "../standalone/support/Browser.ts"
import { getCode, post, redirectUri } from "../standalone/support/Http.ts"
import { patience } from "../standalone/support/StandaloneServer.ts"
import { describeWith, isReachable, postgres, redis } from "../support/Services.ts"
import { withPostgres, withRedis } from "./support/Backend.ts"

vi.setConfig({ testTimeout: 2 * patience })

const web = { id: "web", secret: "web-secret" }

await describeWith(redis, async (url) => {
  const both = await isReachable(postgres)
  it.skipIf(!both)("clients, grants and keys are in PostgreSQL, flows and sessions in Redis", () =>
    withPostgres(postgres.url, (inPostgres) =>
      withRedis(url, (inRedis) => {
        const env = { ...inRedis.settings, ...inPostgres.settings }
        const listening = NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })
        return Effect.gen(function* () {
          const { address } = yield* HttpServer.HttpServer
          const origin = `http://127.0.0.1:${"port" in address ? address.port : 0}`
          yield* Effect.promise(async () => {
            const { code, verifier } = await getCode(makeBrowser(), origin, { client_id: web.id })
            const redeemed = await post(
              `${origin}/token`,
              {
                grant_type: "authorization_code",
                code,
                code_verifier: verifier,
                redirect_uri: redirectUri
              },
              web
            )
            expect(redeemed.status).toBe(200)
            const refreshed = await post(
              `${origin}/token`,
              { grant_type: "refresh_token", refresh_token: String(redeemed.body.refresh_token) },
              web
            )
            expect(refreshed.status).toBe(200)

            const tables = await inPostgres.dump()
            const withRows = Array.from(tables).flatMap(([name, rows]) => (rows === "" ? [] : [name]))
            expect(withRows.toSorted()).toEqual([
              "oauth_access_tokens",
              "oauth_clients",
              "oauth_codes",
              "oauth_grants",
              "oauth_migrations",
              "oauth_refresh_families"
            ])
            const tags = Array.from((await inRedis.dump()).keys(), (key) => /\{([a-z]+)\d*\}/.exec(key)?.[1])
            expect(new Set(tags.filter((tag) => tag !== undefined))).toEqual(new Set(["f", "s"]))
          })
        }).pipe(
          Effect.provide(MixedStorage.layer.pipe(Layer.provideMerge(listening))),
          Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
          Effect.scoped,
          Effect.runPromise
        )
      })
    )
  )
})
