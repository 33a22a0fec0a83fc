/**
 * Checks of single settings. Each fails with a `ConfigurationError` that names its
 * setting.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ConfigurationError } from "../ConfigurationError.ts"

export const refuse = (setting: string, description: string) =>
  Effect.fail(new ConfigurationError({ setting, description }))

/** A duration that ends, and is so many milliseconds long at least. */
export const requireDuration = (setting: string, input: Duration.Input, atLeastMillis: number) => {
  const duration = Duration.fromInput(input).pipe(
    Option.filter((duration) => Duration.isFinite(duration) && Duration.toMillis(duration) >= atLeastMillis)
  )
  return Option.isSome(duration)
    ? Effect.succeed(duration.value)
    : refuse(setting, "is not a finite duration long enough")
}

/** How many, of what there is one at least. */
export const requireCount = (setting: string, count: number) =>
  Number.isSafeInteger(count) && count >= 1
    ? Effect.succeed(count)
    : refuse(setting, "is not a whole number of 1 at least")
