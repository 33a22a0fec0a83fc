/**
 * Every endpoint and each of its parameters, with what each mistake has to be
 * answered with. The values are written down; nothing here asks the server.
 */
import * as Effect from "effect/Effect"
import * as TestServer from "../../support/TestServer.ts"
import * as Web from "./Web.ts"

// --- what is expected -------------------------------------------------------

export interface Expected {
  readonly status: number
  /** The `error` of a JSON body; with `redirect`, of the parameters. */
  readonly error?: string
  /** The error goes to the client, in the query of its redirect URI. */
  readonly redirect?: true
  /** The title of a page. */
  readonly page?: string
  /** What a JSON body says, exactly. */
  readonly json?: unknown
  /** The members that a JSON body has. */
  readonly members?: ReadonlyArray<string>
  readonly empty?: true
  /** A redirect to the client with these parameters. */
  readonly answers?: ReadonlyArray<string>
  /** Headers besides those that such an answer always has. */
  readonly headers?: Readonly<Record<string, string>>
  /** The cookie that is set, without its prefix. */
  readonly cookie?: string
  /** The headers say that the answer may be kept. */
  readonly cacheable?: true
}

export const refused: Expected = { status: 400, error: "invalid_request" }
export const tooLarge: Expected = { status: 413, error: "invalid_request" }
const grantRefused: Expected = { status: 400, error: "invalid_grant" }
const scopeRefused: Expected = { status: 400, error: "invalid_scope" }
const unauthenticated: Expected = {
  status: 401,
  error: "invalid_client",
  headers: { "www-authenticate": 'Basic realm="OAuth", charset="UTF-8"' }
}
export const methodRefused = (allow: string): Expected => ({
  status: 405,
  error: "invalid_request",
  headers: { allow }
})
/** The endpoint does not look at it. */
export const fine = "fine"

export type Mistake = "absent" | "empty" | "repeated" | "huge" | "notUtf8" | "rawByte" | "nul"

export interface Mistakes extends Readonly<Record<Mistake, Expected | typeof fine>> {
  /** Values that have the right form and are wrong, or have no right form at all. */
  readonly garbage: ReadonlyArray<readonly [value: string, expected: Expected | typeof fine]>
}

/** What no form may be like, whatever the parameter. */
const inForm = {
  repeated: refused,
  huge: tooLarge,
  notUtf8: refused,
  rawByte: refused,
  nul: refused
} as const
const inQuery = { ...inForm, huge: refused } as const

// --- the endpoints ----------------------------------------------------------

export interface Good {
  readonly parameters: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
}

