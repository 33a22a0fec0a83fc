/**
 * A page for people to see what they have allowed, and to take it back.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { path, url } from "../endpoints/Endpoints.ts"
import * as Client from "../protocol/Client.ts"
import { InvalidRequest } from "../protocol/OAuthError.ts"
import * as Parameters from "../protocol/Parameters.ts"
import * as Consents from "../services/Consents.ts"
import type { ResourceOwner } from "../services/ResourceOwner.ts"
import type { SecretKeys } from "../services/SecretKeys.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { ClientStore } from "../storage/ClientStore.ts"
import type { GrantStore } from "../storage/GrantStore.ts"
import type { SessionStore } from "../storage/SessionStore.ts"
import type { Extension } from "./Extensions.ts"
import { empty, type HttpRequest } from "./HttpMessage.ts"
import * as LoginSession from "./LoginSession.ts"
import * as PendingInteraction from "./PendingInteraction.ts"
import { consentsPage, notSignedInPage } from "./pages/ConsentsPage.ts"
import { readForm } from "./ReadRequest.ts"

const below = "/account/consents"

/**
 * What a person has allowed, at `/account/consents` below the issuer, for
 * `Extensions.layer`. It works for who is signed in with the built-in pages; an
 * application with its own builds it of `Consents`.
 *
 * @category extensions
 * @since 0.1.0
 */
export const accountConsents: Extension<
  ResourceOwner | ServerConfig | SecretKeys | ClientStore | GrantStore | SessionStore
> = {
  endpoints: [
    {
      path: below,
      methods: ["GET", "POST"],
      audience: "person",
      crossOrigin: false,
      handle: (http) => (http.method === "POST" ? revoke(http) : show(http))
    }
  ],
  metadata: Effect.succeed({})
}

const purpose = "consents"

const show = Effect.fnUntraced(function* (http: HttpRequest) {
  const session = yield* LoginSession.current(http)
  if (Option.isNone(session)) return notSignedInPage()
  const { issuer } = yield* ServerConfig
  const { identity } = session.value
  return consentsPage({
    username: identity.username,
    action: path(issuer, below),
    formToken: yield* LoginSession.formToken(session.value, purpose),
    clients: yield* Effect.forEach(yield* Consents.list(identity.subject), withName)
  })
})

const withName = Effect.fnUntraced(function* (allowed: Consents.AllowedClient) {
  const clients = yield* ClientStore
  const client = yield* clients.find(allowed.clientId)
  return { ...allowed, name: Option.isSome(client) ? Client.displayName(client.value) : allowed.clientId }
})

const revoke = Effect.fnUntraced(function* (http: HttpRequest) {
  yield* PendingInteraction.requireSameSite(http)
  const { parameters } = yield* readForm(http)
  const session = yield* LoginSession.current(http)
  if (Option.isNone(session)) return notSignedInPage()
  const token = yield* Effect.fromResult(Parameters.required(parameters, "form_token"))
  if (!(yield* LoginSession.isFormToken(session.value, purpose, token))) {
    return yield* new InvalidRequest({ description: "The form was not sent from this page" })
  }
  const clientId = Client.parseId(yield* Effect.fromResult(Parameters.required(parameters, "client_id")))
  if (Option.isSome(clientId)) yield* Consents.revoke(session.value.identity.subject, clientId.value)
  const { issuer } = yield* ServerConfig
  return empty(303, { location: url(issuer, below) })
})
