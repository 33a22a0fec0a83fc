/**
 * Programs that must not compile, each with a neighbour that does: `tsc` reports
 * an expectation of an error that is gone.
 */
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpRouter } from "effect/http"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import {
  type AuthenticateClient,
  AuthorizationResponse,
  AuthorizationServer,
  type Client,
  type ClientStore,
  type ConfigurationError,
  FlowStore,
  type Grant,
  GrantStore,
  Grants,
  Legacy,
  OAuthError,
  Parameters,
  ResourceOwner,
  type Scope,
  type Secret,
  Storage,
  StorageError,
  type TokenResponse,
  TrustedRedirect
} from "effect-oauth"
import {
  AuthorizationHttpResponse,
  ErrorResponse,
  HttpMessage as Http,
  type HttpMessage,
  type Interaction,
  OAuthRoutes,
  Route
} from "effect-oauth/http"
import type { Equal, Expect } from "./Equal.ts"

declare const client: Client.Client
declare const authenticated: AuthenticateClient.AuthenticatedClient
declare const trusted: TrustedRedirect
declare const request: HttpMessage.HttpRequest
declare const scope: Scope.Scope

// --- redirecting to a string ------------------------------------------------

const destination = { responseMode: "query", state: undefined, issuer: "https://auth.example.com" } as const
const uri = "https://client.example/callback"
const error = new OAuthError.AccessDenied({ description: "no" })

export const redirects = () => [
  AuthorizationHttpResponse.authorizationResponse(request, {
    destination: { ...destination, redirect: trusted },
    parameters: {}
  }),
  AuthorizationHttpResponse.authorizationResponse(request, {
    // @ts-expect-error a string is not trusted
    destination: { ...destination, redirect: uri },
    parameters: {}
  }),
  AuthorizationHttpResponse.authorizationResponse(request, {
    // @ts-expect-error not even one that the client registered
    destination: { ...destination, redirect: client.redirectUris[0] },
    parameters: {}
  }),
  AuthorizationHttpResponse.authorizationResponse(request, {
    // @ts-expect-error and nothing that has the shape of one
    destination: { ...destination, redirect: { uri } },
    parameters: {}
  }),
  // @ts-expect-error only the comparison with the registered URIs makes one
  new TrustedRedirect(uri),
  AuthorizationResponse.toLocation(trusted, "query", []),
  // @ts-expect-error a Location is made of a trusted redirect
  AuthorizationResponse.toLocation(uri, "query", [])
]

export const authorizationErrors = () => [
  new AuthorizationResponse.AuthorizationError({ destination: { ...destination, redirect: trusted }, error }),
  // @ts-expect-error an error of the second phase cannot be made without it
  new AuthorizationResponse.AuthorizationError({ error }),
  // @ts-expect-error nor with a string
  new AuthorizationResponse.AuthorizationError({ destination: { ...destination, redirect: uri }, error }),
  new AuthorizationResponse.AuthorizationError({
    destination: { ...destination, redirect: trusted },
    // @ts-expect-error an error of the first phase cannot become one of the second
    error: new OAuthError.UnknownClient({ description: "who?" })
  }),
  new AuthorizationResponse.AuthorizationError({
    destination: { ...destination, redirect: trusted },
    // @ts-expect-error the token endpoint's errors are not told through the browser
    error: new OAuthError.InvalidGrant({ description: "spent" })
  }),
  // @ts-expect-error an error of the first phase has nowhere to go
  AuthorizationHttpResponse.authorizationErrorResponse(request, error, { errorUri: undefined })
]

// --- an error without a wire form -------------------------------------------

class BlockedNetwork extends Data.TaggedError("BlockedNetwork")<{ readonly description: string }> {
  readonly error = "access_denied"
}

const blocked = new BlockedNetwork({ description: "not from here" })

export const wireForms = () => [
  ErrorResponse.wireForm(error),
  // @ts-expect-error a tag that the table does not have
  ErrorResponse.wireForm(blocked),
  ErrorResponse.errorResponse(error, { errorUri: undefined }),
  // @ts-expect-error the same at the edge
  ErrorResponse.errorResponse(blocked, { errorUri: undefined })
]

// --- a handler that leaves an error unhandled -------------------------------

const at = { path: "/", methods: ["GET"], audience: "program", crossOrigin: false } as const

export const handlers = () => [
  Route.make({ ...at, handle: () => Effect.fail(error) }),
  // @ts-expect-error the route cannot tell this error
  Route.make({ ...at, handle: () => Effect.fail(blocked) }),
  Route.make({ ...at, handle: () => Effect.catchTag(Effect.fail(blocked), "BlockedNetwork", () => error) }),
  Route.make({
    ...at,
    // @ts-expect-error nor one that says where it goes: it has to be sent there
    handle: (): Effect.Effect<never, AuthorizationResponse.AuthorizationError> => Effect.never
  })
]

export const answered: Route.Route = { path: "/", handle: () => Effect.succeed(Http.empty(200)) }

export const unanswered: Route.Route = {
  path: "/",
  // @ts-expect-error a route has answered its errors
  handle: (): Effect.Effect<HttpMessage.HttpResponse, OAuthError.InvalidRequest> => Effect.never
}

export const unprovided: Route.Route = {
  path: "/",
  // @ts-expect-error and has what it needs
  handle: (): Effect.Effect<HttpMessage.HttpResponse, never, ClientStore.ClientStore> => Effect.never
}

// --- the password grant -----------------------------------------------------

type Ready = Layer.Layer<AuthorizationServer.AuthorizationServer, ConfigurationError>

const passwords = AuthorizationServer.layer({
  issuer: "https://auth.example.com",
  grants: [Grants.clientCredentials, Legacy.password]
}).pipe(Layer.provide(Storage.layerMemory))

