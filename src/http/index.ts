/**
 * The edge: the endpoints over HTTP.
 *
 * @since 0.1.0
 */
export { accountConsents } from "./AccountConsents.ts"
export * as AuthorizationHttpResponse from "./AuthorizationHttpResponse.ts"
export { createAuthorizationServer, memory, promises } from "./createAuthorizationServer.ts"
export * as ErrorResponse from "./ErrorResponse.ts"
export * as Extensions from "./Extensions.ts"
export * as FetchHandler from "./FetchHandler.ts"
export * as HttpMessage from "./HttpMessage.ts"
export * as Interaction from "./Interaction.ts"
export * as InteractionPages from "./InteractionPages.ts"
export { jwks } from "./Jwks.ts"
export { jwtIntrospection } from "./JwtIntrospection.ts"
export { backChannelLogout, logout, logoutByHint } from "./Logout.ts"
export * as OAuthHandler from "./OAuthHandler.ts"
export * as OAuthRoutes from "./OAuthRoutes.ts"
export { openIdConnect } from "./OpenIdConnect.ts"
export { openIdProvider } from "./openIdProvider.ts"
export * as Route from "./Route.ts"
