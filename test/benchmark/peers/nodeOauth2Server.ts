/**
 * node-oauth2-server on bare `node:http`. How tokens are kept is its user's business; like its examples, this
 * keeps them, and the client's secret, in clear.
 */

import { randomBytes } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import OAuth2Server from "@node-oauth/oauth2-server"
import { client, person, pkce, scope } from "../facts.ts"
import { readForm } from "../harness/Form.ts"
import { createServer, listen } from "../harness/Listen.ts"
import type { Start } from "../Server.ts"
import { signAccessToken } from "./es256.ts"

const registered: OAuth2Server.Client = {
  id: client.id,
  secret: client.secret,
  redirectUris: [client.redirectUri],
  grants: ["client_credentials", "authorization_code", "refresh_token"]
}
const user: OAuth2Server.User = { id: person.subject }
const clients = new Map([[registered.id, registered]])

const accessTokens = new Map<string, OAuth2Server.Token>()
const refreshTokens = new Map<string, OAuth2Server.RefreshToken>()
const codes = new Map<string, OAuth2Server.AuthorizationCode>()

const model: OAuth2Server.ClientCredentialsModel &
  OAuth2Server.AuthorizationCodeModel &
  OAuth2Server.RefreshTokenModel = {
  getClient: async (id, secret) => {
    const found = clients.get(id)
    return found !== undefined && found.secret === secret ? found : false
  },
  getUserFromClient: async () => ({}),
  validateScope: async (_user, _client, requested = [scope]) =>
    requested.every((token) => token === scope) ? requested : false,
  saveToken: async (token, client, user) => {
    const saved: OAuth2Server.Token = { ...token, client, user }
    accessTokens.set(token.accessToken, saved)
    if (token.refreshToken !== undefined) {
      refreshTokens.set(token.refreshToken, { ...saved, refreshToken: token.refreshToken })
    }
    return saved
  },
  getAccessToken: async (token) => accessTokens.get(token),
  getRefreshToken: async (token) => refreshTokens.get(token),
  revokeToken: async (token) => refreshTokens.delete(token.refreshToken),
  saveAuthorizationCode: async (code, client, user) => {
    const saved: OAuth2Server.AuthorizationCode = { ...code, client, user }
    codes.set(code.authorizationCode, saved)
    return saved
  },
  getAuthorizationCode: async (code) => codes.get(code),
  revokeAuthorizationCode: async (code) => codes.delete(code.authorizationCode)
}

const lifetime = 3600

const jwtModel: typeof model = {
  ...model,
  generateAccessToken: (client, user, granted) =>
    signAccessToken({
      subject: typeof user.id === "string" ? user.id : client.id,
      clientId: client.id,
      scope: granted.join(" "),
      lifetime
    })
}

const listener = (oauth: OAuth2Server) => async (incoming: IncomingMessage, outgoing: ServerResponse) => {
  const request = new OAuth2Server.Request({
    headers: incoming.headers as Record<string, string>,
    method: incoming.method ?? "",
    query: {},
    body: await readForm(incoming)
  })
  const response = new OAuth2Server.Response()
  try {
    await oauth.token(request, response)
  } catch {
    // The response says what it was.
  }
  const body = JSON.stringify(response.body)
  outgoing.writeHead(response.status ?? 500, {
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
        new OAuth2Server({ model: tokens === "jwt" ? jwtModel : model, accessTokenLifetime: lifetime })
      )
    )
  ),
  mintCodes: async (count) =>
    Array.from({ length: count }, () => {
      const code = randomBytes(32).toString("base64url")
      codes.set(code, {
        authorizationCode: code,
        expiresAt: new Date(Date.now() + 3600_000),
        redirectUri: client.redirectUri,
        scope: [scope],
        client: registered,
        user,
        codeChallenge: pkce.challenge,
        codeChallengeMethod: "S256"
      })
      return code
    })
})
