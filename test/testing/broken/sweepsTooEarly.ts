/** Sweeps what is about to expire along with what has. */
import { overGrants } from "./Over.ts"

export const sweepsTooEarly = overGrants((store) => ({
  sweep: ({ limit, now }) => store.sweep({ limit, now: now + 1 })
}))
