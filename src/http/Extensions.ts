/**
 * What a server offers besides the endpoints that every server has: further
 * endpoints, and what metadata says of them. Each is a value; what it requires,
 * the Layer that installs it requires.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MetadataEndpoint from "../endpoints/MetadataEndpoint.ts"
import type { ServerMetadata } from "../protocol/ServerMetadata.ts"
import * as Contributions from "../services/Contributions.ts"
import { requestContext } from "../services/RequestContext.ts"
import type * as Route from "./Route.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Extension<out R = never> {
  /**
   * Endpoints whose paths are below the issuer. One at the path of an endpoint
   * that the server has already takes its place.
   */
  readonly endpoints: ReadonlyArray<Route.Options<R>>
  /** What the server says of itself because of it (RFC 8414 §2). */
  readonly metadata: Effect.Effect<Partial<ServerMetadata>, never, R>
}

const contributions = Contributions.make<ReadonlyArray<Route.Options>>("effect-oauth/http/Extensions")

/**
 * The endpoints of the extensions that are installed. Empty where there are none.
 *
 * @category getters
 * @since 0.1.0
 */
export const endpoints: Effect.Effect<ReadonlyArray<Route.Options>> = Effect.map(contributions.all, (all) =>
  all.flat()
)

/**
 * What a list of extensions requires.
 *
 * @category models
 * @since 0.1.0
 */
export type Services<Installed extends ReadonlyArray<Extension<unknown>>> = Requirements<Installed[number]>

// Distributes, so that an empty list requires nothing.
type Requirements<Installed> = Installed extends Extension<infer R> ? R : never

/**
 * Installs extensions, besides those that other such Layers install, below this one
 * or merged with it. It is provided to whatever answers requests:
 * `OAuthRoutes.layer`, `OAuthHandler.layer`.
 *
 * @example
 * ```ts
 * import { AuthorizationServer, Grants, SigningKeys, Storage } from "effect-oauth"
 * import { Extensions, jwks, OAuthRoutes } from "effect-oauth/http"
 * import { Layer } from "effect"
 *
 * const Server = AuthorizationServer.layer({
 *   issuer: "https://auth.example.com",
 *   grants: [Grants.clientCredentials]
 * })
 *
 * const Routes = OAuthRoutes.layer.pipe(
 *   Layer.provide(Extensions.layer([jwks])),
 *   Layer.provide(SigningKeys.layer()),
 *   Layer.provide(Server),
 *   Layer.provide(Storage.layerMemory)
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <const E extends ReadonlyArray<Extension<unknown>>>(
  extensions: E & ReadonlyArray<Extension<Services<E>>>
): Layer.Layer<never, never, Services<E>> => install<Services<E>>(extensions)

const install = <R>(extensions: ReadonlyArray<Extension<R>>): Layer.Layer<never, never, R> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const context = yield* requestContext<R>()
      const endpoints = extensions.flatMap((extension) =>
        extension.endpoints.map(
          (endpoint): Route.Options => ({
            ...endpoint,
            handle: (request) => Effect.provideContext(endpoint.handle(request), context)
          })
        )
      )
      const metadata = extensions.map((extension) => Effect.provideContext(extension.metadata, context))
      return Context.merge(
        yield* contributions.add(endpoints),
        yield* MetadataEndpoint.additions.add(metadata)
      )
    })
  )
