import * as Effect from "effect/Effect"
import type { House } from "../support/House.ts"
import { overKeys } from "./Over.ts"

/** Signs with a key before anybody had the time to see it. */
export const signsAtOnce = overKeys((store) => ({
  add: (key, after) => store.add({ ...key, activeAt: key.createdAt }, after)
}))

/** Publishes what it signs with, and forgets what it signed with before. */
export const publishesOneKey: House = {
  keys: (keys) => ({
    ...keys,
    published: Effect.map(keys.published, (set) => ({
      keys: set.keys.filter(({ alg, kid }) => set.keys.findLast((key) => key.alg === alg)?.kid === kid)
    }))
  })
}
