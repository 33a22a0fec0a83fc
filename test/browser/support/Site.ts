/**
 * What a person sees: an authorization server and a client, each on a port of
 * this machine, and a Chromium to go from one to the other.
 */
import { existsSync } from "node:fs"
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import {
  AuditLog,
  AuthorizationServer,
  Client,
  Grants,
  Logout,
  OpenIdConnect,
  SigningKeys,
  Storage
} from "effect-oauth"
import { Extensions, InteractionPages, jwks, logout, OAuthHandler } from "effect-oauth/http"
import { NodeListener } from "effect-oauth/node"
import { type Browser, chromium } from "playwright-core"
import { People } from "../../support/TestServer.ts"

const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium"

/** Whether the tests can run: not without a browser, unless they have to. */
export const runnable = existsSync(executablePath) || process.env.REQUIRE_SERVICES === "1"

if (!runnable) {
  console.warn(
    `\n*** THE BROWSER TESTS ARE SKIPPED: there is no ${executablePath}. Install chromium, or set CHROMIUM_PATH. ***\n`
  )
}

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync"
    ]
  })

const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

/** What came back to the client. */
export interface Callback {
  readonly path: string
  readonly method: string
  readonly parameters: Readonly<Record<string, string>>
}

export interface Options {
  /** How people sign out. Default: `logout`, which asks. */
  readonly logout?: typeof logout
}

export interface Site {
  readonly issuer: string
  readonly client: string
  /** Where the client sends the person, with changes to its usual request. */
  readonly authorizationUrl: (changes?: Readonly<Record<string, string>>) => string
  /** Where the client sends the person to sign out. */
  readonly logoutUrl: (parameters?: Readonly<Record<string, string>>) => string
  /** A page of the client's with a form that does so by POST. */
  readonly logoutFormUrl: (parameters?: Readonly<Record<string, string>>) => string
  readonly signedOutUri: string
  readonly callbacks: Array<Callback>
  /** What the token endpoint answers to a code. */
  readonly redeem: (code: string) => Promise<Readonly<Record<string, unknown>>>
  readonly close: () => Promise<void>
}

const listen = (listener: RequestListener): Promise<{ readonly server: Server; readonly port: number }> =>
  new Promise((resolve) => {
    const server = createServer(listener)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      if (address === null || typeof address === "string") throw new Error("the server has no port")
      resolve({ server, port: address.port })
    })
  })

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const text = async (incoming: IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const longName =
  "The Extraordinarily Long Named Application of the Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"

const markup = `<img src=x onerror="globalThis.pwned = true"><script>globalThis.pwned = true</script>`

export const open = async (options: Options = {}): Promise<Site> => {
  const callbacks: Array<Callback> = []
  let start = ""
  const client = await listen(async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", "http://client")
    const page = (body: string) =>
      outgoing
        .writeHead(200, { "content-type": "text/html; charset=utf-8" })
        .end(`<!doctype html><title>Client</title><link rel="icon" href="data:,">${body}`)
    if (url.pathname === "/callback" || url.pathname === "/signed-out") {
      const body = incoming.method === "POST" ? await text(incoming) : url.search
      callbacks.push({
        path: url.pathname,
        method: incoming.method ?? "",
        parameters: Object.fromEntries(new URLSearchParams(body))
      })
      page("<h1>Back at the client</h1>")
    } else if (url.pathname === "/violation") {
      outgoing.setHeader("content-security-policy", "default-src 'none'")
      page("<h1>Violation</h1><style>h1{color:red}</style>")
    } else if (url.pathname === "/sign-out") {
      const fields = Array.from(
        url.searchParams,
        ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`
      )
      page(
        `<h1>Client</h1><form method="post" action="${issuer}/logout">${fields.join("")}<button>Leave</button></form>`
      )
    } else {
      page(`<h1>Client</h1><a href="${start.replaceAll("&", "&amp;")}">Sign in with Test</a>`)
    }
  })
  const clientUrl = `http://127.0.0.1:${client.port}`
  const signedOutUri = `${clientUrl}/signed-out`

  let answer: RequestListener = (_, outgoing) => outgoing.writeHead(503).end()
  const authorizationServer = await listen((incoming, outgoing) => answer(incoming, outgoing))
  const issuer = `http://localhost:${authorizationServer.port}`
  const register = (client_id: string, client_name: string, scope: string) =>
    Client.make({
      client_id,
      client_name,
      scope,
      token_endpoint_auth_method: "none",
      redirect_uris: [`${clientUrl}/callback`],
      post_logout_redirect_uris: [signedOutUri]
    })
  const longScope =
    "https://api.example.com/extraordinarily/long/scopes/that/have/no/place/to/break.readwrite"
  const runtime = ManagedRuntime.make(
    OAuthHandler.layer.pipe(
      Layer.provide(Extensions.layer([jwks, options.logout ?? logout])),
      Layer.provide(InteractionPages.layer),
      Layer.provide(
        AuthorizationServer.layer({
          issuer,
          scopes: ["openid", "read", "write", longScope],
          grants: [Grants.authorizationCode]
        })
      ),
      Layer.provide(Logout.layer.pipe(Layer.provideMerge(OpenIdConnect.layer()))),
      Layer.provide(Layer.merge(SigningKeys.layer({ algorithms: ["RS256"] }), People)),
      Layer.provide(
        Storage.layerMemoryWith({
          clients: [
            register("photos", "Photo Printer", "openid read write"),
            register("long", longName, `read write ${longScope}`),
            register("markup", markup, "read"),
            // Right to left, and everything after it, unless it is kept apart.
            register("backwards", "\u202ereversed", "read")
          ]
        })
      ),
      Layer.provide(Layer.succeed(AuditLog.AuditLog, { record: () => Effect.void }))
    )
  )
  answer = await runtime.runPromise(NodeListener.make)

  const authorizationUrl: Site["authorizationUrl"] = (changes = {}) => {
    const request = {
      response_type: "code",
      client_id: "photos",
      redirect_uri: `${clientUrl}/callback`,
      state: "s &+%å",
      code_challenge: challenge,
      code_challenge_method: "S256",
      ...changes
    }
    return `${issuer}/authorize?${new URLSearchParams(request)}`
  }
  start = authorizationUrl()
  const logoutUrl: Site["logoutUrl"] = (parameters = {}) =>
    `${issuer}/logout?${new URLSearchParams(parameters)}`

  return {
    issuer,
    client: clientUrl,
    authorizationUrl,
    logoutUrl,
    logoutFormUrl: (parameters = {}) => `${clientUrl}/sign-out?${new URLSearchParams(parameters)}`,
    signedOutUri,
    callbacks,
    redeem: async (code) => {
      const response = await fetch(`${issuer}/token`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "authorization_code",
          client_id: "photos",
          redirect_uri: `${clientUrl}/callback`,
          code,
          code_verifier: verifier
        })
      })
      return await response.json()
    },
    close: async () => {
      await runtime.dispose()
      await Promise.all([close(client.server), close(authorizationServer.server)])
    }
  }
}
