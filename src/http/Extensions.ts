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

/**
 * The endpoints of the extensions that are installed. Empty where there are none.
 *
 * @category references
 * @since 0.1.0
 */
export const Extensions = Context.Reference<{ readonly endpoints: ReadonlyArray<Route.Options> }>(
  "effect-oauth/http/Extensions",
  { defaultValue: () => ({ endpoints: [] }) }
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
 * Installs extensions, on top of those that a Layer below has installed. It is
 * provided to whatever answers requests: `OAuthRoutes.layer`, `OAuthHandler.layer`.
 *
 * Of two such Layers side by side, in a `Layer.merge`, only one would count: list
 * the extensions in one, or provide one to the other.
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
      // What extensions add is for a request to say: those above this one add to it.
      const context = Context.omit(MetadataEndpoint.Additions)(yield* requestContext<R>())
      const below = yield* Extensions
      const additions = yield* MetadataEndpoint.Additions
      const endpoints = extensions.flatMap((extension) =>
        extension.endpoints.map(
          (endpoint): Route.Options => ({
            ...endpoint,
            handle: (request) => Effect.provideContext(endpoint.handle(request), context)
          })
        )
      )
      const metadata = extensions.map((extension) => Effect.provideContext(extension.metadata, context))
      return Context.empty().pipe(
        Context.add(Extensions, { endpoints: [...below.endpoints, ...endpoints] }),
        Context.add(MetadataEndpoint.Additions, [...additions, ...metadata])
      )
    })
  )
