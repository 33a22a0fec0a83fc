/**
 * Client authentication: which client is it, and is it true (RFC 6749 §2.3,
 * §3.2.1)?
 *
 * @since 0.1.0
 */
import * as Brand from "effect/Brand"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Client from "../protocol/Client.ts"
import { InvalidClient, InvalidRequest } from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"
import * as AuditLog from "../services/AuditLog.ts"
import { ClientStore } from "../storage/ClientStore.ts"
import {
  type ClientAuthenticationMethod,
  ClientAuthenticationMethods,
  type PresentedCredentials
} from "./ClientAuthenticationMethod.ts"

/**
 * A client that has authenticated as it registered to: with its secret, or, for
 * a public client, by its identifier alone. Only `authenticateClient` makes one.
 *
 * @category models
 * @since 0.1.0
 */
export type AuthenticatedClient = Brand.Branded<Client.Client, "AuthenticatedClient">

const authenticated = Brand.nominal<AuthenticatedClient>()

/**
 * Finds the credentials in a request and verifies them.
 *
 * - `InvalidRequest`: it uses more than one method, or names two clients
 *   (RFC 6749 §2.3: "MUST NOT use more than one authentication method").
 * - `InvalidClient`: it has no credentials, they are wrong, the client is
 *   unknown, or registered for another method. All in the same words, and at the
 *   same cost.
 *
 * @example
 * ```ts
 * import { AuthenticateClient, type OAuthRequest } from "effect-oauth"
 * import { Effect } from "effect"
 *
 * const whoAmI = Effect.fnUntraced(function* (request: OAuthRequest.OAuthRequest) {
 *   const client = yield* AuthenticateClient.authenticateClient(request)
 *   return client.clientName ?? client.clientId
 * })
 * ```
 *
 * @category steps
 * @since 0.1.0
 */
export const authenticateClient = Effect.fnUntraced(function* (request: OAuthRequest) {
  const methods = yield* ClientAuthenticationMethods
  const { method, presented } = yield* Effect.fromResult(requireOneMethod(methods, request))
  const registered = yield* findClient(presented.clientId)
  // An unknown client costs the same as a wrong secret.
  const client = Option.getOrElse(registered, () => nobody)
  const verified = yield* presented.verify(client)
  if (!verified || Option.isNone(registered) || client.tokenEndpointAuthMethod !== method) {
    yield* AuditLog.record({
      _tag: "ClientAuthenticationFailed",
      clientId: presented.clientId,
      remoteAddress: request.remoteAddress
    })
    return yield* new InvalidClient({ description: "Client authentication failed" })
  }
  return authenticated(client)
})

interface Used {
  readonly method: string
  readonly presented: PresentedCredentials
}

const requireOneMethod = (
  methods: ReadonlyArray<ClientAuthenticationMethod>,
  request: OAuthRequest
): Result.Result<Used, InvalidRequest | InvalidClient> => {
  let used: Result.Result<Used, InvalidClient> | undefined
  for (const method of methods) {
    const presented = useMethod(method, request)
    if (presented === undefined) continue
    // RFC 6749 §2.3
    if (used !== undefined) return severalMethods
    used = presented
  }
  return Result.flatMap(used ?? missing, (used) => requireSameClient(used, request))
}

// A method whose credentials are malformed is used all the same.
const useMethod = (
  method: ClientAuthenticationMethod,
  request: OAuthRequest
): Result.Result<Used, InvalidClient> | undefined => {
  const read = method.read(request)
  if (Result.isFailure(read)) return Result.fail(read.failure)
  return read.success && Result.succeed({ method: method.name, presented: read.success })
}

const requireSameClient = (used: Used, request: OAuthRequest): Result.Result<Used, InvalidRequest> => {
  const named = request.parameters.get("client_id")
  return named === undefined || named === used.presented.clientId ? Result.succeed(used) : anotherClient
}

const missing = Result.fail(new InvalidClient({ description: "Client authentication is missing" }))

const severalMethods = Result.fail(
  new InvalidRequest({ description: "More than one client authentication method is used" })
)

const anotherClient = Result.fail(
  new InvalidRequest({ description: "The parameter client_id names another client" })
)

const findClient = (text: string) => {
  const id = Client.parseId(text)
  return Option.isNone(id) ? Effect.succeedNone : ClientStore.use((clients) => clients.find(id.value))
}

// What a secret is compared with when the client is unknown.
const nobody = Client.make({
  client_id: "nobody",
  client_secret_hashes: ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
  grant_types: []
})
