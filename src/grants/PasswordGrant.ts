/**
 * The resource owner password credentials grant (RFC 6749 §4.3), which RFC 9700
 * §2.4 says MUST NOT be used: it hands a person's password to the client. It is
 * here for those who move away from it, under `Legacy.password`.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { InvalidGrant } from "../protocol/OAuthError.ts"
import * as Parameters from "../protocol/Parameters.ts"
import * as AttemptLimit from "../services/AttemptLimit.ts"
import { ResourceOwner } from "../services/ResourceOwner.ts"
import type { SecretKeys } from "../services/SecretKeys.ts"
import type { ServerConfig } from "../services/ServerConfig.ts"
import type { GrantStore } from "../storage/GrantStore.ts"
import type { Grant } from "./Grant.ts"
import { issueTokens } from "./IssueTokens.ts"
import { requestedScope } from "./RequestedScope.ts"

/**
 * @category grants
 * @since 0.1.0
 */
export const password: Grant<ServerConfig | GrantStore | SecretKeys | ResourceOwner> = {
  grantType: "password",
  execute: Effect.fnUntraced(function* ({ client, parameters, remoteAddress }) {
    const username = yield* Effect.fromResult(Parameters.required(parameters, "username"))
    const password = yield* Effect.fromResult(Parameters.requiredSecret(parameters, "password"))
    const scope = yield* requestedScope(client, parameters)
    yield* AttemptLimit.count({ at: "password-grant", username, remoteAddress })
    const people = yield* ResourceOwner
    const person = yield* people.authenticate({ username, password })
    if (Option.isNone(person)) {
      return yield* new InvalidGrant({ description: "The username or the password is wrong" })
    }
    return yield* issueTokens({ client, ...person.value, scope })
  })
}
