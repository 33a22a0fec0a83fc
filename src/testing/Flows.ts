/**
 * Whole flows, as a client and a person go through them: authorization, tokens,
 * refreshing, introspection, revocation. Each step is one Effect that succeeds
 * with what the client receives, and fails with `Refused` when the server says
 * no.
 *
 * They need a `Wire` to some server: that of `TestServer`, or your own.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { path, paths } from "../endpoints/Endpoints.ts"
import { sha256Base64Url } from "../protocol/Secret.ts"
import { Browser, formOf, post } from "./Browser.ts"
import { credentials, type TestClient } from "./TestClient.ts"
import { type Answer, Wire } from "./Wire.ts"

/**
 * Somebody who can sign in.
 *
 * @category models
 * @since 0.1.0
 */
export interface Person {
  readonly username: string
  readonly password: string
}

/**
 * A code verifier and its challenge (RFC 7636 §4.1, §4.2).
 *
 * @category models
 * @since 0.1.0
 */
export interface PkcePair {
  readonly verifier: string
  readonly challenge: string
}

/**
 * Further parameters of a request, and other values for those that it has;
 * `undefined` leaves one out.
 *
 * @category models
 * @since 0.1.0
 */
export type Overrides = Readonly<Record<string, string | undefined>>

/**
 * @category models
 * @since 0.1.0
 */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly scope: string
  /** In seconds. */
  readonly expiresIn: number
  /** What an OpenID provider adds (OpenID Connect Core §3.1.3.3), as it came: nobody has verified it. */
  readonly idToken: string | undefined
}

/**
 * An authorization response, where it arrives (RFC 6749 §4.1.2).
 *
 * @category models
 * @since 0.1.0
 */
export interface Redirect {
  /** The redirect URI, without what the server put into it. */
  readonly uri: string
  readonly parameters: Readonly<Record<string, string>>
}

/**
 * The server said no, or something that is none of what the flow expects.
 * `error` and `description` are those of RFC 6749 §4.1.2.1 and §5.2, empty where
 * the answer has none.
 *
 * @category errors
 * @since 0.1.0
 */
export class Refused extends Data.TaggedError("Refused")<{
  readonly error: string
  readonly description: string
  readonly answer: Answer
}> {
  override get message(): string {
    return `${this.answer.status} ${this.error}: ${this.description}`
  }
}

/**
 * The challenge of a verifier (RFC 7636 §4.2, `S256`).
 *
 * @category constructors
 * @since 0.1.0
 */
export const pkce = (verifier: string): PkcePair => ({ verifier, challenge: sha256Base64Url(verifier) })

/** RFC 7636 Appendix B. */
const usualPkce = pkce("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")

/**
 * The parameters of a good authorization request (RFC 6749 §4.1.1), with a
 * challenge for the verifier that {@link redeem} sends.
 *
 * @category constructors
 * @since 0.1.0
 */
export const authorizationRequest = (
  { client }: TestClient,
  overrides: Overrides = {}
): Readonly<Record<string, string>> =>
  given({
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: client.redirectUris[0],
    state: "af0ifjsldkj",
    code_challenge: usualPkce.challenge,
    code_challenge_method: "S256",
    ...overrides
  })

/**
 * A person whom a client sends to the authorization endpoint.
 *
 * @category models
 * @since 0.1.0
 */
export interface Visit {
  readonly client: TestClient
  readonly person: Person
  /** Default: `approve`. */
  readonly decision?: "approve" | "deny"
  /** Of the authorization request. */
  readonly parameters?: Overrides
  /** Default: a new one. */
  readonly browser?: Browser
}

/**
 * A visit to the authorization endpoint: the client's link, signing in unless
 * the browser is signed in, and the decision. Succeeds with what the client
 * receives; an error that is sent to the client is `Refused` as well.
 *
 * @category flows
 * @since 0.1.0
 */
export const authorize = Effect.fnUntraced(function* (options: Visit) {
  const { issuer } = yield* Wire
  const { client, decision = "approve", parameters = {}, person } = options
  const browser = options.browser ?? new Browser()
  const request = authorizationRequest(client, parameters)
  const first = yield* browser.open(path(issuer, paths.authorization), request)
  const second = isSignIn(first)
    ? yield* browser.submit(first, { username: person.username, password: person.password })
    : first
  const last = isConsent(second) ? yield* browser.submit(second, { decision }) : second
  const redirect = redirectOf(last, [request.redirect_uri ?? "", ...client.client.redirectUris])
  if (redirect === undefined) return yield* refused(last)
  if (redirect.parameters.error !== undefined) return yield* refused(last, redirect.parameters)
  return redirect
})

/**
 * {@link authorize}, for its code.
 *
 * @category flows
 * @since 0.1.0
 */
export const authorizationCode = Effect.fnUntraced(function* (options: Visit) {
  const { parameters } = yield* authorize(options)
  return parameters.code ?? ""
})

/**
 * A code for tokens (RFC 6749 §4.1.3).
 *
 * @category flows
 * @since 0.1.0
 */
export const redeem = (
  client: TestClient,
  code: string,
  overrides: Overrides = {}
): Effect.Effect<Tokens, Refused, Wire> =>
  token(client, {
    grant_type: "authorization_code",
    code,
    redirect_uri: client.client.redirectUris[0],
    code_verifier: usualPkce.verifier,
    ...overrides
  })

