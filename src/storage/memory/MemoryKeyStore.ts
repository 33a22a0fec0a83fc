/**
 * Signing keys in memory.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { isExpired } from "../internal/Judgement.ts"
import { KeyStore, type SigningKey } from "../KeyStore.ts"
import * as Duplicate from "./internal/Duplicate.ts"

interface KeyRow {
  readonly key: SigningKey
  readonly after: string | undefined
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<KeyStore["Service"]> = Effect.sync(() => {
  // There are a handful, ever.
  let rows: ReadonlyArray<KeyRow> = []

  return KeyStore.of({
    list: (now) =>
      Effect.sync(() =>
        rows
          .filter(({ key }) => !isExpired(key, now))
          .map(({ key }) => key)
          .sort(oldestFirst)
      ),

    add: (key, after) =>
      Effect.suspend(() => {
        const inPlace = rows.find((row) => row.key.algorithm === key.algorithm && row.after === after)
        // An expired key does not hold its place: nobody can list it and go on from there.
        if (inPlace !== undefined && !isExpired(inPlace.key, key.createdAt))
          return Effect.succeed("Superseded")
        const others = rows.filter((row) => row !== inPlace)
        if (others.some((row) => row.key.id === key.id)) return Duplicate.fail("KeyStore.add", "key")
        rows = [...others, { key: Object.freeze({ ...key }), after }]
        return Effect.succeed("Added")
      }),

    sweep: ({ limit, now }) =>
      Effect.sync(() => {
        const expired = new Set(rows.filter(({ key }) => isExpired(key, now)).slice(0, limit))
        rows = rows.filter((row) => !expired.has(row))
        return { keys: expired.size }
      })
  })
})

const oldestFirst = (self: SigningKey, that: SigningKey): number =>
  self.createdAt - that.createdAt || (self.id < that.id ? -1 : 1)

/**
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<KeyStore> = Layer.effect(KeyStore, make)
