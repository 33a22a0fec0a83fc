/**
 * `#platform` wherever it may be.
 *
 * @internal
 */
import { make } from "./NativePlatform.ts"
import type { Platform } from "./Platform.ts"
import { portable } from "./PortablePlatform.ts"

// Asked for at run time, and not imported: this runs where there is nothing of Node's, too.
const native = (): Platform | undefined => {
  const crypto = globalThis.process?.getBuiltinModule?.("node:crypto")
  const buffers = globalThis.process?.getBuiltinModule?.("node:buffer")
  return crypto?.hash === undefined || buffers === undefined ? undefined : make(crypto, buffers)
}

/**
 * @internal
 */
export const platform: Platform = native() ?? portable
