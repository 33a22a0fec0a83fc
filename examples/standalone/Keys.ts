/** The secret that protects refresh tokens and cookies: OAUTH_SECRET, or a file beside the database. */
import { randomBytes } from "node:crypto"
import { dirname, join } from "node:path"
import { Effect, FileSystem, Layer, Option, Redacted } from "effect"
import { SecretKeys } from "effect-oauth"
import * as Files from "./Files.ts"
import { SettingError } from "./SettingError.ts"
import type { Settings } from "./Settings.ts"

/** The secret, where it has to be set: other processes need the same one. `because` is the setting that says so. */
export const shared = ({ secret }: Settings, because: string) =>
  Option.match(secret, {
    onNone: () =>
      Effect.fail(
        new SettingError({
          setting: "OAUTH_SECRET",
          problem: `has to be set with this ${because}: all processes that share it need the same secret`
        })
      ),
    onSome: (secret) => Effect.succeed(SecretKeys.layer(secret))
  })

/** The secret, where nothing outlives the process. */
export const layerEphemeral = ({ secret }: Settings) =>
  Option.match(secret, {
    onNone: () => SecretKeys.layerEphemeral,
    onSome: (secret) => SecretKeys.layer(secret)
  })

/** Keys that outlive the process, as what they protect in the database does. */
export const layerBeside = (database: string, { secret }: Settings) =>
  Layer.unwrap(
    Effect.gen(function* () {
      if (Option.isSome(secret)) return SecretKeys.layer(secret.value)
      const path = join(dirname(database), "oauth.secret")
      yield* Effect.logWarning(`OAUTH_SECRET is not set: the secret is kept in ${path}`)
      return SecretKeys.layer(yield* readOrMake(path))
    })
  )

const readOrMake = Effect.fnUntraced(
  function* (path: string) {
    const files = yield* FileSystem.FileSystem
    yield* Files.writeOnce(path, randomBytes(32).toString("base64url"))
    return Redacted.make((yield* files.readFileString(path)).trim())
  },
  Effect.mapError(
    ({ message }) =>
      new SettingError({
        setting: "OAUTH_SECRET",
        problem: `is not set, and no file can stand in: ${message}`
      })
  )
)
