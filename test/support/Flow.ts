/**
 * Whole flows against the server of `TestServer`: the endpoints as programs, and
 * a browser that walks through the real pages.
 */

import { assert } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import {
  AuditLog,
  AuthorizationEndpoint,
  type AuthorizationRequest,
  type AuthorizationResponse,
  AuthorizationServer,
  Client,
  ClientStore,
  GrantStore,
  OAuthRequest,
  type ServerConfig,
  Storage
} from "effect-oauth"
import { InteractionPages, OAuthHandler } from "effect-oauth/http"
import {
  clients,
  layerNoStorage,
  options,
  People,
  redirectUri,
  type Sent,
  secrets,
  send
} from "./TestServer.ts"

export type Credentials = readonly [id: string, secret: string]

/** Parameters of a request; one that is `undefined` is left out. */
export type Fields = Readonly<Record<string, string | undefined>>

export const asConfidential: Credentials = ["confidential", secrets.confidential]
export const asService: Credentials = ["service", secrets.service]
/** What a client with `client_secret_post` puts into its form. */
export const asPost = { client_id: "post", client_secret: secrets.post }

/** The verifier of RFC 7636 Appendix B, and its challenge. */
export const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
export const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
export const s256 = { code_challenge: challenge, code_challenge_method: "S256" }

/** The server of `TestServer` with other settings; the storage is still to be provided. */
export const serverWith = (settings: Partial<ServerConfig.Options>) =>
  OAuthHandler.layer.pipe(
    Layer.provideMerge(InteractionPages.layer),
    Layer.provideMerge(AuthorizationServer.layer({ ...options, ...settings })),
    Layer.provide(People)
  )

/**
 * The server of `TestServer` for a race of so many requests: each reads its code
 * (or refresh family), and none goes on before all have.
 */
export const serverForRaceOf = (contestants: number, verb: "findCode" | "findRefreshFamily") =>
  layerNoStorage.pipe(
    Layer.provideMerge(
      Layer.effect(
        GrantStore.GrantStore,
        Effect.gen(function* () {
          const store = yield* GrantStore.GrantStore
          const ready = yield* Deferred.make<void>()
          let waiting = 0
          const meet = Effect.suspend(() =>
            ++waiting === contestants ? Deferred.succeed(ready, undefined) : Deferred.await(ready)
          )
          return verb === "findCode"
            ? { ...store, findCode: (hash) => Effect.tap(store.findCode(hash), meet) }
            : { ...store, findRefreshFamily: (id) => Effect.tap(store.findRefreshFamily(id), meet) }
        })
      )
    ),
    Layer.provideMerge(Storage.layerMemoryWith({ clients }))
  )

/** Runs a request so many times at once. */
export const atOnce = <A, E, R>(times: number, request: Effect.Effect<A, E, R>) =>
  Effect.all(
    Array.from({ length: times }, () => request),
    { concurrency: "unbounded" }
  )

/** The confidential client of `TestServer`, registered otherwise. */
export const register = Effect.fnUntraced(function* (
  metadata: Partial<Client.Metadata> & { readonly client_secret?: Redacted.Redacted<string> }
) {
  const store = yield* ClientStore.ClientStore
  const client = Client.make({
    client_id: "another",
    client_secret: Redacted.make("another-secret"),
    redirect_uris: [redirectUri],
    grant_types: ["authorization_code", "refresh_token", "client_credentials"],
    scope: "read write",
    ...metadata
  })
  yield* store.put(client)
  return client
})

/** A client of `TestServer`, whether or not it is registered now. */
export const testClient = (id: string): Client.Client => {
  const client = clients.find((client) => client.clientId === id)
  return client ?? assert.fail(`TestServer has no client ${id}`)
}

export const given = (fields: Fields): Record<string, string> => {
  const all: Record<string, string> = {}
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) all[name] = value
  return all
}

/** The text of a JSON member, or of anything else that should be text. */
export const text = (value: unknown): string =>
  typeof value === "string" ? value : assert.fail(`${JSON.stringify(value)} is not text`)

/** The value of a Result that has to be one. */
export const resultOf = <A, E>(result: Result.Result<A, E>): A =>
  Result.isSuccess(result) ? result.success : assert.fail(`refused: ${String(result.failure)}`)

/** The error of a Result that has to be one. */
export const refusalOf = <A, E>(result: Result.Result<A, E>): E =>
  Result.isFailure(result) ? result.failure : assert.fail("it was not refused")

/** The parameters of RFC 6749 §4.1.1, for the confidential client. */
export const authorizationParameters = (parameters: Fields = {}): Record<string, string> =>
  given({
    response_type: "code",
    client_id: "confidential",
    redirect_uri: redirectUri,
    state: "af0ifjsldkj",
    ...s256,
    ...parameters
  })

/** The step before anybody is asked. */
export const validate = (parameters: Fields = {}) =>
  AuthorizationEndpoint.validate(OAuthRequest.make({ parameters: authorizationParameters(parameters) }))

/** Ada, who has just signed in. */
export const ada: AuthorizationRequest.Approval = { subject: "u-1", username: "ada", authenticatedAt: 0 }

/** Ada says yes. */
export const approved = Effect.fnUntraced(function* (
  parameters: Fields = {},
  approval: Partial<AuthorizationRequest.Approval> = {}
) {
  const { request } = yield* validate(parameters)
  return yield* AuthorizationEndpoint.approve(request, { ...ada, ...approval })
})

/** A parameter of an authorization response, in clear. */
export const parameter = (response: AuthorizationResponse.AuthorizationResponse, name: string): string => {
  const value = response.parameters[name]
  if (value === undefined) return assert.fail(`the response has no ${name}`)
  return Redacted.isRedacted(value) ? Redacted.value(value) : value
}

