/** The parts of a request, each by itself: `node micro.js`. Answers with nanoseconds of CPU per operation. */

import { randomBytes } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type * as Redacted from "effect/Redacted"
import * as RedactedModule from "effect/Redacted"
import { Client, ClientStore, GrantStore, Parameters, Pkce, Scope, Secret, SecretKeys } from "effect-oauth"
import { OAuthHandler } from "effect-oauth/http"
import { basic, client, person, pkce, scope } from "./facts.ts"
import { median } from "./harness/Statistics.ts"
import { benchClient, handlerOver, loadStorage } from "./ours/assembly.ts"

interface Part {
  readonly part: string
  /** Does it so many times. */
  readonly repeat: (times: number) => Promise<void> | void
  /** Makes what the next repetitions will use up, which is not measured. */
  readonly before?: (times: number) => Promise<void>
  /** Takes away what they left behind, which is not measured either. */
  readonly after?: () => Promise<unknown>
  /** So many times at once, and no more. */
  readonly most?: number
}

const random = (bytes: number): string => randomBytes(bytes).toString("base64url")

const measure = async ({ after, before, most = 1_000_000, part, repeat }: Part) => {
  // CPU time of this thread, which other processes on the machine do not lengthen.
  const batch = async (times: number): Promise<number> => {
    await before?.(times)
    const began = process.threadCpuUsage()
    await repeat(times)
    const { system, user } = process.threadCpuUsage(began)
    await after?.()
    return (user + system) * 1000
  }
  let times = 500
  // Long enough for the clock, and for the compiler.
  while ((await batch(times)) < 50_000_000 && times < most) times *= 2
  const samples: Array<number> = []
  for (let sample = 0; sample < 7; sample++) samples.push((await batch(times)) / times)
  return { part, nanoseconds: Math.round(median(samples)) }
}

/** Keeps the compiler from leaving out what nobody uses. */
let sink: unknown

const sync = (part: string, evaluate: () => unknown): Part => ({
  part,
  repeat: (times) => {
    for (let time = 0; time < times; time++) sink = evaluate()
  }
})

// The text of refresh tokens is internal to the library.
interface RefreshTokens {
  readonly first: (
    key: SecretKeys.SecretKey,
    family: GrantStore.FamilyId,
    secret: Redacted.Redacted<string>
  ) => { readonly text: Redacted.Redacted<string> }
  readonly parse: (keys: ReadonlyArray<SecretKeys.SecretKey>, text: string) => unknown
}
const RefreshToken: RefreshTokens = await import(
  new URL("./grants/RefreshToken.js", import.meta.resolve("effect-oauth")).href
)

const parts: Array<Part> = []

const form = `grant_type=authorization_code&redirect_uri=${encodeURIComponent(client.redirectUri)}&code_verifier=${pkce.verifier}&code=${random(32)}`
parts.push(sync("parse a form of four parameters", () => Parameters.parse(form)))
parts.push(sync("parse a client identifier", () => Client.parseId(client.id)))
parts.push(sync("parse a scope of two tokens", () => Scope.parse("read write")))

const secret = RedactedModule.make(random(32))
parts.push(sync("hash a secret", () => Secret.hash(secret)))
const hash = Secret.hash(secret)
parts.push(sync("compare two hashes", () => Secret.timingSafeEqual(hash, hash)))
const verifier = Parameters.fromRecord({ code_verifier: pkce.verifier })
const challenge = { challenge: pkce.challenge, method: Pkce.s256 }
parts.push(sync("verify a code verifier", () => Pkce.verifyCodeVerifier(challenge, verifier)))

const { current: key, all: keys } = await Effect.runPromise(
  Effect.service(SecretKeys.SecretKeys).pipe(Effect.provide(SecretKeys.layerEphemeral))
)
const family = GrantStore.FamilyId(random(16))
const refreshTokenText = RedactedModule.value(RefreshToken.first(key, family, secret).text)
parts.push(sync("make a refresh token", () => RefreshToken.first(key, family, secret)))
parts.push(sync("parse a refresh token", () => RefreshToken.parse(keys, refreshTokenText)))

const hour = 3600_000
const hashOf = () => Secret.hash(RedactedModule.make(random(32)))
const makeGrant = (): GrantStore.Grant => ({
  id: GrantStore.GrantId(random(16)),
  clientId: benchClient.clientId,
  subject: person.subject,
  username: person.username,
  scope: Scope.fromTokens([scope]),
  createdAt: Date.now(),
  authenticatedAt: Date.now()
})
const makeAccessToken = (): GrantStore.AccessToken => ({
  hash: hashOf(),
  id: random(16),
  scope: Scope.fromTokens([scope]),
  issuedAt: Date.now(),
  expiresAt: Date.now() + hour
})
const makeCode = (): GrantStore.AuthorizationCode => ({
  hash: hashOf(),
  redirectUri: client.redirectUri,
  redirectUriGiven: true,
  codeChallenge: challenge,
  extensions: {},
  issuedAt: Date.now(),
  expiresAt: Date.now() + hour
})
const makeFamily = (): GrantStore.RefreshFamily => ({
  id: GrantStore.FamilyId(random(16)),
  scope: Scope.fromTokens([scope]),
  generation: 0,
  currentHash: hashOf(),
  issuedAt: Date.now(),
  expiresAt: Date.now() + hour
})

