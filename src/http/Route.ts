/**
 * One endpoint over HTTP: what every endpoint has in common, around the one
 * thing that it does.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import {
  InsecureTransport,
  MethodNotAllowed,
  ServerError,
  TemporarilyUnavailable
} from "../protocol/OAuthError.ts"
import { Entropy, identifier } from "../services/Entropy.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { allowAnyOrigin, isPreflight, preflightResponse } from "./Cors.ts"
import { type EndpointError, errorResponse, toOAuthError } from "./ErrorResponse.ts"
import { type HttpRequest, type HttpResponse, withHeaders } from "./HttpMessage.ts"
import { errorPage } from "./pages/ErrorPage.ts"
import { behindProxy, isSecureEnough } from "./Transport.ts"

/**
 * A path, and the program that answers there, whatever the method.
 *
 * @category models
 * @since 0.1.0
 */
export interface Route<out R = never> {
  readonly path: string
  readonly handle: (request: HttpRequest) => Effect.Effect<HttpResponse, never, R>
}

/**
 * What is particular to an endpoint.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<out R = never> {
  readonly path: string
  readonly methods: ReadonlyArray<"GET" | "POST">
  /** Who reads the answer: a program gets its errors as JSON, a person as a page. */
  readonly audience: "program" | "person"
  /** Whether scripts of other origins may call. */
  readonly crossOrigin: boolean
  readonly handle: (request: HttpRequest) => Effect.Effect<HttpResponse, EndpointError, R>
}

/**
 * A route around a program, whose every error has a wire form. The program is
 * run only for a method that it answers to, over a connection that is secure
 * enough, while the server is available; a defect is logged with its cause and
 * told as `server_error` with the id of the incident, and nothing else.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* <R>(options: Options<R>) {
  const config = yield* ServerConfig
  const isSecure = isSecureEnough(config)
  const allow = options.methods.flatMap((method) =>
    method === "GET" && options.audience === "program" ? ["GET", "HEAD"] : [method]
  )
  const notAllowed = new MethodNotAllowed({
    description: "The endpoint does not answer to this method",
    allow
  })

  const answer = (request: HttpRequest): Effect.Effect<HttpResponse, EndpointError, R> =>
    Effect.suspend(() => {
      if (!allow.includes(request.method)) return Effect.fail(notAllowed)
      if (!isSecure(request)) return Effect.fail(insecure)
      return Effect.flatMapEager(config.available, (isAvailable) =>
        isAvailable ? options.handle(request) : Effect.fail(unavailable)
      )
    })

  // An error is told; of anything unforeseen there is an incident; an interruption goes on.
  const tell = (request: HttpRequest, cause: Cause.Cause<EndpointError>): Effect.Effect<HttpResponse> => {
    const error = Cause.findError(cause)
    return Result.isSuccess(error)
      ? logOutage(error.success).pipe(
          Effect.map(() => tellError(request, error.success)),
          // What `errorUri` dies of is an incident as well.
          Effect.catchCause((cause) => tellIncident(request, cause))
        )
      : tellIncident(request, error.failure)
  }

  const tellIncident = (request: HttpRequest, cause: Cause.Cause<never>): Effect.Effect<HttpResponse> =>
    Cause.hasDies(cause)
      ? Effect.flatMap(logIncident(cause), (incident) =>
          Effect.sync(() => tellError(request, incident)).pipe(
            // Of an `errorUri` that dies of this one as well, there is an answer, and no page.
            Effect.catchDefect(() => Effect.succeed(errorResponse(incident, { errorUri: undefined })))
          )
        )
      : Effect.failCause(cause)

  const tellError = (request: HttpRequest, error: EndpointError): HttpResponse =>
    options.audience === "person" && acceptsHtml(request)
      ? errorPage(toOAuthError(error))
      : errorResponse(error, config)

  const finish = (request: HttpRequest, response: HttpResponse): HttpResponse =>
    withoutBody(request, options.crossOrigin ? allowAnyOrigin(response) : response)

  const route: Route<R> = {
    path: options.path,
    handle: (received) => {
      if (options.crossOrigin && isPreflight(received)) return Effect.succeed(preflightResponse(allow))
      const request = behindProxy(config, received)
      return Effect.matchCauseEffect(answer(request), {
        onSuccess: (response) => Effect.succeed(finish(request, response)),
        onFailure: (cause) => Effect.map(tell(request, cause), (response) => finish(request, response))
      })
    }
  }
  return route
})

const insecure = new InsecureTransport({ description: "The request came in clear text; TLS is required" })

const unavailable = new TemporarilyUnavailable({
  description: "The server is not available now; try again",
  retryAfter: Duration.seconds(60)
})

const acceptsHtml = (request: HttpRequest) => (request.header("accept") ?? "").includes("text/html")

// RFC 9110 §9.3.2: a HEAD is answered like a GET, without the body
const withoutBody = (request: HttpRequest, response: HttpResponse): HttpResponse =>
  request.method === "HEAD"
    ? withHeaders(
        { ...response, body: "" },
        {
          "content-length": String(new TextEncoder().encode(response.body).length)
        }
      )
    : response

const logOutage = (error: EndpointError) =>
  error._tag === "StorageError"
    ? Effect.logError(error.message).pipe(Effect.annotateLogs({ cause: error.cause }))
    : Effect.void

const logIncident = Effect.fnUntraced(function* (cause: Cause.Cause<never>) {
  const incident = identifier(yield* Entropy)
  yield* Effect.logError("A request failed unexpectedly", cause).pipe(Effect.annotateLogs({ incident }))
  return new ServerError({ description: `Something went wrong; incident ${incident}` })
})
