/**
 * The client credentials grant (RFC 6749 §4.4): a client acts for itself.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { ServerConfig } from "../services/ServerConfig.ts"
import type { GrantStore } from "../storage/GrantStore.ts"
import type { Grant } from "./Grant.ts"
import { issueClientTokens } from "./IssueTokens.ts"
import { requestedScope } from "./RequestedScope.ts"

/**
 * @category grants
 * @since 0.1.0
 */
export const clientCredentials: Grant<ServerConfig | GrantStore> = {
  grantType: "client_credentials",
  // RFC 6749 §4.4: "MUST only be used by confidential clients"
  confidentialOnly: true,
  execute: ({ client, parameters }) =>
    Effect.flatMap(requestedScope(client, parameters), (scope) => issueClientTokens({ client, scope }))
}
