/** Looks whether a place behind a key is free, and takes it a moment later. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { KeyStore, type SigningKey } from "../../../src/storage/KeyStore.ts"

export const twoSuccessors = Layer.sync(KeyStore, () => {
  let rows: ReadonlyArray<{ readonly key: SigningKey; readonly after: string | undefined }> = []
  const isThere = (key: SigningKey, now: number) => now < key.expiresAt
  return KeyStore.of({
    list: (now) =>
      Effect.sync(() =>
        rows
          .map(({ key }) => key)
          .filter((key) => isThere(key, now))
          .toSorted((self, that) => self.createdAt - that.createdAt)
      ),
    add: Effect.fnUntraced(function* (key, after) {
      const taken = rows.some(
        (row) => row.key.algorithm === key.algorithm && row.after === after && isThere(row.key, key.createdAt)
      )
      yield* Effect.yieldNow
      if (taken) return "Superseded"
      rows = [...rows, { key, after }]
      return "Added"
    }),
    sweep: ({ now }) =>
      Effect.sync(() => {
        const before = rows.length
        rows = rows.filter(({ key }) => isThere(key, now))
        return { keys: before - rows.length }
      })
  })
})
