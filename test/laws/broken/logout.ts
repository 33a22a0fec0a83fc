import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Secret } from "effect-oauth"
import type { House } from "../support/House.ts"
import { overFlows, overGrants } from "./Over.ts"

/** Hands work to whoever asks, however many there are. */
export const leasesNothing = overFlows((store) => ({
  claim: (request) => store.claim({ ...request, until: request.now })
}))

/** Writes over whoever came in between. */
export const losesUpdates = overFlows((store) => ({
  replace: Effect.fnUntraced(function* (key, change) {
    const found = yield* store.find(key, change.now)
    return yield* store.replace(key, found._tag === "Found" ? { ...change, from: found.value } : change)
  })
}))

const one = Secret.hash(Redacted.make("the one session that there is"))

/** Takes all sessions for one. */
export const hasOneSession = overFlows((store) => {
  const same = <Key extends { readonly kind: string; readonly key: Secret.SecretHash }>(flow: Key): Key =>
    flow.kind === "session-clients" ? { ...flow, key: one } : flow
  return {
    create: (flow, now) => store.create(same(flow), now),
    find: (key, now) => store.find(same(key), now),
    replace: (key, change) => store.replace(same(key), change)
  }
})

/** Tries it once, and no more. */
export const triesOnce = overFlows((store) => ({
  create: (flow, now) =>
    flow.kind === "logout-token" && !flow.value.includes('"attempt":0')
      ? Effect.succeed("Created")
      : store.create(flow, now)
}))

const asIfItWentOn = (value: string) => value.replace('"ended":true', '"ended":false')
const asItIs = (value: string) => value.replace('"ended":false', '"ended":true')

/** Lets clients into a session that is over. */
export const letsInTooLate = overFlows((store) => ({
  find: (key, now) =>
    Effect.map(store.find(key, now), (found) =>
      found._tag === "Found" ? { ...found, value: asIfItWentOn(found.value) } : found
    ),
  replace: Effect.fnUntraced(function* (key, change) {
    const outcome = yield* store.replace(key, change)
    return outcome === "Conflict"
      ? yield* store.replace(key, { ...change, from: asItIs(change.from) })
      : outcome
  })
}))

/** Tells clients, and leaves what they hold as it was. */
export const leavesGrants = overGrants(() => ({ grantsOfSubject: () => Effect.succeed([]) }))

/** Signs logout tokens like ID tokens, so that one could be taken for the other. */
export const mistakesTypes: House = {
  keys: (keys) => ({ ...keys, sign: (jwt) => keys.sign({ ...jwt, type: "JWT" }) })
}

/** Makes a logout token that says who the person is, and not who they are to the client. */
export const forgetsSectors: House = {
  keys: (keys) => ({
    ...keys,
    sign: (jwt) =>
      keys.sign(jwt.type === "logout+jwt" ? { ...jwt, claims: { ...jwt.claims, sub: "ada" } } : jwt)
  })
}
