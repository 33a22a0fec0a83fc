/**
 * The ways in which a server can be reached: each is built anew from the same
 * seed and the same clock, so that equal requests have equal answers, tokens
 * included.
 */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http"
import type { Http2Server } from "node:http2"
import type { AddressInfo } from "node:net"
import { NodeHttpServer } from "@effect/platform-node"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { HttpRouter, HttpServer } from "effect/http"
import * as Layer from "effect/Layer"
import type * as EffectScope from "effect/Scope"
import {
  AuditLog,
  AuthorizationServer,
  type Client,
  Logout,
  OpenIdConnect,
  ResponseTypes,
  Scope,
  type ServerConfig,
  SigningKeys,
  Storage
} from "effect-oauth"
import {
  Extensions,
  FetchHandler,
  InteractionPages,
  jwks,
  logout,
  OAuthHandler,
  OAuthRoutes,
  openIdConnect
} from "effect-oauth/http"
import { NodeListener } from "effect-oauth/node"
import { SeededEntropy } from "effect-oauth/testing"
import * as Keys from "../../support/Keys.ts"
import * as TestServer from "../../support/TestServer.ts"
import type { Sent } from "./Web.ts"

/** An answer with every value of every header, in a fixed order. */
export interface Exact {
  readonly status: number
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: string
}

export type Exchange = (sent: Sent) => Effect.Effect<Exact>

export type Options = Partial<ServerConfig.Options> & {
  /** Whether it is an OpenID provider, with everything that is about signing out. */
  readonly openId?: boolean
}

export interface Adapter {
  readonly name: string
  readonly open: (options?: Options) => Effect.Effect<Exchange, never, EffectScope.Scope>
}

const provider = (options: Partial<ServerConfig.Options>) =>
  Extensions.layer([jwks, openIdConnect, logout]).pipe(
    Layer.provideMerge(
      AuthorizationServer.layer({
        ...TestServer.options,
        ...options,
        scopes: ["openid", ...TestServer.options.scopes],
        responseTypes: [ResponseTypes.code, OpenIdConnect.idToken]
      })
    ),
    Layer.provideMerge(Logout.layer.pipe(Layer.provideMerge(OpenIdConnect.layer()))),
    Layer.provide(SigningKeys.layerSigners([Keys.rs256]))
  )

const relyingParty = (client: Client.Client): Client.Client => ({
  ...client,
  grantTypes: [...client.grantTypes, "implicit"],
  responseTypes: [...client.responseTypes, "code id_token"],
  scope: Scope.fromTokens(["openid", ...Scope.tokens(client.scope ?? Scope.empty)])
})

const server = ({ openId = false, ...options }: Options) =>
  openId ? provider(options) : AuthorizationServer.layer({ ...TestServer.options, ...options })

/** What the pages and the endpoints need, the same in every run. */
export const services = (options: Options = {}) =>
  Layer.unwrap(
    Effect.map(Clock.Clock, (clock) =>
      server(options).pipe(
        Layer.provideMerge(TestServer.People),
        Layer.provideMerge(
          Storage.layerMemoryWith({
            clients: options.openId === true ? TestServer.clients.map(relyingParty) : TestServer.clients
          })
        ),
        Layer.provideMerge(Layer.succeed(AuditLog.AuditLog, { record: () => Effect.void })),
        Layer.provideMerge(SeededEntropy.layer("one seed for all")),
        // An adapter may build its layers outside of the test, away from its clock.
        Layer.provideMerge(Layer.succeed(Clock.Clock, clock))
      )
    )
  )

export const handler = (options?: Options) =>
  OAuthHandler.layer.pipe(Layer.provideMerge(InteractionPages.layer), Layer.provideMerge(services(options)))

export const routes = (options?: Options) => OAuthRoutes.layer.pipe(Layer.provide(services(options)))

// Where the platform decides.
const ofThePlatform: ReadonlySet<string> = new Set([
  "date",
  "connection",
  "keep-alive",
  "content-length",
  "transfer-encoding"
])

const exact = (status: number, headers: ReadonlyArray<readonly [string, string]>, body: string): Exact => ({
  status,
  headers: headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !ofThePlatform.has(name))
    .sort(([one], [other]) => (one < other ? -1 : 1)),
  body
})

const bytes = (body: Sent["body"]) => (typeof body === "string" ? new TextEncoder().encode(body) : body)

const target = ({ path, query }: Sent) => (query === undefined ? path : `${path}?${query}`)

/** Sends to something that speaks `fetch`. */
export const toFetch =
  (origin: string, handle: (request: Request) => Promise<Response>): Exchange =>
  (sent) =>
    Effect.promise(async () => {
      const body = bytes(sent.body)
      const response = await handle(
        new Request(`${origin}${target(sent)}`, {
          method: sent.method ?? "GET",
          headers: sent.headers ?? {},
          ...(body !== undefined && { body: new Uint8Array(body) })
        })
      )
      return exact(response.status, Array.from(response.headers), await response.text())
    })