/** A code that Ada's yes gave to the client. */
export const codeFor = (parameters: Fields = {}, approval: Partial<AuthorizationRequest.Approval> = {}) =>
  Effect.map(approved(parameters, approval), (response) => parameter(response, "code"))

/** A request to the token endpoint over HTTP; `null` sends no Authorization header. */
export const token = (form: Fields, basic: Credentials | null = null) =>
  send({ path: "/token", form: given(form), ...(basic && { basic }) })

/** RFC 6749 §4.1.3, for the confidential client. */
export const exchange = (code: string, form: Fields = {}, basic: Credentials | null = asConfidential) =>
  token(
    {
      grant_type: "authorization_code",
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...form
    },
    basic
  )

/** RFC 6749 §6, for the confidential client. */
export const refresh = (
  refreshToken: string,
  form: Fields = {},
  basic: Credentials | null = asConfidential
) => token({ grant_type: "refresh_token", refresh_token: refreshToken, ...form }, basic)

export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

export const tokensIn = (response: { readonly json: () => Record<string, unknown> }): Tokens => {
  const body = response.json()
  return { accessToken: text(body.access_token), refreshToken: text(body.refresh_token) }
}

/** The tokens of a whole authorization code flow. */
export const tokensFor = Effect.fnUntraced(function* (parameters: Fields = {}) {
  return tokensIn(yield* exchange(yield* codeFor(parameters)))
})

/** `error` and `error_description` of a refusal (RFC 6749 §5.2). */
export const errorOf = (response: {
  readonly status: number
  readonly json: () => Record<string, unknown>
}) => {
  assert.strictEqual(response.status, 400)
  const { error, error_description } = response.json()
  return [error, error_description]
}

/** What a resource server learns of a token (RFC 7662 §2.2). */
export const introspect = (token: string, form: Fields = {}, basic: Credentials = asService) =>
  Effect.map(send({ path: "/introspect", form: given({ token, ...form }), basic }), (response) =>
    response.json()
  )

export const isActive = (token: string) =>
  Effect.map(introspect(token), (response) => response.active === true)

export const revoke = (token: string, form: Fields = {}, basic: Credentials | null = asConfidential) =>
  send({ path: "/revoke", form: given({ token, ...form }), ...(basic && { basic }) })

/** Runs a program, and tells what it recorded for the audit. */
export const audited = <A, E, R>(program: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const events: Array<AuditLog.AuditEvent> = []
    return program.pipe(
      Effect.provideService(AuditLog.AuditLog, {
        record: (event) => Effect.sync(() => void events.push(event))
      }),
      Effect.map((value) => ({ value, events }))
    )
  })

export const tagsOf = (events: ReadonlyArray<{ readonly _tag: string }>): ReadonlyArray<string> =>
  events.map((event) => event._tag)

type Response = Effect.Success<ReturnType<typeof send>>

/** A browser: it keeps cookies, and no more. */
export class Browser {
  readonly cookies = new Map<string, string>()

  /** Sends a request with the cookies, and keeps those that come back. */
  open(sent: Sent) {
    const cookie = Array.from(this.cookies, ([name, value]) => `${name}=${value}`).join("; ")
    const headers = { accept: "text/html", ...(cookie !== "" && { cookie }), ...sent.headers }
    return Effect.tap(send({ ...sent, headers }), (response) =>
      Effect.sync(() => {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(response.headers["set-cookie"] ?? "") ?? []
        if (name !== undefined && value !== undefined) this.cookies.set(name, value)
      })
    )
  }

  /** Follows a client's link to the authorization endpoint. */
  authorize(parameters: Fields = {}) {
    return this.open({ path: "/authorize", query: authorizationParameters(parameters) })
  }

  /** Fills in the form of a page and sends it. */
  submit(page: Response, fields: Fields = {}) {
    const form = formOf(page)
    return this.open({ path: form.action, form: given({ ...form.fields, ...fields }) })
  }

  /** Signs in on the page that asks for it. */
  signIn(page: Response, username = "ada", password = "lovelace") {
    return this.submit(page, { username, password })
  }
}

const fromHtml = (html: string): string =>
  html.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))

/** The one form of a page: where it goes, and what its hidden fields hold. */
export const formOf = (page: { readonly body: string }) => {
  const action = /<form method="post" action="([^"]*)">/.exec(page.body)?.[1]
  if (action === undefined) return assert.fail(`there is no form in: ${page.body}`)
  const fields: Record<string, string> = {}
  for (const [, name, value] of page.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)) {
    if (name !== undefined && value !== undefined) fields[fromHtml(name)] = fromHtml(value)
  }
  return { action: fromHtml(action), fields }
}

/** A whole visit: the client's link, signing in, and the decision. The answer is what takes the person back. */
export const signInAndConsent = Effect.fnUntraced(function* (options: {
  readonly parameters?: Fields
  readonly browser?: Browser
  readonly decision?: "approve" | "deny"
}) {
  const browser = options.browser ?? new Browser()
  const signInPage = yield* browser.authorize(options.parameters)
  const consentPage = yield* browser.signIn(signInPage)
  return yield* browser.submit(consentPage, { decision: options.decision ?? "approve" })
})

/** What an answer takes to the client, and in which part of the redirect URI. */
export const redirectOf = (response: Response) => {
  const location = text(response.headers.location)
  const [beforeFragment = "", fragment = ""] = location.split("#")
  const [uri = "", query = ""] = beforeFragment.split("?")
  return {
    uri,
    query: Object.fromEntries(new URLSearchParams(query)),
    fragment: Object.fromEntries(new URLSearchParams(fragment))
  }
}
