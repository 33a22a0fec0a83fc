import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { HttpResponse } from "../../src/http/HttpMessage.ts"
import { OAuthHandler } from "../../src/http/OAuthHandler.ts"
import * as NodeListener from "../../src/node/NodeListener.ts"

/** A server that gives the same answer to every request; `before` sees each first. */
const serve = (
  response: HttpResponse,
  before: (incoming: IncomingMessage, outgoing: ServerResponse) => void = () => {}
): Effect.Effect<string, never, Scope.Scope> =>
  Effect.gen(function* () {
    const listener = yield* Effect.provideService(NodeListener.make, OAuthHandler, {
      routes: [],
      handle: ({ path }) => (path === "/broken" ? Effect.succeed(broken) : Effect.succeed(response))
    })
    const server = createServer((incoming, outgoing) => {
      before(incoming, outgoing)
      listener(incoming, outgoing)
    })
    yield* Effect.acquireRelease(
      Effect.callback<void>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.void))
      }),
      () => Effect.sync(() => server.closeAllConnections())
    )
    const { port } = server.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  })

const fine: HttpResponse = { status: 200, headers: { "content-type": "text/plain" }, body: "fine" }
const broken: HttpResponse = { status: 200, headers: { "x-broken": "one\r\ntwo: three" }, body: "broken" }

const get = (url: string) => Effect.promise(() => fetch(url).then((answer) => answer.text()))
const ends = (url: string) =>
  Effect.promise(() =>
    fetch(url).then(
      () => false,
      () => true
    )
  )

describe("NodeListener", () => {
  it.live("an answer that Node refuses ends its own connection, and no other", () =>
    Effect.gen(function* () {
      const url = yield* serve(fine)
      const [refused, ...others] = yield* Effect.all(
        [ends(`${url}/broken`), get(`${url}/a`), get(`${url}/b`)],
        { concurrency: "unbounded" }
      )
      expect(refused).toBe(true)
      expect(others).toEqual(["fine", "fine"])
    })
  )

  it.live("what somebody else has answered already is left as it is", () =>
    Effect.gen(function* () {
      const url = yield* serve(fine, (_, outgoing) => {
        outgoing.writeHead(504).write("too ")
        setTimeout(() => outgoing.end("late"), 20)
      })
      expect(yield* get(url)).toBe("too late")
    })
  )
})
