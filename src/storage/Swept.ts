/**
 * What a sweep deleted.
 *
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface SweepRequest {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** How many rows of each kind to delete at most, so that a sweep stays short. */
  readonly limit: number
}

/**
 * How many rows of each kind were deleted, by the kind's name.
 *
 * @category models
 * @since 0.1.0
 */
export type Swept = Readonly<Record<string, number>>
