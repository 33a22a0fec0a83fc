/** Passwords as they are kept: salted, and slow to guess. */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto"
import { Effect, Redacted } from "effect"

export interface HashedPassword {
  readonly salt: Buffer
  readonly hash: Buffer
}

export const hash = (password: Redacted.Redacted<string>): Effect.Effect<HashedPassword> => {
  const salt = randomBytes(16)
  return Effect.map(derive(password, salt), (hash) => ({ salt, hash }))
}

export const verify = (
  password: Redacted.Redacted<string>,
  { hash, salt }: HashedPassword
): Effect.Effect<boolean> => Effect.map(derive(password, salt), (derived) => timingSafeEqual(derived, hash))

const derive = (password: Redacted.Redacted<string>, salt: Buffer) =>
  Effect.callback<Buffer>((resume) =>
    scrypt(Redacted.value(password), salt, 32, (error, key) =>
      resume(error === null ? Effect.succeed(key) : Effect.die(error))
    )
  )
