/**
 * Random clients and requests, for property tests: valid ones, and those that
 * are valid but for one thing, which say what has to come of it.
 *
 * They are values of Effect's `Arbitrary`: use them with `it.effect.prop` of
 * `@effect/vitest`, or with `Arbitrary.checkEffect` in any other runner.
 *
 * @since 0.1.0
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { authorizationRequest as goodRequest, type PkcePair, pkce as pkceOf } from "./Flows.ts"
import { choose, flags, text } from "./internal/Choose.ts"
import { authorizationMistakes, type Mistake, type Request, tokenMistakes } from "./Mistakes.ts"
import * as TestClient from "./TestClient.ts"

/**
 * A scope token (RFC 6749 §3.3): of the usual kind, or of any that the grammar
 * allows.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const scopeToken: Arbitrary.Arbitrary<string> = choose(
  Arbitrary.schema(Schema.Literals(["read", "write", "profile", "urn:example:a/b", "!", "~"])),
  text(/^[!#-[\]-~]{1,12}$/)
)

/**
 * Scope tokens, without repetitions.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const scopeTokens: Arbitrary.Arbitrary<ReadonlyArray<string>> = Arbitrary.map(
  Arbitrary.array(scopeToken, { maxLength: 5 }),
  (tokens) => Array.from(new Set(tokens))
)

/**
 * Some of these, in their order; perhaps none, or all.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const subset = <A>(those: ReadonlyArray<A>): Arbitrary.Arbitrary<ReadonlyArray<A>> =>
  Arbitrary.map(flags(those.length), (kept) => those.filter((_, index) => kept[index] === true))

/**
 * A redirect URI that a client may register (RFC 6749 §3.1.2, RFC 8252 §7).
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const redirectUri: Arbitrary.Arbitrary<string> = Arbitrary.map(
  Arbitrary.all({
    origin: Arbitrary.schema(
      Schema.Literals([
        "https://client.example",
        "https://client.example:8443",
        "https://xn--bcher-kva.example",
        "com.example.app:",
        "http://127.0.0.1",
        "http://[::1]:7890",
        "http://localhost:8080"
      ])
    ),
    path: text(/^[A-Za-z0-9._~-]{0,8}$/),
    query: Arbitrary.schema(Schema.Literals(["", "?a=b", "?code=c&state=d", "?"]))
  }),
  ({ origin, path, query }) => `${origin}/${path}${query}`
)

/**
 * A code verifier and its challenge (RFC 7636 §4.1, §4.2).
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const pkce: Arbitrary.Arbitrary<PkcePair> = Arbitrary.map(text(/^[A-Za-z0-9._~-]{43,128}$/), pkceOf)

/**
 * A secret that no one guesses, with the characters that are a trouble to
 * encode.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const clientSecret: Arbitrary.Arbitrary<string> = Arbitrary.map(
  text(/^[ -~é☃]{0,12}$/),
  (end) => `secret of a client:${end}`
)

/**
 * A registered client with one redirect URI or more. It has the scope given, or
 * some of it, or has registered none.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const client = (options: {
  /** What the server has. */
  readonly scopes: ReadonlyArray<string>
  /** Clients with different prefixes have different identifiers. */
  readonly prefix?: string
}): Arbitrary.Arbitrary<TestClient.TestClient> =>
  Arbitrary.map(
    Arbitrary.all({
      id: text(/^[ -~]{0,8}$/),
      secret: clientSecret,
      method: Arbitrary.schema(Schema.Literals(["client_secret_basic", "client_secret_post", "none"])),
      redirectUris: Arbitrary.array(redirectUri, { minLength: 1, maxLength: 3 }),
      grantTypes: subset(["refresh_token", "client_credentials"]),
      scope: choose<ReadonlyArray<string> | undefined>(subset(options.scopes), Arbitrary.Constant(undefined))
    }),
    ({ grantTypes, id, method, redirectUris, scope, secret }) =>
      TestClient.make({
        client_id: `${options.prefix ?? "client"}${id}`,
        token_endpoint_auth_method: method,
        ...(method !== "none" && { client_secret: secret }),
        redirect_uris: Array.from(new Set(redirectUris)),
        grant_types: ["authorization_code", ...grantTypes],
        ...(scope !== undefined && { scope: scope.join(" ") })
      })
  )

