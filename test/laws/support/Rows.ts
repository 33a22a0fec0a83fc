/** What the stores are asked with: all that could become a row. */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type { Storage } from "effect-oauth"
import * as Verbs from "../../../src/testing/internal/Verbs.ts"

export const Rows = (write: (row: unknown) => void): Layer.Layer<Storage.Storage, never, Storage.Storage> =>
  Verbs.layer((verb, asked, run) =>
    Effect.suspend(() => {
      write([verb, asked])
      return run
    })
  )
