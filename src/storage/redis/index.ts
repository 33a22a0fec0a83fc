/**
 * Storage in Redis, over Effect's `Redis` service.
 *
 * @since 0.1.0
 */
export * as RedisClientStore from "./RedisClientStore.ts"
export * as RedisFlowStore from "./RedisFlowStore.ts"
export * as RedisGrantStore from "./RedisGrantStore.ts"
export * as RedisKeyStore from "./RedisKeyStore.ts"
export type { RedisOptions } from "./RedisOptions.ts"
export * as RedisSessionStore from "./RedisSessionStore.ts"
export * as RedisStorage from "./RedisStorage.ts"