/** Sends to a port of this machine, over a connection of its own. */
export const toPort =
  (port: number): Exchange =>
  (sent) =>
    Effect.callback<Exact>((resume) => {
      const body = bytes(sent.body)
      const outgoing = request(
        {
          host: "127.0.0.1",
          port,
          method: sent.method ?? "GET",
          path: target(sent),
          agent: false,
          headers: { ...sent.headers, ...(body !== undefined && { "content-length": body.length }) }
        },
        (incoming) => {
          const chunks: Array<Buffer> = []
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
          incoming.on("end", () => {
            const pairs: Array<readonly [string, string]> = []
            for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
              pairs.push([incoming.rawHeaders[at] ?? "", incoming.rawHeaders[at + 1] ?? ""])
            }
            resume(Effect.succeed(exact(incoming.statusCode ?? 0, pairs, Buffer.concat(chunks).toString())))
          })
          incoming.on("error", (error) => resume(Effect.die(error)))
        }
      )
      outgoing.on("error", (error) => resume(Effect.die(error)))
      outgoing.end(body)
    })

/** A server of `node:http` on some port, for as long as the scope lasts. */
export const listen = (
  listener: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
  server: Server = createServer()
): Effect.Effect<number, never, EffectScope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<Server>((resume) => {
      server.on("request", listener)
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  ).pipe(Effect.map((server) => portOf(server.address())))

const portOf = (address: AddressInfo | string | null): number => {
  if (address === null || typeof address === "string") throw new Error("the server has no port")
  return address.port
}

// What `tls` does to a socket, without a certificate.
const encrypt = (server: Server) =>
  server.on("connection", (socket) => Object.defineProperty(socket, "encrypted", { value: true }))

export const fetchHandler: Adapter = {
  name: "FetchHandler",
  open: (options) =>
    Effect.gen(function* () {
      const context = yield* Layer.build(handler(options))
      const handle = yield* Effect.provideContext(FetchHandler.make, context)
      return toFetch(TestServer.issuer, (request) => handle(request, { remoteAddress: "127.0.0.1" }))
    }).pipe(Effect.orDie)
}

export const nodeListener: Adapter = {
  name: "NodeListener",
  open: (options) =>
    Effect.gen(function* () {
      const context = yield* Layer.build(handler(options))
      const listener = yield* Effect.provideContext(NodeListener.make, context)
      return toPort(yield* listen(listener))
    }).pipe(Effect.orDie)
}

/** Routes as a `fetch` handler. */
export const webHandler = <E>(
  layer: Layer.Layer<never, E, HttpRouter.HttpRouter>
): Effect.Effect<(request: Request) => Promise<Response>, never, EffectScope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const web = yield* Effect.acquireRelease(
      Effect.sync(() =>
        HttpRouter.toWebHandler(
          layer.pipe(
            Layer.provide(HttpServer.layerServices),
            Layer.provide(Layer.succeed(Clock.Clock, clock))
          ),
          { disableLogger: true }
        )
      ),
      (web) => Effect.promise(() => web.dispose())
    )
    return web.handler
  })

export const routerOfFetch: Adapter = {
  name: "HttpRouter over fetch",
  open: (options) => Effect.map(webHandler(routes(options)), (handle) => toFetch(TestServer.issuer, handle))
}

/** Routes on some port. */
export const serve = <E>(
  layer: Layer.Layer<never, E, HttpRouter.HttpRouter>,
  server: Server | Http2Server = createServer()
): Effect.Effect<number, never, EffectScope.Scope> =>
  Effect.gen(function* () {
    yield* Layer.build(
      HttpRouter.serve(layer, { disableListenLog: true, disableLogger: true }).pipe(
        Layer.provide(NodeHttpServer.layer(() => server, { port: 0, host: "127.0.0.1" }))
      )
    )
    return portOf(server.address())
  }).pipe(Effect.orDie)

export const routerOfNode: Adapter = {
  name: "HttpRouter over node:http",
  open: (options) => Effect.map(serve(routes(options)), toPort)
}

export const all: ReadonlyArray<Adapter> = [fetchHandler, nodeListener, routerOfFetch, routerOfNode]

/** The same over a connection that is encrypted. */
export const encrypted: ReadonlyArray<Adapter> = [
  {
    name: "FetchHandler",
    open: (options) =>
      Effect.gen(function* () {
        const context = yield* Layer.build(handler(options))
        return toFetch("https://auth.example.com", yield* Effect.provideContext(FetchHandler.make, context))
      }).pipe(Effect.orDie)
  },
  {
    name: "NodeListener",
    open: (options) =>
      Effect.gen(function* () {
        const context = yield* Layer.build(handler(options))
        const listener = yield* Effect.provideContext(NodeListener.make, context)
        return toPort(yield* listen(listener, encrypt(createServer())))
      }).pipe(Effect.orDie)
  },
  {
    name: "HttpRouter over fetch",
    open: (options) =>
      Effect.map(webHandler(routes(options)), (handle) => toFetch("https://auth.example.com", handle))
  },
  {
    name: "HttpRouter over node:http",
    open: (options) => Effect.map(serve(routes(options), encrypt(createServer())), toPort)
  }
]