/**
 * The whole of the authorization code flow (RFC 6749 §4.1).
 *
 * @category flows
 * @since 0.1.0
 */
export const signIn = Effect.fnUntraced(function* (options: Visit) {
  const code = yield* authorizationCode(options)
  return yield* redeem(options.client, code, {
    ...(options.parameters?.redirect_uri !== undefined && { redirect_uri: options.parameters.redirect_uri })
  })
})

/**
 * A token for the client itself (RFC 6749 §4.4).
 *
 * @category flows
 * @since 0.1.0
 */
export const clientCredentials = (
  client: TestClient,
  overrides: Overrides = {}
): Effect.Effect<Tokens, Refused, Wire> => token(client, { grant_type: "client_credentials", ...overrides })

/**
 * A refresh token for new tokens (RFC 6749 §6).
 *
 * @category flows
 * @since 0.1.0
 */
export const refresh = (
  client: TestClient,
  refreshToken: string,
  overrides: Overrides = {}
): Effect.Effect<Tokens, Refused, Wire> =>
  token(client, { grant_type: "refresh_token", refresh_token: refreshToken, ...overrides })

/**
 * Any request of a client to the token endpoint (RFC 6749 §3.2).
 *
 * @category flows
 * @since 0.1.0
 */
export const token = Effect.fnUntraced(function* (client: TestClient, parameters: Overrides) {
  const answer = yield* call(client, paths.token, parameters)
  const body = jsonOf(answer)
  if (answer.status !== 200 || typeof body.access_token !== "string") return yield* refused(answer, body)
  const tokens: Tokens = {
    accessToken: body.access_token,
    refreshToken: typeof body.refresh_token === "string" ? body.refresh_token : undefined,
    scope: String(body.scope ?? ""),
    expiresIn: Number(body.expires_in),
    idToken: typeof body.id_token === "string" ? body.id_token : undefined
  }
  return tokens
})

/**
 * What a resource server learns of a token (RFC 7662 §2.2).
 *
 * @category flows
 * @since 0.1.0
 */
export const introspect = Effect.fnUntraced(function* (resourceServer: TestClient, token: string) {
  const answer = yield* call(resourceServer, paths.introspection, { token })
  const body = jsonOf(answer)
  return answer.status === 200 ? body : yield* refused(answer, body)
})

/**
 * Throws a token away (RFC 7009 §2).
 *
 * @category flows
 * @since 0.1.0
 */
export const revoke = Effect.fnUntraced(function* (client: TestClient, token: string) {
  const answer = yield* call(client, paths.revocation, { token })
  if (answer.status !== 200) return yield* refused(answer, jsonOf(answer))
})

/**
 * Any request of a client to one of its endpoints, answered as it is.
 *
 * @category flows
 * @since 0.1.0
 */
export const call = Effect.fnUntraced(function* (client: TestClient, below: string, parameters: Overrides) {
  const { issuer, send } = yield* Wire
  const { headers, parameters: own } = credentials(client)
  return yield* send(post(path(issuer, below), given({ ...own, ...parameters }), headers))
})

/**
 * Where an answer takes the browser, and with what: in the query, the fragment,
 * or a form. `undefined` if it stays.
 *
 * A redirect URI may have parameters of its own: what begins with one of those
 * given is told apart from what the server added.
 *
 * @category getters
 * @since 0.1.0
 */
export const redirectOf = (
  answer: Answer,
  redirectUris: ReadonlyArray<string> = []
): Redirect | undefined => {
  const { location } = answer.headers
  if (location === undefined) return formPostOf(answer)
  const [beforeFragment = "", fragment] = location.split("#")
  if (fragment !== undefined) return { uri: beforeFragment, parameters: parse(fragment) }
  const known = redirectUris.find((uri) => location.startsWith(`${uri}${uri.includes("?") ? "&" : "?"}`))
  const end = known?.length ?? location.indexOf("?")
  return end === -1
    ? { uri: location, parameters: {} }
    : { uri: location.slice(0, end), parameters: parse(location.slice(end + 1)) }
}

const parse = (parameters: string) => Object.fromEntries(new URLSearchParams(parameters))

const formPostOf = (answer: Answer): Redirect | undefined => {
  const form = formOf(answer)
  return form === undefined || form.action.startsWith("/")
    ? undefined
    : { uri: form.action, parameters: form.fields }
}

/**
 * The members of a JSON body; none, if it is something else.
 *
 * @category getters
 * @since 0.1.0
 */
export const jsonOf = ({ body, headers }: Answer): Readonly<Record<string, unknown>> => {
  if (headers["content-type"] !== "application/json") return {}
  const value: unknown = JSON.parse(body)
  return typeof value === "object" && value !== null ? { ...value } : {}
}

const isSignIn = ({ body }: Answer) => body.includes(`name="password"`)
const isConsent = ({ body }: Answer) => body.includes(`name="decision"`)

const refused = (answer: Answer, told: Readonly<Record<string, unknown>> = jsonOf(answer)) =>
  Effect.fail(
    new Refused({
      error: String(told.error ?? ""),
      description: String(told.error_description ?? ""),
      answer
    })
  )

const given = (parameters: Overrides): Record<string, string> => {
  const all: Record<string, string> = {}
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) all[name] = value
  return all
}
