/**
 * The scope that a client asks for, held against what it may have
 * (RFC 6749 §3.3).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
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
export const requestedScope = (
  client: Client,
  parameters: Parameters
): Effect.Effect<Scope.Scope, InvalidScope, ServerConfig> =>
  ServerConfig.use(({ scopes }) => {
    const requested = parameters.get("scope")
    return requested === undefined
      ? Effect.succeed(scopeWithoutAsking(client, scopes))
      : Effect.fromResult(
          Scope.parse(requested).pipe(
            Result.map((scope) => understood(scope, scopes)),
            Result.flatMap((scope) => requireWithin(scope, client, scopes))
          )
        )
  })

/**
 * Fails with `InvalidScope` if a scope is more than the client or the server has.
 *
 * @category steps
 * @since 0.1.0
 */
export const requireAllowedScope = (
  client: Client,
  scope: Scope.Scope
): Effect.Effect<Scope.Scope, InvalidScope, ServerConfig> =>
  ServerConfig.use(({ scopes }) => Effect.fromResult(requireWithin(scope, client, scopes)))

const scopeWithoutAsking = (client: Client, scopes: Scope.Scope): Scope.Scope => {
  const registered = client.scope === undefined ? scopes : Scope.intersection(client.scope, scopes)
  return Scope.has(scopes, "openid") ? Scope.difference(registered, openIdScope) : registered
}

const understood = (scope: Scope.Scope, scopes: Scope.Scope): Scope.Scope =>
  Scope.has(scope, "openid") && Scope.has(scopes, "openid") ? Scope.intersection(scope, scopes) : scope

const requireWithin = (scope: Scope.Scope, client: Client, scopes: Scope.Scope) =>
  Scope.isSubset(scope, scopes) && Scope.isSubset(scope, client.scope ?? scopes)
    ? Result.succeed(scope)
    : Result.fail(new InvalidScope({ description: "The scope is more than the client may have" }))

// OpenID Connect Core §3.1.2.1, §5.4, §11
const openIdScope = Scope.fromTokens(["openid", "profile", "email", "address", "phone", "offline_access"])
