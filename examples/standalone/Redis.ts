/** Redis, where REDIS_URL is set. */
import * as NodeRedis from "@effect/platform-node/NodeRedis"
import { Effect, Layer } from "effect"
import type { Redis } from "effect/persistence"
import { RedisFlowStore, RedisGrantStore, RedisSessionStore } from "effect-oauth/storage/redis"
import { SettingError } from "./SettingError.ts"

/** The stores of what changes with every request: grants, flows and sessions. */
export const layerStores = (url: string, prefix: string) => {
  const options = { prefix }
  return Layer.mergeAll(
    RedisGrantStore.layer(options),
    RedisFlowStore.layer(options),
    RedisSessionStore.layer(options)
  ).pipe(Layer.provide(layer(url, prefix)))
}

// While Redis is away a request fails, so that its client tries again, instead of waiting for it.
const layer = (url: string, name: string) =>
  Layer.unwrap(
    Effect.map(requireUsable(url), () =>
      NodeRedis.layer({ url, name, disableOfflineQueue: true, commandOptions: { timeout: 5000 } })
    )
  )

const requireUsable = (text: string) => {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) return refuse("is not redis://host:port")
  if (!/^\/?\d*$/.test(new URL(text).pathname))
    return refuse("has a path that is not the number of a database")
  return Effect.void
}

const refuse = (problem: string) => Effect.fail(new SettingError({ setting: "REDIS_URL", problem }))

/** Why Redis cannot be used. */
export const refused = ({ cause }: Redis.RedisError): SettingError =>
  new SettingError({ setting: "REDIS_URL", problem: `cannot connect: ${reason(cause)}` })

// A name with several addresses fails with an error for each, and no message of its own.
const reason = (cause: unknown): unknown => {
  if (cause instanceof AggregateError && cause.message === "") return cause.errors.map(reason).join(", ")
  return cause instanceof Error ? cause.message : cause
}
