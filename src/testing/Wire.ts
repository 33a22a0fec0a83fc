/**
 * The server as those see it who are at the other end: requests as plain values
 * in, answers as plain values out, whatever stands in between.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { FetchHandler } from "../http/FetchHandler.ts"
import { type HttpRequest, maximumBodySize } from "../http/HttpMessage.ts"
import { OAuthHandler } from "../http/OAuthHandler.ts"
import { PayloadTooLarge } from "../protocol/OAuthError.ts"
import { ServerConfig } from "../services/ServerConfig.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Sent {
  /** Default: GET, or POST if there is a body. */
  readonly method?: string
  readonly path: string
  /** As it goes on the wire, without the question mark. */
  readonly query?: string
  /** By their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Answer {
  readonly status: number
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * @category services
 * @since 0.1.0
 */
export class Wire extends Context.Service<
  Wire,
  {
    readonly issuer: string
    /** A path that is none of the server's is answered with a 404. */
    readonly send: (sent: Sent) => Effect.Effect<Answer>
  }
>()("effect-oauth/testing/Wire") {}

/**
 * Straight to the `OAuthHandler` of this process: no socket, no router.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Wire, never, OAuthHandler | ServerConfig> = Layer.effect(
  Wire,
  Effect.gen(function* () {
    const { handle } = yield* OAuthHandler
    const { issuer } = yield* ServerConfig
    return {
      issuer,
      send: (sent) => handle(toHttpRequest(issuer, sent)) ?? Effect.succeed(notFound)
    }
  })
)

/**
 * Through a `fetch` handler: one of `createAuthorizationServer`, or of a whole
 * application.
 *
 * @example
 * ```ts
 * import { createAuthorizationServer, memory } from "effect-oauth/http"
 * import { Wire } from "effect-oauth/testing"
 *
 * const issuer = "https://auth.example.com"
 * const auth = createAuthorizationServer({
 *   issuer,
 *   clients: [],
 *   users: { authenticate: async () => undefined, find: async () => undefined },
 *   storage: memory()
 * })
 *
 * const wire = Wire.layerFetch({ issuer, fetch: auth.fetch })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerFetch = (server: {
  readonly issuer: string
  readonly fetch: FetchHandler
}): Layer.Layer<Wire> =>
  Layer.succeed(Wire, {
    issuer: server.issuer,
    send: (sent) =>
      Effect.promise(async () => {
        const response = await server.fetch(toRequest(server.issuer, sent), { remoteAddress })
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: await response.text()
        }
      })
  })

/** Somewhere out there (RFC 5737). */
const remoteAddress = "203.0.113.7"

const notFound: Answer = { status: 404, headers: {}, body: "" }

const methodOf = ({ body, method }: Sent): string => method ?? (body === undefined ? "GET" : "POST")

const encoder = new TextEncoder()

const bytesOf = ({ body = "" }: Sent) =>
  typeof body === "string" ? encoder.encode(body) : new Uint8Array(body)

const toHttpRequest = (issuer: string, sent: Sent): HttpRequest => ({
  method: methodOf(sent),
  path: sent.path,
  query: sent.query ?? "",
  header: (name) => sent.headers?.[name],
  body: Effect.suspend(() => {
    const bytes = bytesOf(sent)
    return bytes.length > maximumBodySize ? Effect.fail(tooLarge) : Effect.succeed(bytes)
  }),
  remoteAddress,
  encrypted: issuer.startsWith("https:")
})

const tooLarge = new PayloadTooLarge({ description: "The body is too large" })

const toRequest = (issuer: string, sent: Sent): Request =>
  new Request(`${new URL(issuer).origin}${sent.path}${sent.query === undefined ? "" : `?${sent.query}`}`, {
    method: methodOf(sent),
    headers: { ...sent.headers },
    redirect: "manual",
    // As bytes, so that nobody adds a content type.
    ...(sent.body !== undefined && { body: bytesOf(sent) })
  })
