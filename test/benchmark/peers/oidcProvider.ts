/**
 * oidc-provider. The adapter that it brings along holds no more than a thousand rows and reads all of a grant's
 * tokens whenever one is added, "only for development"; this one is its example, over Maps. Nobody asks for the
 * scope `openid`, so that it signs no ID tokens.
 */
import { exportJWK, generateKeyPair } from "jose"
import Provider from "oidc-provider"
import { client, person, pkce, resource, scope } from "../facts.ts"
import { createServer, listen } from "../harness/Listen.ts"
import type { Start } from "../Server.ts"

type Payload = Record<string, unknown>

const rows = new Map<string, { readonly payload: Payload; readonly expiresAt: number }>()
const idsByGrant = new Map<string, Set<string>>()
const idsByUid = new Map<string, string>()

class MemoryAdapter {
  readonly #model: string
  constructor(model: string) {
    this.#model = model
  }
  #key(id: string): string {
    return `${this.#model}:${id}`
  }
  async upsert(id: string, payload: Payload, expiresIn?: number) {
    const key = this.#key(id)
    const expiresAt = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1000
    rows.set(key, { payload, expiresAt })
    if (typeof payload.grantId === "string") {
      const ids = idsByGrant.get(payload.grantId)
      if (ids === undefined) idsByGrant.set(payload.grantId, new Set([key]))
      else ids.add(key)
    }
    if (typeof payload.uid === "string") idsByUid.set(payload.uid, id)
  }
  async find(id: string) {
    const row = rows.get(this.#key(id))
    return row !== undefined && row.expiresAt > Date.now() ? row.payload : undefined
  }
  async findByUid(uid: string) {
    return this.find(idsByUid.get(uid) ?? "")
  }
  async findByUserCode() {
    return undefined
  }
  async consume(id: string) {
    const row = rows.get(this.#key(id))
    if (row !== undefined) row.payload.consumed = Math.floor(Date.now() / 1000)
  }
  async destroy(id: string) {
    rows.delete(this.#key(id))
  }
  async revokeByGrantId(grantId: string) {
    for (const key of idsByGrant.get(grantId) ?? []) rows.delete(key)
    idsByGrant.delete(grantId)
  }
}

const configuration = {
  adapter: MemoryAdapter,
  clients: [
    {
      client_id: client.id,
      client_secret: client.secret,
      redirect_uris: [client.redirectUri],
      grant_types: ["client_credentials", "authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_basic"
    }
  ],
  scopes: ["openid", scope],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true }
  },
  pkce: { required: () => true },
  findAccount: async (_ctx: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  cookies: { keys: ["a key for the cookies of the benchmark"] },
  ttl: {
    AccessToken: 3600,
    AuthorizationCode: 3600,
    ClientCredentials: 3600,
    Grant: 30 * 86400,
    Interaction: 900,
    RefreshToken: 30 * 86400,
    Session: 12 * 3600
  }
}

/** It signs the access tokens of an API that has asked for it. */
const jwtConfiguration = async () => ({
  ...configuration,
  jwks: { keys: [await es256Jwk()] },
  clientDefaults: { id_token_signed_response_alg: "ES256" },
  features: {
    ...configuration.features,
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => resource,
      getResourceServerInfo: async () => ({
        scope,
        audience: resource,
        accessTokenTTL: 3600,
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: "ES256" } }
      })
    }
  }
})

const es256Jwk = async () => {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true })
  return { ...(await exportJWK(privateKey)), alg: "ES256", use: "sig", kid: "1" }
}

const mintCode = async (provider: Provider): Promise<string> => {
  const grant = new provider.Grant({ accountId: person.subject, clientId: client.id })
  grant.addOIDCScope(scope)
  const code = new provider.AuthorizationCode({
    client: await provider.Client.find(client.id),
    accountId: person.subject,
    grantId: await grant.save(),
    gty: "authorization_code",
    scope,
    redirectUri: client.redirectUri,
    codeChallenge: pkce.challenge,
    codeChallengeMethod: "S256",
    authTime: Math.floor(Date.now() / 1000)
  })
  return code.save()
}

/** Signs in like a browser, with the form that comes with the development interactions. */
const signIn = async (port: number): Promise<string> => {
  const jar = new Map<string, string>()
  const visit = async (path: string, form?: Record<string, string>): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      redirect: "manual",
      headers: { cookie: Array.from(jar, ([name, value]) => `${name}=${value}`).join("; ") },
      ...(form && { method: "POST", body: new URLSearchParams(form) })
    })
    await response.arrayBuffer()
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === "") jar.delete(name)
      else jar.set(name, value)
    }
    const { pathname } = new URL(response.headers.get("location") ?? "/", "http://localhost")
    return pathname
  }
  const query = new URLSearchParams({
    response_type: "code",
    client_id: client.id,
    redirect_uri: client.redirectUri,
    scope,
    code_challenge: pkce.challenge,
    code_challenge_method: "S256"
  })
  const asked = await visit(`/auth?${query}`)
  const resumed = await visit(asked, { prompt: "login", login: person.subject, password: person.password })
  await visit(resumed)
  return Array.from(jar)
    .filter(([name]) => name.startsWith("_session"))
    .map(([name, value]) => `${name}=${value}`)
    .join("; ")
}

export const start: Start = async ({ tokens }) => {
  const provider = new Provider(
    "http://localhost:9000",
    tokens === "jwt" ? await jwtConfiguration() : configuration
  )
  const port = await listen(createServer(provider.callback()))
  return {
    port,
    mintCodes: (count) => Promise.all(Array.from({ length: count }, () => mintCode(provider))),
    signIn: () => signIn(port)
  }
}
