/**
 * A source of "random" bytes that a seed decides: with it, and with `TestClock`,
 * every code and token of a flow is the same in every run. Never for a server
 * that anybody relies on.
 *
 * @since 0.1.0
 */

import * as Layer from "effect/Layer"
import { platform } from "#platform"
import { Entropy, type Service } from "../services/Entropy.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (seed: string): Service => {
  const key = new TextEncoder().encode(seed)
  let block = 0
  return {
    bytes: (size) => {
      const bytes = new Uint8Array(size)
      for (let at = 0; at < size; at += 32) {
        bytes.set(platform.hmacSha256(key, String(block++)).subarray(0, size - at), at)
      }
      return bytes
    }
  }
}

/**
 * @category layers
 * @since 0.1.0
 */
export const layer = (seed: string): Layer.Layer<never> => Layer.sync(Entropy, () => make(seed))
