/** Tells all grants at once, whatever page of them is wanted. */
import { overGrants } from "./Over.ts"

export const ignoresPages = overGrants((store) => ({
  grantsOfSubject: (subject) => store.grantsOfSubject(subject, { limit: Number.MAX_SAFE_INTEGER })
}))
