/**
 * What OpenID Connect adds to an authorization request (OpenID Connect Core
 * §3.1.2.1), as it is kept until its person has answered. Without the scope
 * `openid` a request has none of it, and is plain OAuth.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { AuthorizationRequest } from "../protocol/AuthorizationRequest.ts"
import type { Client } from "../protocol/Client.ts"
import { InvalidRequest } from "../protocol/OAuthError.ts"
import type { Parameters } from "../protocol/Parameters.ts"
import { StorageError } from "../storage/StorageError.ts"
import * as ClaimsRequest from "./ClaimsRequest.ts"
import { isProtocolClaim } from "./ProtocolClaims.ts"

/**
 * Under this name it is kept with the authorization request, and what follows
 * from it with the grant.
 *
 * @category constants
 * @since 0.1.0
 */
export const extensionName = "openid"

/**
 * What the person has to be asked, even if nothing else asks for it.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Prompt = Schema.Literals(["none", "login", "consent", "select_account"])

/**
 * @category models
 * @since 0.1.0
 */
export type Prompt = typeof Prompt.Type

/**
 * @category schemas
 * @since 0.1.0
 */
export const Display = Schema.Literals(["page", "popup", "touch", "wap"])

/**
 * @category models
 * @since 0.1.0
 */
export type Display = typeof Display.Type

/**
 * @category schemas
 * @since 0.1.0
 */
export const AuthenticationRequest = Schema.Struct({
  nonce: Schema.optionalKey(Schema.String),
  display: Schema.optionalKey(Display),
  prompt: Schema.Array(Prompt),
  /** How long ago the person may have signed in, in seconds. */
  maxAge: Schema.optionalKey(Schema.Int),
  uiLocales: Schema.Array(Schema.String),
  claimsLocales: Schema.Array(Schema.String),
  loginHint: Schema.optionalKey(Schema.String),
  /** By preference; none of them is insisted on. */
  acrValues: Schema.Array(Schema.String),
  claims: Schema.optionalKey(ClaimsRequest.ClaimsRequest),
  /** The claims that are asked for one by one, and that the scope does not stand for. */
  furtherClaims: Schema.Array(Schema.String),
  /** Who it has to be, by the identifier that the client knows. */
  subject: Schema.optionalKey(Schema.String)
})

/**
 * @category models
 * @since 0.1.0
 */
export type AuthenticationRequest = typeof AuthenticationRequest.Type

const Json = Schema.fromJsonString(AuthenticationRequest)
const decode = Schema.decodeEffect(Json)

/**
 * As it is kept.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode: (request: AuthenticationRequest) => string = Schema.encodeSync(Json)

/**
 * What an authorization request keeps of it; `undefined` if the request is plain
 * OAuth.
 *
 * Fails with `StorageError` if that is not what the server has kept.
 *
 * @category getters
 * @since 0.1.0
 */
export const of = ({
  extensions
}: AuthorizationRequest): Effect.Effect<AuthenticationRequest | undefined, StorageError> => {
  const kept = extensions[extensionName]
  return kept === undefined
    ? Effect.undefined
    : Effect.mapError(
        decode(kept),
        (cause) => new StorageError({ operation: "AuthenticationRequest.decode", cause })
      )
}

