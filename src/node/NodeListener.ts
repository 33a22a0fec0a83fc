/**
 * The endpoints as a listener of Node's `http` module, without a router in
 * between: for a server that wants the last microsecond, or one that lives in
 * Express, Fastify or Koa.
 *
 * @since 0.1.0
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import type { Mutable } from "effect/Types"
import * as Body from "../http/Body.ts"
import type { HttpRequest, HttpResponse } from "../http/HttpMessage.ts"
import { OAuthHandler } from "../http/OAuthHandler.ts"
import { inNextTurn } from "../http/Turn.ts"
import { requestContext } from "../services/RequestContext.ts"

/**
 * Answers a request. One whose path is none of the server's goes to `next`, or
 * gets a 404 where there is none.
 *
 * In Express `app.use(listener)` answers at every path of the issuer, and
 * `app.use("/prefix", listener)` at those below the prefix: the metadata of an issuer
 * with a path (`/.well-known/…/prefix`) is not.
 *
 * @category models
 * @since 0.1.0
 */
export type NodeListener = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void

/**
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<NodeListener, never, OAuthHandler> = Effect.gen(function* () {
  const handler = yield* OAuthHandler
  const run = Effect.runForkWith(yield* requestContext<never>())
  const deliver = (response: HttpResponse, outgoing: ServerResponse): void => {
    const failure = send(response, outgoing)
    if (failure !== undefined) run(Effect.logError("An answer could not be sent", failure))
  }
  return (incoming, outgoing, next) => {
    let body: Body.Body = Effect.fail(Body.unreadable)
    // For whoever copies the request before its body is there.
    const later = Effect.suspend(() => body)
    const request = toHttpRequest(incoming, incoming.url, later)
    const answer = handler.handle(request) ?? handleOriginal(handler, incoming, later)
    if (answer !== undefined) {
      receiveBody(incoming, (received) => {
        body = received
        request.body = received
        inNextTurn(() => run(Effect.map(answer, (response) => inNextTurn(() => deliver(response, outgoing)))))
      })
    } else if (next !== undefined) {
      next()
    } else {
      outgoing.writeHead(404).end()
    }
  }
})

// Express takes the prefix of `app.use("/prefix", …)` away from `url`; the paths of an
// issuer have it.
const handleOriginal = (
  handler: OAuthHandler["Service"],
  incoming: IncomingMessage,
  body: HttpRequest["body"]
) =>
  "originalUrl" in incoming && typeof incoming.originalUrl === "string"
    ? handler.handle(toHttpRequest(incoming, incoming.originalUrl, body))
    : undefined

const toHttpRequest = (
  incoming: IncomingMessage,
  target: string | undefined,
  body: HttpRequest["body"]
): Mutable<HttpRequest> => {
  // RFC 9112 §3.2.2: the absolute form of a target is to be understood as well.
  const url = (target ?? "/").replace(/^https?:\/\/[^/?]*/i, "")
  const at = url.indexOf("?")
  return {
    method: incoming.method ?? "GET",
    path: at === -1 ? url : url.slice(0, at),
    query: at === -1 ? "" : url.slice(at + 1),
    header: (name) => {
      const value = incoming.headers[name]
      return typeof value === "string" ? value : value?.join(", ")
    },
    body,
    remoteAddress: incoming.socket.remoteAddress,
    encrypted: "encrypted" in incoming.socket && incoming.socket.encrypted === true
  }
}

// Before the request is answered, since a fiber that does not have to wait for it
// takes half the time.
const receiveBody = (incoming: IncomingMessage, then: (body: Body.Body) => void): void => {
  // Somebody before us, such as a body parser, has taken it, or it will never
  // be there.
  if (incoming.readableEnded || incoming.destroyed) then(Effect.fail(Body.unreadable))
  else Body.receive(incoming, then)
}

// An answer that Node refuses, such as one with a line break in a header, ends its
// connection and nothing else. Somebody else may have answered by now: a timeout of
// the application's, say.
const send = (response: HttpResponse, outgoing: ServerResponse): unknown => {
  if (outgoing.headersSent) return undefined
  try {
    write(response, outgoing)
    return undefined
  } catch (failure) {
    outgoing.destroy()
    return failure
  }
}

const write = ({ body, headers, status }: HttpResponse, outgoing: ServerResponse): void => {
  if (body === "") {
    outgoing.writeHead(status, headers).end()
  } else {
    outgoing.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body)
  }
}
