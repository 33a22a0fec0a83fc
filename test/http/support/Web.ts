/**
 * The server of the process as the web sees it: requests by path, answers as
 * status, headers and text, and a browser that keeps cookies and sends forms.
 */
import * as Effect from "effect/Effect"
import { FetchHandler, type OAuthHandler } from "effect-oauth/http"

export interface Sent {
  readonly method?: string
  readonly path: string
  /** Without the question mark. */
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Send = (sent: Sent) => Effect.Effect<Answer>

export const formType = { "content-type": "application/x-www-form-urlencoded" }

export const encode = (parameters: Readonly<Record<string, string>>): string =>
  new URLSearchParams(parameters).toString()

/** A form, as a browser or a client sends it. */
export const form = (
  path: string,
  parameters: Readonly<Record<string, string>>,
  headers: Sent["headers"] = {}
): Sent => ({ method: "POST", path, headers: { ...formType, ...headers }, body: encode(parameters) })

/** Sends to the `fetch` handler, as from an origin. */
export const toFetchHandler = (origin: string): Effect.Effect<Send, never, OAuthHandler.OAuthHandler> =>
  Effect.map(
    FetchHandler.make,
    (handle): Send =>
      ({ body, headers, method, path, query }) =>
        Effect.promise(async () => {
          const url = `${origin}${path}${query === undefined ? "" : `?${query}`}`
          const init = {
            method: method ?? "GET",
            headers: headers ?? {},
            // As bytes, so that nobody adds a content type.
            ...(body !== undefined && {
              body: typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body)
            })
          }
          const response = await handle(new Request(url, init), { remoteAddress: "203.0.113.7" })
          return {
            status: response.status,
            headers: Object.fromEntries(response.headers),
            body: await response.text()
          }
        })
  )

const decodeHtml = (text: string) =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))

/** The first form of a page, as it would be sent without a change. */
export const readForm = (
  page: string
): { readonly action: string; readonly fields: Record<string, string> } => {
  const action = /<form method="post" action="([^"]*)">/.exec(page)?.[1]
  if (action === undefined) throw new Error(`there is no form in ${page}`)
  const fields = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)
  return {
    action: decodeHtml(action),
    fields: Object.fromEntries(Array.from(fields, ([, name = "", value = ""]) => [name, decodeHtml(value)]))
  }
}

export const title = (page: string): string | undefined => /<title>([^<]*)<\/title>/.exec(page)?.[1]

/** A browser with a cookie jar. It does not follow redirects. */
export class Browser {
  readonly cookies = new Map<string, string>()
  readonly send: Send

  constructor(server: Send) {
    this.send = (sent) => {
      const cookie = this.cookieHeader()
      return Effect.map(
        server({ ...sent, headers: { ...(cookie !== "" && { cookie }), ...sent.headers } }),
        (answer) => {
          const [, name, value] = /^([^=]+)=([^;]*)/.exec(answer.headers["set-cookie"] ?? "") ?? []
          if (name !== undefined && value !== undefined) this.cookies.set(name, value)
          return answer
        }
      )
    }
  }

  cookieHeader(): string {
    return Array.from(this.cookies, ([name, value]) => `${name}=${value}`).join("; ")
  }

  open(path: string, parameters: Readonly<Record<string, string>>): Effect.Effect<Answer> {
    return this.send({ path, query: encode(parameters) })
  }

  /** Sends the form of a page, filled in. */
  submit(
    page: Answer,
    fields: Readonly<Record<string, string>>,
    headers: Sent["headers"] = {}
  ): Effect.Effect<Answer> {
    return Effect.suspend(() => {
      const { action, fields: hidden } = readForm(page.body)
      return this.send(form(action, { ...hidden, ...fields }, headers))
    })
  }
}

export const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
/** RFC 7636 Appendix B. */
export const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

export const authorizationRequest = {
  response_type: "code",
  client_id: "confidential",
  redirect_uri: "https://client.example/callback",
  scope: "read write",
  state: "af0ifjsldkj",
  code_challenge: challenge,
  code_challenge_method: "S256"
} as const

export const ada = { username: "ada", password: "lovelace" } as const
export const grace = { username: "grace", password: "hopper" } as const
export const approve = { decision: "approve" } as const
export const deny = { decision: "deny" } as const
