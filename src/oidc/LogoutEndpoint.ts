/**
 * The logout endpoint (OpenID Connect RP-Initiated Logout §2): what a client asks
 * for when it sends a person to sign out. Whether they do is between them and the
 * pages.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Client from "../protocol/Client.ts"
import { type InvalidRedirectUri, InvalidRequest, UnknownClient } from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"
import { PostLogoutRedirect } from "../protocol/PostLogoutRedirect.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import type { SigningKeys } from "../services/SigningKeys.ts"
import { SubjectIdentifiers } from "../services/SubjectIdentifiers.ts"
import { ClientStore } from "../storage/ClientStore.ts"
import type { StorageError } from "../storage/StorageError.ts"
import * as IdTokenHint from "./IdTokenHint.ts"

/**
 * Where the endpoint is, below the issuer.
 *
 * @category constants
 * @since 0.1.0
 */
export const path = "/logout"

/**
 * @category errors
 * @since 0.1.0
 */
export type LogoutError = InvalidRequest | UnknownClient | InvalidRedirectUri | StorageError

/**
 * A logout request that is good.
 *
 * @category models
 * @since 0.1.0
 */
export interface LogoutRequest {
  /** Who asks for it, if they say. */
  readonly client: Client.Client | undefined
  /** Where the person goes afterwards; nowhere, if the client is not known. */
  readonly redirect: PostLogoutRedirect | undefined
  readonly state: string | undefined
  /** What the ID token says that came as a hint. */
  readonly hint: { readonly subject: string; readonly sid: string | undefined } | undefined
  readonly logoutHint: string | undefined
}

/**
 * Validates a logout request. Until the client and its redirect URI are trusted
 * there is nowhere to go, and all errors are told to the person.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const validate: (
  request: OAuthRequest
) => Effect.Effect<LogoutRequest, LogoutError, SigningKeys | ServerConfig | ClientStore> = Effect.fn(
  "LogoutEndpoint.validate"
)(function* ({ parameters }) {
  const config = yield* ServerConfig
  const hint = parameters.get("id_token_hint")
  const claims = hint === undefined ? undefined : yield* IdTokenHint.verifyAny(hint)
  const client = yield* findClient(parameters.get("client_id"), claims?.aud)
  const uri = parameters.get("post_logout_redirect_uri")
  const request: LogoutRequest = {
    client,
    // RP-Initiated Logout §3: without a client there is nothing to compare it with
    redirect:
      client === undefined || uri === undefined
        ? undefined
        : yield* Effect.fromResult(PostLogoutRedirect.requireRegistered(client, uri, config)),
    state: parameters.get("state"),
    hint: claims && {
      subject: claims.sub,
      sid: typeof claims.sid === "string" ? claims.sid : undefined
    },
    logoutHint: parameters.get("logout_hint")
  }
  return request
})

// RP-Initiated Logout §2: "the OP MUST verify that the Client Identifier matches the
// one used when issuing the ID Token"
const findClient = Effect.fnUntraced(function* (given: string | undefined, audience: unknown) {
  if (given !== undefined && audience !== undefined && given !== audience) {
    return yield* new InvalidRequest({ description: "The id_token_hint was issued to another client" })
  }
  const text = given ?? (typeof audience === "string" ? audience : undefined)
  if (text === undefined) return undefined
  const clients = yield* ClientStore
  const id = Client.parseId(text)
  const client = Option.isSome(id) ? yield* clients.find(id.value) : Option.none()
  return Option.isSome(client) ? client.value : yield* unknownClient
})

const unknownClient = new UnknownClient({ description: "The client is unknown" })

/**
 * Whether a request is about this session for certain. If not, its person has to be
 * asked: anybody can send anybody here (RP-Initiated Logout §2).
 *
 * @category predicates
 * @since 0.1.0
 */
export const isAbout = Effect.fnUntraced(function* (
  { client, hint, logoutHint }: LogoutRequest,
  session: { readonly sid: string; readonly subject: string; readonly username: string }
) {
  if (client === undefined || hint === undefined) return false
  const { subjectFor } = yield* SubjectIdentifiers
  const subject = subjectFor(client, session.subject)
  if (hint.subject !== subject || (hint.sid !== undefined && hint.sid !== session.sid)) return false
  return logoutHint === undefined || [session.sid, session.username, subject].includes(logoutHint)
})
