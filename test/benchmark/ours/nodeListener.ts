/** The endpoints as a listener of `node:http`. */

import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as NodeListener from "effect-oauth/node/NodeListener"
import * as GrantStore from "effect-oauth/storage/GrantStore"
import { createServer, listen } from "../harness/Listen.ts"
import type { Start } from "../Server.ts"
import { handler } from "./assembly.ts"
import { mintCodes, signIn } from "./mint.ts"
import { shrinkTable } from "./secrets.ts"
import { sweep } from "./sweep.ts"

export const start: Start = async (settings) => {
  const runtime = ManagedRuntime.make(await handler(settings))
  const listener = await runtime.runPromise(NodeListener.make)
  const port = await listen(createServer((request, response) => listener(request, response)))
  const store = await runtime.runPromise(Effect.service(GrantStore.GrantStore))
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
