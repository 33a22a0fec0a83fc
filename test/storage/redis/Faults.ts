/** A Redis of which one command fails, in the verb that is to be disturbed. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { type Redis, RedisError } from "effect/persistence/Redis"
import type { Fault, FaultInjection } from "../../../src/testing/storage/Faults.ts"
import * as Commands from "./Commands.ts"

const Current = Context.Reference<{ readonly fault: Fault; steps: number } | undefined>("test/redis/Fault", {
  defaultValue: () => undefined
})

const failure = new RedisError({ cause: new Error("The connection broke") })

export const layer = <E, R>(redis: Layer.Layer<Redis, E, R>): Layer.Layer<Redis, E, R> =>
  Commands.around(
    redis,
    () => (run) =>
      Effect.flatMap(Current, (current) => {
        if (current === undefined || ++current.steps !== current.fault.step) return run
        const { moment, strike } = current.fault
        const fail = Effect.andThen(strike, Effect.fail(failure))
        return moment === "before" ? fail : Effect.andThen(run, fail)
      })
  )

export const inject: FaultInjection = (fault) => (verb) =>
  Effect.suspend(() => Effect.provideService(verb, Current, { fault, steps: 0 }))
