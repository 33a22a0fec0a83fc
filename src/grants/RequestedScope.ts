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
 * Fails with `InvalidScope` if it is malformed, or asks for more than that.
 *
 * @category steps
 * @since 0.1.0
 */
export const requestedScope = Effect.fnUntraced(function* (client: Client, parameters: Parameters) {
  const { scopes } = yield* ServerConfig
  const requested = parameters.get("scope")
  if (requested === undefined) {
    return client.scope === undefined ? scopes : Scope.intersection(client.scope, scopes)
  }
  const scope = yield* Effect.fromResult(Scope.parse(requested))
  if (!Scope.isSubset(scope, scopes) || !Scope.isSubset(scope, client.scope ?? scopes)) {
    return yield* new InvalidScope({ description: "The scope is more than the client may have" })
  }
  return scope
})