export interface Endpoint {
  readonly name: string
  readonly path: string
  readonly method: "GET" | "POST"
  readonly crossOrigin: boolean
  readonly allow: string
  readonly good: Expected
  readonly prepare: (send: Web.Send) => Effect.Effect<Good>
  readonly parameters: Readonly<Record<string, Mistakes>>
  /** Headers, as they should not be; `undefined` leaves one out. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string | undefined, expected: Expected]>
}

const strange = "<script>alert(1)</script> \"%\\' ☃"

const ignored = (place: typeof inForm | typeof inQuery): Mistakes => ({
  ...place,
  absent: fine,
  empty: fine,
  garbage: [[strange, fine]]
})

const signedInPage: Expected = { status: 200, page: "Sign in", cookie: "oauth-browser" }

const toClient = (error: string): Expected => ({ status: 302, redirect: true, error })

const authorizeParameters = (
  place: typeof inForm | typeof inQuery,
  toClient: (error: string) => Expected
): Endpoint["parameters"] => ({
  response_type: {
    ...place,
    absent: toClient("invalid_request"),
    empty: toClient("invalid_request"),
    garbage: [
      [strange, toClient("unsupported_response_type")],
      ["id_token", toClient("unsupported_response_type")],
      ["code none", toClient("unsupported_response_type")],
      ["Code", toClient("unsupported_response_type")]
    ]
  },
  client_id: {
    ...place,
    absent: refused,
    empty: refused,
    garbage: [
      [strange, { status: 400, error: "invalid_client" }],
      ["unknown", { status: 400, error: "invalid_client" }],
      ["Confidential", { status: 400, error: "invalid_client" }],
      // Another client, which has not registered this redirect URI.
      ["service", refused]
    ]
  },
  redirect_uri: {
    ...place,
    // The client has registered one, and one only.
    absent: fine,
    empty: fine,
    garbage: [
      [strange, refused],
      ["https://evil.example/callback", refused],
      ["https://client.example/callback/", refused],
      ["https://client.example/callback?", refused],
      ["https://client.example/callback#", refused],
      ["https://client.example/callback/../callback", refused],
      ["https://client.example:443/callback", refused],
      ["https://client.example@evil.example/callback", refused],
      ["HTTPS://client.example/callback", refused],
      ["http://client.example/callback", refused],
      ["//client.example/callback", refused],
      [" https://client.example/callback", refused],
      ["https://client.example/callback\r\nset-cookie: a=b", refused],
      ["javascript:alert(1)//https://client.example/callback", refused]
    ]
  },
  scope: {
    ...place,
    absent: fine,
    empty: fine,
    garbage: [
      [strange, toClient("invalid_scope")],
      ["read admin", toClient("invalid_scope")],
      ["unknown", toClient("invalid_scope")],
      ["read\twrite", toClient("invalid_scope")]
    ]
  },
  state: { ...place, absent: fine, empty: fine, garbage: [[strange, fine]] },
  code_challenge: {
    ...place,
    absent: toClient("invalid_request"),
    empty: toClient("invalid_request"),
    garbage: [
      [strange, toClient("invalid_request")],
      [Web.challenge.slice(1), toClient("invalid_request")],
      [`${Web.challenge}=`, toClient("invalid_request")]
    ]
  },
  code_challenge_method: {
    ...place,
    // Means plain (RFC 7636 §4.3), which this server has been told to allow.
    absent: fine,
    empty: fine,
    garbage: [
      [strange, toClient("invalid_request")],
      ["s256", toClient("invalid_request")],
      ["none", toClient("invalid_request")]
    ]
  },
  response_mode: {
    ...place,
    absent: fine,
    empty: fine,
    garbage: [
      [strange, toClient("invalid_request")],
      ["web_message", toClient("invalid_request")]
    ]
  },
  unknown_parameter: ignored(place)
})

const authorizationRequest = { ...Web.authorizationRequest, response_mode: "query", unknown_parameter: "x" }

const tokenMembers = ["access_token", "token_type", "expires_in", "scope"] as const
const tokens: Expected = { status: 200, members: tokenMembers }
const tokensAndRefresh: Expected = { status: 200, members: [...tokenMembers, "refresh_token"] }

const basicOf = (id: keyof typeof TestServer.secrets) => ({
  authorization: TestServer.basic(id, TestServer.secrets[id])
})

const basicMistakes: Endpoint["headers"] = [
  ["authorization", undefined, unauthenticated],
  ["authorization", "", unauthenticated],
  ["authorization", "Basic", unauthenticated],
  ["authorization", "Basic !!!", unauthenticated],
  ["authorization", `Basic ${btoa("confidential")}`, unauthenticated],
  ["authorization", `Basic ${btoa("confidential:wrong")}`, unauthenticated],
  ["authorization", `Basic ${btoa("nobody:confidential-secret")}`, unauthenticated],
  ["authorization", `Basic ${btoa("confidential:%FF")}`, unauthenticated],
  ["authorization", `Basic ${btoa("confidential:\xff")}`, unauthenticated],
  ["authorization", `Basic ${btoa("confidential:confidential-secret\0")}`, unauthenticated],
  ["authorization", `Basic ${btoa("public:")}`, unauthenticated],
  ["authorization", `Bearer ${btoa("confidential:confidential-secret")}`, unauthenticated],
  ["authorization", `Basic ${"A".repeat(1_000_000)}`, unauthenticated]
]

/** A client that is known, and may not use the grant type. */
const otherClient: Endpoint["headers"] = [
  [
    "authorization",
    TestServer.basic("service", TestServer.secrets.service),
    { status: 400, error: "unauthorized_client" }
  ]
]

/** `client_id` beside credentials in the header. */
const namedClient: Mistakes = {
  ...inForm,
  absent: fine,
  empty: fine,
  garbage: [
    [strange, refused],
    ["post", refused]
  ]
}

/** Credentials in the body as well as in the header (RFC 6749 §2.3). */
const secondSecret: Mistakes = {
  ...inForm,
  absent: fine,
  empty: fine,
  garbage: [[TestServer.secrets.confidential, refused]]
}

const grantTypeMistakes: Mistakes = {
  ...inForm,
  absent: refused,
  empty: refused,
  garbage: [
    [strange, { status: 400, error: "unsupported_grant_type" }],
    ["urn:ietf:params:oauth:grant-type:jwt-bearer", { status: 400, error: "unsupported_grant_type" }],
    ["__proto__", { status: 400, error: "unsupported_grant_type" }]
  ]
}

const scopeMistakes: Mistakes = {
  ...inForm,
  absent: fine,
  empty: fine,
  garbage: [
    [strange, scopeRefused],
    ["read admin", scopeRefused],
    ["unknown", scopeRefused]
  ]
}

/** A code, as an approval gave it. */
const obtainCode = Effect.fnUntraced(function* (send: Web.Send, request: Readonly<Record<string, string>>) {
  const browser = new Web.Browser(send)
  const consent = yield* browser.submit(yield* browser.open("/authorize", request), Web.ada)
  const { headers } = yield* browser.submit(consent, Web.approve)
  const code = new URL(headers.location ?? "").searchParams.get("code")
  return code ?? (yield* Effect.die(new Error("the approval gave no code")))
})

const obtainTokens = Effect.fnUntraced(function* (send: Web.Send) {
  const code = yield* obtainCode(send, Web.authorizationRequest)
  const parameters = {
    grant_type: "authorization_code",
    code,
    redirect_uri: TestServer.redirectUri,
    code_verifier: Web.verifier
  }
  const { body } = yield* send(Web.form("/token", parameters, basicOf("confidential")))
  const json: { readonly access_token: string; readonly refresh_token: string } = JSON.parse(body)
  return json
})

const codeMistakes: Endpoint["parameters"] = {
  grant_type: grantTypeMistakes,
  code: { ...inForm, absent: refused, empty: refused, garbage: [[strange, grantRefused]] },
  redirect_uri: {
    ...inForm,
    absent: refused,
    empty: refused,
    garbage: [
      [strange, grantRefused],
      [`${TestServer.redirectUri}/`, grantRefused]
    ]
  },
  code_verifier: {
    ...inForm,
    absent: grantRefused,
    empty: grantRefused,
    garbage: [
      [strange, grantRefused],
      [Web.challenge, grantRefused],
      ["short", grantRefused]
    ]
  },
  unknown_parameter: ignored(inForm)
}

const codeParameters = (code: string) => ({
  grant_type: "authorization_code",
  code,
  redirect_uri: TestServer.redirectUri,
  code_verifier: Web.verifier,
  unknown_parameter: "x"
})

const atToken = { path: "/token", method: "POST", crossOrigin: true, allow: "POST" } as const

const inactive: Expected = { status: 200, json: { active: false } }
const active: Expected = {
  status: 200,
  members: [
    "active",
    "scope",
    "client_id",
    "username",
    "token_type",
    "exp",
    "iat",
    "nbf",
    "sub",
    "aud",
    "iss",
    "jti"
  ]
}
const nothing: Expected = { status: 200, empty: true }

export const endpoints: ReadonlyArray<Endpoint> = [
  {
    name: "GET /authorize",
    path: "/authorize",
    method: "GET",
    crossOrigin: false,
    allow: "GET, POST",
    good: signedInPage,
    prepare: () => Effect.succeed({ parameters: authorizationRequest, headers: {} }),
    parameters: authorizeParameters(inQuery, toClient),
    headers: [["cookie", "oauth-browser=garbage; oauth-session=%FF; =; ;", signedInPage]]
  },
  {
    name: "POST /authorize",
    path: "/authorize",
    method: "POST",
    crossOrigin: false,
    allow: "GET, POST",
    good: signedInPage,
    prepare: () => Effect.succeed({ parameters: authorizationRequest, headers: {} }),
    parameters: authorizeParameters(inForm, (error) => ({ ...toClient(error), status: 303 })),
    headers: [["cookie", "oauth-browser=garbage; oauth-session=%FF; =; ;", signedInPage]]
  },
  {
    ...atToken,
    name: "POST /token, a code, credentials in the header",
    good: tokensAndRefresh,
    prepare: (send) =>
      Effect.map(obtainCode(send, Web.authorizationRequest), (code) => ({
        parameters: codeParameters(code),
        headers: basicOf("confidential")
      })),
    parameters: { ...codeMistakes, client_id: namedClient, client_secret: secondSecret },
    headers: [...basicMistakes, ...otherClient]
  },
  {
    ...atToken,
    name: "POST /token, a code, credentials in the body",
    good: tokensAndRefresh,
    prepare: (send) =>
      Effect.map(
        obtainCode(send, { ...Web.authorizationRequest, client_id: "post", scope: "read" }),
        (code) => ({
          parameters: { ...codeParameters(code), client_id: "post", client_secret: TestServer.secrets.post },
          headers: {}
        })
      ),
    parameters: {
      ...codeMistakes,
      client_id: {
        ...inForm,
        absent: unauthenticated,
        empty: unauthenticated,
        garbage: [
          [strange, unauthenticated],
          ["public", unauthenticated]
        ]
      },
      client_secret: {
        ...inForm,
        absent: unauthenticated,
        empty: unauthenticated,
        garbage: [
          [strange, unauthenticated],
          [TestServer.secrets.confidential, unauthenticated]
        ]
      }
    },
    headers: [
      // RFC 6749 §2.3: one method, not two
      ["authorization", TestServer.basic("post", TestServer.secrets.post), refused],
      ["authorization", "Basic !!!", refused]
    ]
  },
  {
    ...atToken,
    name: "POST /token, a code, a public client",
    good: tokensAndRefresh,
    prepare: (send) =>
      Effect.map(obtainCode(send, { ...Web.authorizationRequest, client_id: "public" }), (code) => ({
        parameters: { ...codeParameters(code), client_id: "public" },
        headers: {}
      })),
    parameters: {
      ...codeMistakes,
      client_id: {
        ...inForm,
        absent: unauthenticated,
        empty: unauthenticated,
        garbage: [
          [strange, unauthenticated],
          ["confidential", unauthenticated]
        ]
      },
      client_secret: { ...inForm, absent: fine, empty: fine, garbage: [["guess", unauthenticated]] }
    },
    headers: [["authorization", "Basic !!!", unauthenticated]]
  },
  {
    ...atToken,
    name: "POST /token, a refresh token",
    good: tokensAndRefresh,
    prepare: (send) =>
      Effect.map(obtainTokens(send), ({ refresh_token }) => ({
        parameters: { grant_type: "refresh_token", refresh_token, scope: "read", unknown_parameter: "x" },
        headers: basicOf("confidential")
      })),
    parameters: {
      grant_type: grantTypeMistakes,
      refresh_token: {
        ...inForm,
        absent: refused,
        empty: refused,
        garbage: [
          [strange, grantRefused],
          [`AAAAAAAA.${"A".repeat(22)}.0.${"A".repeat(43)}.${"A".repeat(22)}`, grantRefused]
        ]
      },
      scope: scopeMistakes,
      client_id: namedClient,
      client_secret: secondSecret,
      unknown_parameter: ignored(inForm)
    },
    headers: [...basicMistakes, ...otherClient]
  },
  {
    ...atToken,
    name: "POST /token, client credentials",
    good: tokens,
    prepare: () =>
      Effect.succeed({
        parameters: { grant_type: "client_credentials", scope: "read", unknown_parameter: "x" },
        headers: basicOf("confidential")
      }),
    parameters: {
      grant_type: grantTypeMistakes,
      scope: scopeMistakes,
      client_id: namedClient,
      client_secret: secondSecret,
      unknown_parameter: ignored(inForm)
    },
    headers: basicMistakes
  },
  {
    ...atToken,
    name: "POST /token, a password",
    good: tokensAndRefresh,
    prepare: () =>
      Effect.succeed({
        parameters: { grant_type: "password", ...Web.ada, scope: "read", unknown_parameter: "x" },
        headers: basicOf("confidential")
      }),
    parameters: {
      grant_type: grantTypeMistakes,
      username: {
        ...inForm,
        absent: refused,
        empty: refused,
        garbage: [
          [strange, grantRefused],
          ["grace", grantRefused]
        ]
      },
      password: {
        ...inForm,
        absent: refused,
        empty: refused,
        garbage: [
          [strange, grantRefused],
          ["hopper", grantRefused]
        ]
      },
      scope: scopeMistakes,
      client_id: namedClient,
      client_secret: secondSecret,
      unknown_parameter: ignored(inForm)
    },
    headers: [...basicMistakes, ...otherClient]
  },
  {
    name: "POST /introspect",
    path: "/introspect",
    method: "POST",
    crossOrigin: false,
    allow: "POST",
    good: active,
    prepare: (send) =>
      Effect.map(obtainTokens(send), ({ access_token }) => ({
        parameters: { token: access_token, token_type_hint: "access_token", unknown_parameter: "x" },
        headers: basicOf("confidential")
      })),
    parameters: {
      token: { ...inForm, absent: refused, empty: refused, garbage: [[strange, inactive]] },
      token_type_hint: {
        ...inForm,
        absent: fine,
        empty: fine,
        garbage: [
          [strange, fine],
          ["refresh_token", fine]
        ]
      },
      client_id: namedClient,
      client_secret: secondSecret,
      unknown_parameter: ignored(inForm)
    },
    headers: basicMistakes
  },
  {
    name: "POST /revoke",
    path: "/revoke",
    method: "POST",
    crossOrigin: true,
    allow: "POST",
    good: nothing,
    prepare: (send) =>
      Effect.map(obtainTokens(send), ({ access_token }) => ({
        parameters: { token: access_token, token_type_hint: "access_token", unknown_parameter: "x" },
        headers: basicOf("confidential")
      })),
    parameters: {
      token: { ...inForm, absent: refused, empty: refused, garbage: [[strange, nothing]] },
      token_type_hint: {
        ...inForm,
        absent: fine,
        empty: fine,
        garbage: [
          [strange, fine],
          ["refresh_token", fine]
        ]
      },
      client_id: namedClient,
      client_secret: secondSecret,
      unknown_parameter: ignored(inForm)
    },
    headers: basicMistakes
  },
  {
    name: "POST /authorize/sign-in",
    path: "/authorize/sign-in",
    method: "POST",
    crossOrigin: false,
    allow: "POST",
    good: { status: 200, page: "Allow access?", cookie: "oauth-session" },
    prepare: Effect.fnUntraced(function* (send) {
      const browser = new Web.Browser(send)
      const page = yield* browser.open("/authorize", Web.authorizationRequest)
      return {
        parameters: { ...Web.readForm(page.body).fields, ...Web.ada, unknown_parameter: "x" },
        headers: { cookie: browser.cookieHeader() }
      }
    }),
    parameters: {
      interaction: {
        ...inForm,
        absent: refused,
        empty: refused,
        garbage: [
          [strange, refused],
          ["A".repeat(43), refused]
        ]
      },
      username: {
        ...inForm,
        absent: { status: 400, page: "Sign in" },
        empty: { status: 400, page: "Sign in" },
        garbage: [
          [strange, { status: 400, page: "Sign in" }],
          ["grace", { status: 400, page: "Sign in" }],
          ["__proto__", { status: 400, page: "Sign in" }]
        ]
      },
      password: {
        ...inForm,
        absent: { status: 400, page: "Sign in" },
        empty: { status: 400, page: "Sign in" },
        garbage: [
          [strange, { status: 400, page: "Sign in" }],
          ["hopper", { status: 400, page: "Sign in" }]
        ]
      },
      unknown_parameter: ignored(inForm)
    },
    headers: [
      ["cookie", undefined, refused],
      ["cookie", "oauth-browser", refused],
      ["cookie", "oauth-browser=", refused],
      ["cookie", `oauth-browser=AAAAAAAA.${"A".repeat(43)}.${"A".repeat(43)}`, refused],
      ["cookie", `oauth-browser=${"A".repeat(1_000_000)}`, refused],
      ["sec-fetch-site", "cross-site", refused]
    ]
  },
  {
    name: "POST /authorize/consent",
    path: "/authorize/consent",
    method: "POST",
    crossOrigin: false,
    allow: "POST",
    good: { status: 303, answers: ["code", "state", "iss"] },
    prepare: Effect.fnUntraced(function* (send) {
      const browser = new Web.Browser(send)
      const signIn = yield* browser.open("/authorize", Web.authorizationRequest)
      const page = yield* browser.submit(signIn, Web.ada)
      return {
        parameters: { ...Web.readForm(page.body).fields, ...Web.approve, unknown_parameter: "x" },
        headers: { cookie: browser.cookieHeader() }
      }
    }),
    parameters: {
      interaction: {
        ...inForm,
        absent: refused,
        empty: refused,
        garbage: [
          [strange, refused],
          ["A".repeat(43), refused]
        ]
      },
      decision: {
        ...inForm,
        absent: refused,
        empty: refused,
        garbage: [
          [strange, refused],
          ["Approve", refused],
          ["yes", refused]
        ]
      },
      unknown_parameter: ignored(inForm)
    },
    headers: [
      ["cookie", undefined, refused],
      ["cookie", "oauth-browser=garbage; oauth-session=garbage", refused],
      ["sec-fetch-site", "cross-site", refused]
    ]
  },
  {
    name: "GET metadata",
    path: "/.well-known/oauth-authorization-server",
    method: "GET",
    crossOrigin: true,
    allow: "GET, HEAD",
    good: {
      status: 200,
      cacheable: true,
      members: [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "scopes_supported",
        "response_types_supported",
        "response_modes_supported",
        "grant_types_supported",
        "token_endpoint_auth_methods_supported",
        "revocation_endpoint",
        "revocation_endpoint_auth_methods_supported",
        "introspection_endpoint",
        "introspection_endpoint_auth_methods_supported",
        "code_challenge_methods_supported",
        "authorization_response_iss_parameter_supported"
      ]
    },
    prepare: () => Effect.succeed({ parameters: { unknown_parameter: "x" }, headers: {} }),
    parameters: {
      // It has no parameters, and does not read the query.
      unknown_parameter: {
        absent: fine,
        empty: fine,
        repeated: fine,
        huge: fine,
        notUtf8: fine,
        rawByte: fine,
        nul: fine,
        garbage: [[strange, fine]]
      }
    },
    headers: [["cookie", "oauth-session=garbage", { status: 200, cacheable: true, members: [] }]]
  }
]
