/**
 * Logout tokens (OpenID Connect Back-Channel Logout §2.4): what a client is told
 * about a session that has ended.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Client } from "../protocol/Client.ts"
import type { Claims } from "../protocol/Jwt.ts"
import { Entropy, identifier } from "../services/Entropy.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { SigningKeys } from "../services/SigningKeys.ts"
import * as IdToken from "./IdToken.ts"
import { OpenIdProvider } from "./OpenIdProvider.ts"

/**
 * The `typ` of logout tokens, so that none is taken for an ID token.
 *
 * @category constants
 * @since 0.1.0
 */
export const type = "logout+jwt"

/**
 * @category constants
 * @since 0.1.0
 */
export const event = "http://schemas.openid.net/event/backchannel-logout"

// Back-Channel Logout §2.4: "preferably at most two minutes in the future"
const lifetimeSeconds = 120

/**
 * A logout token for a client, signed like its ID tokens. It has no `nonce`, which
 * is prohibited (§2.4).
 *
 * Fails with `UnauthorizedClient` if the server has no keys for what the client
 * registered, and with `StorageError`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  client: Client,
  { sid, subject }: { readonly sid: string /** As the application knows them. */; readonly subject: string }
) {
  const { issuer } = yield* ServerConfig
  const { subjects } = yield* OpenIdProvider
  const keys = yield* SigningKeys
  const algorithm = yield* IdToken.requireAlgorithm(keys.algorithms, client)
  const issuedAt = Math.floor((yield* Clock.currentTimeMillis) / 1000)
  const claims: Claims = {
    iss: issuer,
    sub: subjects.subjectFor(client, subject),
    aud: client.clientId,
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    jti: identifier(yield* Entropy),
    events: { [event]: {} },
    sid
  }
  return Redacted.make(yield* keys.sign({ algorithm, type, claims }), { label: "logout_token" })
})
