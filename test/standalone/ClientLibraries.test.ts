import * as oauth from "oauth4webapi"
import * as openid from "openid-client"
import { beforeAll, describe, expect, it, vi } from "vitest"
import { approve, makeBrowser } from "./support/Browser.ts"
import { confidential, redirectUri } from "./support/Http.ts"
import { makeFolder, patience, type StandaloneServer, start } from "./support/StandaloneServer.ts"

vi.setConfig({ testTimeout: 2 * patience, hookTimeout: 2 * patience })

let server: StandaloneServer

beforeAll(async () => {
  const folder = makeFolder()
  server = await start(folder.path, {})
  return async () => {
    await server.stop("SIGKILL")
    folder.remove()
  }
})

describe("openid-client", () => {
  const discover = (clientId: string, authentication: openid.ClientAuth) =>
    openid.discovery(new URL(server.issuer), clientId, undefined, authentication, {
      algorithm: "oauth2",
      execute: [openid.allowInsecureRequests]
    })

  const authorize = async (config: openid.Configuration) => {
    const verifier = openid.randomPKCECodeVerifier()
    const state = openid.randomState()
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: "read write",
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state
    })
    const callback = await approve(makeBrowser(), url)
    return { callback, checks: { pkceCodeVerifier: verifier, expectedState: state } }
  }

  it("works as a confidential client", async () => {
    const config = await discover(confidential.id, openid.ClientSecretBasic(confidential.secret))
    expect(config.serverMetadata().authorization_response_iss_parameter_supported).toBe(true)

    const { callback, checks } = await authorize(config)
    expect(callback.searchParams.get("iss")).toBe(server.issuer)
    const tokens = await openid.authorizationCodeGrant(config, callback, checks)
    expect(tokens).toMatchObject({ token_type: "bearer", expires_in: 600, scope: "read write" })

    const second = await openid.refreshTokenGrant(config, tokens.refresh_token ?? "")
    const third = await openid.refreshTokenGrant(config, second.refresh_token ?? "", { scope: "read" })
    expect(third.scope).toBe("read")

    expect(await openid.tokenIntrospection(config, second.access_token)).toMatchObject({
      active: true,
      scope: "read write",
      client_id: confidential.id,
      username: "demo",
      sub: "demo",
      iss: server.issuer
    })
    await openid.tokenRevocation(config, second.access_token)
    expect(await openid.tokenIntrospection(config, second.access_token)).toEqual({ active: false })
    expect(await openid.tokenIntrospection(config, third.access_token)).toMatchObject({ active: true })

    await openid.tokenRevocation(config, third.refresh_token ?? "")
    expect(await openid.tokenIntrospection(config, third.access_token)).toEqual({ active: false })
    await expect(openid.refreshTokenGrant(config, third.refresh_token ?? "")).rejects.toMatchObject({
      error: "invalid_grant"
    })
  })

  it("works as a public client", async () => {
    const config = await discover("demo-public", openid.None())
    const { callback, checks } = await authorize(config)
    const tokens = await openid.authorizationCodeGrant(config, callback, checks)
    const second = await openid.refreshTokenGrant(config, tokens.refresh_token ?? "")
    await openid.tokenRevocation(config, second.refresh_token ?? "")
    await expect(openid.refreshTokenGrant(config, second.refresh_token ?? "")).rejects.toMatchObject({
      error: "invalid_grant"
    })
  })

  it("gets tokens for itself with its credentials", async () => {
    const config = await discover(confidential.id, openid.ClientSecretBasic(confidential.secret))
    const tokens = await openid.clientCredentialsGrant(config, { scope: "write" })
    expect(tokens.scope).toBe("write")
    expect(tokens.refresh_token).toBeUndefined()
    expect(await openid.tokenIntrospection(config, tokens.access_token)).toMatchObject({
      active: true,
      sub: confidential.id
    })
  })

  it("RFC 9207: refuses a response of another issuer", async () => {
    const config = await discover(confidential.id, openid.ClientSecretBasic(confidential.secret))
    const { callback, checks } = await authorize(config)
    callback.searchParams.set("iss", "https://attacker.example")
    await expect(openid.authorizationCodeGrant(config, callback, checks)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('"iss"') }
    })
  })
})

describe("oauth4webapi", () => {
  const insecurely = { [oauth.allowInsecureRequests]: true }

  const discover = async () => {
    const issuer = new URL(server.issuer)
    const response = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecurely })
    return oauth.processDiscoveryResponse(issuer, response)
  }

  const authorize = async (as: oauth.AuthorizationServer, client: oauth.Client) => {
    const verifier = oauth.generateRandomCodeVerifier()
    const state = oauth.generateRandomState()
    const url = new URL(as.authorization_endpoint ?? "")
    url.search = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: redirectUri,
      response_type: "code",
      scope: "read",
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state
    }).toString()
    const callback = await approve(makeBrowser(), url)
    return { parameters: oauth.validateAuthResponse(as, client, callback, state), verifier }
  }

  const clients: ReadonlyArray<
    readonly [name: string, client: oauth.Client, authentication: oauth.ClientAuth]
  > = [
    ["confidential", { client_id: confidential.id }, oauth.ClientSecretBasic(confidential.secret)],
    ["public", { client_id: "demo-public" }, oauth.None()]
  ]

  it.each(clients)("works as a %s client", async (_, client, authentication) => {
    const as = await discover()
    const { parameters, verifier } = await authorize(as, client)
    const tokens = await oauth.processAuthorizationCodeResponse(
      as,
      client,
      await oauth.authorizationCodeGrantRequest(
        as,
        client,
        authentication,
        parameters,
        redirectUri,
        verifier,
        insecurely
      )
    )
    expect(tokens).toMatchObject({ token_type: "bearer", expires_in: 600, scope: "read" })

    const refresh = async (refreshToken = "") =>
      oauth.processRefreshTokenResponse(
        as,
        client,
        await oauth.refreshTokenGrantRequest(as, client, authentication, refreshToken, insecurely)
      )
    const second = await refresh(tokens.refresh_token)
    const third = await refresh(second.refresh_token)
    expect(third.refresh_token).not.toBe(second.refresh_token)

    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, client, authentication, third.refresh_token ?? "", insecurely)
    )
    await expect(refresh(third.refresh_token)).rejects.toMatchObject({ error: "invalid_grant" })
  })

  it("introspects and revokes what it got with its credentials", async () => {
    const as = await discover()
    const client: oauth.Client = { client_id: confidential.id }
    const authentication = oauth.ClientSecretBasic(confidential.secret)
    const tokens = await oauth.processClientCredentialsResponse(
      as,
      client,
      await oauth.clientCredentialsGrantRequest(as, client, authentication, { scope: "read" }, insecurely)
    )
    const introspect = async () =>
      oauth.processIntrospectionResponse(
        as,
        client,
        await oauth.introspectionRequest(as, client, authentication, tokens.access_token, insecurely)
      )
    expect(await introspect()).toMatchObject({ active: true, scope: "read", client_id: confidential.id })
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, client, authentication, tokens.access_token, insecurely)
    )
    expect(await introspect()).toEqual({ active: false })
  })
})
