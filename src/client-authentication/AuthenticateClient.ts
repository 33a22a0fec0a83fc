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
import { type ClientAuthenticationMethod, ClientAuthenticationMethods } from "./ClientAuthenticationMethod.ts"

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
  const { method, presented } = yield* requireOneMethod(request)
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

const requireOneMethod = Effect.fnUntraced(function* (request: OAuthRequest) {
  const [used, ...others] = usedMethods(yield* ClientAuthenticationMethods, request)
  // RFC 6749 §2.3
  if (others.length > 0) {
    return yield* new InvalidRequest({ description: "More than one client authentication method is used" })
  }
  if (used === undefined) return yield* missing
  const presented = yield* Effect.fromResult(used.read)
  if (presented === undefined) return yield* missing
  const named = request.parameters.get("client_id")
  if (named !== undefined && named !== presented.clientId) {
    return yield* new InvalidRequest({ description: "The parameter client_id names another client" })
  }
  return { method: used.name, presented }
})

const missing = new InvalidClient({ description: "Client authentication is missing" })

// A method whose credentials are malformed is used all the same.
const usedMethods = (methods: ReadonlyArray<ClientAuthenticationMethod>, request: OAuthRequest) =>
  methods
    .map(({ name, read }) => ({ name, read: read(request) }))
    .filter(({ read }) => Result.isFailure(read) || read.success !== undefined)

const findClient = (id: string) =>
  Option.match(Client.parseId(id), {
    onNone: () => Effect.succeedNone,
    onSome: (clientId) => Effect.flatMap(ClientStore, (clients) => clients.find(clientId))
  })

// What a secret is compared with when the client is unknown.
const nobody = Client.make({
  client_id: "nobody",
  client_secret_hashes: ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
  grant_types: []
})
