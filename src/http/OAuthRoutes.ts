/**
 * The endpoints as routes of Effect's `HttpRouter`, to stand among those of an
 * application. A path has one spelling: `/Token` and `/token/` are 404.
 *
 * A middleware that wants the body of a request has to read it before these routes do.
 *
 * A Layer is built once for a program. Two servers in one router, such as an issuer
 * for each tenant, need `Layer.fresh(OAuthRoutes.layer)` for the second.
 *
 * @since 0.1.0
 */
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Body from "./Body.ts"
import { type HttpRequest, type HttpResponse, maximumBodySize } from "./HttpMessage.ts"
import * as InteractionPages from "./InteractionPages.ts"
import * as OAuthHandler from "./OAuthHandler.ts"
import { inNextTurn, nextTurn } from "./Turn.ts"

/**
 * The routes, for an application that brings its own `Interaction`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerNoPages: Layer.Layer<never, never, OAuthHandler.Requirements | HttpRouter.HttpRouter> =
  HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      const { routes } = yield* OAuthHandler.make
      for (const route of routes) {
        yield* router.add("*", routerPath(route.path), (received) => {
          const request = toHttpRequest(received)
          // The router forgives case, slashes and escapes. The other adapters do not, nor
          // does a proxy that limits by path.
          return request.path === route.path ? answer(route.handle(request)) : notFound
        })
      }
    })
  )

// In turns: what has been received is answered together, and then sent together.
const answer = (program: Effect.Effect<HttpResponse>) =>
  Effect.flatMap(program, (response) => Effect.as(nextTurn, toServerResponse(response)))

const notFound = Effect.succeed(HttpServerResponse.empty({ status: 404 }))

// The router compares decoded paths, and takes a colon for a parameter's.
const routerPath = (path: string): HttpRouter.PathInput =>
  `/${decodeURI(path.slice(1)).replaceAll(":", "::")}`

/**
 * The routes, with the built-in pages.
 *
 * @example
 * ```ts
 * import { AuthorizationServer, Grants, Storage } from "effect-oauth"
 * import { OAuthRoutes } from "effect-oauth/http"
 * import { Layer } from "effect"
 *
 * const Server = AuthorizationServer.layer({
 *   issuer: "https://auth.example.com",
 *   grants: [Grants.authorizationCode]
 * })
 *
 * // What is left to provide is a ResourceOwner, and the router.
 * const Routes = OAuthRoutes.layer.pipe(Layer.provide(Server), Layer.provide(Storage.layerMemory))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never, never, InteractionPages.Requirements | HttpRouter.HttpRouter> =
  layerNoPages.pipe(Layer.provide(InteractionPages.layer))

const toHttpRequest = (request: HttpServerRequest.HttpServerRequest): HttpRequest => {
  const at = request.url.indexOf("?")
  return {
    method: request.method,
    path: at === -1 ? request.url : request.url.slice(0, at),
    query: at === -1 ? "" : request.url.slice(at + 1),
    header: (name) => request.headers[name],
    body: readBody(request),
    remoteAddress: Option.getOrUndefined(request.remoteAddress),
    encrypted: request.protocol === "https" || isEncrypted(request.source)
  }
}

// The source is what the platform made the request of: a web Request knows its
// URL, a Node IncomingMessage its socket.
const isEncrypted = (source: object): boolean =>
  Predicate.hasProperty(source, "socket")
    ? Predicate.hasProperty(source.socket, "encrypted") && source.socket.encrypted === true
    : Predicate.hasProperty(source, "url") &&
      typeof source.url === "string" &&
      source.url.startsWith("https:")

const readBody = (request: HttpServerRequest.HttpServerRequest): Body.Body =>
  Effect.suspend(() => (isUntouched(request.source) ? receive(request.source) : readBuffer(request)))

// By the events of a request of Node's, which costs less than a buffer that anybody may
// ask for again. Whoever wants the body as well has read it before: it is in that then.
const receive = (source: Body.Emitter): Body.Body =>
  Effect.callback((resume) => Body.receive(source, (body) => inNextTurn(() => resume(body))))

const readBuffer = (request: HttpServerRequest.HttpServerRequest): Body.Body =>
  request.arrayBuffer.pipe(
    Effect.provideService(HttpServerRequest.MaxBodySize, ByteSize.bytes(maximumBodySize)),
    Effect.flatMap((buffer) => Effect.as(nextTurn, new Uint8Array(buffer))),
    Effect.mapError(({ reason }) =>
      reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge"
        ? Body.tooLarge
        : Body.unreadable
    )
  )

// It is of a size that can be received, nobody has begun to, and the client has not gone
// and does not wait for a "100 Continue" or for another protocol.
const isUntouched = (source: object): source is Body.Emitter =>
  "readableFlowing" in source &&
  source.readableFlowing === null &&
  "destroyed" in source &&
  source.destroyed === false &&
  "headers" in source &&
  Predicate.isObject(source.headers) &&
  "content-length" in source.headers &&
  Number(source.headers["content-length"]) <= maximumBodySize &&
  !("expect" in source.headers) &&
  !("upgrade" in source.headers)

const toServerResponse = (response: HttpResponse): HttpServerResponse.HttpServerResponse =>
  response.body === ""
    ? HttpServerResponse.empty({ status: response.status, headers: response.headers })
    : HttpServerResponse.text(response.body, {
        status: response.status,
        headers: response.headers,
        contentType: response.headers["content-type"]
      })
