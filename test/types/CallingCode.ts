/**
 * How calling code reads: the sketches of the design, as programs that compile.
 * What their types say is held against what the design promises.
 */
import { createServer } from "node:http"
import { NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { HttpRouter } from "effect/http"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import {
  AuthenticateClient,
  AuthorizationServer,
  type ClientAuthenticationMethod,
  type ClientStore,
  type ConfigurationError,
  Grant,
  type GrantStore,
  Grants,
  IssueTokens,
  Legacy,
  type OAuthError,
  type OAuthRequest,
  OpenIdConnect,
  type OpenIdProvider,
  ResourceOwner,
  ResponseTypes,
  type SecretKeys,
  SigningKeys,
  Storage,
  type StorageError,
  TokenEndpoint,
  type TokenResponse
} from "effect-oauth"
import { Extensions, jwks, OAuthRoutes, openIdConnect } from "effect-oauth/http"
import type { Equal, Expect } from "./Equal.ts"

// --- a server ---------------------------------------------------------------

export const Server = AuthorizationServer.layer({
  issuer: "https://auth.example.com",
  scopes: ["read", "write"],
  grants: [Grants.authorizationCode, Grants.refreshToken, Grants.clientCredentials]
})

export const MyUsers = Layer.succeed(ResourceOwner.ResourceOwner, {
  authenticate: () => Effect.succeedNone,
  find: (subject) => Effect.succeed(Option.some({ subject, username: subject }))
})

export const runServer = () =>
  HttpRouter.serve(OAuthRoutes.layer).pipe(
    Layer.provide(Server),
    Layer.provide(Storage.layerMemory),
    Layer.provide(MyUsers),
    Layer.provide(NodeHttpServer.layer(createServer, { port: 9000 })),
    Layer.launch,
    NodeRuntime.runMain
  )

/** Without the password grant nobody has to be known to the server itself. */
export type ServerNeeds = Expect<
  Equal<
    Layer.Services<typeof Server>,
    GrantStore.GrantStore | GrantStore.AtomicRotation | SecretKeys.SecretKeys
  >
>
export type ServerFails = Expect<Equal<Layer.Error<typeof Server>, ConfigurationError>>

// --- an endpoint inside a program -------------------------------------------

class BlockedNetwork extends Data.TaggedError("BlockedNetwork")<{ readonly address: string }> {}

const refuseBlockedNetworks = ({ remoteAddress }: OAuthRequest.OAuthRequest) =>
  remoteAddress === "192.0.2.1" ? new BlockedNetwork({ address: remoteAddress }) : Effect.void

const reportProbe = (error: OAuthError.InvalidClient) => Effect.logWarning(error.description)

export const token = Effect.fn("token")(function* (request: OAuthRequest.OAuthRequest) {
  yield* refuseBlockedNetworks(request)
  return yield* TokenEndpoint.handle(request).pipe(Effect.tapErrorTag("InvalidClient", reportProbe))
})

export type TokenGives = Expect<
  Equal<
    ReturnType<typeof token>,
    Effect.Effect<
      TokenResponse.TokenResponse,
      TokenEndpoint.TokenError | BlockedNetwork,
      Grant.GrantTypes | ClientAuthenticationMethod.ClientAuthenticationMethods | ClientStore.ClientStore
    >
  >
>

// --- a single step ----------------------------------------------------------

export const whoAmI = Effect.fnUntraced(function* (request: OAuthRequest.OAuthRequest) {
  const client = yield* AuthenticateClient.authenticateClient(request) // AuthenticatedClient, or InvalidClient
  return client
})

export type StepGives = Expect<
  Equal<
    ReturnType<typeof whoAmI>,
    Effect.Effect<
      AuthenticateClient.AuthenticatedClient,
      OAuthError.InvalidClient | OAuthError.InvalidRequest | StorageError,
      ClientAuthenticationMethod.ClientAuthenticationMethods | ClientStore.ClientStore
    >
  >
>

// --- a grant type of one's own ----------------------------------------------

export class Badges extends Context.Service<
  Badges,
  { readonly find: (badge: string) => Effect.Effect<{ readonly id: string }> }
>()("Badges") {}

export const BadgeGrant = Grant.make("urn:example:badge", {
  parameters: Schema.Struct({ badge: Schema.NonEmptyString }),
  execute: Effect.fnUntraced(function* ({ client, parameters, scope }) {
    const employee = yield* Badges.use((badges) => badges.find(parameters.badge))
    return yield* IssueTokens.issueTokens({ client, subject: employee.id, scope })
  })
})

export const WithBadges = AuthorizationServer.layer({
  issuer: "https://auth.example.com",
  grants: [Grants.clientCredentials, BadgeGrant]
})

/** What the grant requires joins what the server requires. */
export type BadgesAreNeeded = Expect<
  Equal<Layer.Services<typeof WithBadges>, GrantStore.GrantStore | SecretKeys.SecretKeys | Badges>
>

// --- what a configuration adds ----------------------------------------------

export const WithPasswords = AuthorizationServer.layer({
  issuer: "https://auth.example.com",
  grants: [Legacy.password]
})

export type PeopleAreNeeded = Expect<
  Equal<
    Layer.Services<typeof WithPasswords>,
    GrantStore.GrantStore | SecretKeys.SecretKeys | ResourceOwner.ResourceOwner
  >
>

export const OnlyForClients = AuthorizationServer.layer({
  issuer: "https://auth.example.com",
  grants: [Grants.clientCredentials]
})

export type NobodyIsNeeded = Expect<Equal<Layer.Services<typeof OnlyForClients>, GrantStore.GrantStore>>

// --- OpenID Connect -----------------------------------------------------------

export const OpenIdServer = AuthorizationServer.layer({
  issuer: "https://auth.example.com",
  scopes: ["openid", "profile", "email", "offline_access"],
  grants: [Grants.authorizationCode, Grants.refreshToken],
  responseTypes: [ResponseTypes.code, OpenIdConnect.idToken]
})

/** An ID token has to be signed, and is about somebody. */
export type OpenIdServerNeeds = Expect<
  Equal<
    Layer.Services<typeof OpenIdServer>,
    | GrantStore.GrantStore
    | GrantStore.AtomicRotation
    | SecretKeys.SecretKeys
    | OpenIdProvider.OpenIdProvider
    | SigningKeys.SigningKeys
    | ResourceOwner.ResourceOwner
  >
>

export const Provider = OpenIdConnect.layer({ acr: "urn:example:password" })

export type ProviderNeeds = Expect<
  Equal<Layer.Services<typeof Provider>, SigningKeys.SigningKeys | ResourceOwner.ResourceOwner>
>

export const runProvider = () =>
  HttpRouter.serve(OAuthRoutes.layer).pipe(
    Layer.provide(Extensions.layer([jwks, openIdConnect])),
    Layer.provide(OpenIdServer),
    Layer.provide(Provider),
    Layer.provide(SigningKeys.layer({ algorithms: ["RS256", "ES256"] })),
    Layer.provide(Storage.layerMemory),
    Layer.provide(MyUsers),
    Layer.provide(NodeHttpServer.layer(createServer, { port: 9000 })),
    Layer.launch,
    NodeRuntime.runMain
  )
