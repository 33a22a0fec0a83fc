/**
 * By what clients know a login session (`sid`, OpenID Connect Back-Channel Logout
 * §2.1).
 *
 * @since 0.1.0
 */
import * as Secret from "../protocol/Secret.ts"

/**
 * The name of a session for clients. It says nothing of the cookie, nor of where
 * the store keeps the session.
 *
 * @category conversions
 * @since 0.1.0
 */
export const of = (hash: Secret.SecretHash): string => Secret.sha256Base64Url(`effect-oauth/1/sid ${hash}`)