/**
 * An authorization request that is good (RFC 6749 §4.1.1), and the verifier for
 * its code.
 *
 * @category models
 * @since 0.1.0
 */
export interface AuthorizationRequest {
  readonly parameters: Readonly<Record<string, string>>
  readonly verifier: string
}

/**
 * Good authorization requests of a client, with PKCE, at a server that has these
 * scopes.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const authorizationRequest = (
  client: TestClient.TestClient,
  options: { readonly scopes: ReadonlyArray<string> }
): Arbitrary.Arbitrary<AuthorizationRequest> =>
  Arbitrary.map(
    Arbitrary.all({
      pair: pkce,
      redirectUri: Arbitrary.schema(Schema.Literals(client.client.redirectUris)),
      // An empty parameter counts as absent (RFC 6749 §3.1).
      scope: subset(registeredScope(client, options.scopes)),
      state: choose<string | undefined>(Arbitrary.Constant(undefined), text(/^[ -~☃]{1,20}$/)),
      responseMode: choose<string | undefined>(
        Arbitrary.Constant(undefined),
        Arbitrary.schema(Schema.Literals(["query", "fragment", "form_post"]))
      )
    }),
    ({ pair, redirectUri, responseMode, scope, state }) => ({
      verifier: pair.verifier,
      parameters: goodRequest(client, {
        redirect_uri: redirectUri,
        scope: scope.length === 0 ? undefined : scope.join(" "),
        state,
        response_mode: responseMode,
        code_challenge: pair.challenge
      })
    })
  )

/** What a client may ask for. */
const registeredScope = ({ client }: TestClient.TestClient, scopes: ReadonlyArray<string>) =>
  client.scope === undefined ? scopes : client.scope.split(" ").filter((token) => scopes.includes(token))

/**
 * A request that is valid but for one field.
 *
 * @category models
 * @since 0.1.0
 */
export interface NearlyValid {
  readonly mistake: Mistake
  readonly request: Request
}

/**
 * A good authorization request with one mistake in it.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const nearlyValidAuthorizationRequest = (
  client: TestClient.TestClient,
  options: { readonly scopes: ReadonlyArray<string> }
): Arbitrary.Arbitrary<NearlyValid> =>
  Arbitrary.flatMap(authorizationRequest(client, options), ({ parameters }) =>
    mistaken(authorizationMistakes, client, { headers: {}, parameters: Object.entries(parameters) })
  )

/**
 * A good token request (RFC 6749 §3.2) with one mistake in it. The good one is
 * the test's: its code or refresh token is a real one. The mistakes are such that
 * no code is spent.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const nearlyValidTokenRequest = (
  client: TestClient.TestClient,
  parameters: Readonly<Record<string, string>>
): Arbitrary.Arbitrary<NearlyValid> => {
  const own = TestClient.credentials(client)
  return mistaken(tokenMistakes, client, {
    headers: own.headers,
    parameters: Object.entries({ ...own.parameters, ...parameters })
  })
}

const mistaken = (
  mistakes: ReadonlyArray<Mistake>,
  client: TestClient.TestClient,
  good: Request
): Arbitrary.Arbitrary<NearlyValid> =>
  Arbitrary.flatMap(text(/^[A-Za-z0-9]{8}$/), (salt) => {
    const [first, ...others] = mistakes.flatMap((mistake) => {
      const request = mistake.make(good, client, salt)
      return request === undefined ? [] : [{ mistake, request }]
    })
    // Every request has parameters, and one that is repeated is always a mistake.
    if (first === undefined) throw new TypeError("There is nothing in the request to be mistaken about")
    return choose(Arbitrary.Constant<NearlyValid>(first), ...others.map((other) => Arbitrary.Constant(other)))
  })
