/**
 * The OpenID provider of `Provider` with everything that is about signing out, and
 * what clients are told is kept for whoever looks.
 */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import {
  AuthorizationServer,
  BackChannelLogout,
  Client,
  Grants,
  Legacy,
  Logout,
  OpenIdConnect,
  ResponseTypes,
  SigningKeys,
  Storage
} from "effect-oauth"
import {
  accountConsents,
  backChannelLogout,
  Extensions,
  InteractionPages,
  jwks,
  logoutByHint,
  OAuthHandler,
  openIdConnect
} from "effect-oauth/http"
import { type Fields, given, text } from "../../support/Flow.ts"
import * as TestServer from "../../support/TestServer.ts"
import { at, type Browser, issuer, options, People, type Response, redirectUri, scopes } from "./Provider.ts"

export const afterwards = "https://rp.example.com/signed-out"
export const afterwardsWithQuery = "https://rp.example.com/signed-out?from=op"

const client = (metadata: Client.Metadata) =>
  Client.make({
    client_secret: Redacted.make("rp-secret"),
    redirect_uris: [redirectUri],
    grant_types: ["authorization_code", "refresh_token", "implicit"],
    response_types: ["code", "id_token"],
    require_pkce: false,
    ...metadata
  })

export const clients = [
  client({
    client_id: "rp",
    post_logout_redirect_uris: [afterwards, afterwardsWithQuery, "https://name:password@rp.example.com"],
    backchannel_logout_uri: "https://rp.example.com/back-channel"
  }),
  client({
    client_id: "rp-2",
    post_logout_redirect_uris: ["https://rp-2.example.com/signed-out"],
    backchannel_logout_uri: "https://rp-2.example.com/back-channel"
  }),
  client({
    client_id: "rp-es256",
    id_token_signed_response_alg: "ES256",
    subject_type: "pairwise",
    backchannel_logout_uri: "https://rp-3.example.com/back-channel"
  }),
  client({ client_id: "rp-untold" }),
  client({ client_id: "rp-elsewhere", backchannel_logout_uri: "ftp://rp.example.com/back-channel" })
]

/** What reached clients: where, and which parameters. */
export interface Told {
  readonly method: string
  readonly url: string
  readonly contentType: string | undefined
  readonly parameters: Readonly<Record<string, string>>
}

export const told: Array<Told> = []

/** What clients answer; tests change it, and put it back. */
export const answers = { status: (_: string): number | "nothing" => 200 }

export const Http = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request, url) => {
    const { body } = request
    if (body._tag !== "Uint8Array") return assert.fail(`a body of ${body._tag}`)
    told.push({
      method: request.method,
      url: url.toString(),
      contentType: body.contentType,
      parameters: Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body.body)))
    })
    const status = answers.status(url.toString())
    return status === "nothing"
      ? Effect.never
      : Effect.succeed(HttpClientResponse.fromWeb(request, new globalThis.Response(null, { status })))
  })
)

export const worker = { timeout: "3 seconds", attempts: 3, concurrency: 2 } as const

export const Server = (
  settings: { readonly issuer?: string; readonly allowHttp?: boolean } = {},
  logout = logoutByHint
) =>
  OAuthHandler.layer.pipe(
    Layer.provideMerge(Extensions.layer([jwks, openIdConnect, logout, backChannelLogout, accountConsents])),
    Layer.provideMerge(Layer.effect(BackChannelLogout.BackChannelLogout, BackChannelLogout.make(worker))),
    Layer.provideMerge(InteractionPages.layer),
    Layer.provideMerge(
      AuthorizationServer.layer({
        issuer,
        scopes,
        grants: [Grants.authorizationCode, Grants.refreshToken],
        responseTypes: [OpenIdConnect.idToken, ResponseTypes.code, Legacy.implicit],
        allowHttp: true,
        ...settings
      })
    ),
    Layer.provideMerge(Logout.layer.pipe(Layer.provideMerge(OpenIdConnect.layer(options)))),
    Layer.provideMerge(Layer.mergeAll(SigningKeys.layer({ algorithms: ["ES256", "RS256"] }), People))
  )

export const Stores = Storage.layerMemoryWith({ clients })

export const Provider = Server().pipe(Layer.provideMerge(Http), Layer.provideMerge(Stores))

const encrypted = { encrypted: true }

export const signOut = (browser: Browser, parameters: Fields = {}, headers: Record<string, string> = {}) =>
  browser.open({ ...encrypted, path: at("/logout"), query: given(parameters), headers })

export const postSignOut = (browser: Browser, form: Fields = {}) =>
  browser.open({ ...encrypted, path: at("/logout"), form: given(form) })

export const titleOf = (page: Response) => /<title>([^<]*)<\/title>/.exec(page.body)?.[1]

export const deliver = Effect.flatMap(BackChannelLogout.BackChannelLogout, (worker) => worker.deliver)

/** How the userinfo endpoint answers to an access token: 200 while its grant lives, 401 afterwards. */
export const userinfoStatus = (accessToken: unknown) =>
  Effect.map(
    TestServer.send({
      path: at("/userinfo"),
      encrypted: true,
      headers: { authorization: `Bearer ${text(accessToken)}` }
    }),
    ({ status }) => status
  )