/**
 * Reads the parameters; what the client registered stands in for those that are
 * left out (OpenID Connect Dynamic Client Registration §2). `scopeClaims` are the
 * claims that the scope stands for.
 *
 * Fails with `InvalidRequest`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const read = (
  client: Client,
  parameters: Parameters,
  scopeClaims: ReadonlyArray<string>
): Result.Result<AuthenticationRequest, InvalidRequest> =>
  Result.gen(function* () {
    const prompt = yield* readPrompt(parameters)
    const display = yield* readDisplay(parameters)
    const maxAge = (yield* readMaxAge(parameters)) ?? client.defaultMaxAge
    const claims = yield* readClaims(parameters)
    const nonce = parameters.get("nonce")
    const loginHint = parameters.get("login_hint")
    const [subject, ...otherSubjects] = new Set([
      ...ClaimsRequest.wantedTexts(claims?.idToken?.sub),
      ...ClaimsRequest.wantedTexts(claims?.userinfo?.sub)
    ])
    if (otherSubjects.length > 0) return yield* refuse("The parameter claims asks for more than one sub")
    const request: AuthenticationRequest = {
      prompt,
      uiLocales: words(parameters.get("ui_locales")),
      claimsLocales: words(parameters.get("claims_locales")),
      acrValues: parameters.has("acr_values")
        ? words(parameters.get("acr_values"))
        : (client.defaultAcrValues ?? []),
      furtherClaims: namesIn(claims).filter((name) => !isProtocolClaim(name) && !scopeClaims.includes(name)),
      ...(nonce !== undefined && { nonce }),
      ...(display !== undefined && { display }),
      ...(maxAge !== undefined && { maxAge }),
      ...(loginHint !== undefined && { loginHint }),
      ...(claims !== undefined && { claims }),
      ...(subject !== undefined && { subject })
    }
    return request
  })

const isPrompt = Schema.is(Schema.Array(Prompt))

// OpenID Connect Core §3.1.2.1: none "with any other value" is an error
const readPrompt = (parameters: Parameters) => {
  const prompt = words(parameters.get("prompt"))
  if (!isPrompt(prompt)) return refuse("The parameter prompt has a value that is not supported")
  return prompt.includes("none") && prompt.length > 1
    ? refuse("The parameter prompt has none together with other values")
    : Result.succeed(prompt)
}

const isDisplay = Schema.is(Display)

const readDisplay = (parameters: Parameters) => {
  const display = parameters.get("display")
  return display === undefined || isDisplay(display)
    ? Result.succeed(display)
    : refuse("The parameter display has a value that is not supported")
}

const readMaxAge = (parameters: Parameters) => {
  const text = parameters.get("max_age")
  if (text === undefined) return Result.succeed(undefined)
  return /^\d{1,10}$/.test(text)
    ? Result.succeed(Number(text))
    : refuse("The parameter max_age is not a number of seconds")
}

const readClaims = (parameters: Parameters) => {
  const text = parameters.get("claims")
  return text === undefined ? Result.succeed(undefined) : ClaimsRequest.parse(text)
}

const namesIn = (claims: ClaimsRequest.ClaimsRequest | undefined): ReadonlyArray<string> =>
  Array.from(new Set([...Object.keys(claims?.idToken ?? {}), ...Object.keys(claims?.userinfo ?? {})]))

const words = (text: string | undefined): ReadonlyArray<string> =>
  Array.from(new Set((text ?? "").split(" ").filter((word) => word !== "")))

const refuse = (description: string) => Result.fail(new InvalidRequest({ description }))

/**
 * Whether a person who is signed in has to sign in again: because the client asks
 * for it, their session is older than it may be, or they are not who it has to be
 * (OpenID Connect Core §3.1.2.1, §3.1.2.3).
 *
 * @category predicates
 * @since 0.1.0
 */
export const mustSignIn = (
  request: AuthenticationRequest,
  session: {
    /** In milliseconds since the epoch. */
    readonly authenticatedAt: number
    /** The identifier that the client knows. */
    readonly subject: string
  },
  now: number
): boolean =>
  request.prompt.includes("login") ||
  request.prompt.includes("select_account") ||
  !isRecent(request, session.authenticatedAt, now) ||
  !isSubject(request, session.subject)

const isRecent = ({ maxAge }: AuthenticationRequest, authenticatedAt: number, now: number): boolean =>
  maxAge === undefined || (maxAge > 0 && now - authenticatedAt <= maxAge * 1000)

/**
 * Whether somebody, by the identifier that the client knows, is who it has to be.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isSubject = (request: AuthenticationRequest, subject: string): boolean =>
  request.subject === undefined || request.subject === subject
