/**
 * The store could not answer: it is down, unreachable, or refused the
 * statement. Never "there is no such row", which is an outcome.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"

/**
 * `operation` names the verb, such as `"GrantStore.redeemCode"`; `cause` is for
 * the log and never leaves the server.
 *
 * @category errors
 * @since 0.1.0
 */
export class StorageError extends Data.TaggedError("StorageError")<{
  readonly operation: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `${this.operation} failed`
  }
}
