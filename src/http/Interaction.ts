/**
 * How `/authorize` asks a person to sign in and consent. The built-in pages are
 * `InteractionPages`; an application may bring its own.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Validated } from "../endpoints/AuthorizationEndpoint.ts"
import type { EndpointError } from "./ErrorResponse.ts"
import type { HttpRequest, HttpResponse } from "./HttpMessage.ts"
import type { Route } from "./Route.ts"

/**
 * @category services
 * @since 0.1.0
 */
export class Interaction extends Context.Service<
  Interaction,
  {
    /**
     * Answers a validated authorization request: with a page, or a redirect to
     * wherever the person is asked. `validated.request` is plain data; keep it where
     * their browser cannot change it, and hand it to `AuthorizationEndpoint.approve` or
     * `deny` in the end.
     */
    readonly begin: (validated: Validated, request: HttpRequest) => Effect.Effect<HttpResponse, EndpointError>

    /**
     * Whether somebody is signed in where a request comes from. With `errorRedirects: "signedIn"` only they are sent
     * back to a client with an error; without this member nobody is.
     */
    readonly isSignedIn?: (request: HttpRequest) => Effect.Effect<boolean, EndpointError>

    /** What else has to be routed, such as where the forms of pages are posted. */
    readonly routes: ReadonlyArray<Route>
  }
>()("effect-oauth/http/Interaction") {}
