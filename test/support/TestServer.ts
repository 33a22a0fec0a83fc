/**
 * A whole server in the process of the test: memory, two people, and a handful
 * of clients, one for each way in which a client can be registered.
 */

import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import {
  AuthorizationServer,
  Client,
  Grants,
  Legacy,
  Pkce,
  ResourceOwner,
  ResponseTypes,
  Storage
} from "effect-oauth"
import { type HttpMessage, InteractionPages, OAuthHandler } from "effect-oauth/http"

export const issuer = "http://localhost:9000"
export const redirectUri = "https://client.example/callback"
export const secrets = {
  confidential: "confidential-secret",
  post: "post-secret",
  service: "service-secret"
} as const

export const clients: ReadonlyArray<Client.Client> = [
  Client.make({
    client_id: "confidential",
    client_secret: Redacted.make(secrets.confidential),
    client_name: "The <Confidential> Client",
    redirect_uris: [redirectUri],
    grant_types: ["authorization_code", "refresh_token", "client_credentials", "password", "implicit"],
    response_types: ["code", "token", "code token", "none"],
    scope: "read write"
  }),
  Client.make({
    client_id: "post",
    client_secret: Redacted.make(secrets.post),
    token_endpoint_auth_method: "client_secret_post",
    redirect_uris: [redirectUri, "https://client.example/other"],
    grant_types: ["authorization_code", "refresh_token", "client_credentials"],
    scope: "read"
  }),
  Client.make({
    client_id: "public",
    token_endpoint_auth_method: "none",
    redirect_uris: [redirectUri, "http://127.0.0.1/callback"],
    grant_types: ["authorization_code", "refresh_token", "password", "client_credentials"],
    scope: "read write"
  }),
  Client.make({
    client_id: "service",
    client_secret: Redacted.make(secrets.service),
    grant_types: ["client_credentials"],
    response_types: [],
    introspect_any_token: true,
    scope: "read"
  })
]

const people = [
  { subject: "u-1", username: "ada", password: "lovelace" },
  { subject: "u-2", username: "grace", password: "hopper" }
]

export const People: Layer.Layer<ResourceOwner.ResourceOwner> = Layer.succeed(ResourceOwner.ResourceOwner, {
  authenticate: ({ password, username }) =>
    Effect.sync(() =>
      Option.fromNullishOr(
        people.find((person) => person.username === username && person.password === Redacted.value(password))
      )
    ),
  find: (subject) =>
    Effect.sync(() => Option.fromNullishOr(people.find((person) => person.subject === subject)))
})

export const options = {
  issuer,
  scopes: ["read", "write", "admin"],
  grants: [Grants.authorizationCode, Grants.refreshToken, Grants.clientCredentials, Legacy.password],
  responseTypes: [ResponseTypes.code, Legacy.implicit, ResponseTypes.none],
  pkce: { methods: [Pkce.s256, Pkce.plain] }
} as const

export const Server = AuthorizationServer.layer(options)

/** Everything but the storage. */
export const layerNoStorage = OAuthHandler.layer.pipe(
  Layer.provideMerge(InteractionPages.layer),
  Layer.provideMerge(Server),
  Layer.provide(People)
)

export const layer = layerNoStorage.pipe(Layer.provideMerge(Storage.layerMemoryWith({ clients })))

export interface Sent {
  readonly method?: string
  readonly path: string
  readonly query?: string | Record<string, string>
  readonly headers?: Record<string, string>
  readonly form?: string | Record<string, string>
  readonly basic?: readonly [id: string, secret: string]
  readonly remoteAddress?: string
  readonly encrypted?: boolean
}

export const basic = (id: string, secret: string): string =>
  `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`

export const toHttpRequest = (sent: Sent): HttpMessage.HttpRequest => {
  const headers: Record<string, string> = {
    ...(sent.form !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
    ...(sent.basic && { authorization: basic(...sent.basic) }),
    ...sent.headers
  }
  return {
    method: sent.method ?? (sent.form === undefined ? "GET" : "POST"),
    path: sent.path,
    query: typeof sent.query === "string" ? sent.query : new URLSearchParams(sent.query).toString(),
    header: (name) => headers[name],
    body: Effect.succeed(
      new TextEncoder().encode(
        typeof sent.form === "string" ? sent.form : new URLSearchParams(sent.form).toString()
      )
    ),
    remoteAddress: sent.remoteAddress ?? "203.0.113.7",
    encrypted: sent.encrypted ?? false
  }
}

/** Sends a request to the server in this process. */
export const send = Effect.fnUntraced(function* (sent: Sent) {
  const handler = yield* OAuthHandler.OAuthHandler
  const answer = handler.handle(toHttpRequest(sent))
  if (answer === undefined) return yield* Effect.die(new Error(`nothing answers at ${sent.path}`))
  const response = yield* answer
  return {
    ...response,
    json: (): Record<string, unknown> => JSON.parse(response.body),
    location: () => new URL(response.headers.location ?? "")
  }
})
