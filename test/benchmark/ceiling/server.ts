/**
 * The ceiling: a token endpoint written by hand on `node:http`, which does what nobody can leave out and
 * nothing else. It reads the form, authenticates the client, makes random tokens, keeps only their hashes, and
 * answers. It has one client, no policy, no audit, no way to revoke, and it is no way to write a server.
 */
import { generateKeyPairSync, hash, randomFillSync, sign, timingSafeEqual } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import { client, person, pkce, resource, scope } from "../facts.ts"
import { createServer, listen } from "../harness/Listen.ts"
import type { Start } from "../Server.ts"
import type { Tokens } from "../Workloads.ts"

interface Token {
  readonly clientId: string
  readonly subject: string | undefined
  readonly scope: string
  readonly issuedAt: number
  readonly expiresAt: number
}

interface Code extends Token {
  readonly redirectUri: string
  readonly codeChallenge: string
}

const sha256 = (text: string): string => hash("sha256", text, "base64url")

const clients = new Map([[client.id, { secret: hash("sha256", client.secret, "buffer"), scope }]])
const accessTokens = new Map<string, Token>()
const refreshTokens = new Map<string, Token>()
const codes = new Map<string, Code>()
const sessions = new Map<string, { readonly subject: string; readonly expiresAt: number }>()
const interactions = new Map<
  string,
  { readonly subject: string; readonly request: Form; readonly expiresAt: number }
>()

const issuer = "http://localhost"
const lifetime = { accessToken: 3600_000, refreshToken: 30 * 86400_000 }

const pool = Buffer.alloc(4096)
let used = pool.length
const random = (): string => {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += 32
  return pool.toString("base64url", used - 32, used)
}

type Form = ReadonlyMap<string, string>

const parse = (text: string): Form => {
  const form = new Map<string, string>()
  for (const pair of text.split("&")) {
    const at = pair.indexOf("=")
    if (at === -1) continue
    form.set(decode(pair.slice(0, at)), decode(pair.slice(at + 1)))
  }
  return form
}

const decode = (text: string): string =>
  text.includes("%") || text.includes("+") ? decodeURIComponent(text.replaceAll("+", " ")) : text

const authenticate = (request: IncomingMessage): string | undefined => {
  const header = request.headers.authorization
  if (header === undefined || !header.startsWith("Basic ")) return undefined
  const text = Buffer.from(header.slice(6), "base64").toString()
  const colon = text.indexOf(":")
  const id = decode(text.slice(0, colon))
  const registered = clients.get(id)
  if (registered === undefined) return undefined
  const matches = timingSafeEqual(hash("sha256", decode(text.slice(colon + 1)), "buffer"), registered.secret)
  return matches ? id : undefined
}

type Answer = readonly [status: number, body: unknown]

const send = (response: ServerResponse, [status, body]: Answer): void => {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    "content-type": "application/json",
    "cache-control": "no-store",
    "content-length": Buffer.byteLength(text)
  })
  response.end(text)
}

const sendPage = (response: ServerResponse, page: string): void => {
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "content-length": Buffer.byteLength(page)
  })
  response.end(page)
}

const refuse = (error: string): Answer => [400, { error }]

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url")
const header = encode({ alg: "ES256", typ: "at+jwt", kid: random() })

// The cheapest that Node can: a bare key, and r‖s out of the DER by hand.
const signature = (input: string): string => {
  const der = sign("sha256", Buffer.from(input), privateKey)
  const bytes = Buffer.alloc(64)
  const endOfR = 4 + der.readUInt8(3)
  put(der.subarray(4, endOfR), bytes, 32)
  put(der.subarray(endOfR + 2), bytes, 64)
  return bytes.toString("base64url")
}

const put = (integer: Buffer, bytes: Buffer, end: number): void => {
  const digits = integer.length > 32 ? integer.subarray(integer.length - 32) : integer
  bytes.set(digits, end - digits.length)
}

const jwt = (clientId: string, subject: string | undefined, scope: string, now: number): string => {
  const iat = Math.floor(now / 1000)
  const claims = encode({
    iss: issuer,
    exp: iat + lifetime.accessToken / 1000,
    aud: resource,
    sub: subject ?? clientId,
    client_id: clientId,
    iat,
    jti: random(),
    scope
  })
  const input = `${header}.${claims}`
  return `${input}.${signature(input)}`
}

let tokens: Tokens = "opaque"

const issueAccessToken = (
  clientId: string,
  subject: string | undefined,
  scope: string,
  now: number
): string => {
  const token = tokens === "jwt" ? jwt(clientId, subject, scope, now) : random()
  accessTokens.set(sha256(token), {
    clientId,
    subject,
    scope,
    issuedAt: now,
    expiresAt: now + lifetime.accessToken
  })
  return token
}

const issueRefreshToken = (
  clientId: string,
  subject: string | undefined,
  scope: string,
  now: number
): string => {
  const token = random()
  refreshTokens.set(sha256(token), {
    clientId,
    subject,
    scope,
    issuedAt: now,
    expiresAt: now + lifetime.refreshToken
  })
  return token
}

const clientCredentials = (clientId: string, form: Form): Answer => {
  const requested = form.get("scope") ?? scope
  if (requested !== scope) return refuse("invalid_scope")
  const token = issueAccessToken(clientId, undefined, requested, Date.now())
  return [200, { access_token: token, token_type: "Bearer", expires_in: 3600, scope: requested }]
}

