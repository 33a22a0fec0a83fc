import { writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import { createRemoteJWKSet, customFetch as joseFetch, jwtVerify } from "jose"
import * as oauth from "oauth4webapi"
import * as openid from "openid-client"
import { beforeAll, describe, expect, it, vi } from "vitest"
import { approve, makeBrowser } from "./support/Browser.ts"
import {
  failToStart,
  makeFolder,
  patience,
  type StandaloneServer,
  start,
  withFolder
} from "./support/StandaloneServer.ts"

vi.setConfig({ testTimeout: 2 * patience, hookTimeout: 2 * patience })

const salt = "a salt that outlives every key there is"
const issuer = "https://op.example.com"
const redirectUri = "https://rp.example.com/callback"

const basics = {
  client_secret: "rp-secret",
  redirect_uris: [redirectUri],
  grant_types: ["authorization_code", "refresh_token", "implicit"],
  response_types: ["code", "id_token", "code id_token", "id_token token", "code token", "code id_token token"]
}

const clients = [
  { client_id: "rp", ...basics },
  {
    client_id: "rp-es256",
    ...basics,
    id_token_signed_response_alg: "ES256",
    userinfo_signed_response_alg: "ES256"
  },
  { client_id: "rp-pairwise", ...basics, subject_type: "pairwise" }
]

const signedOutUri = "https://rp.example.com/signed-out"

/** A client that wants to be told when a session ends, and what it is told. */
const makeToldClient = async () => {
  const tokens: Array<string> = []
  const listener = createServer((request, response) => {
    let body = ""
    request.on("data", (chunk) => {
      body += String(chunk)
    })
    request.on("end", () => {
      tokens.push(new URLSearchParams(body).get("logout_token") ?? "")
      response.writeHead(200).end()
    })
  })
  await new Promise<void>((resume) => listener.listen(0, "127.0.0.1", resume))
  const address = listener.address()
  const port = typeof address === "object" ? address?.port : undefined
  const metadata = {
    client_id: "rp-told",
    ...basics,
    post_logout_redirect_uris: [signedOutUri],
    backchannel_logout_uri: `http://127.0.0.1:${port}/back-channel`
  }
  return { tokens, metadata, close: () => listener.close() }
}

let told: Awaited<ReturnType<typeof makeToldClient>>

let server: StandaloneServer

// TLS ends in front of the server: what a proxy does with a request for the issuer.
const proxyHeaders = { "x-forwarded-proto": "https" }

const throughProxy = (
  url: string,
  init: {
    readonly method: string
    readonly headers: Headers | Record<string, string>
    readonly body?: unknown
  }
) =>
  fetch(url.replace(issuer, server.origin), {
    method: init.method,
    redirect: "manual",
    body: init.body instanceof URLSearchParams ? init.body : null,
    headers: { ...Object.fromEntries(new Headers(init.headers)), ...proxyHeaders }
  })

const toServer = (url: URL) => new URL(url.href.replace(issuer, server.origin))

beforeAll(async () => {
  const folder = makeFolder()
  told = await makeToldClient()
  writeFileSync(join(folder.path, "clients.json"), JSON.stringify([...clients, told.metadata]))
  server = await start(folder.path, {
    ISSUER: issuer,
    CLIENTS_FILE: "clients.json",
    PAIRWISE_SALT: salt
  })
  return async () => {
    await server.stop("SIGKILL")
    told.close()
    folder.remove()
  }
})

describe("openid-client", () => {
  const discover = async (
    clientId: string,
    ...execute: NonNullable<openid.DiscoveryRequestOptions["execute"]>
  ) => {
    const config = await openid.discovery(
      new URL(issuer),
      clientId,
      clientId === "rp-es256" ? { id_token_signed_response_alg: "ES256" } : {},
      openid.ClientSecretBasic("rp-secret"),
      { [openid.customFetch]: throughProxy, execute }
    )
    config[openid.customFetch] = throughProxy
    return config
  }

  const authorize = async (
    config: openid.Configuration,
    parameters: Readonly<Record<string, string>>,
    browser = makeBrowser(proxyHeaders)
  ) => {
    const checks = {
      pkceCodeVerifier: openid.randomPKCECodeVerifier(),
      expectedState: openid.randomState(),
      expectedNonce: openid.randomNonce()
    }
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      code_challenge: await openid.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: "S256",
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      ...parameters
    })
    return { callback: await approve(browser, toServer(url)), checks, browser }
  }

  it.each(["rp", "rp-es256", "rp-pairwise"])(
    "the code flow, with userinfo and a refresh, as %s",
    async (id) => {
      const config = await discover(id, openid.enableNonRepudiationChecks)
      const { callback, checks, browser } = await authorize(config, {
        scope: "openid profile email address phone offline_access"
      })
      const tokens = await openid.authorizationCodeGrant(config, callback, { ...checks, maxAge: 600 })
      const claims = tokens.claims()
      expect(claims).toMatchObject({ iss: issuer, aud: id, amr: ["pwd"], sid: expect.any(String) })
      expect(claims?.sub === "demo").toBe(id !== "rp-pairwise")

      const info = await openid.fetchUserInfo(config, tokens.access_token, claims?.sub ?? "")
      expect(info).toMatchObject({
        name: "Demo Person",
        email: "demo@example.com",
        email_verified: true,
        address: { country: "GB" },
        phone_number: "+44 20 7946 0000"
      })
      expect(info).not.toHaveProperty("password")

      const second = await openid.refreshTokenGrant(config, tokens.refresh_token ?? "")
      expect(second.claims()).toMatchObject({
        sub: claims?.sub,
        auth_time: claims?.auth_time,
        sid: claims?.sid
      })

      // The person is signed in, and has consented.
      const silent = await authorize(config, { scope: "openid email", prompt: "none" }, browser)
      const third = await openid.authorizationCodeGrant(config, silent.callback, silent.checks)
      expect(third.claims()).toMatchObject({ sub: claims?.sub, auth_time: claims?.auth_time })
      expect(third.refresh_token).toBeUndefined()
    }
  )

  it("the hybrid flow code id_token", async () => {
    const config = await discover("rp", openid.useCodeIdTokenResponseType)
    const { callback, checks } = await authorize(config, { scope: "openid profile" })
    expect(callback.search).toBe("")
    const tokens = await openid.authorizationCodeGrant(config, callback, checks)
    expect(tokens.claims()).toMatchObject({ iss: issuer, aud: "rp", sub: "demo" })
  })

  it("the same, as a detached signature: c_hash and s_hash", async () => {
    const config = await discover(
      "rp-es256",
      openid.useCodeIdTokenResponseType,
      openid.enableDetachedSignatureResponseChecks
    )
    const { callback, checks } = await authorize(config, { scope: "openid" })
    const tokens = await openid.authorizationCodeGrant(config, callback, checks)
    expect(tokens.claims()).toMatchObject({ aud: "rp-es256", sub: "demo" })
  })

  it("the implicit flow id_token", async () => {
    const config = await discover("rp", openid.useIdTokenResponseType)
    const { callback, checks } = await authorize(config, { scope: "openid email" })
    expect(callback.search).toBe("")
    const claims = await openid.implicitAuthentication(config, callback, checks.expectedNonce, {
      expectedState: checks.expectedState
    })
    // There is no access token to ask userinfo with.
    expect(claims).toMatchObject({ iss: issuer, aud: "rp", sub: "demo", email: "demo@example.com" })
  })

  it("signs a person out, and the client is told", async () => {
    const config = await discover("rp-told")
    const { browser, callback, checks } = await authorize(config, { scope: "openid" })
    const tokens = await openid.authorizationCodeGrant(config, callback, checks)
    const url = openid.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? "",
      post_logout_redirect_uri: signedOutUri,
      state: "af0ifjsldkj"
    })
    const { form } = await browser.open(toServer(url))
    if (form === undefined) return expect.unreachable("the person is not asked")
    const answer = await browser.submit(form, { decision: "sign-out" })
    expect(String(answer)).toBe(`${signedOutUri}?state=af0ifjsldkj`)
    await vi.waitFor(() => expect(told.tokens).toHaveLength(1), { timeout: patience, interval: 50 })
    const jwks = createRemoteJWKSet(new URL(`${issuer}/jwks`), {
      [joseFetch]: (url, init) => throughProxy(url, { method: "GET", headers: init.headers })
    })
    const { payload } = await jwtVerify(told.tokens[0] ?? "", jwks, {
      issuer,
      audience: "rp-told",
      typ: "logout+jwt",
      requiredClaims: ["iat", "exp", "jti", "events"]
    })
    expect(payload).toMatchObject({ sub: "demo", sid: tokens.claims()?.sid })
    expect(payload).not.toHaveProperty("nonce")
    await expect(openid.fetchUserInfo(config, tokens.access_token, "demo")).rejects.toThrow()
    const silent = await browser.open(
      toServer(
        openid.buildAuthorizationUrl(config, {
          redirect_uri: redirectUri,
          scope: "openid",
          prompt: "none",
          code_challenge: await openid.calculatePKCECodeChallenge(openid.randomPKCECodeVerifier()),
          code_challenge_method: "S256"
        })
      )
    )
    expect(silent.location?.searchParams.get("error")).toBe("login_required")
  })

  it("refuses an ID token of another nonce", async () => {
    const config = await discover("rp")
    const { callback, checks } = await authorize(config, { scope: "openid" })
    await expect(
      openid.authorizationCodeGrant(config, callback, { ...checks, expectedNonce: "another" })
    ).rejects.toMatchObject({ cause: { message: expect.stringContaining('"nonce"') } })
  })
})

