/**
 * A step that Redis runs as one: nobody comes in between. It is given its keys,
 * all of one hash tag, and its arguments; times and lifetimes are among these,
 * since a script has no clock that the caller would agree with.
 */
import * as Effect from "effect/Effect"
import * as Redis from "effect/persistence/Redis"

export type Script = Redis.Script<{
  readonly params: [keys: ReadonlyArray<string>, args: ReadonlyArray<string>]
  readonly result: unknown
}>

export const make = (lua: string): Script =>
  Redis.script((keys: ReadonlyArray<string>, args: ReadonlyArray<string>) => [...keys, ...args], {
    lua,
    numberOfKeys: (keys) => keys.length
  }).withReturnType<unknown>()

export type Run = (
  script: Script,
  keys: ReadonlyArray<string>,
  args?: ReadonlyArray<string>
) => Effect.Effect<unknown, Redis.RedisError>

export const runner =
  (redis: Redis.Redis["Service"]): Run =>
  (script, keys, args = []) =>
    Effect.catchIf(
      redis.eval(script)(keys, args),
      // In a cluster the script may have been loaded into another node than the one that has the keys.
      (error) => String(error.cause).includes("NOSCRIPT"),
      () => redis.send("EVAL", script.lua, String(keys.length), ...keys, ...args)
    )

/** Lua: keeps a key for so many milliseconds at least. */
export const keep = `
local function keep(key, lifetime)
  if redis.call('PTTL', key) < tonumber(lifetime) then redis.call('PEXPIRE', key, lifetime) end
end
`
