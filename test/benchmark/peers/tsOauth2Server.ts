/**
 * ts-oauth2-server (`@jmondi/oauth2-server`) on bare `node:http`. Its access tokens are JWTs; codes and refresh
 * tokens are opaque where it can have them so. Like its examples, this keeps them in clear.
 */

import type { IncomingMessage, ServerResponse } from "node:http"
import {
  AuthorizationServer,
  DateInterval,
  generateRandomToken,
  isOAuthError,
  type JwtInterface,
  JwtService,
  type OAuthAuthCode,
  type OAuthClient,
  OAuthRequest,
  type OAuthScope,
  type OAuthToken,
  type OAuthUser,
  type ResponseInterface
} from "@jmondi/oauth2-server"
import { client, person, pkce, scope } from "../facts.ts"
import { readForm } from "../harness/Form.ts"
import { createServer, listen } from "../harness/Listen.ts"
import type { Start } from "../Server.ts"
import { sign } from "./es256.ts"

const scopes = new Map<string, OAuthScope>([[scope, { name: scope }]])
const registered: OAuthClient = {
  id: client.id,
  name: client.id,
  secret: client.secret,
  redirectUris: [client.redirectUri],
  allowedGrants: ["client_credentials", "authorization_code", "refresh_token"],
  scopes: Array.from(scopes.values())
}
const user: OAuthUser = { id: person.subject }
const clients = new Map([[registered.id, registered]])

const accessTokens = new Map<string, OAuthToken>()
const refreshTokens = new Map<string, OAuthToken>()
const codes = new Map<string, OAuthAuthCode & { revoked?: boolean }>()

const existing = <A>(value: A | undefined): A => {
  if (value === undefined) throw new Error("not found")
  return value
}

const authCodeRepository = {
  getByIdentifier: async (code: string) => existing(codes.get(code)),
  issueAuthCode: (client: OAuthClient, user: OAuthUser | undefined, scopes: Array<OAuthScope>) => ({
    code: generateRandomToken(),
    expiresAt: new Date(Date.now() + 3600_000),
    client,
    user: user ?? null,
    scopes
  }),
  persist: async (code: OAuthAuthCode) => {
    codes.set(code.code, code)
  },
  isRevoked: async (code: string) => codes.get(code)?.revoked === true,
  revoke: async (code: string) => {
    existing(codes.get(code)).revoked = true
  }
}

const makeServer = (jwt: JwtInterface) => {
  const server = new AuthorizationServer(
    {
      getByIdentifier: async (id) => existing(clients.get(id)),
      isClientValid: async (grant, client, secret) =>
        client.secret === secret && client.allowedGrants.includes(grant)
    },
    {
      issueToken: async (client, scopes, user) => ({
        accessToken: generateRandomToken(),
        accessTokenExpiresAt: new Date(Date.now() + 3600_000),
        client,
        scopes,
        user: user ?? null
      }),
      issueRefreshToken: async (token) => {
        token.refreshToken = generateRandomToken()
        token.refreshTokenExpiresAt = new Date(Date.now() + 30 * 86400_000)
        refreshTokens.set(token.refreshToken, token)
        return token
      },
      persist: async (token) => {
        accessTokens.set(token.accessToken, token)
      },
      revoke: async (token) => {
        accessTokens.delete(token.accessToken)
        if (typeof token.refreshToken === "string") refreshTokens.delete(token.refreshToken)
      },
      isRefreshTokenRevoked: async (token) => !refreshTokens.has(token.refreshToken ?? ""),
      getByRefreshToken: async (token) => existing(refreshTokens.get(token)),
      getByAccessToken: async (token) => existing(accessTokens.get(token))
    },
    {
      getAllByIdentifiers: async (names) => names.flatMap((name) => scopes.get(name) ?? []),
      finalize: async (scopes) => scopes
    },
    jwt,
    { useOpaqueAuthorizationCodes: true, useOpaqueRefreshTokens: true }
  )
  server.enableGrantTypes(
    ["client_credentials", new DateInterval("1h")],
    ["refresh_token", new DateInterval("1h")],
    [
      {
        grant: "authorization_code",
        authCodeRepository,
        userRepository: { getUserByCredentials: async () => user }
      },
      new DateInterval("1h")
    ]
  )
  return server
}

/** It signs with HS256 by itself; with another algorithm, its user does it. */
class Es256Service extends JwtService {
  override sign(payload: string | Buffer | Record<string, unknown>): Promise<string> {
    if (typeof payload !== "object" || Buffer.isBuffer(payload)) return super.sign(payload)
    return sign(payload)
  }
}

const listener =
  (server: AuthorizationServer) => async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const request = new OAuthRequest({
      headers: incoming.headers,
      query: {},
      body: await readForm(incoming)
    })
    try {
      send(
        outgoing,
        await (incoming.url === "/introspect"
          ? server.introspect(request)
          : server.respondToAccessTokenRequest(request))
      )
    } catch (error) {
      if (!isOAuthError(error)) throw error
      send(outgoing, {
        status: error.status,
        headers: {},
        body: { error: error.errorType, error_description: error.errorDescription }
      })
    }
  }

const send = (outgoing: ServerResponse, response: Pick<ResponseInterface, "status" | "headers" | "body">) => {
  const body = JSON.stringify(response.body)
  outgoing.writeHead(response.status, {
    ...response.headers,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body)
  })
  outgoing.end(body)
}

export const start: Start = async ({ tokens }) => ({
  port: await listen(
    createServer(
      listener(
        makeServer(
          tokens === "jwt"
            ? new Es256Service("unused")
            : new JwtService("a secret for the access tokens, which are JWTs")
        )
      )
    )
  ),
  mintCodes: async (count) =>
    Array.from({ length: count }, () => {
      const code = generateRandomToken()
      codes.set(code, {
        code,
        redirectUri: client.redirectUri,
        codeChallenge: pkce.challenge,
        codeChallengeMethod: "S256",
        expiresAt: new Date(Date.now() + 3600_000),
        user,
        client: registered,
        scopes: Array.from(scopes.values())
      })
      return code
    })
})
