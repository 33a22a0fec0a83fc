/**
 * What an access token looks like. The default is opaque: 256 random bits, of
 * which the store keeps the hash.
 *
 * A `Context.Reference`: a Layer replaces it, and what the replacement needs
 * shows in the R of that Layer.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { Client } from "../protocol/Client.ts"
import type { Scope } from "../protocol/Scope.ts"
import type { Grant } from "../storage/GrantStore.ts"
import type { StorageError } from "../storage/StorageError.ts"
import { Entropy, secret } from "./Entropy.ts"

/**
 * What a token is made for. Times are milliseconds since the epoch.
 *
 * @category models
 * @since 0.1.0
 */
export interface AccessTokenRequest {
  readonly id: string
  readonly client: Client
  readonly grant: Grant
  readonly scope: Scope
  readonly issuedAt: number
  readonly expiresAt: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Service {
  readonly accessToken: (
    request: AccessTokenRequest
  ) => Effect.Effect<Redacted.Redacted<string>, StorageError>
}

const opaque = Effect.withFiberSucceed((fiber) => secret(fiber.getRef(Entropy)))

/**
 * @category references
 * @since 0.1.0
 */
export const TokenFactory = Context.Reference<Service>("effect-oauth/services/TokenFactory", {
  defaultValue: () => ({ accessToken: () => opaque })
})
