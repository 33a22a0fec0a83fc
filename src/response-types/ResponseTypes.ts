/**
 * The response types of the library, to be listed in `AuthorizationServer.layer`.
 *
 * @since 0.1.0
 */
export { code } from "./CodeResponseType.ts"
export { none } from "./NoneResponseType.ts"
