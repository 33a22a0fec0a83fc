/**
 * What a server must know of its tokens, as plainly as it can be written down:
 * no hashes, no stores, no races. It says of each request whether it is to be
 * honoured, and of each token whether it is active.
 */
import * as Result from "effect/Result"
import type { Flows, TestClient } from "effect-oauth/testing"
import type { Asked, Event, Session } from "./History.ts"
import { scopesOf, type World } from "./House.ts"

interface Grant {
  alive: boolean
  readonly scope: ReadonlyArray<string>
  /** Of OpenID Connect; `undefined` if it has none. */
  readonly session: Session | undefined
}

interface Code {
  readonly grant: Grant
  readonly client: TestClient.TestClient
  readonly expiresAt: number
  used: boolean
  swept: boolean
}

interface AccessToken {
  readonly grant: Grant
  readonly expiresAt: number
  revoked: boolean
}

/** A chain of refresh tokens: all that there ever were, the last of them current. */
interface Family {
  readonly grant: Grant
  readonly tokens: Array<string>
  expiresAt: number
  rotatedAt: number
  rotatedScope: string | undefined
  retries: number
  swept: boolean
}

export class Model {
  readonly codes = new Map<string, Code>()
  readonly accessTokens = new Map<string, AccessToken>()
  readonly families: Array<Family> = []
  readonly world: World

  constructor(world: World) {
    this.world = world
  }

  /** What is wrong with what came of a command; it is now as the model says. */
  see(event: Event, now: number): ReadonlyArray<string> {
    switch (event._tag) {
      case "Nothing":
      case "Waited":
        return []
      case "Swept":
        for (const code of this.codes.values()) if (code.expiresAt <= now && !code.used) code.swept = true
        for (const family of this.families) if (family.expiresAt <= now) family.swept = true
        return []
      case "Authorized": {
        const { asked } = event
        // Whether a person says no, the history knows, and so does the answer; and whether anybody could
        // have been asked.
        if (Result.isFailure(event.result)) {
          const { error, message } = event.result.failure
          const maybe = asked.prompt === "none" ? ["login_required", "consent_required"] : ["access_denied"]
          return maybe.includes(error) ? [] : [`the authorization was refused: ${message}`]
        }
        const { accessToken, code } = event.result.success
        const grant = {
          alive: true,
          scope: asked.mayHave,
          session: asked.isOpenId ? asked.session : undefined
        }
        if (code !== undefined) {
          const expiresAt = asked.issuedAt + this.world.settings.code * 1000
          this.codes.set(code, { grant, client: asked.client, expiresAt, used: false, swept: false })
        }
        if (accessToken !== undefined) this.#addAccessToken(accessToken, grant, now)
        return [
          ...gives("code", asked, code, "code"),
          ...gives("token", asked, accessToken, "access token"),
          ...gives("id_token", asked, event.result.success.idToken, "ID token")
        ]
      }
      case "Redeemed": {
        const code = this.codes.get(event.code.text)
        if (code === undefined || code.swept || event.verifier === "wrong") {
          return refused("a redemption", event.result)
        }
        if (code.used) {
          // RFC 6749 §4.1.2
          code.grant.alive = false
          return refused("a redemption of a used code", event.result)
        }
        if (!code.grant.alive || code.expiresAt <= now) return refused("a redemption", event.result)
        code.used = true
        if (Result.isFailure(event.result)) return honoured("a redemption", event.result)
        return this.#addTokens(event.result.success, code.client, code.grant, now)
      }
      case "Refreshed": {
        const family = this.#familyOf(event.token.text)
        if (family === undefined || family.swept) return refused("a refresh", event.result)
        const verdict = this.#judge(family, event.token.text, event.scope, now)
        if (verdict === "refused") return refused("a refresh", event.result)
        if (verdict === "reused") {
          // RFC 9700 §4.14.2
          family.grant.alive = false
          return refused("a refresh token that was replaced", event.result)
        }
        if (Result.isFailure(event.result)) return honoured(`a refresh (${verdict})`, event.result)
        const { accessToken, refreshToken = "" } = event.result.success
        this.#addAccessToken(accessToken, family.grant, now)
        if (verdict === "retried") {
          family.retries++
          return refreshToken === family.tokens.at(-1) ? [] : ["a retry got another refresh token"]
        }
        if (this.#familyOf(refreshToken) !== undefined) return ["a rotation gave a refresh token of before"]
        family.tokens.push(refreshToken)
        family.expiresAt = now + this.world.settings.refreshToken * 1000
        family.rotatedAt = now
        family.rotatedScope = event.scope
        family.retries = 0
        return []
      }
      case "ForItself": {
        const { client } = event.client
        const may =
          client.tokenEndpointAuthMethod !== "none" && client.grantTypes.includes("client_credentials")
        if (!may) return refused("a public client, or one that may not act for itself", event.result)
        if (Result.isFailure(event.result)) return honoured("a client for itself", event.result)
        this.#addAccessToken(
          event.result.success.accessToken,
          { alive: true, scope: [], session: undefined },
          now
        )
        return event.result.success.refreshToken === undefined ? [] : ["a refresh token (RFC 6749 §4.4.3)"]
      }
      case "WithPassword": {
        const { client, mayHave, password, result } = event
        const may = client.client.grantTypes.includes("password") && this.#has(client, mayHave)
        if (!may || password === "wrong") return refused("a password grant", result)
        if (Result.isFailure(result)) return honoured("a password grant", result)
        const grant = { alive: true, scope: mayHave, session: undefined }
        return [
          ...this.#addTokens(result.success, client, grant, now),
          ...(result.success.idToken === undefined ? [] : ["an ID token for a password"])
        ]
      }
      case "SignedOut": {
        const { session } = event
        // Whoever is not signed in cannot sign out.
        if (session === undefined || session.startedAt + this.world.settings.session * 1000 <= now) return []
        // Back-Channel Logout §2.7
        for (const { grant } of [...this.codes.values(), ...this.accessTokens.values(), ...this.families]) {
          if (grant.session === session && !grant.scope.includes("offline_access")) grant.alive = false
        }
        return []
      }
      case "Revoked": {
        if (event.kind === "access") {
          const token = this.accessTokens.get(event.token.text)
          if (token !== undefined) token.revoked = true
        } else {
          const family = this.#familyOf(event.token.text)
          // RFC 7009 §2.1
          if (family !== undefined && !family.swept) family.grant.alive = false
        }
        return honoured("a revocation", event.result)
      }
    }
  }

