/** Looks a consent up by the person alone: what they allowed one client, they allowed all. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { overSessions } from "./Over.ts"

export const ignoresClient = overSessions((store) => ({
  findConsent: (subject) => Effect.map(store.consentsOf(subject), ([first]) => Option.fromUndefinedOr(first))
}))