const storeParts = async (storage: string) => {
  const runtime = ManagedRuntime.make(await loadStorage(storage))
  const grants = await runtime.runPromise(Effect.service(GrantStore.GrantStore))
  const clients = await runtime.runPromise(Effect.service(ClientStore.ClientStore))

  // What is stored has to go again: a million rows for each part do not fit in memory.
  const storing = {
    most: 50_000,
    after: () =>
      runtime.runPromise(grants.sweep({ now: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER }))
  }

  /** A verb, once for each of what was prepared. */
  const verb = <A, B, E>(options: {
    readonly name: string
    readonly prepare: () => A
    readonly store?: (prepared: A) => Effect.Effect<unknown, E>
    readonly run: (prepared: A) => Effect.Effect<B, E>
  }): Part => {
    let prepared: ReadonlyArray<A> = []
    return {
      part: `${storage}: ${options.name}`,
      ...storing,
      before: async (times) => {
        prepared = Array.from({ length: times }, options.prepare)
        if (options.store !== undefined) {
          await runtime.runPromise(Effect.forEach(prepared, options.store, { discard: true }))
        }
      },
      repeat: () => runtime.runPromise(Effect.forEach(prepared, options.run, { discard: true }))
    }
  }

  const { handle } = await runtime.runPromise(
    Effect.provide(OAuthHandler.OAuthHandler, handlerOver(Layer.succeedContext(await runtime.context())))
  )
  const fork = Effect.runFork

  /** A request from the parsed head to the answer's text: everything but Node's HTTP. */
  const request = (path: string, form: string): (() => Promise<void>) => {
    const body = Effect.succeed(Buffer.from(form))
    const headers: Readonly<Record<string, string>> = {
      authorization: basic(client.secret),
      "content-type": "application/x-www-form-urlencoded"
    }
    return () =>
      new Promise((resolve) => {
        const answer = handle({
          method: "POST",
          path,
          query: "",
          header: (name) => headers[name],
          body,
          remoteAddress: "127.0.0.1",
          encrypted: false
        })
        if (answer !== undefined) fork(answer).addObserver(() => resolve())
      })
  }

  const requests = (name: string, path: string, form: string): Part => {
    const send = request(path, form)
    return {
      part: `${storage}: ${name}`,
      ...storing,
      repeat: async (times) => {
        for (let time = 0; time < times; time++) await send()
      }
    }
  }

  return {
    parts: [
      requests("client credentials, without HTTP", "/token", `grant_type=client_credentials&scope=${scope}`),
      verb({
        name: "find a client",
        prepare: () => benchClient.clientId,
        run: (id) => clients.find(id)
      }),
      verb({
        name: "authorize with an access token",
        prepare: () => ({ grant: makeGrant(), accessToken: makeAccessToken() }),
        run: ({ accessToken, grant }) => grants.authorize(grant, { accessToken })
      }),
      verb({
        name: "find an access token",
        prepare: () => ({ grant: makeGrant(), accessToken: makeAccessToken() }),
        store: ({ accessToken, grant }) => grants.authorize(grant, { accessToken }),
        run: ({ accessToken }) => grants.findAccessToken(accessToken.hash)
      }),
      verb({
        name: "find a code",
        prepare: () => ({ grant: makeGrant(), code: makeCode() }),
        store: ({ code, grant }) => grants.authorize(grant, { code }),
        run: ({ code }) => grants.findCode(code.hash)
      }),
      verb({
        name: "redeem a code",
        prepare: () => ({
          grant: makeGrant(),
          code: makeCode(),
          issue: { accessToken: makeAccessToken(), refreshFamily: makeFamily() }
        }),
        store: ({ code, grant }) => grants.authorize(grant, { code }),
        run: ({ code, issue }) => grants.redeemCode({ hash: code.hash, now: Date.now(), issue })
      }),
      verb({
        name: "find a refresh family",
        prepare: () => ({ grant: makeGrant(), refreshFamily: makeFamily() }),
        store: ({ grant, refreshFamily }) => grants.authorize(grant, { refreshFamily }),
        run: ({ refreshFamily }) => grants.findRefreshFamily(refreshFamily.id)
      }),
      verb({
        name: "rotate a refresh family",
        prepare: () => ({
          grant: makeGrant(),
          refreshFamily: makeFamily(),
          next: hashOf(),
          accessToken: makeAccessToken()
        }),
        store: ({ grant, refreshFamily }) => grants.authorize(grant, { refreshFamily }),
        run: ({ accessToken, next, refreshFamily }) =>
          grants.rotate({
            family: refreshFamily.id,
            presented: { hash: refreshFamily.currentHash, generation: 0 },
            next: { hash: next, expiresAt: Date.now() + hour },
            now: Date.now(),
            grace: { window: 30_000, maximumReplays: 64 },
            accessToken
          })
      }),
      verb({
        name: "revoke an access token",
        prepare: () => ({ grant: makeGrant(), accessToken: makeAccessToken() }),
        store: ({ accessToken, grant }) => grants.authorize(grant, { accessToken }),
        run: ({ accessToken }) => grants.revoke({ _tag: "AccessToken", hash: accessToken.hash }, Date.now())
      })
    ],
    close: () => runtime.dispose()
  }
}

const figures: Array<{ readonly part: string; readonly nanoseconds: number }> = []
for (const part of parts) figures.push(await measure(part))
for (const storage of process.argv.slice(2)) {
  const { close, parts } = await storeParts(storage)
  for (const part of parts) figures.push(await measure(part))
  await close()
}
process.send?.({ answer: figures })
process.on("disconnect", () => process.exit(sink === undefined ? 1 : 0))
