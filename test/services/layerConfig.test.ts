import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { SecretKeys, ServerConfig } from "effect-oauth"

const environment = (variables: Readonly<Record<string, string>>) =>
  Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(variables))

describe("ServerConfig.layerConfig", () => {
  const layer = ServerConfig.layerConfig(Config.unwrap({ issuer: Config.String("OAUTH_ISSUER") }), [
    "client_credentials"
  ])
  const issuer = ServerConfig.ServerConfig.pipe(
    Effect.map((config) => config.issuer),
    Effect.provide(layer)
  )

  it.effect("reads the settings from the environment", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* issuer.pipe(environment({ OAUTH_ISSUER: "https://auth.example" })),
        "https://auth.example"
      )
    })
  )

  it.effect("holds them to the same rules", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(issuer.pipe(environment({ OAUTH_ISSUER: "http://auth.example" })))
      assert.strictEqual(error._tag, "ConfigurationError")
    })
  )

  it.effect("says what is not there", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(issuer.pipe(environment({})))
      assert.strictEqual(error._tag, "ConfigError")
      assert.include(String(error), "OAUTH_ISSUER")
    })
  )
})

describe("SecretKeys.layerConfig", () => {
  const layer = SecretKeys.layerConfig(Config.Redacted("OAUTH_SECRET"))
  const built = Effect.provide(SecretKeys.SecretKeys, layer)

  it.effect("reads the secret from the environment", () =>
    built.pipe(environment({ OAUTH_SECRET: "a secret of thirty-two characters" }), Effect.asVoid)
  )

  it.effect("refuses one that is too short", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(built.pipe(environment({ OAUTH_SECRET: "short" })))
      assert.strictEqual(error._tag, "ConfigurationError")
      assert.notInclude(String(error), "short")
    })
  )
})
