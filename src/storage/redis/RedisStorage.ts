/**
 * The five stores over Effect's `Redis` service, for Redis 6.2 and what speaks
 * like it, single or as a cluster.
 *
 * Rows expire by themselves: they are kept for `retention` beyond their expiry
 * and are then unknown, and a grant's code is kept as long as anything that was
 * issued for it. Redis must not drop keys before: its `maxmemory-policy` has to
 * be `noeviction`, or a used code may be forgotten and a session lost. And it
 * must not forget what it has confirmed: with `appendfsync everysec`, or when a
 * replica takes over, the last moments may be lost, and with them that a code
 * was used.
 *
 * A script is sent to the node that has its keys, all of which have one hash
 * tag. The `Redis` service of a cluster has to route a command by its first key.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import type { Redis } from "effect/persistence/Redis"
import type { AtomicRotation } from "../GrantStore.ts"
import type { Storage } from "../Storage.ts"
import * as RedisClientStore from "./RedisClientStore.ts"
import * as RedisFlowStore from "./RedisFlowStore.ts"
import * as RedisGrantStore from "./RedisGrantStore.ts"
import * as RedisKeyStore from "./RedisKeyStore.ts"
import type { RedisOptions } from "./RedisOptions.ts"
import * as RedisSessionStore from "./RedisSessionStore.ts"

/**
 * Everything in Redis. Its indexes are cleared by sweeping: run a `Janitor`.
 *
 * A client that waits for a server which is away makes requests wait with it:
 * have it fail instead, as here.
 *
 * @example
 * ```ts
 * import { RedisStorage } from "effect-oauth/storage/redis"
 * import { Janitor } from "effect-oauth"
 * import { NodeRedis } from "@effect/platform-node"
 * import { Layer } from "effect"
 *
 * const redis = NodeRedis.layer({
 *   url: "redis://127.0.0.1:6379",
 *   disableOfflineQueue: true,
 *   commandOptions: { timeout: 2000 }
 * })
 *
 * const storage = Janitor.layer().pipe(
 *   Layer.provideMerge(RedisStorage.layer({ prefix: "auth" })),
 *   Layer.provide(redis)
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: RedisOptions): Layer.Layer<Storage | AtomicRotation, never, Redis> =>
  Layer.mergeAll(
    RedisClientStore.layer(options),
    RedisGrantStore.layer(options),
    RedisFlowStore.layer(options),
    RedisSessionStore.layer(options),
    RedisKeyStore.layer(options)
  )
