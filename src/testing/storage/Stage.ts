/**
 * Where a law plays: names that nobody else uses, since the store may be shared,
 * and a time of its own, since stores have no clock.
 *
 * Sweeping deletes whatever had expired by its `now`, whoever stored it. So the
 * laws that sweep play in an earlier era than the others, and both are in the
 * future: whatever really happens now touches neither.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Client from "../../protocol/Client.ts"
import * as Scope from "../../protocol/Scope.ts"
import * as Secret from "../../protocol/Secret.ts"
import { Entropy, identifier } from "../../services/Entropy.ts"
import type { Flow } from "../../storage/FlowStore.ts"
import * as GrantStore from "../../storage/GrantStore.ts"
import type { SigningKey } from "../../storage/KeyStore.ts"
import type { Consent, Session } from "../../storage/SessionStore.ts"
import { Names } from "./Names.ts"

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** 2065: what expires here is swept. */
const sweptEra = 3_000_000_000_000
/** 2096: nothing is swept before. */
const keptEra = 4_000_000_000_000

export const scope = (...tokens: ReadonlyArray<string>): Scope.Scope => Scope.fromTokens(tokens)

export type Stage = ReturnType<typeof make>

const make = (names: Names, run: string, now: number) => {
  const text = (name: string): string => {
    const text = `${name} ${run}`
    names.set(text, name)
    return text
  }
  const hashes = new Map<string, Secret.SecretHash>()
  const hash = (name: string): Secret.SecretHash => {
    const hash = hashes.get(name) ?? Secret.hash(Redacted.make(`${name} ${run}`))
    hashes.set(name, hash)
    names.set(hash, name)
    return hash
  }
  const grantId = (name = "grant") => GrantStore.GrantId(text(name))
  const familyId = (name = "family") => GrantStore.FamilyId(text(name))
  const clientId = (name = "client") => Client.ClientId.make(text(name))

  return {
    now,
    text,
    hash,
    grantId,
    familyId,
    clientId,

    grant: (name = "grant", overrides: Partial<GrantStore.Grant> = {}): GrantStore.Grant => ({
      id: grantId(name),
      clientId: clientId(),
      subject: text("alice"),
      username: "Alice ✓",
      scope: scope("read", "write"),
      createdAt: now,
      authenticatedAt: now - minute,
      extensions: { sid: "s-1", claims: '{"email":"✓"}' },
      ...overrides
    }),

    code: (
      name = "code",
      overrides: Partial<GrantStore.AuthorizationCode> = {}
    ): GrantStore.AuthorizationCode => ({
      hash: hash(name),
      redirectUri: "https://client.example/callback?a=b&c=d",
      redirectUriGiven: true,
      codeChallenge: { challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", method: "S256" },
      extensions: { nonce: "n-0S6_WzA2Mj", acr: "✓" },
      issuedAt: now,
      expiresAt: now + minute,
      ...overrides
    }),

    accessToken: (
      name = "access",
      overrides: Partial<GrantStore.AccessToken> = {}
    ): GrantStore.AccessToken => ({
      hash: hash(name),
      id: text(`id of ${name}`),
      scope: scope("read"),
      issuedAt: now,
      expiresAt: now + 10 * minute,
      ...overrides
    }),

    family: (
      name = "family",
      overrides: Partial<GrantStore.RefreshFamily> = {}
    ): GrantStore.RefreshFamily => ({
      id: familyId(name),
      scope: scope("read", "write"),
      generation: 0,
      currentHash: hash(`refresh 0 of ${name}`),
      issuedAt: now,
      expiresAt: now + 30 * day,
      ...overrides
    }),

    /** Presents the refresh token of a generation, with a fresh access token. */
    rotation: (
      generation: number,
      overrides: Partial<GrantStore.Rotate> & { readonly of?: string; readonly attempt?: string } = {}
    ): GrantStore.Rotate => {
      const { attempt = "first", of = "family", ...rest } = overrides
      return {
        family: familyId(of),
        presented: { hash: hash(`refresh ${generation} of ${of}`), generation },
        next: { hash: hash(`refresh ${generation + 1} of ${of}`), expiresAt: now + 60 * day },
        now,
        grace: { window: 30 * second, maximumReplays: 3 },
        accessToken: {
          hash: hash(`access ${generation} ${attempt}`),
          id: text(`id of access ${generation} ${attempt}`),
          scope: scope("read"),
          issuedAt: now,
          expiresAt: now + 10 * minute
        },
        ...rest
      }
    },

    flow: (name = "flow", overrides: Partial<Flow> = {}): Flow => ({
      kind: "interaction",
      key: hash(name),
      value: `{"step":"sign in ✓"}`,
      expiresAt: now + minute,
      ...overrides
    }),

    session: (name = "session", overrides: Partial<Session> = {}): Session => ({
      hash: hash(name),
      subject: text("alice"),
      authenticatedAt: now - minute,
      expiresAt: now + day,
      ...overrides
    }),

    consent: (overrides: Partial<Consent> = {}): Consent => ({
      subject: text("alice"),
      clientId: clientId(),
      scope: scope("read"),
      grantedAt: now,
      ...overrides
    }),

    key: (name: string, overrides: Partial<SigningKey> = {}): SigningKey => ({
      id: text(name),
      algorithm: text("ES256"),
      publicKey: `{"kid":"${name}"}`,
      sealedPrivateKey: `sealed ${name}`,
      createdAt: now,
      activeAt: now + day,
      retiresAt: now + 30 * day,
      expiresAt: now + 60 * day,
      ...overrides
    }),

    client: (name = "client", metadata: Partial<Client.Metadata> = {}): Client.Client =>
      Client.make({ client_id: text(name), redirect_uris: [`https://${name}.example/callback`], ...metadata })
  }
}

const fresh = (era: number): Effect.Effect<Stage> =>
  Effect.gen(function* () {
    return make(yield* Names, identifier(yield* Entropy), era)
  })

/** For what must stay. */
export const kept: Effect.Effect<Stage> = fresh(keptEra)

/** For what may be swept. */
export const swept: Effect.Effect<Stage> = fresh(sweptEra)
