/**
 * A way for a client to prove who it is (RFC 6749 §2.3): a value that names
 * itself as in `token_endpoint_auth_method`, finds its credentials in a request,
 * and verifies them against a registered client.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { Client } from "../protocol/Client.ts"
import type { InvalidClient } from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"
import { type Provide, provideRequestContext } from "../services/RequestContext.ts"
import type { StorageError } from "../storage/StorageError.ts"

/**
 * Credentials that a request presents: whose they claim to be, and whether they
 * are.
 *
 * @category models
 * @since 0.1.0
 */
export interface PresentedCredentials<out R = never> {
  readonly clientId: string
  readonly verify: (client: Client) => Effect.Effect<boolean, StorageError, R>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ClientAuthenticationMethod<out R = never> {
  /** The value of `token_endpoint_auth_method` (RFC 7591 §2). */
  readonly name: string
  /**
   * The credentials of this method in a request, `undefined` if it has none.
   * Fails with `InvalidClient` if it has some that are malformed.
   */
  readonly read: (request: OAuthRequest) => Result.Result<PresentedCredentials<R> | undefined, InvalidClient>
}

/**
 * The methods that a server has installed.
 *
 * @category services
 * @since 0.1.0
 */
export class ClientAuthenticationMethods extends Context.Service<
  ClientAuthenticationMethods,
  ReadonlyArray<ClientAuthenticationMethod>
>()("effect-oauth/client-authentication/ClientAuthenticationMethods") {}

/**
 * What a list of methods requires.
 *
 * @category models
 * @since 0.1.0
 */
export type Services<Methods extends ReadonlyArray<ClientAuthenticationMethod<unknown>>> = Requirements<
  Methods[number]
>

// Distributes, so that an empty list requires nothing.
type Requirements<Installed> = Installed extends ClientAuthenticationMethod<infer R> ? R : never

/**
 * Installs methods; what they require, the Layer requires.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <R>(
  methods: ReadonlyArray<ClientAuthenticationMethod<R>>
): Layer.Layer<ClientAuthenticationMethods, never, R> =>
  Layer.effect(
    ClientAuthenticationMethods,
    Effect.map(provideRequestContext<R>(), (provide) => methods.map((method) => install(method, provide)))
  )

const install = <R>(
  method: ClientAuthenticationMethod<R>,
  provide: Provide<R>
): ClientAuthenticationMethod => ({
  name: method.name,
  read: (request) =>
    Result.map(
      method.read(request),
      (presented) =>
        presented && {
          clientId: presented.clientId,
          verify: (client) => provide(presented.verify(client))
        }
    )
})
