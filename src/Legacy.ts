/**
 * What OAuth 2.1 and RFC 9700 leave out, and what weakens them: here for those
 * who cannot do without, one by one and by name. `Pkce.plain` belongs to it too.
 *
 * @since 0.1.0
 */
export { fixedRefreshToken } from "./grants/FixedRefreshTokenGrant.ts"
export { password } from "./grants/PasswordGrant.ts"
export { token as implicit } from "./response-types/TokenResponseType.ts"
