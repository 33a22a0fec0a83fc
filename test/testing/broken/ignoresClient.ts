/** Looks a consent up by the person alone: what they allowed one client, they allowed all. */
import * as Stream from "effect/Stream"
import { overSessions } from "./Over.ts"

export const ignoresClient = overSessions((store) => ({
  findConsent: (subject) => Stream.runHead(store.consentsOf(subject))
}))
