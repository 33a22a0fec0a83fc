/**
 * The `id_token_hint` parameter (OpenID Connect Core §3.1.2.1): an ID token that
 * the client got earlier says who it has to do with.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Client } from "../protocol/Client.ts"
import type { Claims } from "../protocol/Jwt.ts"
import { InvalidRequest } from "../protocol/OAuthError.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { SigningKeys } from "../services/SigningKeys.ts"
import * as IdToken from "./IdToken.ts"

/**
 * The claims of an ID token that this server issued to the client, expired or not.
 *
 * Fails with `InvalidRequest` if it is none, and with `StorageError`.
 *
 * @category steps
 * @since 0.1.0
 */
export const verify = Effect.fnUntraced(function* (client: Client, hint: string) {
  const claims = yield* verifyAny(hint)
  return claims.aud === client.clientId ? claims : yield* issuedToAnother
})

/**
 * The claims of an ID token that this server issued, expired or not; `aud` says to
 * which client.
 *
 * Fails with `InvalidRequest` if it is none, and with `StorageError`.
 *
 * @category steps
 * @since 0.1.0
 */
export const verifyAny = Effect.fnUntraced(function* (hint: string) {
  const { issuer } = yield* ServerConfig
  const keys = yield* SigningKeys
  const claims = Option.getOrUndefined(yield* keys.verify(hint, { type: IdToken.type }))
  return claims !== undefined && claims.iss === issuer && isIdToken(claims)
    ? claims
    : yield* refuse("The id_token_hint is not an ID token of this server")
})

// Other JWTs that the server signs, such as userinfo, never expire.
const isIdToken = (claims: Claims): claims is Claims & { readonly sub: string } =>
  typeof claims.sub === "string" && typeof claims.exp === "number" && typeof claims.iat === "number"

const issuedToAnother = new InvalidRequest({ description: "The id_token_hint was issued to another client" })

const refuse = (description: string) => Effect.fail(new InvalidRequest({ description }))
