/**
 * An OpenID provider in the process of the test, with the people of `TestServer`
 * and the claims that OpenID Connect Core §5.1 has names for; and a relying party,
 * which knows of it what it publishes and nothing else.
 */
import { assert } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import {
  AuthorizationServer,
  Client,
  ClientStore,
  Grants,
  Legacy,
  OpenIdConnect,
  ResourceOwner,
  ResponseTypes,
  type ServerConfig,
  SigningKeys,
  Storage
} from "effect-oauth"
import { Extensions, InteractionPages, jwks, OAuthHandler, openIdConnect } from "effect-oauth/http"
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose"
import { Browser, type Fields, formOf, given, redirectOf, text } from "../../support/Flow.ts"
import * as TestServer from "../../support/TestServer.ts"

export const issuer = "https://op.example.com/tenant"
export const redirectUri = "https://rp.example.com/callback"
export const acr = "urn:example:loa:1"

/** The endpoints, below the issuer. */
export const at = (path: string) => `/tenant${path}`

export const everything = {
  name: "Ada Lovelace",
  family_name: "Lovelace",
  given_name: "Ada",
  middle_name: "King",
  nickname: "Ada",
  preferred_username: "ada",
  profile: "https://example.com/ada",
  picture: "https://example.com/ada.png",
  website: "https://example.com",
  gender: "female",
  birthdate: "1815-12-10",
  zoneinfo: "Europe/London",
  locale: "en-GB",
  updated_at: 1311280970,
  email: "ada@example.com",
  email_verified: true,
  address: { formatted: "12 St James's Square, London", country: "GB" },
  phone_number: "+44 20 7946 0000",
  phone_number_verified: false,
  "family_name#fr": "de Lovelace",
  groups: ["admins"],
  // What no client may be told of a person, whatever the application says.
  iss: "https://evil.example.com",
  at_hash: "nonsense",
  secret_of_the_application: "not for clients",
  constructor: "nor this, though every object of JavaScript has one"
} as const

/** What the application was asked for; cleared by whoever looks. */
export const asked: Array<ResourceOwner.RequestedClaims> = []

/** People who may leave. */
export const gone = new Set<string>()

export const People = Layer.effect(
  ResourceOwner.ResourceOwner,
  Effect.map(ResourceOwner.ResourceOwner, (people) => ({
    ...people,
    find: (subject) => (gone.has(subject) ? Effect.succeedNone : people.find(subject)),
    claims: (subject, requested) =>
      Effect.sync(() => {
        asked.push(requested)
        if (gone.has(subject)) return Option.none()
        return Option.some(
          subject === "u-1"
            ? everything
            : // What the application has no value of, it may say so.
              { name: "Grace Hopper", email: "grace@example.com", nickname: "", picture: null }
        )
      })
  }))
).pipe(Layer.provide(TestServer.People))

const basics = {
  client_secret: Redacted.make("rp-secret"),
  redirect_uris: [redirectUri],
  grant_types: ["authorization_code", "refresh_token", "implicit"],
  response_types: [
    "code",
    "id_token",
    "id_token token",
    "code id_token",
    "code token",
    "code id_token token",
    "token"
  ],
  require_pkce: false
} as const

const client = (metadata: Client.Metadata) => Client.make({ ...basics, ...metadata })

