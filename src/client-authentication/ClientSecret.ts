/**
 * The comparison that both methods with a client secret make.
 *
 * @internal
 */
import * as Effect from "effect/Effect"
import type { Client } from "../protocol/Client.ts"
import * as Secret from "../protocol/Secret.ts"

/**
 * Whether a secret, which is hashed at once and kept nowhere, is one of the
 * client's, in time that does not depend on it: every hash is compared, whole. An
 * empty secret is nobody's: whoever sends it has proved nothing.
 *
 * @internal
 */
export const verifyClientSecret = (secret: string): ((client: Client) => Effect.Effect<boolean>) => {
  const hash = Secret.sha256Base64Url(secret)
  const given = secret !== ""
  return (client) => {
    let matches = false
    for (const known of client.clientSecretHashes) {
      matches = Secret.timingSafeEqual(known, hash) || matches
    }
    return Effect.succeed(matches && given)
  }
}
