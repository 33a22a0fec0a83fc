/**
 * `#platform` wherever it may be.
 *
 * @internal
 */
import { make } from "./NativePlatform.ts"
import type { Platform } from "./Platform.ts"
import { portable } from "./PortablePlatform.ts"

/**
 * What is asked at run time and not imported, since there may be nothing of Node's.
 *
 * @internal
 */
export const of = (process: Partial<Pick<NodeJS.Process, "getBuiltinModule">> | undefined): Platform => {
  const crypto = process?.getBuiltinModule?.("node:crypto")
  const buffers = process?.getBuiltinModule?.("node:buffer")
  return crypto?.hash === undefined || buffers === undefined ? portable : make(crypto, buffers)
}

/**
 * @internal
 */
export const platform: Platform = of(globalThis.process)
