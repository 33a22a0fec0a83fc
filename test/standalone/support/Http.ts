/** Requests of programs, with nothing in between that could be helpful. */
import { createHash, randomBytes } from "node:crypto"
import { approve, type Browser } from "./Browser.ts"

export const confidential = { id: "demo-confidential", secret: "demo-secret" }
export const redirectUri = "http://127.0.0.1:8765/callback"

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly retryAfter?: string | null
}

/** Posts a form, as a confidential client unless told otherwise. */
export const post = async (
  url: string,
  form: Readonly<Record<string, string>>,
  client: { readonly id: string; readonly secret: string } | undefined = confidential
): Promise<Answer> => {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
    body: new URLSearchParams(form)
  })
  const text = await response.text()
  return {
    status: response.status,
    body: text === "" ? {} : JSON.parse(text),
    retryAfter: response.headers.get("retry-after")
  }
}

export interface Code {
  readonly code: string
  readonly verifier: string
}

/** Where a client sends a browser, with what it has to remember. */
export const authorizationUrl = (origin: string, parameters: Readonly<Record<string, string>> = {}) => {
  const verifier = randomBytes(32).toString("base64url")
  const url = new URL("/authorize", origin)
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: confidential.id,
    redirect_uri: redirectUri,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...parameters
  }).toString()
  return { url, verifier }
}

/** A code, as a browser brings it. */
export const getCode = async (
  browser: Browser,
  origin: string,
  parameters?: Readonly<Record<string, string>>
): Promise<Code> => {
  const { url, verifier } = authorizationUrl(origin, parameters)
  const callback = await approve(browser, url)
  const code = callback.searchParams.get("code")
  if (code === null) throw new Error(`No code in ${callback}`)
  return { code, verifier }
}

export const redeem = (origin: string, { code, verifier }: Code): Promise<Answer> =>
  post(`${origin}/token`, {
    grant_type: "authorization_code",
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri
  })

export const refresh = (origin: string, refreshToken: unknown): Promise<Answer> =>
  post(`${origin}/token`, { grant_type: "refresh_token", refresh_token: String(refreshToken) })

export const introspect = (origin: string, token: unknown): Promise<Answer> =>
  post(`${origin}/introspect`, { token: String(token) })
