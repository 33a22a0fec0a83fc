/** The endpoints as a `fetch` handler, behind as small an adapter to `node:http` as will do. */

import type { IncomingMessage, ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as FetchHandler from "effect-oauth/http/FetchHandler"
import * as GrantStore from "effect-oauth/storage/GrantStore"
import { createServer, listen } from "../harness/Listen.ts"
import type { Start } from "../Server.ts"
import { handler } from "./assembly.ts"
import { mintCodes, signIn } from "./mint.ts"
import { shrinkTable } from "./secrets.ts"
import { sweep } from "./sweep.ts"

export const start: Start = async (settings) => {
  const runtime = ManagedRuntime.make(await handler(settings))
  const fetch = await runtime.runPromise(FetchHandler.make)
  const port = await listen(createServer(adapt(fetch)))
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

const adapt =
  (fetch: FetchHandler.FetchHandler) => async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const response = await fetch(await toRequest(incoming), connection(incoming))
    const body = Buffer.from(await response.arrayBuffer())
    const headers: Record<string, string | number> = { "content-length": body.length }
    for (const [name, value] of response.headers) headers[name] = value
    outgoing.writeHead(response.status, headers).end(body)
  }

const toRequest = async (incoming: IncomingMessage): Promise<Request> => {
  const method = incoming.method ?? "GET"
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (typeof value === "string") headers.set(name, value)
  }
  const url = `http://${incoming.headers.host}${incoming.url}`
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers })
  const chunks: Array<Buffer> = []
  for await (const chunk of incoming) chunks.push(chunk)
  return new Request(url, { method, headers, body: Buffer.concat(chunks) })
}

const connection = ({ socket: { remoteAddress } }: IncomingMessage) =>
  remoteAddress === undefined ? {} : { remoteAddress }
