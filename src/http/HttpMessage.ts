/**
 * HTTP as plain values: what the adapters hand in and take out. Every adapter
 * makes the same request of the same bytes, so that all of them give the same
 * answers.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type { InvalidRequest, PayloadTooLarge } from "../protocol/OAuthError.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface HttpRequest {
  /** In upper case. */
  readonly method: string
  /** The path as it came, without the query. */
  readonly path: string
  /** The query as it came, without the question mark. */
  readonly query: string
  /** The value of a header, by its name in lower case. */
  readonly header: (name: string) => string | undefined
  /** Reads the body, `maximumBodySize` bytes at most. To be run once. */
  readonly body: Effect.Effect<Uint8Array, PayloadTooLarge | InvalidRequest>
  /** The address of the peer, where the transport knows it. */
  readonly remoteAddress: string | undefined
  /** Whether the connection itself is encrypted. */
  readonly encrypted: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export interface HttpResponse {
  readonly status: number
  /** By their names in lower case. One answer sets one cookie at most. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * How much of a body, or of a query, is read: 64 KiB. No request of the protocol
 * comes near.
 *
 * @category constants
 * @since 0.1.0
 */
export const maximumBodySize = 64 * 1024

/**
 * A response with further headers.
 *
 * @category combinators
 * @since 0.1.0
 */
export const withHeaders = (response: HttpResponse, headers: HttpResponse["headers"]): HttpResponse => ({
  ...response,
  headers: { ...response.headers, ...headers }
})

const noStore: HttpResponse["headers"] = {
  "cache-control": "no-store",
  pragma: "no-cache",
  "x-content-type-options": "nosniff"
}

const jsonNoStore: HttpResponse["headers"] = { "content-type": "application/json", ...noStore }

/**
 * A JSON answer that nobody may keep (RFC 6749 §5.1).
 *
 * @category constructors
 * @since 0.1.0
 */
export const json = (status: number, body: unknown, headers: HttpResponse["headers"] = {}): HttpResponse => ({
  status,
  headers: { ...jsonNoStore, ...headers },
  body: JSON.stringify(body)
})

/**
 * An empty answer that nobody may keep.
 *
 * @category constructors
 * @since 0.1.0
 */
export const empty = (status: number, headers: HttpResponse["headers"] = {}): HttpResponse => ({
  status,
  headers: { ...noStore, ...headers },
  body: ""
})