describe("oauth4webapi", () => {
  const options = { [oauth.customFetch]: throughProxy }

  const discover = async () => {
    const url = new URL(issuer)
    return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, options))
  }

  const authorize = async (as: oauth.AuthorizationServer, responseType: string) => {
    const [verifier, state, nonce] = [
      oauth.generateRandomCodeVerifier(),
      oauth.generateRandomState(),
      oauth.generateRandomNonce()
    ]
    const url = new URL(as.authorization_endpoint ?? "")
    url.search = new URLSearchParams({
      client_id: "rp",
      redirect_uri: redirectUri,
      response_type: responseType,
      scope: "openid profile",
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce
    }).toString()
    return { callback: await approve(makeBrowser(proxyHeaders), toServer(url)), verifier, state, nonce }
  }

  const client: oauth.Client = { client_id: "rp" }
  const authentication = oauth.ClientSecretBasic("rp-secret")

  const redeem = async (
    as: oauth.AuthorizationServer,
    parameters: URLSearchParams,
    { nonce, verifier }: { readonly nonce: string; readonly verifier: string }
  ) => {
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      authentication,
      parameters,
      redirectUri,
      verifier,
      options
    )
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
      expectedNonce: nonce,
      requireIdToken: true
    })
    await oauth.validateApplicationLevelSignature(as, response, options)
    return tokens
  }

  it("the code flow, with the signature and userinfo", async () => {
    const as = await discover()
    const seen = await authorize(as, "code")
    const tokens = await redeem(as, oauth.validateAuthResponse(as, client, seen.callback, seen.state), seen)
    const claims = oauth.getValidatedIdTokenClaims(tokens)
    expect(claims).toMatchObject({ sub: "demo", nonce: seen.nonce })
    const info = await oauth.processUserInfoResponse(
      as,
      client,
      claims?.sub ?? "",
      await oauth.userInfoRequest(as, client, tokens.access_token, options)
    )
    expect(info).toMatchObject({ name: "Demo Person" })
  })

  it("the hybrid flow code id_token, with c_hash", async () => {
    const as = await discover()
    const seen = await authorize(as, "code id_token")
    const parameters = await oauth.validateCodeIdTokenResponse(
      as,
      client,
      seen.callback,
      seen.nonce,
      seen.state,
      undefined,
      options
    )
    expect(oauth.getValidatedIdTokenClaims(await redeem(as, parameters, seen))).toMatchObject({ sub: "demo" })
  })

  // The libraries do not know these; the hashes are computed here.
  it.each(["id_token token", "code token", "code id_token token"])("the flow %s", async (responseType) => {
    const as = await discover()
    const seen = await authorize(as, responseType)
    expect(seen.callback.search).toBe("")
    const answer = new URLSearchParams(seen.callback.hash.slice(1))
    expect(Array.from(answer.keys()).sort()).toEqual(
      [
        ...(responseType.includes("code") ? ["code"] : []),
        ...(responseType.includes("id_token") ? ["id_token"] : []),
        ...["access_token", "expires_in", "iss", "scope", "state", "token_type"]
      ].sort()
    )
    expect(answer.get("state")).toBe(seen.state)
    const info = await oauth.processUserInfoResponse(
      as,
      client,
      "demo",
      await oauth.userInfoRequest(as, client, answer.get("access_token") ?? "", options)
    )
    expect(info.name).toBe("Demo Person")
    if (responseType.includes("id_token")) {
      const keys = createRemoteJWKSet(new URL(as.jwks_uri ?? ""), { [joseFetch]: throughProxy })
      const { payload } = await jwtVerify(answer.get("id_token") ?? "", keys, {
        algorithms: ["RS256"],
        issuer,
        audience: "rp"
      })
      expect(payload).toMatchObject({ nonce: seen.nonce, at_hash: await half(answer.get("access_token")) })
      expect(payload.c_hash).toBe(answer.has("code") ? await half(answer.get("code")) : undefined)
    }
    if (responseType.includes("code")) {
      const parameters = new URLSearchParams({
        code: answer.get("code") ?? "",
        iss: issuer,
        state: seen.state
      })
      const validated = oauth.validateAuthResponse(as, client, parameters, seen.state)
      expect(oauth.getValidatedIdTokenClaims(await redeem(as, validated, seen))?.sub).toBe("demo")
    }
  })
})

