/**
 * ID tokens (OpenID Connect Core §2): who signed in, when and how, and for whom.
 *
 * @since 0.1.0
 */

import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { platform } from "#platform"
import type { Client } from "../protocol/Client.ts"
import type { Claims, SigningAlgorithm } from "../protocol/Jwt.ts"
import { UnauthorizedClient } from "../protocol/OAuthError.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { SigningKeys } from "../services/SigningKeys.ts"
import type { Grant } from "../storage/GrantStore.ts"
import type { Authentication } from "./Authentication.ts"
import { idTokenAlgorithm, OpenIdProvider } from "./OpenIdProvider.ts"

/**
 * The `typ` of ID tokens, which have none of their own.
 *
 * @category constants
 * @since 0.1.0
 */
export const type = "JWT"

/**
 * What an ID token is about.
 *
 * @category models
 * @since 0.1.0
 */
export interface Subject {
  readonly client: Client
  readonly grant: Grant
  /** The person, as the application knows them. */
  readonly subject: string
  readonly authentication: Authentication
  /** What is given together with it, and it vouches for. */
  readonly together: {
    readonly accessToken?: Redacted.Redacted<string> | undefined
    readonly code?: Redacted.Redacted<string> | undefined
    readonly state?: string | undefined
  }
  /** What else it says of the person. */
  readonly personClaims: Claims
}

/**
 * An ID token, signed as the client registered.
 *
 * Fails with `UnauthorizedClient` if the server has no such keys, and with
 * `StorageError`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* ({
  authentication,
  client,
  grant,
  personClaims,
  subject,
  together
}: Subject) {
  const { issuer } = yield* ServerConfig
  const { idTokenLifetime, subjects } = yield* OpenIdProvider
  const keys = yield* SigningKeys
  const algorithm = yield* requireAlgorithm(keys.algorithms, client)
  const issuedAt = seconds(yield* Clock.currentTimeMillis)
  const half = (secret: Redacted.Redacted<string>) => halfHash(algorithm, Redacted.value(secret))
  const { acr, amr, nonce, sid } = authentication
  const claims: Claims = {
    ...personClaims,
    iss: issuer,
    sub: subjects.subjectFor(client, subject),
    aud: client.clientId,
    azp: client.clientId,
    exp: issuedAt + Math.floor(Duration.toSeconds(idTokenLifetime)),
    iat: issuedAt,
    ...(grant.authenticatedAt !== undefined && { auth_time: seconds(grant.authenticatedAt) }),
    ...(nonce !== undefined && { nonce }),
    ...(acr !== undefined && { acr }),
    ...(amr !== undefined && { amr }),
    ...(sid !== undefined && { sid }),
    // OpenID Connect Core §3.1.3.6, §3.3.2.11; Financial-grade API Part 2 §5.1
    ...(together.accessToken !== undefined && { at_hash: half(together.accessToken) }),
    ...(together.code !== undefined && { c_hash: half(together.code) }),
    ...(together.state !== undefined && { s_hash: halfHash(algorithm, together.state) })
  }
  return Redacted.make(yield* keys.sign({ algorithm, type, claims }), { label: "id_token" })
})

/**
 * Fails with `UnauthorizedClient` if the server has no keys for what the client
 * registered.
 *
 * @category steps
 * @since 0.1.0
 */
export const requireAlgorithm = (
  algorithms: ReadonlyArray<SigningAlgorithm>,
  client: Client
): Effect.Effect<SigningAlgorithm, UnauthorizedClient> => {
  const algorithm = idTokenAlgorithm(algorithms, client)
  return algorithm === undefined
    ? Effect.fail(
        new UnauthorizedClient({
          description: "The client is registered for ID tokens with a signature that the server does not have"
        })
      )
    : Effect.succeed(algorithm)
}

/**
 * The left half of a hash, by the hash function of the signature: of SHA-256, and
 * of SHA-512 for Ed25519 (OpenID Connect Core §3.1.3.6, RFC 8032 §5.1).
 *
 * @category hashing
 * @since 0.1.0
 */
export const halfHash = (algorithm: SigningAlgorithm, text: string): string => {
  const hash = platform.digest(algorithm === "EdDSA" ? "sha512" : "sha256", text)
  return platform.base64Url(hash.subarray(0, hash.length / 2))
}

const seconds = (millis: number): number => Math.floor(millis / 1000)
