/**
 * The key store next to its model, both small: keys of two algorithms, and who
 * comes after whom.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { KeyStore, type SigningKey } from "../../../storage/KeyStore.ts"
import { minute, type Stage } from "../Stage.ts"
import type { Model } from "./Model.ts"
import { alive, type Table, without, withRow } from "./Table.ts"

interface Row {
  readonly key: SigningKey
  readonly after: string | undefined
}
/** By their places: a key has one successor, and an algorithm one first key. */
type State = Table<SigningKey>

const algorithms = ["ES256", "RS256"]

/** `after`: which command added the key before it; -1 for none. */
const Command = Schema.TaggedStruct("Add", {
  algorithm: Schema.Literals(["ES256", ...algorithms]),
  after: Schema.Literals([-1, -1, 0, 0, 1, 2, 3, 4, 5]),
  minutes: Schema.Literals([10, 1])
})
type Command = typeof Command.Type

/** An expired key does not hold its place: nobody can list it and go on from there. */
const step = (state: State, { after, key }: Row): readonly [State, "Added" | "Superseded"] => {
  const place = `${key.algorithm} after ${after}`
  const inPlace = state[place]
  return inPlace !== undefined && alive(inPlace, key.createdAt)
    ? [state, "Superseded"]
    : [withRow(state, place, key), "Added"]
}

const call = (stage: Stage, { after, algorithm, minutes }: Command, now: number, number: number): Row => ({
  key: stage.key(`key ${number}`, {
    algorithm: stage.text(algorithm),
    createdAt: now,
    expiresAt: now + minutes * minute
  }),
  after: after < 0 ? undefined : stage.text(`key ${after}`)
})

const sweep = (state: State, now: number) => without(state, (key) => !alive(key, now))

const told = (keys: ReadonlyArray<SigningKey>) => ({
  keys: Object.fromEntries(keys.map((key) => [key.id, key])),
  oldestFirst: keys.every((key, index) => key.createdAt >= (keys[index - 1]?.createdAt ?? 0))
})

export const keyModel: Model<State, Command, Row, KeyStore> = {
  opening: [{ _tag: "Add", algorithm: "ES256", after: -1, minutes: 10 }],
  commands: Arbitrary.schema(Command),
  call,
  empty: {},
  step,
  execute: ({ after, key }) => Effect.flatMap(KeyStore, (store) => store.add(key, after)),
  questions: (stage, now) => {
    const ours = new Set(algorithms.map(stage.text))
    const listed = (keys: ReadonlyArray<SigningKey>) => keys.filter(({ algorithm }) => ours.has(algorithm))
    return [
      {
        name: "list",
        store: Effect.flatMap(KeyStore, (store) => Effect.map(store.list(now), (keys) => told(listed(keys)))),
        model: (state) => ({
          ...told(Object.values(sweep(state, now))),
          oldestFirst: true
        })
      }
    ]
  },
  sweep: {
    state: sweep,
    store: (request) => Effect.flatMap(KeyStore, (store) => store.sweep(request))
  }
}