/** The plans of the OpenID Foundation register two clients; the others are for what a client may register. */
export const clients = [
  client({ client_id: "rp" }),
  client({ client_id: "rp-2" }),
  client({ client_id: "rp-post", token_endpoint_auth_method: "client_secret_post" }),
  client({
    client_id: "rp-es256",
    id_token_signed_response_alg: "ES256",
    userinfo_signed_response_alg: "ES256"
  }),
  client({ client_id: "rp-ps256", id_token_signed_response_alg: "PS256" }),
  client({ client_id: "rp-eddsa", id_token_signed_response_alg: "EdDSA" }),
  client({ client_id: "rp-unsigned", id_token_signed_response_alg: "none" }),
  client({ client_id: "rp-hs256", userinfo_signed_response_alg: "HS256" }),
  client({ client_id: "rp-pairwise", subject_type: "pairwise" }),
  client({ client_id: "rp-pairwise-same-host", subject_type: "pairwise" }),
  client({
    client_id: "rp-pairwise-sector",
    subject_type: "pairwise",
    redirect_uris: [redirectUri, "https://other.example.com/callback"],
    sector_identifier_uri: "https://sector.example.com/uris.json"
  }),
  client({
    client_id: "rp-pairwise-no-sector",
    subject_type: "pairwise",
    redirect_uris: [redirectUri, "https://other.example.com/callback"]
  }),
  client({ client_id: "rp-max-age", default_max_age: 60, default_acr_values: [acr] }),
  client({ client_id: "rp-code-only", response_types: ["code"], grant_types: ["authorization_code"] }),
  Client.make({
    client_id: "rp-native",
    token_endpoint_auth_method: "none",
    redirect_uris: ["http://127.0.0.1/callback"],
    grant_types: ["authorization_code"]
  }),
  Client.make({
    client_id: "api",
    client_secret: Redacted.make("api-secret"),
    grant_types: [],
    response_types: [],
    introspect_any_token: true
  })
]

export const scopes = ["openid", "profile", "email", "address", "phone", "offline_access", "groups", "read"]

export const salt = Redacted.make("a salt that outlives every key there is")

export const options = { acr, claims: { groups: ["groups"] }, pairwise: { salt } } as const

export const server = (settings: Partial<ServerConfig.Options> = {}) =>
  OAuthHandler.layer.pipe(
    Layer.provide(Extensions.layer([jwks, openIdConnect])),
    Layer.provideMerge(InteractionPages.layer),
    Layer.provideMerge(
      AuthorizationServer.layer({
        issuer,
        scopes,
        grants: [Grants.authorizationCode, Grants.refreshToken],
        // The ID token is named first, and still vouches for what comes with it.
        responseTypes: [OpenIdConnect.idToken, ResponseTypes.code, Legacy.implicit],
        allowHttp: true,
        ...settings
      })
    )
  )

export const keys = SigningKeys.layer({ algorithms: ["ES256", "RS256", "PS256", "EdDSA"] })

/** The provider, with other settings of the server. */
export const over = (settings: Partial<ServerConfig.Options>) =>
  server(settings).pipe(
    Layer.provideMerge(OpenIdConnect.layer(options)),
    Layer.provideMerge(Layer.mergeAll(keys, People)),
    Layer.provideMerge(Storage.layerMemoryWith({ clients }))
  )

export const Provider = over({})

/** Registers a client again, otherwise. */
export const register = (metadata: Client.Metadata) =>
  Effect.flatMap(ClientStore.ClientStore, (store) => store.put(client(metadata)))

/** An authentication request (OpenID Connect Core §3.1.2.1); a parameter that is `undefined` is left out. */
export const request = (parameters: Fields = {}): Record<string, string> =>
  given({
    client_id: "rp",
    response_type: "code",
    scope: "openid",
    redirect_uri: redirectUri,
    state: "af0ifjsldkj",
    nonce: "n-0S6_WzA2Mj",
    ...parameters
  })

export type Response = Effect.Success<ReturnType<Browser["open"]>>

export const authorize = (browser: Browser, parameters: Fields = {}) =>
  browser.open({ path: at("/authorize"), query: request(parameters) })

export const isSignInPage = (page: Response) => page.body.includes("<title>Sign in</title>")
export const isConsentPage = (page: Response) => page.body.includes("<title>Allow access?</title>")

/** Goes through the pages as a person who agrees, and signs in if asked to. */
export const goThrough = Effect.fnUntraced(function* (
  browser: Browser,
  first: Response,
  person: readonly [username: string, password: string] = ["ada", "lovelace"]
) {
  let page = first
  let signedIn = false
  let consented = false
  for (let steps = 0; steps < 3 && page.status === 200 && page.body.includes("<form"); steps++) {
    if (isSignInPage(page)) {
      signedIn = true
      page = yield* browser.signIn(page, ...person)
    } else if (isConsentPage(page)) {
      consented = true
      page = yield* browser.submit(page, { decision: "approve" })
    } else break
  }
  return { answer: page, signedIn, consented }
})

