/**
 * The heart of the edge: a plain request value in, a plain response value out.
 * The adapters (`OAuthRoutes`, `FetchHandler`, and the Node listener) are thin
 * skins around it.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as AuthorizationEndpoint from "../endpoints/AuthorizationEndpoint.ts"
import type { AuthorizationServer } from "../endpoints/AuthorizationServer.ts"
import { metadataPath, path, paths } from "../endpoints/Endpoints.ts"
import * as IntrospectionEndpoint from "../endpoints/IntrospectionEndpoint.ts"
import * as RevocationEndpoint from "../endpoints/RevocationEndpoint.ts"
import * as TokenEndpoint from "../endpoints/TokenEndpoint.ts"
import type { Parameters } from "../protocol/Parameters.ts"
import * as Scope from "../protocol/Scope.ts"
import { provideRequestContext } from "../services/RequestContext.ts"
import type { SecretKeys } from "../services/SecretKeys.ts"
import { ServerConfig, type Settings } from "../services/ServerConfig.ts"
import type { ClientStore } from "../storage/ClientStore.ts"
import type { GrantStore } from "../storage/GrantStore.ts"
import { authorizationErrorResponse } from "./AuthorizationHttpResponse.ts"
import type { EndpointError } from "./ErrorResponse.ts"
import * as Extensions from "./Extensions.ts"
import { empty, type HttpRequest, type HttpResponse, json } from "./HttpMessage.ts"
import { Interaction } from "./Interaction.ts"
import { metadataResponse } from "./MetadataHttpResponse.ts"
import { readForm, readQuery } from "./ReadRequest.ts"
import * as Route from "./Route.ts"
import { tokenResponse } from "./TokenHttpResponse.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /** Every path that is answered. */
  readonly routes: ReadonlyArray<Route.Route>
  /** The answer to a request; `undefined` if its path is none of ours. */
  readonly handle: (request: HttpRequest) => Effect.Effect<HttpResponse> | undefined
}

/**
 * @category services
 * @since 0.1.0
 */
export class OAuthHandler extends Context.Service<OAuthHandler, Service>()(
  "effect-oauth/http/OAuthHandler"
) {}

/**
 * What the endpoints need while they answer.
 *
 * @category models
 * @since 0.1.0
 */
export type Requirements = AuthorizationServer | ClientStore | GrantStore | SecretKeys | Interaction

/**
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<Service, never, Requirements> = Effect.gen(function* () {
  const provide = yield* provideRequestContext<Requirements>()
  const { issuer } = yield* ServerConfig
  const interaction = yield* Interaction
  const extensions = yield* Extensions.endpoints
  const endpoints: ReadonlyArray<Route.Route<Requirements>> = yield* Effect.all([
    Route.make({
      path: path(issuer, paths.authorization),
      methods: ["GET", "POST"],
      audience: "person",
      crossOrigin: false,
      handle: authorize
    }),
    Route.make({
      path: path(issuer, paths.token),
      methods: ["POST"],
      audience: "program",
      crossOrigin: true,
      handle: token
    }),
    Route.make({
      path: path(issuer, paths.introspection),
      methods: ["POST"],
      audience: "program",
      crossOrigin: false,
      handle: introspect
    }),
    Route.make({
      path: path(issuer, paths.revocation),
      methods: ["POST"],
      audience: "program",
      crossOrigin: true,
      handle: revoke
    }),
    Route.make({
      path: metadataPath(issuer),
      methods: ["GET"],
      audience: "program",
      crossOrigin: true,
      handle: () => metadataResponse
    }),
    ...extensions.map((endpoint) => Route.make({ ...endpoint, path: path(issuer, endpoint.path) }))
  ])
  // An extension's endpoint takes the place of one of ours at the same path.
  const byPath = new Map<string, Route.Route>(
    endpoints.map(({ handle, path }) => [path, { path, handle: (request) => provide(handle(request)) }])
  )
  for (const route of interaction.routes) byPath.set(route.path, route)
  return {
    routes: Array.from(byPath.values()),
    handle: (request) => byPath.get(request.path)?.handle(request)
  }
})

/**
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<OAuthHandler, never, Requirements> = Layer.effect(OAuthHandler, make)

const authorize = Effect.fnUntraced(function* (request: HttpRequest) {
  const config = yield* ServerConfig
  const interaction = yield* Interaction
  const oauthRequest = yield* request.method === "POST" ? readForm(request) : readQuery(request)
  return yield* AuthorizationEndpoint.validate(oauthRequest).pipe(
    Effect.flatMap((validated) => interaction.begin(validated, request)),
    Effect.catchTag("AuthorizationError", (error) =>
      Effect.flatMap(mayRedirect(config, interaction, request, oauthRequest.parameters), (may) =>
        may ? Effect.succeed(authorizationErrorResponse(request, error, config)) : Effect.fail(error.error)
      )
    )
  )
})

// RFC 9700 §4.11.2: "MUST always authenticate the user first and, with the exception
// of the silent authentication use case, prompt the user for credentials when needed,
// before redirecting the user", where the server is told to.
const mayRedirect = (
  config: Settings,
  interaction: Interaction["Service"],
  request: HttpRequest,
  parameters: Parameters
): Effect.Effect<boolean, EndpointError> =>
  config.errorRedirects === "always" || isSilent(config, parameters)
    ? Effect.succeed(true)
    : (interaction.isSignedIn?.(request) ?? Effect.succeed(false))

// OpenID Connect Core §3.1.2.1, in a request that is one of OpenID Connect
const isSilent = ({ scopes }: Settings, parameters: Parameters): boolean =>
  parameters.get("prompt") === "none" &&
  Scope.has(scopes, "openid") &&
  (parameters.get("scope") ?? "").split(" ").includes("openid")

const token = (request: HttpRequest) =>
  readForm(request).pipe(Effect.flatMapEager(TokenEndpoint.handle), Effect.map(tokenResponse))

const introspect = (request: HttpRequest) =>
  readForm(request).pipe(
    Effect.flatMapEager(IntrospectionEndpoint.handle),
    Effect.map((response) => json(200, response))
  )

const revoke = (request: HttpRequest) =>
  readForm(request).pipe(Effect.flatMapEager(RevocationEndpoint.handle), Effect.as(empty(200)))
