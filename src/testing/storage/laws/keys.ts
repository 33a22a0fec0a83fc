/**
 * KeyStore: each verb, each outcome.
 */
import * as Effect from "effect/Effect"
import { KeyStore } from "../../../storage/KeyStore.ts"
import { same } from "../Expect.ts"
import { maker } from "../Law.ts"
import * as Stage from "../Stage.ts"

const law = maker("KeyStore", "laws")

/** Other keys may be listed: those of these algorithms are ours. */
const withAlgorithms = Effect.gen(function* () {
  const store = yield* KeyStore
  const stage = yield* Stage.kept
  const ours = [stage.text("ES256"), stage.text("RS256")]
  const list = (now: number) =>
    Effect.map(store.list(now), (keys) => keys.filter(({ algorithm }) => ours.includes(algorithm)))
  return { list, rs256: stage.text("RS256"), stage, store }
})

export const keyLaws = [
  law(
    "keys are listed as they were added, the oldest first, until they have expired",
    Effect.gen(function* () {
      const { list, stage, store } = yield* withAlgorithms
      const first = stage.key("first")
      const second = stage.key("second", {
        createdAt: stage.now + Stage.day,
        expiresAt: stage.now + 90 * Stage.day
      })
      yield* same("the first", yield* store.add(first, undefined), "Added")
      yield* same("the second", yield* store.add(second, first.id), "Added")
      yield* same("at once", yield* list(stage.now), [first, second])
      yield* same("a millisecond before the first expires", yield* list(first.expiresAt - 1), [first, second])
      yield* same("when the first has expired", yield* list(first.expiresAt), [second])
      yield* same("when both have", yield* list(second.expiresAt), [])
    })
  ),

  law(
    "a key has one successor, and an algorithm one first key",
    Effect.gen(function* () {
      const { list, rs256, stage, store } = yield* withAlgorithms
      const key = (name: string, order: number) => stage.key(name, { createdAt: stage.now + order })
      const [first, second, third] = [key("first", 0), key("second", 1), key("third", 2)]
      const other = stage.key("rsa", { algorithm: rs256, createdAt: stage.now + 3 })
      yield* same("the first", yield* store.add(first, undefined), "Added")
      yield* same("another first", yield* store.add(stage.key("a"), undefined), "Superseded")
      yield* same("its successor", yield* store.add(second, first.id), "Added")
      yield* same("another successor", yield* store.add(stage.key("b"), first.id), "Superseded")
      yield* same("the one after that", yield* store.add(third, second.id), "Added")
      yield* same("the first of another algorithm", yield* store.add(other, undefined), "Added")
      yield* same("the keys", yield* list(stage.now), [first, second, third, other])
    })
  ),

  law(
    "an expired key does not stand in the way of the next",
    Effect.gen(function* () {
      const { list, stage, store } = yield* withAlgorithms
      const first = stage.key("first")
      yield* store.add(first, undefined)
      const next = stage.key("next", {
        createdAt: first.expiresAt,
        expiresAt: first.expiresAt + Stage.day
      })
      const early = { ...next, id: stage.text("early"), createdAt: first.expiresAt - 1 }
      yield* same("while it is listed", yield* store.add(early, undefined), "Superseded")
      yield* same("when it has expired", yield* store.add(next, undefined), "Added")
      yield* same("the keys", yield* list(first.expiresAt), [next])
    })
  )
]
