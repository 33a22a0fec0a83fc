/** Rows to store, and what goes into a verb. Every test has a store of its own, so that names may repeat. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Client from "../../../src/protocol/Client.ts"
import * as Scope from "../../../src/protocol/Scope.ts"
import * as Secret from "../../../src/protocol/Secret.ts"
import * as GrantStore from "../../../src/storage/GrantStore.ts"
import type { SigningKey } from "../../../src/storage/KeyStore.ts"

export const now = 1_800_000_000_000
export const second = 1000
export const minute = 60 * second
export const day = 24 * 60 * minute

export const hash = (name: string): Secret.SecretHash => Secret.hash(Redacted.make(name))
export const scope = (...tokens: ReadonlyArray<string>): Scope.Scope => Scope.fromTokens(tokens)
export const clientId = Client.ClientId.make

export const grant = (
  overrides: Partial<GrantStore.Grant> & { readonly name?: string } = {}
): GrantStore.Grant => {
  const { name = "grant", ...rest } = overrides
  return {
    id: GrantStore.GrantId(name),
    clientId: clientId("client"),
    subject: "alice",
    username: "Alice",
    scope: scope("read", "write"),
    createdAt: now,
    authenticatedAt: now - minute,
    ...rest
  }
}

export const code = (
  name: string,
  overrides: Partial<GrantStore.AuthorizationCode> = {}
): GrantStore.AuthorizationCode => ({
  hash: hash(name),
  redirectUri: "https://client.example/callback",
  redirectUriGiven: true,
  codeChallenge: { challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", method: "S256" },
  extensions: { nonce: "n-0S6\u0000_WzA2Mj", acr: "✓" },
  issuedAt: now,
  expiresAt: now + minute,
  ...overrides
})

export const accessToken = (
  name: string,
  overrides: Partial<GrantStore.AccessToken> = {}
): GrantStore.AccessToken => ({
  hash: hash(name),
  id: `id of ${name}`,
  scope: scope("read"),
  issuedAt: now,
  expiresAt: now + 10 * minute,
  ...overrides
})

export const family = (overrides: Partial<GrantStore.RefreshFamily> = {}): GrantStore.RefreshFamily => ({
  id: GrantStore.FamilyId("family"),
  scope: scope("read", "write"),
  generation: 0,
  currentHash: hash("refresh 0"),
  issuedAt: now,
  expiresAt: now + 30 * day,
  ...overrides
})

/** Presents the refresh token of a generation, at a time, with a fresh access token. */
export const rotation = (
  generation: number,
  overrides: Partial<GrantStore.Rotate> & { readonly attempt?: string } = {}
): GrantStore.Rotate => {
  const { attempt = "first", ...rest } = overrides
  return {
    family: GrantStore.FamilyId("family"),
    presented: { hash: hash(`refresh ${generation}`), generation },
    next: { hash: hash(`refresh ${generation + 1}`), expiresAt: now + 60 * day },
    now,
    grace: { window: 30 * second, maximumReplays: 3 },
    accessToken: accessToken(`access ${generation} ${attempt}`),
    ...rest
  }
}

export const key = (name: string, overrides: Partial<SigningKey> = {}): SigningKey => ({
  id: name,
  algorithm: "ES256",
  publicKey: `{"kid":"${name}"}`,
  sealedPrivateKey: `sealed ${name}`,
  createdAt: now,
  activeAt: now + day,
  retiresAt: now + 30 * day,
  expiresAt: now + 60 * day,
  ...overrides
})

export const client = (id: string, overrides: Partial<Client.Metadata> = {}): Client.Client =>
  Client.make({ client_id: id, redirect_uris: [`https://${id}.example/callback`], ...overrides })

/** Stores the usual grant with a code that is not used. */
export const withCode = Effect.gen(function* () {
  const store = yield* GrantStore.GrantStore
  yield* store.authorize(grant(), { code: code("code") })
  return store
})

/** Stores the usual grant with a refresh family that was never rotated. */
export const withFamily = Effect.gen(function* () {
  const store = yield* GrantStore.GrantStore
  yield* store.authorize(grant(), { accessToken: accessToken("access"), refreshFamily: family() })
  return store
})
