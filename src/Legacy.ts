/**
 * What OAuth 2.1 and RFC 9700 leave out: here for those who move away from it,
 * one by one and by name. `Pkce.plain` belongs to it too.
 *
 * @since 0.1.0
 */
export { password } from "./grants/PasswordGrant.ts"
export { token as implicit } from "./response-types/TokenResponseType.ts"
