/**
 * The scope that a client asks for, held against what it may have
 * (RFC 6749 §3.3).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Client } from "../protocol/Client.ts"
import { InvalidScope } from "../protocol/OAuthError.ts"
import type { Parameters } from "../protocol/Parameters.ts"
import * as Scope from "../protocol/Scope.ts"
import { ServerConfig } from "../services/ServerConfig.ts"

/**
 * The `scope` parameter; without one, all that the client registered, which is
 * all that the server has for a client that registered none.
 *
 * On a server that offers `openid`, an authentication request says that it is one
 * (OpenID Connect Core §3.1.2.1): what belongs to OpenID Connect is in no scope that
 * was not asked for, and an authentication request may name scopes that the server
 * does not understand.
 *
 * Fails with `InvalidScope` if it is malformed, or asks for more than that.
 *
 * @category steps
 * @since 0.1.0
 */
export const requestedScope = Effect.fnUntraced(function* (client: Client, parameters: Parameters) {
  const { scopes } = yield* ServerConfig
  const requested = parameters.get("scope")
  const offersOpenId = Scope.has(scopes, "openid")
  if (requested === undefined) {
    const registered = client.scope === undefined ? scopes : Scope.intersection(client.scope, scopes)
    return offersOpenId ? Scope.difference(registered, openIdScope) : registered
  }
  const parsed = yield* Effect.fromResult(Scope.parse(requested))
  const scope = offersOpenId && Scope.has(parsed, "openid") ? Scope.intersection(parsed, scopes) : parsed
  yield* requireAllowedScope(client, scope)
  return scope
})

/**
 * Fails with `InvalidScope` if a scope is more than the client or the server has.
 *
 * @category steps
 * @since 0.1.0
 */
export const requireAllowedScope = Effect.fnUntraced(function* (client: Client, scope: Scope.Scope) {
  const { scopes } = yield* ServerConfig
  if (!Scope.isSubset(scope, scopes) || !Scope.isSubset(scope, client.scope ?? scopes)) {
    return yield* new InvalidScope({ description: "The scope is more than the client may have" })
  }
})

// OpenID Connect Core §3.1.2.1, §5.4, §11
const openIdScope = Scope.fromTokens(["openid", "profile", "email", "address", "phone", "offline_access"])