const People = Layer.succeed(ResourceOwner.ResourceOwner, {
  authenticate: () => Effect.succeedNone,
  find: () => Effect.succeedNone
})

// @ts-expect-error it needs to know whose password it is
export const withoutPeople: Ready = passwords
export const withPeople: Ready = passwords.pipe(Layer.provide(People))

export const needsNobody: Ready = AuthorizationServer.layer({
  issuer: "https://auth.example.com",
  grants: [Grants.authorizationCode, Grants.refreshToken, Grants.clientCredentials]
}).pipe(Layer.provide(Storage.layerMemory))

// @ts-expect-error a grant type that redeems codes needs a store that has them
export const withoutStorage: Ready = AuthorizationServer.layer({
  issuer: "https://auth.example.com",
  grants: [Grants.authorizationCode]
})

// --- a store that forgets an outcome ----------------------------------------

declare const grants: GrantStore.GrantStore["Service"]
declare const hash: Secret.SecretHash
declare const flows: FlowStore.FlowStore["Service"]

const { rotate: _, ...withoutRotate } = grants

export const stores = () => [
  GrantStore.GrantStore.of(grants),
  // @ts-expect-error a store has every verb
  GrantStore.GrantStore.of(withoutRotate),
  GrantStore.GrantStore.of({
    ...grants,
    redeemCode: () => Effect.succeed({ _tag: "Replayed", grantId: GrantStore.GrantId("g") }),
    rotate: () => Effect.succeed({ _tag: "GraceReplay", currentHash: hash, expiresAt: 0 }),
    findCode: () => Effect.fail(new StorageError({ operation: "findCode", cause: "no connection" }))
  }),
  GrantStore.GrantStore.of({
    ...grants,
    // @ts-expect-error "used" is not an outcome: it was redeemed now, or replayed
    redeemCode: () => Effect.succeed({ _tag: "Used" })
  }),
  GrantStore.GrantStore.of({
    ...grants,
    // @ts-expect-error a replay says which grant it revoked
    redeemCode: () => Effect.succeed({ _tag: "Replayed" })
  }),
  GrantStore.GrantStore.of({
    ...grants,
    // @ts-expect-error a retry within the grace says which token is current
    rotate: () => Effect.succeed({ _tag: "GraceReplay" })
  }),
  GrantStore.GrantStore.of({
    ...grants,
    // @ts-expect-error a code that is not there is an outcome, and not an error of one's own
    findCode: () => Effect.fail(new Error("no rows"))
  }),
  FlowStore.FlowStore.of({ ...flows, consume: () => Effect.succeed({ _tag: "Consumed", value: "" }) }),
  FlowStore.FlowStore.of({
    ...flows,
    // @ts-expect-error whoever consumes a flow gets its value
    consume: () => Effect.succeed({ _tag: "Consumed" })
  })
]

// The caller has to match them all, too.
export const matched = (outcome: GrantStore.RedeemOutcome): string => {
  switch (outcome._tag) {
    case "Redeemed":
    case "Replayed":
    case "Expired":
    case "Revoked":
    case "Unknown":
      return outcome._tag
  }
}

// @ts-expect-error a replay is not looked at
export const forgotten = (outcome: GrantStore.RedeemOutcome): string => {
  switch (outcome._tag) {
    case "Redeemed":
    case "Expired":
    case "Revoked":
    case "Unknown":
      return outcome._tag
  }
}

// --- what was checked, and what was not -------------------------------------

const parameters = Parameters.empty

export const proven: Grant.GrantRequest = { client: authenticated, parameters }
export const unproven: Grant.GrantRequest = {
  // @ts-expect-error a client that was looked up has not proved anything
  client,
  parameters
}

export const response: TokenResponse.TokenResponse = {
  accessToken: Redacted.make("x"),
  tokenType: "Bearer",
  expiresIn: Duration.minutes(10),
  scope
}
export const inClear: TokenResponse.TokenResponse = {
  ...response,
  // @ts-expect-error a token in clear could be logged
  accessToken: "x"
}

// @ts-expect-error a text is not yet a client's identifier
export const notAnId: Client.ClientId = "confidential"
export const anId: Option.Option<Client.ClientId> = Option.none()

// --- what the routes need ---------------------------------------------------

type WithPages = Layer.Services<typeof OAuthRoutes.layer>
type WithoutPages = Layer.Services<typeof OAuthRoutes.layerNoPages>

/** The built-in pages sign people in; pages of one's own do it in their own way. */
export type PagesNeedPeople = Expect<
  Equal<Extract<WithPages, ResourceOwner.ResourceOwner>, ResourceOwner.ResourceOwner>
>
export type NoPagesNeedNobody = Expect<Equal<Extract<WithoutPages, ResourceOwner.ResourceOwner>, never>>
export type NoPagesNeedAnInteraction = Expect<
  Equal<Extract<WithoutPages, Interaction.Interaction>, Interaction.Interaction>
>
export type PagesAreAnInteraction = Expect<Equal<Extract<WithPages, Interaction.Interaction>, never>>
export type PagesNeedARouter = Expect<Equal<Extract<WithPages, HttpRouter.HttpRouter>, HttpRouter.HttpRouter>>

declare const routes: Layer.Layer<never, never, HttpRouter.HttpRouter>
export const complete: typeof routes = OAuthRoutes.layer.pipe(
  Layer.provide(withPeople),
  Layer.provide(People),
  Layer.provide(Storage.layerMemory),
  Layer.orDie
)
// @ts-expect-error the clients are nowhere
export const incomplete: typeof routes = OAuthRoutes.layer.pipe(
  Layer.provide(withPeople),
  Layer.provide(People),
  Layer.orDie
)
