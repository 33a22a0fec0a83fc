/** What a store asks Redis for, one command or script after another. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Redis, type RedisError } from "effect/persistence/Redis"

export interface Command {
  readonly name: string
  readonly keys: ReadonlyArray<string>
  /** The source, if it is a script. */
  readonly lua: string | undefined
}

/** A Redis that tells each command to somebody, who may stand in for it. */
export const around = <E, R>(
  redis: Layer.Layer<Redis, E, R>,
  observe: (command: Command) => <A>(run: Effect.Effect<A, RedisError>) => Effect.Effect<A, RedisError>
): Layer.Layer<Redis, E, R> =>
  Layer.effect(
    Redis,
    Effect.map(Redis, (inner) =>
      Redis.of({
        ...inner,
        send: (name, ...args) => observe(commandOf(name, args))(inner.send(name, ...args)),
        eval:
          (script) =>
          (...params) => {
            const keys = script.params(...params).slice(0, script.numberOfKeys(...params))
            return observe({ name: "EVALSHA", keys: keys.map(String), lua: script.lua })(
              inner.eval(script)(...params)
            )
          }
      })
    )
  ).pipe(Layer.provide(redis))

const commandOf = (name: string, args: ReadonlyArray<string>): Command => {
  const [first = "", count] = args
  if (name === "EVAL") return { name, keys: args.slice(2, 2 + Number(count)), lua: first }
  if (name === "SCAN") return { name, keys: [], lua: undefined }
  return { name, keys: [first], lua: undefined }
}

/** The slot of a key in a cluster: CRC16 (XMODEM) of its hash tag, or of all of it. */
export const slotOf = (key: string): number => {
  const open = key.indexOf("{")
  const close = open === -1 ? -1 : key.indexOf("}", open)
  const tag = close > open + 1 ? key.slice(open + 1, close) : key
  let crc = 0
  for (const byte of new TextEncoder().encode(tag)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff
  }
  return crc % 16384
}
