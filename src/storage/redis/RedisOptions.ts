/**
 * What the Redis stores can be told.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"

/**
 * @category options
 * @since 0.1.0
 */
export interface RedisOptions {
  /**
   * What every key begins with, so that several servers can share a Redis. It
   * should have no braces in it: Redis Cluster would take them for a hash tag.
   *
   * @default "oauth"
   */
  readonly prefix?: string

  /**
   * How long Redis keeps a row after it has expired, if no sweep deletes it
   * before: so long the row is told as expired, and afterwards as unknown.
   *
   * @default "1 day"
   */
  readonly retention?: Duration.Input
}