const half = async (text: string | null) => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text ?? ""))
  return Buffer.from(digest.slice(0, 16)).toString("base64url")
}

describe("CLIENTS_FILE", () => {
  const complaint = (client: Record<string, unknown>, settings: Record<string, string> = {}) =>
    withFolder(async (folder) => {
      writeFileSync(join(folder, "clients.json"), JSON.stringify([{ client_id: "rp", ...basics, ...client }]))
      const { code, errors } = await failToStart(folder, { CLIENTS_FILE: "clients.json", ...settings })
      expect(code).toBe(1)
      return errors
    })

  it("may not ask for what the server does not have", async () => {
    expect(await complaint({ id_token_signed_response_alg: "none" })).toContain(
      'client 1 ("rp"): id_token_signed_response_alg: is not one of ES256, RS256'
    )
    expect(await complaint({ subject_type: "pairwise" })).toContain(
      'client 1 ("rp"): subject_type: pairwise needs the setting PAIRWISE_SALT'
    )
    expect(
      await complaint(
        { subject_type: "pairwise", redirect_uris: ["https://a.example/cb", "https://b.example/cb"] },
        { PAIRWISE_SALT: salt }
      )
    ).toContain('client 1 ("rp"): sector_identifier_uri: The client has no sector')
    expect(await complaint({ grant_types: ["authorization_code"] })).toContain(
      'client 1 ("rp"): grant_types: has no implicit, which the response type id_token needs'
    )
    expect(await complaint({}, { PAIRWISE_SALT: "short" })).toContain(
      "PAIRWISE_SALT: has fewer than 32 characters"
    )
  })
})