/** A whole visit; the parameters that come back, wherever they are. */
export const visit = Effect.fnUntraced(function* (browser: Browser, parameters: Fields = {}) {
  const { answer, ...seen } = yield* goThrough(browser, yield* authorize(browser, parameters))
  const { fragment, query, uri } = redirectOf(answer)
  assert.strictEqual(uri, redirectUri)
  return { ...seen, query, fragment, response: { ...query, ...fragment } }
})

export type Credentials = readonly [id: string, secret: string]
export const asRp: Credentials = ["rp", "rp-secret"]

export const token = (form: Fields, basic: Credentials | null = asRp) =>
  TestServer.send({ path: at("/token"), form: given(form), ...(basic && { basic }) })

export const exchange = (code: string | undefined, form: Fields = {}, basic: Credentials | null = asRp) =>
  token({ grant_type: "authorization_code", code, redirect_uri: redirectUri, ...form }, basic)

export const refresh = (refreshToken: unknown, form: Fields = {}, basic: Credentials | null = asRp) =>
  token({ grant_type: "refresh_token", refresh_token: text(refreshToken), ...form }, basic)

/** The code flow of a client from beginning to end, in a browser of its own unless one is given. */
export const flow = Effect.fnUntraced(function* (parameters: Fields = {}, browser = new Browser()) {
  const id = parameters.client_id ?? "rp"
  const seen = yield* visit(browser, parameters)
  const response = yield* exchange(text(seen.response.code), {}, [id, "rp-secret"])
  assert.strictEqual(response.status, 200, response.body)
  const tokens = response.json()
  return { ...seen, browser, tokens, idToken: yield* verifyIdToken(tokens.id_token, { audience: id }) }
})

export const userinfo = (accessToken: unknown, method: "GET" | "POST" = "GET") =>
  TestServer.send({
    method,
    path: at("/userinfo"),
    headers: { authorization: `Bearer ${text(accessToken)}` }
  })

export const now = Effect.map(Clock.currentTimeMillis, (millis) => Math.floor(millis / 1000))

const published = Effect.map(TestServer.send({ path: at("/jwks") }), ({ body }) =>
  createLocalJWKSet(JSON.parse(body))
)

/** The claims of a JWT that verifies against the keys that the server publishes. */
export const verifyJwt = Effect.fnUntraced(function* (jwt: unknown, algorithm: string) {
  const jwkSet = yield* published
  const currentDate = new Date(yield* Clock.currentTimeMillis)
  const { payload } = yield* Effect.promise(() =>
    jwtVerify(text(jwt), jwkSet, { algorithms: [algorithm], currentDate })
  )
  return payload
})

/** What a relying party validates of every ID token (OpenID Connect Core §3.1.3.7). */
export const verifyIdToken = Effect.fnUntraced(function* (
  jwt: unknown,
  { algorithm = "RS256", audience = "rp" }: { readonly algorithm?: string; readonly audience?: string } = {}
) {
  const header = decodeProtectedHeader(text(jwt))
  assert.strictEqual(header.alg, algorithm)
  const claims = yield* verifyJwt(jwt, algorithm)
  assert.strictEqual(claims.iss, issuer)
  assert.strictEqual(claims.aud, audience)
  assert.strictEqual(claims.azp, audience)
  assert.isNumber(claims.exp)
  assert.isNumber(claims.iat)
  assert.isString(claims.sub)
  return claims
})

/** The left half of a hash, by an implementation that is not ours. */
export const halfHash = (value: unknown, hash: "SHA-256" | "SHA-512" = "SHA-256") =>
  Effect.promise(async () => {
    const digest = await crypto.subtle.digest(hash, new TextEncoder().encode(text(value)))
    return Buffer.from(digest.slice(0, digest.byteLength / 2)).toString("base64url")
  })

export { Browser, formOf, text }
