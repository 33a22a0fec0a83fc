/** The endpoints as routes of Effect's `HttpRouter`. */

import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as OAuthRoutes from "effect-oauth/http/OAuthRoutes"
import * as GrantStore from "effect-oauth/storage/GrantStore"
import { createServer, portOf } from "../harness/Listen.ts"
import type { Start } from "../Server.ts"
import { loadStorage, loadTokens, Server } from "./assembly.ts"
import { mintCodes, signIn } from "./mint.ts"
import { shrinkTable } from "./secrets.ts"
import { sweep } from "./sweep.ts"

export const start: Start = async ({ storage, tokens }) => {
  const server = createServer()
  const runtime = ManagedRuntime.make(
    HttpRouter.serve(OAuthRoutes.layer, { disableListenLog: true, disableLogger: true }).pipe(
      Layer.provide(await loadTokens(tokens)),
      Layer.provide(Server),
      Layer.provideMerge(await loadStorage(storage)),
      Layer.provide(NodeHttpServer.layer(() => server, { host: "127.0.0.1", port: 0 }))
    )
  )
  const store = await runtime.runPromise(Effect.service(GrantStore.GrantStore))
  const port = portOf(server)
  return {
    port,
    mintCodes: (count) => mintCodes(store, count),
    signIn: () => signIn(port),
    sweep: async () => {
      await runtime.runPromise(sweep)
    },
    settle: shrinkTable,
    close: () => runtime.dispose()
  }
}
