/**
 * The endpoints as a `fetch` handler: `(Request) => Promise<Response>`, for
 * every platform and framework that speaks it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { requestContext } from "../services/RequestContext.ts"
import * as Body from "./Body.ts"
import type { HttpRequest, HttpResponse } from "./HttpMessage.ts"
import { OAuthHandler } from "./OAuthHandler.ts"
import { nextTurn } from "./Turn.ts"

/**
 * Answers a request; 404 if its path is none of the server's.
 *
 * @category models
 * @since 0.1.0
 */
export type FetchHandler = (
  request: Request,
  connection?: {
    /** The address of the peer, where the platform knows it. */
    readonly remoteAddress?: string
  }
) => Promise<Response>

/**
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<FetchHandler, never, OAuthHandler> = Effect.gen(function* () {
  const handler = yield* OAuthHandler
  const run = Effect.runPromiseWith(yield* requestContext<never>())
  return (request, connection) => {
    const answer = handler.handle(toHttpRequest(request, connection?.remoteAddress))
    return answer === undefined
      ? Promise.resolve(new Response(null, { status: 404 }))
      : run(Effect.flatMap(answer, (response) => Effect.as(nextTurn, toResponse(response))))
  }
})

/**
 * A response of ours as the platform's.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toResponse = ({ body, headers, status }: HttpResponse): Response =>
  new Response(body === "" ? null : body, { status, headers: { ...headers } })

const toHttpRequest = (request: Request, remoteAddress: string | undefined): HttpRequest => {
  const url = new URL(request.url)
  return {
    method: request.method,
    path: url.pathname,
    query: url.search.slice(1),
    header: (name) => request.headers.get(name) ?? undefined,
    body: readBody(request),
    remoteAddress,
    encrypted: url.protocol === "https:"
  }
}

const readBody = (request: Request): Body.Body =>
  Effect.tryPromise({ try: () => receive(request.body), catch: () => Body.unreadable }).pipe(
    Effect.flatten,
    Effect.tap(nextTurn)
  )

// Gives up where it gets too large; the rest is the platform's to deal with.
const receive = async (stream: ReadableStream<Uint8Array> | null): Promise<Body.Body> => {
  const received = new Body.Received()
  if (stream !== null) {
    for await (const chunk of stream) {
      if (!received.add(chunk)) break
    }
  }
  return received.body
}
