/**
 * The storage laws as a vitest suite. Needs `@effect/vitest`.
 *
 * @since 0.1.0
 */
import { layer } from "@effect/vitest"
import type * as Layer from "effect/Layer"
import type { Storage } from "../storage/Storage.ts"
import * as StorageLaws from "./StorageLaws.ts"

/**
 * Registers a test for every law of the five stores. The Layer is built once.
 *
 * @example
 * ```ts
 * import { Storage } from "effect-oauth"
 * import { storageLaws } from "effect-oauth/testing/vitest"
 *
 * storageLaws("my store", Storage.layerMemory)
 * ```
 *
 * @category suites
 * @since 0.1.0
 */
export const storageLaws = <R, E>(
  name: string,
  storage: Layer.Layer<R | Storage, E>,
  options: StorageLaws.Options<R> = {}
): void => storeLaws(name, StorageLaws.all, storage, options)

/**
 * The same for some of the laws, and a Layer of the stores that they are about.
 *
 * @example
 * ```ts
 * import { ClientStore } from "effect-oauth"
 * import { StorageLaws } from "effect-oauth/testing"
 * import { storeLaws } from "effect-oauth/testing/vitest"
 * import type { Layer } from "effect"
 *
 * declare const MyClients: Layer.Layer<ClientStore.ClientStore>
 *
 * storeLaws("my clients", StorageLaws.clientStoreLaws, MyClients)
 * ```
 *
 * @category suites
 * @since 0.1.0
 */
export const storeLaws = <Stores, R, E>(
  name: string,
  laws: ReadonlyArray<StorageLaws.Law<Stores>>,
  stores: Layer.Layer<R | Stores, E>,
  options: StorageLaws.Options<R> = {}
): void =>
  // A store works by the machine's clock, and the laws bring their own time.
  layer(stores, { excludeTestServices: true, concurrent: false, timeout: "1 minute" })(name, (it) => {
    for (const law of laws) {
      it.effect.skipIf(StorageLaws.isSkipped(law, options))(
        `${law.store}, ${law.group}: ${law.name}`,
        () => StorageLaws.checkLaw(law, options),
        { timeout: 300_000 }
      )
    }
  })
