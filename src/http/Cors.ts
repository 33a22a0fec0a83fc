/**
 * Cross-origin requests (Fetch §3.3): applications in a browser use the token
 * and revocation endpoints and read metadata. None of these looks at a cookie,
 * so that any origin may, without credentials.
 *
 * The authorization and introspection endpoints are not for scripts.
 *
 * @since 0.1.0
 */
import { empty, type HttpRequest, type HttpResponse, withHeaders } from "./HttpMessage.ts"

/**
 * Lets any origin read the answer. It says so whether or not the request names
 * one: a cache may keep the answer and give it to another (Fetch, "CORS protocol
 * and HTTP caches").
 *
 * @category combinators
 * @since 0.1.0
 */
export const allowAnyOrigin = (response: HttpResponse): HttpResponse =>
  withHeaders(response, {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "www-authenticate, retry-after"
  })

/**
 * Whether the request asks beforehand.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isPreflight = (request: HttpRequest): boolean =>
  request.method === "OPTIONS" &&
  request.header("origin") !== undefined &&
  request.header("access-control-request-method") !== undefined

/**
 * The answer to a request that asks beforehand.
 *
 * @category constructors
 * @since 0.1.0
 */
export const preflightResponse = (methods: ReadonlyArray<string>): HttpResponse =>
  empty(204, {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": methods.join(", "),
    "access-control-allow-headers": "authorization, content-type",
    "access-control-max-age": "600"
  })
