/** Lets everything expire, so that what is left of memory is what nobody stored. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Janitor from "effect-oauth/storage/Janitor"

// Later than all that a request leaves behind, and before keys are replaced.
const later = Duration.toMillis("60 days")

const postponed = (clock: Clock.Clock): Clock.Clock => ({
  currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + later,
  currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + later),
  currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
  currentTimeNanos: clock.currentTimeNanos,
  monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
  monotonicTimeNanos: clock.monotonicTimeNanos,
  sleep: (duration) => clock.sleep(duration)
})

export const sweep = Effect.flatMap(Clock.Clock, (clock) =>
  Effect.provideService(Janitor.sweep({ limit: 10_000 }), Clock.Clock, postponed(clock))
)