const refresh = (clientId: string, form: Form): Answer => {
  const now = Date.now()
  const key = sha256(form.get("refresh_token") ?? "")
  const old = refreshTokens.get(key)
  if (old === undefined || old.clientId !== clientId || old.expiresAt <= now) {
    return refuse("invalid_grant")
  }
  refreshTokens.delete(key)
  return [
    200,
    {
      access_token: issueAccessToken(clientId, old.subject, old.scope, now),
      token_type: "Bearer",
      expires_in: 3600,
      scope: old.scope,
      refresh_token: issueRefreshToken(clientId, old.subject, old.scope, now)
    }
  ]
}

const redeem = (clientId: string, form: Form): Answer => {
  const now = Date.now()
  const key = sha256(form.get("code") ?? "")
  const code = codes.get(key)
  if (code === undefined || code.clientId !== clientId || code.expiresAt <= now) {
    return refuse("invalid_grant")
  }
  if (form.get("redirect_uri") !== code.redirectUri) return refuse("invalid_grant")
  const computed = Buffer.from(sha256(form.get("code_verifier") ?? ""))
  if (!timingSafeEqual(computed, Buffer.from(code.codeChallenge))) return refuse("invalid_grant")
  codes.delete(key)
  return [
    200,
    {
      access_token: issueAccessToken(clientId, code.subject, code.scope, now),
      token_type: "Bearer",
      expires_in: 3600,
      scope: code.scope,
      refresh_token: issueRefreshToken(clientId, code.subject, code.scope, now)
    }
  ]
}

const token = (clientId: string, form: Form): Answer => {
  switch (form.get("grant_type")) {
    case "client_credentials":
      return clientCredentials(clientId, form)
    case "refresh_token":
      return refresh(clientId, form)
    case "authorization_code":
      return redeem(clientId, form)
    default:
      return refuse("unsupported_grant_type")
  }
}

const introspect = (clientId: string, form: Form): Answer => {
  const found = accessTokens.get(sha256(form.get("token") ?? ""))
  if (found === undefined || found.clientId !== clientId || found.expiresAt <= Date.now()) {
    return [200, { active: false }]
  }
  return [
    200,
    {
      active: true,
      scope: found.scope,
      client_id: found.clientId,
      token_type: "Bearer",
      exp: Math.floor(found.expiresAt / 1000),
      iat: Math.floor(found.issuedAt / 1000),
      sub: found.subject ?? found.clientId,
      iss: issuer
    }
  ]
}

// Somebody is signed in: the request is kept until they have answered, and a page asks them.
const authorize = (request: IncomingMessage): Answer | string => {
  const url = request.url ?? ""
  const form = parse(url.slice(url.indexOf("?") + 1))
  const now = Date.now()
  const cookie = /(?:^|; )session=([^;]+)/.exec(request.headers.cookie ?? "")?.[1]
  const session = cookie === undefined ? undefined : sessions.get(sha256(cookie))
  if (session === undefined || session.expiresAt <= now) return refuse("login_required")
  if (!clients.has(form.get("client_id") ?? "")) return refuse("invalid_client")
  if (form.get("redirect_uri") !== client.redirectUri) return refuse("invalid_request")
  if (form.get("response_type") !== "code" || form.get("code_challenge_method") !== "S256") {
    return refuse("invalid_request")
  }
  const id = random()
  interactions.set(sha256(id), { subject: session.subject, request: form, expiresAt: now + 900_000 })
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Allow access?</title></head>
<body>
<p>Allow ${escapeHtml(form.get("client_id") ?? "")} to use ${escapeHtml(form.get("scope") ?? "")}?</p>
<form method="post" action="/consent">
<input type="hidden" name="interaction" value="${id}">
<button name="decision" value="approve">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>
</body>
</html>`
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

const listener = (request: IncomingMessage, response: ServerResponse): void => {
  if (request.method === "GET" && request.url?.startsWith("/authorize?")) {
    const answer = authorize(request)
    if (typeof answer === "string") sendPage(response, answer)
    else send(response, answer)
    return
  }
  const endpoint = request.url === "/token" ? token : request.url === "/introspect" ? introspect : undefined
  if (request.method !== "POST" || endpoint === undefined) {
    response.writeHead(404).end()
    return
  }
  let body = ""
  request.setEncoding("utf8")
  request.on("data", (chunk: string) => {
    body += chunk
  })
  request.on("end", () => {
    const form = parse(body)
    const clientId = authenticate(request)
    send(response, clientId === undefined ? [401, { error: "invalid_client" }] : endpoint(clientId, form))
  })
}

export const start: Start = async (settings) => {
  tokens = settings.tokens
  return {
    port: await listen(createServer(listener)),
    mintCodes: async (count) =>
      Array.from({ length: count }, () => {
        const code = random()
        const now = Date.now()
        codes.set(sha256(code), {
          clientId: client.id,
          subject: person.subject,
          scope,
          redirectUri: client.redirectUri,
          codeChallenge: pkce.challenge,
          issuedAt: now,
          expiresAt: now + 3600_000
        })
        return code
      }),
    signIn: async () => {
      const cookie = random()
      sessions.set(sha256(cookie), { subject: person.subject, expiresAt: Date.now() + 12 * 3600_000 })
      return `session=${cookie}`
    },
    sweep: async () => {
      for (const map of [accessTokens, refreshTokens, codes, sessions, interactions]) map.clear()
    }
  }
}
