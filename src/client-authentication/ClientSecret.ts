/**
 * The comparison that both methods with a client secret make.
 *
 * @internal
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Client } from "../protocol/Client.ts"
import * as Secret from "../protocol/Secret.ts"

/**
 * Whether a secret is one of the client's, in time that does not depend on it:
 * every hash is compared, whole. An empty secret is nobody's: whoever sends it
 * has proved nothing.
 *
 * @internal
 */
export const verifyClientSecret = (secret: Redacted.Redacted<string>) => (client: Client) =>
  Effect.sync(() => {
    const hash = Secret.hash(secret)
    let matches = false
    for (const known of client.clientSecretHashes) {
      matches = Secret.timingSafeEqual(known, hash) || matches
    }
    return matches && Redacted.value(secret) !== ""
  })
