/**
 * Ways for one field of a request to be wrong, and the error that the RFCs give
 * to each.
 *
 * @since 0.1.0
 */
import type { OAuthError } from "../protocol/OAuthError.ts"
import type { TestClient } from "./TestClient.ts"

/**
 * A request before it is encoded: the parameters as they go on the wire, so that
 * one may come twice.
 *
 * @category models
 * @since 0.1.0
 */
export interface Request {
  readonly headers: Readonly<Record<string, string>>
  readonly parameters: ReadonlyArray<readonly [name: string, value: string]>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Mistake {
  readonly field: string
  readonly problem: string
  readonly expected: Expected
  /**
   * The good request with this mistake; `undefined` where it would be none. `salt`
   * is a text of eight letters and digits.
   */
  readonly make: (good: Request, client: TestClient, salt: string) => Request | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Expected {
  readonly tag: OAuthError["_tag"]
  /** The code on the wire. */
  readonly error: string
  /** `person` if the error may not be sent to the redirect URI (RFC 6749 §4.1.2.1). */
  readonly toldTo: "client" | "person"
}

/**
 * Mistakes in an authorization request for a code, with PKCE.
 *
 * @category mistakes
 * @since 0.1.0
 */
export const authorizationMistakes: ReadonlyArray<Mistake> = (() => {
  const person = (tag: Expected["tag"], error: string): Expected => ({ tag, error, toldTo: "person" })
  const client = (tag: Expected["tag"], error: string): Expected => ({ tag, error, toldTo: "client" })
  // RFC 6749 §3.1, §4.1.2.1
  const malformed = person("InvalidRequest", "invalid_request")
  const unregistered = person("InvalidRedirectUri", "invalid_request")
  const unsupported = client("UnsupportedResponseType", "unsupported_response_type")
  const refused = client("InvalidRequest", "invalid_request")
  const scopeRefused = client("InvalidScope", "invalid_scope")
  return [
    repeated("client_id", malformed),
    repeated("redirect_uri", malformed),
    repeated("state", malformed),
    repeated("code_challenge", malformed),
    absent("client_id", malformed),
    replaced("client_id", "is unknown", person("UnknownClient", "invalid_client"), (_, salt) => salt),
    absentIf("redirect_uri", unregistered, ({ client }) => client.redirectUris.length > 1),
    replaced("redirect_uri", "has another path", unregistered, (uri, salt) => `${uri}/${salt}`),
    replaced("redirect_uri", "has another host", unregistered, (_, salt) => `https://${salt}.example/`),
    replaced("redirect_uri", "is in upper case", unregistered, (uri) => uri.toUpperCase()),
    replaced("redirect_uri", "has a fragment", unregistered, (uri, salt) => `${uri}#${salt}`),
    replaced("redirect_uri", "is a script", unregistered, (_, salt) => `javascript:alert("${salt}")`),
    // RFC 6749 §3.1.1, §4.1.2.1
    absent("response_type", refused),
    replaced("response_type", "is unknown", unsupported, (_, salt) => salt),
    replaced("response_type", "is in upper case", unsupported, (type) => type.toUpperCase()),
    added("response_mode", "is unknown", refused, (salt) => salt),
    // RFC 6749 §3.3
    added("scope", "is unknown", scopeRefused, (salt) => `unknown-${salt}`),
    added("scope", "has a quote", scopeRefused, (salt) => `"${salt}"`),
    // RFC 7636 §4.3, §4.4.1
    absent("code_challenge", refused),
    absent("code_challenge_method", refused),
    replaced("code_challenge_method", "is unknown", refused, (_, salt) => salt),
    replaced("code_challenge_method", "is plain", refused, () => "plain"),
    replaced("code_challenge", "is too short", refused, (challenge) => challenge.slice(1)),
    replaced("code_challenge", "is padded", refused, (challenge) => `${challenge}=`)
  ]
})()

/**
 * Mistakes in a request to the token endpoint. None of them spends a code, and
 * none reaches a refresh token's family.
 *
 * @category mistakes
 * @since 0.1.0
 */
export const tokenMistakes: ReadonlyArray<Mistake> = (() => {
  const client = (tag: Expected["tag"], error: string): Expected => ({ tag, error, toldTo: "client" })
  // RFC 6749 §5.2
  const malformed = client("InvalidRequest", "invalid_request")
  const unauthenticated = client("InvalidClient", "invalid_client")
  const notGood = client("InvalidGrant", "invalid_grant")
  return [
    repeated("grant_type", malformed),
    repeated("code", malformed),
    repeated("refresh_token", malformed),
    repeated("client_secret", malformed),
    absent("grant_type", malformed),
    replaced(
      "grant_type",
      "is unknown",
      client("UnsupportedGrantType", "unsupported_grant_type"),
      (_, salt) => salt
    ),
    notAllowed("refresh_token"),
    notAllowed("client_credentials"),
    // RFC 6749 §2.3, §2.3.1
    absent("client_secret", unauthenticated),
    replaced("client_secret", "is wrong", unauthenticated, (_, salt) => salt),
    header("has no password", unauthenticated, ({ client }) => `Basic ${btoa(client.clientId)}`),
    header(
      "has the wrong password",
      unauthenticated,
      ({ client }, salt) => `Basic ${btoa(`${encodeURIComponent(client.clientId)}:${salt}`)}`
    ),
    header("is no Basic scheme", unauthenticated, (_, salt) => `Bearer ${salt}`),
    withBasic("client_id", "names another client", malformed, (salt) => salt),
    withBasic("client_secret", "is a second method", malformed, (salt) => salt),
    // RFC 6749 §4.1.3
    absent("code", malformed),
    replaced("code", "is unknown", notGood, (_, salt) => salt),
    absent("redirect_uri", malformed),
    replaced("redirect_uri", "is another one", notGood, (uri, salt) => `${uri}${salt}`),
    // RFC 7636 §4.6
    absent("code_verifier", notGood),
    replaced("code_verifier", "is too short", notGood, (_, salt) => salt),
    replaced("code_verifier", "is another one", notGood, (_, salt) => salt.repeat(6)),
    // RFC 6749 §6
    absent("refresh_token", malformed),
    replaced("refresh_token", "is unknown", notGood, (_, salt) => salt),
    replaced(
      "refresh_token",
      "has another tag",
      notGood,
      (token) => `${token.slice(0, -22)}${"A".repeat(22)}`
    ),
    {
      field: "scope",
      problem: "is more than was granted",
      expected: client("InvalidScope", "invalid_scope"),
      make: (good, _client, salt) =>
        parameter(good, "grant_type") === "authorization_code"
          ? undefined
          : set(good, "scope", `${parameter(good, "scope") ?? ""} unknown-${salt}`.trim())
    }
  ]
})()

function parameter({ parameters }: Request, name: string): string | undefined {
  return parameters.find(([other]) => other === name)?.[1]
}

function set(good: Request, name: string, value: string): Request {
  return { ...good, parameters: [...without(good, name).parameters, [name, value]] }
}

function without(good: Request, name: string): Request {
  return { ...good, parameters: good.parameters.filter(([other]) => other !== name) }
}

// RFC 6749 §3.1, §3.2: "MUST NOT be included more than once"
function repeated(field: string, expected: Expected): Mistake {
  return {
    field,
    problem: "is repeated",
    expected,
    make: (good) => {
      const value = parameter(good, field)
      return value === undefined ? undefined : { ...good, parameters: [...good.parameters, [field, value]] }
    }
  }
}

function absent(field: string, expected: Expected): Mistake {
  return absentIf(field, expected, () => true)
}

function absentIf(field: string, expected: Expected, isMistake: (client: TestClient) => boolean): Mistake {
  return {
    field,
    problem: "is missing",
    expected,
    make: (good, client) =>
      parameter(good, field) === undefined || !isMistake(client) ? undefined : without(good, field)
  }
}

function replaced(
  field: string,
  problem: string,
  expected: Expected,
  replace: (value: string, salt: string) => string
): Mistake {
  return {
    field,
    problem,
    expected,
    make: (good, _client, salt) => {
      const value = parameter(good, field)
      return value === undefined ? undefined : set(good, field, replace(value, salt))
    }
  }
}

function added(field: string, problem: string, expected: Expected, make: (salt: string) => string): Mistake {
  return { field, problem, expected, make: (good, _client, salt) => set(good, field, make(salt)) }
}

// RFC 6749 §5.2: unauthorized_client
function notAllowed(grantType: string): Mistake {
  return {
    field: "grant_type",
    problem: `is ${grantType}, which the client did not register`,
    expected: { tag: "UnauthorizedClient", error: "unauthorized_client", toldTo: "client" },
    make: (good, { client }) =>
      client.grantTypes.includes(grantType) ? undefined : set(good, "grant_type", grantType)
  }
}

function header(
  problem: string,
  expected: Expected,
  make: (client: TestClient, salt: string) => string
): Mistake {
  return {
    field: "Authorization",
    problem,
    expected,
    make: (good, client, salt) =>
      good.headers.authorization === undefined
        ? undefined
        : { ...good, headers: { ...good.headers, authorization: make(client, salt) } }
  }
}

function withBasic(
  field: string,
  problem: string,
  expected: Expected,
  make: (salt: string) => string
): Mistake {
  return {
    field,
    problem,
    expected,
    make: (good, _client, salt) =>
      good.headers.authorization === undefined ? undefined : set(good, field, make(salt))
  }
}
