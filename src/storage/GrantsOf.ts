/**
 * All grants of a resource owner or of a client, whatever their number: the pages
 * of the `GrantStore` as one stream. A page is asked for when it is wanted.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { ClientId } from "../protocol/Client.ts"
import { type GrantStatus, GrantStore, type Page } from "./GrantStore.ts"
import { StorageError } from "./StorageError.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** How many grants to ask the store for at once, one at least; 100 if it is not given. */
  readonly pageSize?: number
}

/**
 * The grants of a resource owner, the oldest first, be they revoked or expired.
 *
 * Fails with `StorageError`, also of a store that tells the same page again.
 *
 * @example
 * ```ts
 * import { GrantsOf, Scope } from "effect-oauth"
 * import { Stream } from "effect"
 *
 * const offline = GrantsOf.subject("u-1").pipe(
 *   Stream.filter(({ scope }) => Scope.has(scope, "offline_access")),
 *   Stream.runCount
 * )
 * ```
 *
 * @category programs
 * @since 0.1.0
 */
export const subject = (
  subject: string,
  options?: Options
): Stream.Stream<GrantStatus, StorageError, GrantStore> =>
  pages("GrantStore.grantsOfSubject", (store, page) => store.grantsOfSubject(subject, page), options)

/**
 * The grants of a client, the oldest first, be they revoked or expired.
 *
 * Fails with `StorageError`, also of a store that tells the same page again.
 *
 * @category programs
 * @since 0.1.0
 */
export const client = (
  clientId: ClientId,
  options?: Options
): Stream.Stream<GrantStatus, StorageError, GrantStore> =>
  pages("GrantStore.grantsOfClient", (store, page) => store.grantsOfClient(clientId, page), options)

const pages = (
  operation: string,
  turn: (store: GrantStore["Service"], page: Page) => Effect.Effect<ReadonlyArray<GrantStatus>, StorageError>,
  { pageSize = 100 }: Options = {}
): Stream.Stream<GrantStatus, StorageError, GrantStore> => {
  // A page of nothing would be taken for the last one.
  const limit = Math.max(1, pageSize)
  return Stream.paginate(
    undefined,
    Effect.fnUntraced(function* (after: Page["after"]) {
      const grants = yield* turn(yield* GrantStore, { after, limit })
      const last = grants.length < limit ? undefined : grants.at(-1)
      // Of such a store the same page would come again and again.
      if (last !== undefined && last.id === after?.id) {
        return yield* new StorageError({ operation, cause: "A page does not go on behind the one before it" })
      }
      return [grants, Option.fromUndefinedOr(last)] as const
    })
  )
}