  /** RFC 7662 §2.2: issued, not expired, not revoked, and the grant alive. */
  isActive(token: string, now: number): boolean {
    const accessToken = this.accessTokens.get(token)
    if (accessToken !== undefined) {
      return accessToken.expiresAt > now && !accessToken.revoked && accessToken.grant.alive
    }
    const family = this.#familyOf(token)
    return (
      family !== undefined && family.expiresAt > now && family.grant.alive && family.tokens.at(-1) === token
    )
  }

  #has({ client }: TestClient.TestClient, scope: ReadonlyArray<string>): boolean {
    const registered = client.scope?.split(" ") ?? scopesOf(this.world)
    return scope.every((token) => scopesOf(this.world).includes(token) && registered.includes(token))
  }

  // OpenID Connect Core §11: a server that offers offline_access leaves it to the person.
  #mayRefresh({ client }: TestClient.TestClient, { scope }: Grant): boolean {
    const isLeftToThem = this.world.openId?.offersOfflineAccess === true && scope.includes("openid")
    return client.grantTypes.includes("refresh_token") && (!isLeftToThem || scope.includes("offline_access"))
  }

  #addTokens(
    { accessToken, refreshToken }: Flows.Tokens,
    client: TestClient.TestClient,
    grant: Grant,
    now: number
  ): ReadonlyArray<string> {
    this.#addAccessToken(accessToken, grant, now)
    const mayRefresh = this.#mayRefresh(client, grant)
    if ((refreshToken !== undefined) !== mayRefresh) {
      return [`a client that may${mayRefresh ? "" : " not"} refresh got ${refreshToken}`]
    }
    if (refreshToken !== undefined) {
      this.families.push({
        grant,
        tokens: [refreshToken],
        expiresAt: now + this.world.settings.refreshToken * 1000,
        rotatedAt: Number.NEGATIVE_INFINITY,
        rotatedScope: undefined,
        retries: 0,
        swept: false
      })
    }
    return []
  }

  #judge(family: Family, token: string, scope: string | undefined, now: number) {
    const { grace, replays } = this.world.settings
    const within = (scope ?? "").split(" ").every((one) => one === "" || family.grant.scope.includes(one))
    if (!within || !family.grant.alive || family.expiresAt <= now) return "refused"
    const age = family.tokens.length - 1 - family.tokens.indexOf(token)
    if (age === 0) return "rotated"
    if (age > 1 || grace === 0 || now - family.rotatedAt > grace * 1000) return "reused"
    const same = sameScope(scope, family.rotatedScope, family.grant.scope)
    return same && family.retries < replays ? "retried" : "refused"
  }

  #familyOf(token: string): Family | undefined {
    return this.families.find(({ tokens }) => tokens.includes(token))
  }

  #addAccessToken(text: string, grant: Grant, now: number): void {
    const expiresAt = now + this.world.settings.accessToken * 1000
    this.accessTokens.set(text, { grant, expiresAt, revoked: false })
  }
}

// No scope is all of it.
const sameScope = (one: string | undefined, other: string | undefined, all: ReadonlyArray<string>) => {
  const [some, others] = [one?.split(" ") ?? all, other?.split(" ") ?? all]
  return some.length === others.length && some.every((token) => others.includes(token))
}

const gives = (type: string, { responseType }: Asked, given: string | undefined, what: string) =>
  responseType.includes(type) === (given !== undefined)
    ? []
    : [`${given === undefined ? "no" : "an unasked"} ${what}`]

const refused = (what: string, result: Result.Result<unknown, Error>): ReadonlyArray<string> =>
  Result.isFailure(result) ? [] : [`${what} was honoured`]

const honoured = (what: string, result: Result.Result<unknown, Error>): ReadonlyArray<string> =>
  Result.isSuccess(result) ? [] : [`${what} was refused: ${result.failure.message}`]
