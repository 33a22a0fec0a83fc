/**
 * Reading a request once, strictly: from HTTP to the parameters that an endpoint
 * takes.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Authorization from "../protocol/Authorization.ts"
import { InvalidRequest, InvalidTokenRequest } from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"
import * as Parameters from "../protocol/Parameters.ts"
import { type HttpRequest, maximumBodySize } from "./HttpMessage.ts"

/**
 * A request whose parameters are in the query (RFC 6749 §3.1).
 *
 * Fails with `InvalidRequest`.
 *
 * @category steps
 * @since 0.1.0
 */
export const readQuery = Effect.fnUntraced(function* (request: HttpRequest) {
  if (request.query.length > maximumBodySize) {
    return yield* new InvalidRequest({ description: "The query is too long" })
  }
  // RFC 3986 §2: a query is ASCII. What some platforms let through besides is the
  // bytes of a charset that nobody knows.
  if (!/^[\x21-\x7E]*$/.test(request.query)) {
    return yield* new InvalidRequest({ description: "The query is not percent-encoded" })
  }
  const parameters = yield* Effect.fromResult(Parameters.parse(request.query))
  return toOAuthRequest(request, parameters)
})

/**
 * A request whose parameters are in the body, in
 * `application/x-www-form-urlencoded` and UTF-8 (RFC 6749 §3.2, Appendix B). It is
 * read at once where the body is there already.
 *
 * Fails with `InvalidRequest`, or `PayloadTooLarge`.
 *
 * @category steps
 * @since 0.1.0
 */
export const readForm = Effect.fnUntracedEager(function* (request: HttpRequest) {
  yield* requireFormContentType(request)
  const text = decodeUtf8(yield* request.body)
  if (text === undefined) return yield* new InvalidRequest({ description: "The body is not valid UTF-8" })
  const parameters = yield* Effect.fromResult(Parameters.parse(text))
  return toOAuthRequest(request, parameters)
})

/**
 * A request to a protected resource: its token is in the header, or in a form
 * (RFC 6750 §2.1, §2.2). Whatever else it has for a body or a query is not read.
 *
 * Fails with `InvalidTokenRequest`, or `PayloadTooLarge`.
 *
 * @category steps
 * @since 0.1.0
 */
export const readProtected = (request: HttpRequest) =>
  request.method === "POST" && isForm(request)
    ? Effect.catchTag(readForm(request), "InvalidRequest", ({ description }) =>
        Effect.fail(new InvalidTokenRequest({ description }))
      )
    : Effect.succeed(toOAuthRequest(request, Parameters.empty))

const isForm = (request: HttpRequest): boolean =>
  /^application\/x-www-form-urlencoded *(?:;|$)/i.test(request.header("content-type") ?? "")

const requireFormContentType = (request: HttpRequest) =>
  isForm(request)
    ? Effect.void
    : Effect.fail(
        new InvalidRequest({ description: "The content type is not application/x-www-form-urlencoded" })
      )

const toOAuthRequest = (request: HttpRequest, parameters: Parameters.Parameters): OAuthRequest => {
  const authorization = request.header("authorization")
  return {
    parameters,
    authorization: authorization === undefined ? undefined : Authorization.parse(authorization),
    remoteAddress: request.remoteAddress
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true })

const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}
