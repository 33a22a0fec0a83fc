/**
 * `#platform` on Node.
 *
 * @internal
 */
import { make } from "./NativePlatform.ts"
import type { Platform } from "./Platform.ts"

/**
 * @internal
 */
export const platform: Platform = make(
  process.getBuiltinModule("node:crypto"),
  process.getBuiltinModule("node:buffer")
)
