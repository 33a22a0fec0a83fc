/**
 * The grant types of the library, to be listed in `AuthorizationServer.layer`.
 *
 * @since 0.1.0
 */
export { authorizationCode } from "./AuthorizationCodeGrant.ts"
export { clientCredentials } from "./ClientCredentialsGrant.ts"
export { refreshToken } from "./RefreshTokenGrant.ts"
