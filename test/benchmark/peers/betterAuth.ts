/**
 * better-auth with its OAuth provider. Its adapter for memory looks through whole arrays and copies the database
 * for every transaction, so that it gets slower with every token; SQLite in memory, which its documentation
 * recommends to begin with, does not.
 */

import { createHash, randomBytes } from "node:crypto"
import { DatabaseSync } from "node:sqlite"
import { oauthProvider } from "@better-auth/oauth-provider"
import { betterAuth } from "better-auth"
import { getMigrations } from "better-auth/db/migration"
import { toNodeHandler } from "better-auth/node"
import { jwt } from "better-auth/plugins"
import { client, offlineScope, person, pkce, resource, scope } from "../facts.ts"
import { createServer, listen } from "../harness/Listen.ts"
import type { Start } from "../Server.ts"
import type { Tokens } from "../Workloads.ts"

const makeOptions = (tokens: Tokens) => ({
  baseURL: "http://localhost:9000",
  secret: "a secret of the benchmark, at least 32 characters long",
  database: new DatabaseSync(":memory:"),
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
  logger: { disabled: true },
  plugins: [
    jwt({ jwks: { keyPairConfig: { alg: "ES256" } } }),
    oauthProvider({
      loginPage: "/sign-in",
      consentPage: "/consent",
      scopes: ["openid", offlineScope, scope],
      codeExpiresIn: 3600,
      // The access tokens of an API that is asked for are JWTs.
      ...(tokens === "jwt" && { resources: [resource], enforcePerClientResources: false }),
      silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true }
    })
  ]
})

const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64url")

export const start: Start = async ({ tokens }) => {
  const options = makeOptions(tokens)
  const { runMigrations } = await getMigrations(options)
  await runMigrations()
  const auth = betterAuth(options)
  const { adapter, internalAdapter } = await auth.$context
  await adapter.create({
    model: "oauthClient",
    data: {
      clientId: client.id,
      clientSecret: sha256(client.secret),
      scopes: [scope, offlineScope],
      clientCredentialsScopes: [scope],
      redirectUris: [client.redirectUri],
      grantTypes: ["client_credentials", "authorization_code", "refresh_token"],
      responseTypes: ["code"],
      tokenEndpointAuthMethod: "client_secret_basic",
      requirePKCE: true,
      disabled: false,
      createdAt: new Date(),
      updatedAt: new Date()
    }
  })
  const user = await adapter.create({
    model: "user",
    data: {
      email: "ada@example.com",
      name: person.username,
      emailVerified: true,
      createdAt: new Date(),
      updatedAt: new Date()
    }
  })
  const session = await internalAdapter.createSession(user.id, false)

  const mintCode = async () => {
    const code = randomBytes(24).toString("base64url")
    await internalAdapter.createVerificationValue({
      identifier: sha256(code),
      expiresAt: new Date(Date.now() + 3600_000),
      value: JSON.stringify({
        type: "authorization_code",
        query: {
          response_type: "code",
          client_id: client.id,
          redirect_uri: client.redirectUri,
          scope: `${scope} ${offlineScope}`,
          state: "s",
          code_challenge: pkce.challenge,
          code_challenge_method: "S256"
        },
        userId: user.id,
        sessionId: session.id,
        authTime: Date.now()
      })
    })
    return code
  }

  return {
    port: await listen(createServer(toNodeHandler(auth))),
    mintCodes: async (count) => {
      const codes: Array<string> = []
      while (codes.length < count) codes.push(await mintCode())
      return codes
    }
  }
}
