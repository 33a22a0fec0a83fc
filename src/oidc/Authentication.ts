/**
 * What a grant keeps of the authentication that it came from: what ID tokens and
 * userinfo have to say later, over the whole life of the grant.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Approval } from "../protocol/AuthorizationRequest.ts"
import type { Grant } from "../storage/GrantStore.ts"
import { StorageError } from "../storage/StorageError.ts"
import { type AuthenticationRequest, extensionName } from "./AuthenticationRequest.ts"
import { ClaimsRequest } from "./ClaimsRequest.ts"

/**
 * @category schemas
 * @since 0.1.0
 */
export const Authentication = Schema.Struct({
  nonce: Schema.optionalKey(Schema.String),
  claims: Schema.optionalKey(ClaimsRequest),
  claimsLocales: Schema.Array(Schema.String),
  acr: Schema.optionalKey(Schema.String),
  amr: Schema.optionalKey(Schema.Array(Schema.String)),
  sid: Schema.optionalKey(Schema.String)
})

/**
 * @category models
 * @since 0.1.0
 */
export type Authentication = typeof Authentication.Type

const Json = Schema.fromJsonString(Authentication)
const decode = Schema.decodeEffect(Json)

/**
 * As the grant keeps it.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode: (authentication: Authentication) => string = Schema.encodeSync(Json)

/**
 * What the grant keeps; `undefined` if it came from a plain OAuth request.
 *
 * Fails with `StorageError` if that is not what the server has kept.
 *
 * @category getters
 * @since 0.1.0
 */
export const of = ({ extensions }: Grant): Effect.Effect<Authentication | undefined, StorageError> => {
  const kept = extensions?.[extensionName]
  return kept === undefined
    ? Effect.undefined
    : Effect.mapError(
        decode(kept),
        (cause) => new StorageError({ operation: "Authentication.decode", cause })
      )
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  { claims, claimsLocales, nonce }: AuthenticationRequest,
  { acr, amr, sessionId }: Approval
): Authentication => ({
  claimsLocales,
  ...(nonce !== undefined && { nonce }),
  ...(claims !== undefined && { claims }),
  ...(acr !== undefined && { acr }),
  ...(amr !== undefined && { amr }),
  ...(sessionId !== undefined && { sid: sessionId })
})
