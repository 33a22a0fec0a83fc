/**
 * Receiving the body of a request: what the adapters have in common.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { InvalidRequest, PayloadTooLarge } from "../protocol/OAuthError.ts"
import { type HttpRequest, maximumBodySize } from "./HttpMessage.ts"

/**
 * A body, or why there is none.
 *
 * @category models
 * @since 0.1.0
 */
export type Body = HttpRequest["body"]

/**
 * Of a body that is larger than `maximumBodySize`.
 *
 * @category constants
 * @since 0.1.0
 */
export const tooLarge: PayloadTooLarge = new PayloadTooLarge({ description: "The body is too large" })

/**
 * Of a body that never came whole, or that somebody before us has taken.
 *
 * @category constants
 * @since 0.1.0
 */
export const unreadable: InvalidRequest = new InvalidRequest({ description: "The body could not be read" })

/**
 * What is received of a body, and kept while it is not too large.
 *
 * @category models
 * @since 0.1.0
 */
export class Received {
  #chunks: Array<Uint8Array> = []
  #size = 0

  /** Takes the next chunk; says whether there is room for another. */
  add(chunk: Uint8Array): boolean {
    this.#size += chunk.length
    const fits = this.#size <= maximumBodySize
    if (fits) this.#chunks.push(chunk)
    else this.#chunks = []
    return fits
  }

  /** All of it, at its end. */
  get body(): Body {
    if (this.#size > maximumBodySize) return Effect.fail(tooLarge)
    const [first, ...others] = this.#chunks
    return Effect.succeed(first !== undefined && others.length === 0 ? first : this.#joined())
  }

  #joined(): Uint8Array {
    const bytes = new Uint8Array(this.#size)
    let at = 0
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    return bytes
  }
}

/**
 * The events by which a request of Node's brings its body.
 *
 * @category models
 * @since 0.1.0
 */
export interface Emitter {
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown
  on(event: "end" | "error", listener: () => void): unknown
}

/**
 * Receives all of a body, so that the connection can be used again, and keeps no more
 * than it may.
 *
 * @category conversions
 * @since 0.1.0
 */
export const receive = (emitter: Emitter, then: (body: Body) => void): void => {
  const received = new Received()
  emitter.on("data", (chunk) => received.add(chunk))
  emitter.on("end", () => then(received.body))
  emitter.on("error", () => then(Effect.fail(unreadable)))
}
