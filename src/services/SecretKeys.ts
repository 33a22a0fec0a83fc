/**
 * The server's own symmetric keys: for refresh families, cookies, and for sealing
 * the private keys that it signs with. Each has an id, which travels with what it
 * protects, so that keys can be rotated: put the new one first and keep the old
 * ones until what they protect has expired.
 *
 * Processes that restart one after another need two rounds, for else one that has
 * not restarted refuses what another has just made: `(old, new)` everywhere, so that
 * all of them know the new key, and only then `(new, old)`.
 *
 * @since 0.1.0
 */
import type * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Secret from "../protocol/Secret.ts"
import { ConfigurationError } from "./ConfigurationError.ts"
import { Entropy, secret } from "./Entropy.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface SecretKey {
  /** Derived from the key; says nothing about it. */
  readonly id: string
  readonly refreshFamily: Redacted.Redacted<Uint8Array>
  readonly cookie: Redacted.Redacted<Uint8Array>
  /** Seals the private signing keys in the store. */
  readonly signingKeys: Redacted.Redacted<Uint8Array>
}

/**
 * @category services
 * @since 0.1.0
 */
export class SecretKeys extends Context.Service<
  SecretKeys,
  {
    /** The key for what is made now. */
    readonly current: SecretKey
    /** All keys that are still good, the current one among them. */
    readonly all: ReadonlyArray<SecretKey>
  }
>()("effect-oauth/services/SecretKeys") {}

const encoder = new TextEncoder()

// One secret, a key for each purpose: none of them says anything about another.
const derive = (material: Redacted.Redacted<string>): SecretKey => {
  const root = Redacted.make(encoder.encode(Redacted.value(material)))
  const keyFor = (purpose: string) => Redacted.make(Secret.hmacSha256(root, `effect-oauth/1/${purpose}`))
  return {
    id: Secret.sha256Base64Url(`effect-oauth/1/id ${Redacted.value(material)}`).slice(0, 8),
    refreshFamily: keyFor("refresh-family"),
    cookie: keyFor("cookie"),
    signingKeys: keyFor("signing-keys")
  }
}

const make = (current: Redacted.Redacted<string>, older: ReadonlyArray<Redacted.Redacted<string>>) => {
  const key = derive(current)
  return SecretKeys.of({ current: key, all: [key, ...older.map(derive)] })
}

/**
 * Keys from secrets of at least 32 characters, the current one first. A shorter
 * one is a `ConfigurationError`.
 *
 * To replace a key while several processes run, deploy `layer(old, next)` to all of
 * them, then `layer(next, old)`, and `layer(next)` when `lifetimes.refreshToken` has
 * passed and the signing keys that `old` seals have been replaced.
 *
 * @example
 * ```ts
 * import { SecretKeys } from "effect-oauth"
 * import { Redacted } from "effect"
 *
 * const keys = SecretKeys.layer(Redacted.make("cYkR1oGpG0Qm9W7b2cV5mNn3XzE8sLfT"))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  current: Redacted.Redacted<string>,
  ...older: ReadonlyArray<Redacted.Redacted<string>>
): Layer.Layer<SecretKeys, ConfigurationError> =>
  Layer.effect(
    SecretKeys,
    Effect.suspend(() =>
      [current, ...older].some((secret) => Redacted.value(secret).length < 32)
        ? Effect.fail(
            new ConfigurationError({ setting: "secret", description: "has fewer than 32 characters" })
          )
        : Effect.succeed(make(current, older))
    )
  )

/**
 * Keys from Effect's `Config`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig = (
  config: Config.Config<Redacted.Redacted<string>>
): Layer.Layer<SecretKeys, Config.ConfigError | ConfigurationError> =>
  Layer.unwrap(Effect.map(config, (secret) => layer(secret)))

/**
 * A key that is forgotten when the process ends: for a server that keeps
 * everything in memory.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerEphemeral: Layer.Layer<SecretKeys> = Layer.effect(
  SecretKeys,
  Effect.map(Entropy, (entropy) => make(secret(entropy), []))
)
